"""`retour replan`: plan the vans of a stored run again under overrides."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from service.cli_options import AS_JSON, OUT, SEED, finite_seconds
from service.cli_routes import require_engine
from service.door import DEGRADED, DONE, exit_code_of, only_ours_on_stdout, say_json

STABILITY_EUR = 1.0

Stops = Annotated[list[str] | None, typer.Option("--lock", metavar="STOP", help="Stays on its van.")]
Routes = Annotated[list[str] | None, typer.Option("--lock-van", metavar="VAN", help="Keeps its route as it is.")]
Moves = Annotated[list[str] | None, typer.Option("--move", metavar="STOP=VAN", help="Goes to this van.")]
Bans = Annotated[list[str] | None, typer.Option("--forbid", metavar="STOP=VAN", help="Does not go to this van.")]
Added = Annotated[list[str] | None, typer.Option("--add", metavar="STOP", help="Is visited, worth it or not.")]
Dropped = Annotated[list[str] | None, typer.Option("--drop", metavar="STOP", help="Is not visited.")]
Lost = Annotated[list[str] | None, typer.Option("--lose", metavar="VAN", help="Stays at its hub tonight.")]


def replan(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(help="Run id, run folder, or latest.", show_default=False)],
    lock: Stops = None,
    lock_van: Routes = None,
    move: Moves = None,
    forbid: Bans = None,
    add: Added = None,
    drop: Dropped = None,
    lose: Lost = None,
    anew: Annotated[bool, typer.Option("--anew", help="Forget the overrides the run was made under.")] = False,
    stability_eur: Annotated[
        float, typer.Option("--stability", min=0.0, help="Price of a stop that changes vans, EUR; not in the costs.")
    ] = STABILITY_EUR,
    budget_s: Annotated[
        float, typer.Option("--time-budget", min=0.1, help="Seconds the whole may take.", callback=finite_seconds)
    ] = 20.0,
    iterations: Annotated[
        int | None,
        typer.Option(min=1, help="Limit of every search instead: same plan every time.", show_default=False),
    ] = None,
    seed: SEED = 1,
    engine: Annotated[str, typer.Option(help="Routing engine; auto: by features and size.")] = "auto",
    out: OUT = None,
    as_json: AS_JSON = False,
    status: Annotated[Path | None, typer.Option("--status", hidden=True, help="Keep a status file.")] = None,
) -> None:
    """Plan the vans of a stored run again: lock, move, forbid, add or drop a stop, lose a van; price each override."""
    begun = time.perf_counter() - (ctx.obj or 0.0)  # before the imports, which take time too

    from service import listeners, logging
    from service.override_words import (
        ADD,
        DROP,
        FORBID,
        LOCK,
        LOCK_VAN,
        LOSE,
        MOVE,
        AskedReplan,
        OverrideWord,
        pair,
    )
    from service.replanning import replan_to_run
    from service.settings import settings
    from service.status_file import told_to
    from service.terminal import run_record, show_replanned, show_run

    logging.configure(as_json=False)
    require_engine(engine)
    try:
        pairs = [pair(kind, text) for kind, texts in ((MOVE, move), (FORBID, forbid)) for text in texts or ()]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    of_stops = ((LOCK, lock), (ADD, add), (DROP, drop))
    of_vans = ((LOCK_VAN, lock_van), (LOSE, lose))
    words = [OverrideWord(kind, stop=stop) for kind, stops in of_stops for stop in stops or ()]
    words += [OverrideWord(kind, van=van) for kind, vans in of_vans for van in vans or ()]
    limit_s = None if iterations else budget_s
    asked = AskedReplan(run, (*words, *pairs), seed, limit_s, iterations, engine, stability_eur, anew)
    with told_to(status, exit_code_of) as file, listeners.terminal_listener() as terminal, only_ours_on_stdout():
        listener = listeners.all_of(terminal, *([file.listen] if file else []))
        made = replan_to_run(
            asked, root=out or settings().runs, already_s=time.perf_counter() - begun, listener=listener
        )
        code = DEGRADED if made.manifest.degraded else DONE
        if file:
            file.end(run_id=made.id, exit_code=code)
    seconds = time.perf_counter() - begun
    if as_json:
        say_json({**run_record(made, seconds=seconds), "exit_code": code})
    else:
        show_run(made, seconds=seconds)
        show_replanned(made)
    raise typer.Exit(code)
