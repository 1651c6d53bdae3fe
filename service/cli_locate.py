"""`retour locate`: solve a standard location file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from service.cli_options import AS_JSON, BUDGET, SEED
from service.door import BACKEND, DONE, only_ours_on_stdout, say_json

LocationKind = Literal["pmedian", "pcentre", "mclp", "cflp", "ufl", "sscflp", "tscflp", "lrp"]


def require_options(kind: str, given: dict[str, float | None]) -> None:
    """Wrong usage where the kind of problem has no use for a figure that was given."""
    from network_design.locate.kinds import KINDS

    for option, value in given.items():
        if value is not None and option not in KINDS[kind].options:
            raise typer.BadParameter(
                f"{KINDS[kind].title} ({kind}) takes none; leave it out.", param_hint=f"--{option}"
            )


def _usual_budget_s() -> float:
    from service.settings import settings

    return settings().time_budget_s


def locate(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Standard location file, plain or gzipped.", show_default=False)],
    kind: Annotated[LocationKind, typer.Option("--kind", help="What is asked of the file.", show_default=False)],
    p: Annotated[
        int | None, typer.Option("--p", min=1, help="Sites to open, instead of the file's.", show_default=False)
    ] = None,
    radius: Annotated[
        float | None,
        typer.Option("--radius", min=0.0, help="Farthest a customer may be and count as covered.", show_default=False),
    ] = None,
    capacity: Annotated[
        float | None,
        typer.Option("--capacity", min=0.0, help="Of every site, where the file says `capacity`.", show_default=False),
    ] = None,
    budget_s: BUDGET = None,
    seed: SEED = 1,
    out: Annotated[Path | None, typer.Option("--out", help="File to write (.json).", show_default=False)] = None,
    as_json: AS_JSON = False,
) -> None:
    """Solve a standard location file: read it, choose sites, check independently, say what is proven."""
    begun = time.perf_counter() - (ctx.obj or 0.0)  # before the imports, which take time too

    from network_design.locate.reading.opening import MissingOption
    from retour.vocabulary import Status
    from service import listeners
    from service.locate_terminal import location_record, show_location
    from service.location_file import AskedLocation, solve_location_file
    from service.memory import PeakMemory

    require_options(kind, {"p": p, "radius": radius, "capacity": capacity})
    asked = AskedLocation(file, kind, seed, budget_s or _usual_budget_s(), p, radius, capacity, out)
    with PeakMemory() as memory, listeners.terminal_listener() as listener, only_ours_on_stdout():
        try:
            solved = solve_location_file(asked, already_s=time.perf_counter() - begun, listener=listener)
        except MissingOption as missing:
            raise typer.BadParameter(str(missing), param_hint=missing.option) from None
    code = BACKEND if solved.status is Status.FAILED else DONE
    seconds = time.perf_counter() - begun
    record = location_record(asked, solved, seconds=seconds, peak_mb=memory.mb, exit_code=code)
    say_json(record) if as_json else show_location(record)
    raise typer.Exit(code)
