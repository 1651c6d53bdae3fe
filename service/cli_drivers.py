"""`retour drivers`: what drivers take along, for any stored run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli_options import AS_JSON
from service.door import say_json


def drivers(
    run: Annotated[str, typer.Argument(help="Run id, run folder, or latest.", show_default=False)],
    target: Annotated[
        Path | None,
        typer.Option("--out", help="New folder to write instead of the run's own drivers folder.", show_default=False),
    ] = None,
    runs: Annotated[Path | None, typer.Option("--runs", help="Folder of stored runs (RETOUR_RUNS, else runs).")] = None,
    as_json: AS_JSON = False,
) -> None:
    """Write what drivers take along: manifests to print, a GPX route per van, the schedule with loads."""
    from service.drivers import drivers_of, write_drivers
    from service.settings import settings
    from service.store import open_run

    found = open_run(runs or settings().runs, run)
    files = write_drivers(found, target) if target else drivers_of(found)
    if as_json:
        say_json({"run_id": found.id, "folder": str(files[0].parent), "files": [file.name for file in files]})
        return
    routes = sum(file.suffix == ".gpx" for file in files)
    typer.echo(f"{files[0].parent} holds manifests.html to print, schedule.csv, and a GPX route per van: {routes}.")
