"""From a standard routing file to a checked answer: the one function behind `retour routes`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from retour.errors import InputError, Issue
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status
from routing.pickup.progress import Progress as PlanProgress
from routing.pickup.unserved import unserved_record
from routing.standard import read_solution, read_standard
from routing.standard.solution import solution_text, write_whole
from routing.standard.solve import solve_standard

AFTERWARDS_S = 0.3  # kept back of a budget for checking and writing
AFTERWARDS_PER_CLIENT_S = 4e-5
LEAST_S = 0.1
UNITS_PER_EUR = 1_000_000


@dataclass(frozen=True)
class AskedRoutes:
    """What was asked: the file, limits (either may be None), engine, and what to begin with and to write."""

    file: Path
    seed: int
    budget_s: float | None = None
    iterations: int | None = None
    engine: str = "auto"
    convention: str | None = None
    start: Path | None = None
    out: Path | None = None
    speed_kmh: float = 30.0


@dataclass(frozen=True)
class SolvedFile:
    """An answer in the file's own unit of cost; `text` is what belongs in the file written.

    `violations` are what the independent checker found, a plain record each. `degraded` holds the reasons why the
    answer lacks the engine's work; `ignored` what of the file was not understood and limits nothing; `assumed` what
    stands in for what the file does not say. `unserved` says why a FAILED answer leaves clients, a record each.
    """

    status: Status
    cost: int | None
    bound: int | None
    gap: float | None
    violations: tuple[dict[str, Any], ...]
    engine: str
    engine_why: str
    iterations: int
    name: str
    kind: str
    convention: str | None
    clients: int
    left_out: int
    routes: int
    text: str
    degraded: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    assumed: str = ""
    unserved: tuple[Mapping[str, object], ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether the independent checker found no broken rule."""
        return not self.violations and self.status in (Status.FEASIBLE, Status.OPTIMAL)


def solve_routing_file(asked: AskedRoutes, *, already_s: float = 0.0, listener: Listener = silent) -> SolvedFile:
    """Read, solve, check, and write `asked.out`, whole or not at all; only a feasible answer is written.

    The time budget counts from `already_s` before the call and covers everything. Raises `InputError` with every
    defect of the files, `InfeasibleError` and `BackendError` as the solvers do.
    """
    begun = time.perf_counter() - already_s
    require_place(asked.out)
    solve = _solve_vroom if asked.file.suffix.lower() == ".json" else _solve_vrplib
    solved = solve(asked, begun, listener)
    if asked.out is not None and solved.feasible:
        write_whole(asked.out, solved.text)
    return solved


def require_place(out: Path | None) -> None:
    """Raise `InputError` when the answer could not be written, before any time is spent on it."""
    if out is None:
        return
    folder = out.absolute().parent
    if out.is_dir():
        raise _no_place(out, "is a folder; name a file in an existing folder.")
    if not folder.is_dir():
        raise _no_place(out, f"needs the folder {folder}, which does not exist; name a file in an existing folder.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _no_place(
            out, f"cannot be written ({error.strerror}); name a file in a folder you may write to."
        ) from None


def _no_place(out: Path, message: str) -> InputError:
    return InputError([Issue(str(out), None, None, message)])


def _solve_vrplib(asked: AskedRoutes, begun: float, listener: Listener) -> SolvedFile:
    instance = read_standard(asked.file, convention=asked.convention)
    start = () if asked.start is None else read_solution(asked.start)
    answer = solve_standard(
        instance,
        engine=asked.engine,
        seed=asked.seed,
        budget_s=left_s(asked, begun, clients=instance.clients),
        iterations=asked.iterations,
        start=start,
        on_progress=news_to(listener, begun, asked.budget_s),
    )
    visited = sum(location >= instance.depots for route in answer.solution for location in route)
    return SolvedFile(
        status=answer.status,
        cost=answer.checked.cost,
        bound=answer.bound,
        gap=answer.gap,
        violations=tuple(asdict(violation) for violation in answer.checked.violations),
        engine=answer.engine,
        engine_why=answer.engine_why,
        iterations=answer.iterations,
        name=instance.name,
        kind=instance.kind,
        convention=str(instance.convention),
        clients=instance.clients,
        left_out=instance.clients - visited,
        routes=sum(bool(route) for route in answer.solution),
        text=solution_text(answer.solution, cost=answer.checked.cost or 0),
        degraded=(answer.note,) if answer.degraded else (),
        ignored=instance.ignored,
        unserved=tuple(unserved_record(stop, units_per_eur=UNITS_PER_EUR) for stop in answer.unserved),
    )


def _solve_vroom(asked: AskedRoutes, begun: float, listener: Listener) -> SolvedFile:
    from routing.vroom import read_vroom, solve_vroom  # brings pydantic, which VRPLIB files need not wait for

    unfit = {"--convention": asked.convention, "--start": asked.start}
    if issues := [
        Issue(asked.file.name, None, None, f"{option} is for VRPLIB files; leave it out.")
        for option, value in unfit.items()
        if value is not None
    ]:
        raise InputError(issues)
    vroom = read_vroom(asked.file, speed_kmh=asked.speed_kmh)
    solved = solve_vroom(
        vroom,
        engine=asked.engine,
        seed=asked.seed,
        budget_s=left_s(asked, begun, clients=len(vroom.jobs)),
        iterations=asked.iterations,
        on_progress=news_to(listener, begun, asked.budget_s),
    )
    summary = solved.answer.record["summary"]
    return SolvedFile(
        status=solved.status,
        cost=solved.cost,
        bound=solved.bound,
        gap=solved.gap,
        violations=solved.answer.violations,
        engine=solved.engine,
        engine_why=solved.engine_why,
        iterations=solved.iterations,
        name=vroom.name,
        kind="VROOM",
        convention=None,
        clients=len(vroom.jobs),
        left_out=summary["unassigned"],
        routes=summary["routes"],
        text=solved.answer.text,
        degraded=(solved.note,) if solved.degraded else (),
        ignored=vroom.ignored,
        assumed=vroom.assumed,
    )


def left_s(asked: AskedRoutes, begun: float, *, clients: int) -> float | None:
    """Seconds the solver may take so that checking and writing still fit; None without a budget."""
    if asked.budget_s is None:
        return None
    afterwards_s = AFTERWARDS_S + AFTERWARDS_PER_CLIENT_S * clients
    return max(LEAST_S, asked.budget_s - (time.perf_counter() - begun) - afterwards_s)


def news_to(listener: Listener, begun: float, budget_s: float | None) -> Callable[[PlanProgress], None]:
    """Turn the solver's progress into news: the share of the time, and the best cost so far."""

    def tell(news: PlanProgress) -> None:
        share = 0.0 if budget_s is None else min(1.0, (time.perf_counter() - begun) / budget_s)
        cost = round(news.objective_eur * UNITS_PER_EUR)
        listener(Progress("routes", share, f"cost {cost:,} after {news.iterations:,} iterations"))

    return tell
