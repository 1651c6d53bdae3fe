"""`retour replay`: nights planned on a stored design, its transport rates confronted with the routes and corrected."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Annotated

import typer

from service.cli_options import AS_JSON, BUDGET, LOG_JSON, OUT, SEED
from service.cli_routes import require_engine
from service.door import DEGRADED, DONE, only_ours_on_stdout, say_json


def known_engine(name: str) -> str:
    """Return the name of an engine as it is; wrong usage where there is none of that name."""
    require_engine(name)
    return name


def finite_share(share: float) -> float:
    """Return a share as it is; wrong usage where it is no number."""
    if not math.isfinite(share):
        raise typer.BadParameter(f"{share} is no share; give one, for example 0.05.")
    return share


def replay(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(help="Stored design: id, folder, or latest.")] = "latest",
    nights: Annotated[int, typer.Option("--nights", min=1, max=1000, help="Nights drawn of every period.")] = 30,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, max=20, help="Replays at most, with a corrected design between two.")
    ] = 1,
    mode: Annotated[
        list[str] | None,
        typer.Option("--mode", help="Means of transport driven as tours.", show_default="those from points to hubs"),
    ] = None,
    vans: Annotated[
        Path | None,
        typer.Option("--vans", help="vans.toml: vans, rates, how points fill.", show_default="known rates"),
    ] = None,
    travel: Annotated[
        Path | None,
        typer.Option("--travel", help="Road legs (CSV): from_id, to_id, distance_m, duration_s.", show_default="none"),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option("--tolerance", min=0.0, help="Share by which rates and routes may differ.", callback=finite_share),
    ] = 0.05,
    engine: Annotated[
        str, typer.Option(help="Routing engine; auto: by features and size.", callback=known_engine)
    ] = "auto",
    iterations: Annotated[
        int | None,
        typer.Option(min=1, help="Limit of the engine in each night: same answer every time.", show_default=False),
    ] = None,
    budget_s: BUDGET = None,
    seed: SEED = 1,
    out: OUT = None,
    as_json: AS_JSON = False,
    log_json: LOG_JSON = False,
) -> None:
    """Plan sampled nights on a stored design: what its routes cost beside what its rates charge, and correct these."""
    begun = time.perf_counter() - (ctx.obj or 0.0)  # before the imports, which take time too

    from service import listeners, logging
    from service.memory import PeakMemory
    from service.replaying import replay_to_run
    from service.replaying_asked import AskedReplay
    from service.settings import settings

    logging.configure(as_json=log_json)
    budget_s = budget_s if budget_s or iterations else settings().time_budget_s
    asked = AskedReplay(
        run, nights, seed, budget_s, rounds, tolerance, tuple(mode or ()), vans, travel, engine, iterations
    )
    with PeakMemory() as memory, listeners.terminal_listener() as listener, only_ours_on_stdout():
        stored = replay_to_run(
            asked, root=out or settings().runs, already_s=time.perf_counter() - begun, listener=listener
        )
    from service.replaying_terminal import replay_record, show_replay

    code = DONE if stored.manifest.feasible and not stored.manifest.degraded else DEGRADED
    seconds = time.perf_counter() - begun
    if as_json:
        say_json(replay_record(stored, seconds=seconds, peak_mb=memory.mb, exit_code=code))
    else:
        show_replay(stored, seconds=seconds)
    raise typer.Exit(code)
