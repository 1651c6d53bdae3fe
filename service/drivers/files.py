"""The files of `drivers/`: made from a stored run's tables alone, so any run has them, old ones too."""

from __future__ import annotations

import io
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from retour.errors import InputError, Issue
from service.drivers.clock import zone_at
from service.drivers.gpx import van_gpx
from service.drivers.manifests import manifests_html
from service.drivers.schedule import schedule_csv
from service.drivers.stop_list import stop_list
from service.drivers.vans import vans_of
from service.run import DRIVERS, Run

MANIFESTS, SCHEDULE = "manifests.html", "schedule.csv"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is made


def driver_files(run: Run) -> Iterator[tuple[str, str]]:
    """Yield name and text of every file: `manifests.html`, `schedule.csv`, and `R001.gpx` per van.

    Raises InputError when the run drives no van.
    """
    if not run.manifest.tables["routes"].rows:
        raise InputError([Issue("runs", None, None, f"no van drives in run {run.id}; `retour plan` makes routes.")])
    night, country, stops = run.manifest.night, run.settings()["network"]["country"], stop_list(run)
    vans = vans_of(run, stops)
    yield MANIFESTS, manifests_html(run.manifest, vans)
    yield SCHEDULE, schedule_csv(stops, vans, night)
    for van in vans:
        zone = zone_at(country, lat=van.hub.lat, lon=van.hub.lon)
        yield f"{van.route.route_id}.gpx", van_gpx(van, night=night, zone=zone)


def write_drivers(run: Run, folder: Path) -> list[Path]:
    """Write every file into `folder`, which appears whole or not at all, and return their paths.

    Raises InputError when the run drives no van, when there is something in `folder` already (manifests of two nights
    must not mix), or when it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError([Issue("drivers", None, None, f"{folder} is not empty; give a new folder to --out.")])
    made = list(driver_files(run))
    try:
        _write(made, folder)
    except OSError as error:
        sentence = f"nothing can be written to {folder} ({error.strerror}); give a folder you may write to with --out."
        raise InputError([Issue("drivers", None, None, sentence)]) from None
    return [folder / name for name, _ in made]


def _write(made: list[tuple[str, str]], folder: Path) -> None:
    beside = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    try:
        beside.mkdir(parents=True)
        for name, text in made:
            (beside / name).write_text(text, encoding="utf-8", newline="")
        beside.replace(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def drivers_of(run: Run) -> list[Path]:
    """Return the paths of the run's own `drivers/`, written first where an older run has none."""
    folder = run.path / DRIVERS
    return sorted(folder.iterdir()) if folder.is_dir() else write_drivers(run, folder)


def zipped(run: Run) -> bytes:
    """Return all files, and the run's `routes.geojson`, as one zip archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in [*driver_files(run), (run.geojson.name, run.geojson.read_text(encoding="utf-8"))]:
            file.writestr(zipfile.ZipInfo(name, ZIP_TIME), text, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
