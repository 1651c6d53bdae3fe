"""`retour compare`: stored runs side by side."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from service.cli_options import AS_JSON, OUT
from service.door import DONE, say_json


def compare(
    ctx: typer.Context,
    runs: Annotated[list[str], typer.Argument(help="Runs by id or folder; a study is all its designs.")],
    band_km: Annotated[float, typer.Option("--band-km", min=0.0, help="Farther than this counts as far.")] = 10.0,
    out: OUT = None,
    as_json: AS_JSON = False,
) -> None:
    """Put stored runs side by side: cost by line, CO2e, service, what is open, and what they decide otherwise."""
    begun = time.perf_counter() - (ctx.obj or 0.0)

    from service.designing_compare import compare_runs, comparison_record
    from service.settings import settings

    found = compare_runs(runs, root=out or settings().runs, band_km=band_km)
    if as_json:
        say_json(comparison_record(found, seconds=time.perf_counter() - begun, exit_code=DONE))
        return
    from service.designing_compare_terminal import show_comparison

    show_comparison(found)
