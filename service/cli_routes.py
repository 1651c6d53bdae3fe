"""`retour routes`: solve a standard routing file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from service.cli_options import AS_JSON, BUDGET, SEED
from service.door import BACKEND, DEGRADED, DONE, only_ours_on_stdout, say_json


def require_engine(name: str) -> None:
    """Wrong usage where there is no engine of that name."""
    from routing.pickup.engines import AUTO, ENGINES

    if name not in (AUTO, *ENGINES):
        raise typer.BadParameter(f"{name!r} is not one of auto, {', '.join(sorted(ENGINES))}.", param_hint="--engine")


def routes(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="VRPLIB file, any variant, or VROOM input (.json).", show_default=False)],
    budget_s: BUDGET = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Limit of the engine: same answer every time.", show_default=False)
    ] = None,
    seed: SEED = 1,
    engine: Annotated[str, typer.Option(help="Routing engine; auto: by features and size.")] = "auto",
    convention: Annotated[
        Literal["round", "dimacs", "exact"] | None,
        typer.Option(help="How numbers become whole.", show_default="the usual one of this kind of file"),
    ] = None,
    start: Annotated[
        Path | None, typer.Option("--start", help="Solution (.sol) to begin with.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write: .sol, or VROOM's output.", show_default=False)
    ] = None,
    speed_kmh: Annotated[
        float, typer.Option("--speed-kmh", min=1.0, help="As the crow flies, for VROOM input without matrices.")
    ] = 30.0,
    as_json: AS_JSON = False,
) -> None:
    """Solve a standard routing file: read it, route, check independently, write the solution."""
    begun = time.perf_counter() - (ctx.obj or 0.0)  # before the imports, which take time too

    from retour.vocabulary import Status
    from service import listeners
    from service.memory import PeakMemory
    from service.routes_terminal import routes_record, show_routes
    from service.routing_file import AskedRoutes, solve_routing_file
    from service.settings import settings

    require_engine(engine)
    budget = budget_s or (None if iterations else settings().time_budget_s)
    asked = AskedRoutes(file, seed, budget, iterations, engine, convention, start, out, speed_kmh)
    with PeakMemory() as memory, listeners.terminal_listener() as listener, only_ours_on_stdout():
        solved = solve_routing_file(asked, already_s=time.perf_counter() - begun, listener=listener)
    code = BACKEND if solved.status is Status.FAILED else DEGRADED if solved.degraded else DONE
    seconds = time.perf_counter() - begun
    record = routes_record(asked, solved, seconds=seconds, peak_mb=memory.mb, exit_code=code)
    say_json(record) if as_json else show_routes(record)
    raise typer.Exit(code)
