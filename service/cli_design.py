"""`retour design`: what to open, where, when and how large over the coming years."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from service.cli_routes import finite_budget
from service.door import DEGRADED, DONE, only_ours_on_stdout, say_json


def design(
    ctx: typer.Context,
    network: Annotated[Path, typer.Argument(help="Design network: folder or workbook.", show_default=False)],
    budget_s: Annotated[
        float | None,
        typer.Option(
            "--time-budget", min=0.1, help="Seconds the whole may take.", show_default=False, callback=finite_budget
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of every random choice.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of stored runs (RETOUR_RUNS, else runs).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output, nothing else.")] = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log lines as JSON on standard error.")] = False,
) -> None:
    """Design a network for the coming years: what to open, keep, resize or close; check, store."""
    begun = time.perf_counter() - (ctx.obj or 0.0)  # before the imports, which take time too

    from service import listeners, logging
    from service.designing import AskedDesign, design_to_run
    from service.designing_terminal import design_record, show_design
    from service.memory import PeakMemory
    from service.settings import settings

    logging.configure(as_json=log_json)
    asked = AskedDesign(network, seed, budget_s or settings().time_budget_s)
    root = out or settings().runs
    with PeakMemory() as memory, listeners.terminal_listener() as listener, only_ours_on_stdout():
        run = design_to_run(asked, root=root, already_s=time.perf_counter() - begun, listener=listener)
    code = DONE if run.manifest.feasible else DEGRADED
    seconds = time.perf_counter() - begun
    if as_json:
        say_json(design_record(run, seconds=seconds, peak_mb=memory.mb, exit_code=code))
    else:
        show_design(run, seconds=seconds)
    raise typer.Exit(code)
