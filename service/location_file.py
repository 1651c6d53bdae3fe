"""From a standard location file to a checked answer: the one function behind `retour locate`."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from network_design.locate.answer import LocationAnswer, LocationProgress, OnProgress
from network_design.locate.check.checked import LocationChecked
from network_design.locate.distances import CountedAnswer
from network_design.locate.kinds import KINDS
from network_design.locate.reading.opening import instance_name
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

AFTERWARDS_S = 0.5  # kept back of a budget for checking, writing and leaving
AFTERWARDS_SHARE = 0.015  # of the budget: large problems take longer to stop and to check
LEAST_S = 0.1
SAME_COST = 1e-6  # relative: what the solver and the checker may differ by, for sums in another order
NUMBERING = "sites and customers are numbered from 1 in the file's order"


@dataclass(frozen=True)
class AskedLocation:
    """What was asked: the file, the kind of problem, seed and budget, figures beside the file, and what to write."""

    file: Path
    kind: str
    seed: int
    budget_s: float
    p: int | None = None
    radius: float | None = None
    capacity: float | None = None
    out: Path | None = None


@dataclass(frozen=True)
class SolvedLocation:
    """An answer in the file's own unit: `cost` is the checker's, `violations` a plain record each."""

    name: str
    status: Status
    cost: float | None
    bound: float | None
    gap: float | None
    parts: dict[str, float]
    violations: tuple[dict[str, Any], ...]
    answer: LocationAnswer

    @property
    def feasible(self) -> bool:
        """Whether there is a plan in which the independent checker found no broken rule."""
        return self.cost is not None and not self.violations


def solve_location_file(asked: AskedLocation, *, already_s: float = 0.0, listener: Listener = silent) -> SolvedLocation:
    """Read, solve, check, and write `asked.out`, whole or not at all; only a feasible answer is written.

    The time budget counts from `already_s` before the call and covers everything. Raises `InputError` with every
    defect of the file (`MissingOption` where a figure must come with the command), `InfeasibleError` and
    `BackendError` as the solvers do.
    """
    begun = time.perf_counter() - already_s
    if asked.out is not None:
        _require_place(asked.out)
    kind = KINDS[asked.kind]
    further = {"radius": asked.radius} if "radius" in kind.options and asked.radius is not None else {}
    problem = kind.reader()(asked.file, kind=asked.kind, p=asked.p, capacity=asked.capacity, **further)
    solve, check = kind.solver(), kind.checker()
    afterwards_s = AFTERWARDS_S + AFTERWARDS_SHARE * asked.budget_s
    left_s = max(LEAST_S, asked.budget_s - (time.perf_counter() - begun) - afterwards_s)
    answer = solve(
        problem, seed=asked.seed, budget_s=left_s, on_progress=_news_to(listener, begun=begun, budget_s=asked.budget_s)
    )
    solved = judged(instance_name(asked.file), answer, check(problem, answer))
    if asked.out is not None and solved.feasible:
        _write(asked.out, location_document(asked.kind, solved))
    return solved


def judged(name: str, answer: LocationAnswer, checked: LocationChecked) -> SolvedLocation:
    """Return the answer as the checker sees it: its cost, its violations, and no proof that its cost contradicts."""
    violations = (*checked.violations, *_broken_claims(answer, checked))
    sound = checked.cost is not None and not violations
    status = answer.status if sound else Status.FAILED
    gap = None
    if checked.cost is not None and answer.bound is not None:
        gap = max(0.0, (checked.cost - answer.bound) / abs(checked.cost)) if checked.cost else 0.0
    return SolvedLocation(name, status, checked.cost, answer.bound, gap, checked.parts, violations, answer)


def location_document(kind: str, solved: SolvedLocation) -> dict[str, Any]:
    """Return what is written: what is open and who is served from where, numbered from 1, and the prices."""
    answer = solved.answer
    document: dict[str, Any] = {
        "instance": solved.name, "kind": kind, "status": str(solved.status), "cost": as_written(solved.cost),
        "bound": as_written(solved.bound), "gap": solved.gap, "numbering": NUMBERING,
        "open_sites": [site + 1 for site in answer.open_sites],
    }  # fmt: skip
    if answer.assignment is not None:
        document["assignments"] = (np.asarray(answer.assignment) + 1).tolist()
    if answer.flows:
        document["flows"] = {echelon: _flow_rows(rows) for echelon, rows in answer.flows.items()}
    if answer.routes:
        document["routes"] = [
            {"depot": int(depot) + 1, "customers": [int(customer) + 1 for customer in customers]}
            for depot, customers in answer.routes
        ]
    return document | _prices(answer)


def _require_place(out: Path) -> None:
    from service.routing_file import require_place  # brings the routing engines, which an answer on screen can spare

    require_place(out)


def _write(out: Path, document: dict[str, Any]) -> None:
    from routing.standard.solution import write_whole

    write_whole(out, json.dumps(document, indent=1, allow_nan=False) + "\n")


def as_written(value: float | None) -> float | int | None:
    """Return a figure as it is written: whole numbers without a decimal point."""
    return None if value is None else int(value) if float(value).is_integer() else float(value)


def _broken_claims(answer: LocationAnswer, checked: LocationChecked) -> list[dict[str, Any]]:
    """What the answer says of itself and the checker's figures contradict."""
    if checked.cost is None or answer.cost is None:
        return []
    claims, slack = list[dict[str, Any]](), SAME_COST * max(1.0, abs(checked.cost))
    if abs(answer.cost - checked.cost) > slack:
        message = f"The solver counts {answer.cost:,.6g}; priced anew the plan costs {checked.cost:,.6g}."
        claims.append(_claim("priced_right", found=answer.cost, limit=checked.cost, message=message))
    if answer.bound is not None and answer.bound > checked.cost + slack:
        message = f"The bound {answer.bound:,.6g} lies above the cost {checked.cost:,.6g} of the plan itself."
        claims.append(_claim("bound_below_cost", found=answer.bound, limit=checked.cost, message=message))
    return claims


def _claim(rule: str, *, found: float, limit: float, message: str) -> dict[str, Any]:
    return {"rule": rule, "ids": (), "found": found, "limit": limit, "unit": "cost", "message": message}


def _flow_rows(rows: np.ndarray) -> list[list[float | int | None]]:
    return [[int(source) + 1, int(target) + 1, as_written(amount)] for source, target, amount in np.asarray(rows)]


def _prices(answer: LocationAnswer) -> dict[str, Any]:
    prices: dict[str, Any] = {}
    for name, values in {"site_price": answer.site_price, "customer_price": answer.customer_price}.items():
        if values is not None:
            prices[name] = np.round(np.asarray(values, dtype=float), 6).tolist()
    if isinstance(answer, CountedAnswer) and answer.one_more_site_saves is not None:
        prices["one_more_site_saves"] = round(answer.one_more_site_saves, 6)
    return prices


def _news_to(listener: Listener, *, begun: float, budget_s: float) -> OnProgress:
    def tell(news: LocationProgress) -> None:
        share = min(1.0, (time.perf_counter() - begun) / budget_s)
        cost = "no plan yet" if news.cost is None else f"cost {news.cost:,.6g}"
        bound = "nothing proven" if news.bound is None else f"bound {news.bound:,.6g}"
        listener(Progress("locate", share, f"{cost}, {bound}"))

    return tell
