"""`retour design`: what to open, where, when and how large over the coming years."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli_options import AS_JSON, BUDGET, LOG_JSON, OUT, SEED
from service.door import DEGRADED, DONE, only_ours_on_stdout, say_json

if TYPE_CHECKING:
    from service.studies.carrying_out import AskedStudy


def design(
    ctx: typer.Context,
    network: Annotated[Path, typer.Argument(help="Design network: folder or workbook.", show_default=False)],
    study: Annotated[
        Path | None, typer.Argument(help="Study (.toml): futures, options, trade-offs.", show_default=False)
    ] = None,
    actuals: Annotated[
        Path | None,
        typer.Option(help="Totals of the books (.csv) to hold the network as it is against.", show_default=False),
    ] = None,
    observed: Annotated[
        Path | None, typer.Option(help="Flows that were seen (.csv), for --actuals.", show_default=False)
    ] = None,
    budget_s: BUDGET = None,
    seed: SEED = 1,
    out: OUT = None,
    as_json: AS_JSON = False,
    log_json: LOG_JSON = False,
) -> None:
    """Design a network for the coming years: what to open, keep, resize or close; check, store.

    Or carry out a whole study, or hold the network as it is against the books.
    """
    begun = time.perf_counter() - (ctx.obj or 0.0)  # before the imports, which take time too

    from service import logging
    from service.settings import settings

    logging.configure(as_json=log_json)
    budget_s, root = budget_s or settings().time_budget_s, out or settings().runs
    if observed is not None and actuals is None:
        raise typer.BadParameter("Observed flows need books to hold the network against: give --actuals, too.")
    if study is not None and actuals is not None:
        raise typer.BadParameter('Give the books in the study, as [baseline] actuals = "FILE", or leave the study out.')
    if study is None and actuals is None:
        code = _one_design(network, seed=seed, budget_s=budget_s, root=root, begun=begun, as_json=as_json)
    else:
        from service.studies.carrying_out import AskedStudy

        asked = AskedStudy(network, study, seed, budget_s, actuals=actuals, observed=observed)
        code = _study(asked, root=root, begun=begun, as_json=as_json)
    raise typer.Exit(code)


def _one_design(network: Path, *, seed: int, budget_s: float, root: Path, begun: float, as_json: bool) -> int:
    """Make one design, tell it and return the exit code; `begun` is when the command began."""
    from service import listeners
    from service.designing import AskedDesign, design_to_run
    from service.designing_terminal import design_record, show_design
    from service.memory import PeakMemory

    asked = AskedDesign(network, seed, budget_s)
    with PeakMemory() as memory, listeners.terminal_listener() as listener, only_ours_on_stdout():
        run = design_to_run(asked, root=root, already_s=time.perf_counter() - begun, listener=listener)
    code = DONE if run.manifest.feasible else DEGRADED
    seconds = time.perf_counter() - begun
    if as_json:
        say_json(design_record(run, seconds=seconds, peak_mb=memory.mb, exit_code=code))
    else:
        show_design(run, seconds=seconds)
    return code


def _study(asked: AskedStudy, *, root: Path, begun: float, as_json: bool) -> int:
    """Carry out a study, tell it and return the exit code."""
    from service import listeners
    from service.memory import PeakMemory
    from service.studies.carrying_out import study_to_run

    with PeakMemory() as memory, listeners.terminal_listener() as listener, only_ours_on_stdout():
        run = study_to_run(asked, root=root, already_s=time.perf_counter() - begun, listener=listener)
    from service.studies.terminal import show_study, study_record

    code = DONE if run.manifest.feasible and not run.manifest.shortfalls else DEGRADED
    seconds = time.perf_counter() - begun
    if as_json:
        say_json(study_record(run, seconds=seconds, peak_mb=memory.mb, exit_code=code))
    else:
        show_study(run, seconds=seconds)
    return code
