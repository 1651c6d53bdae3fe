"""The run store: immutable folders published by one rename, beside a catalogue that can be rebuilt from them."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retour.instance import Instance
from retour.plan import Plan
from retour.policy import policy_json
from retour.tables import INPUT_TABLES, RESULT_TABLES
from service import catalogue
from service.best_so_far import Step, write_steps
from service.describe import Asked, manifest
from service.drivers import write_drivers
from service.geojson import write_geojson
from service.manifest import FileRecord, Kpi, ReplannedRecord
from service.report import write_report
from service.run import DRIVERS, INPUTS, MANIFEST, Run
from service.run_folder import hidden_folder, new_run_id, write_stored
from service.stored_kind import NIGHT, close_to, find_stored
from service.tablefiles import fingerprint, parquet_rows, write_table
from service.writable import TEMPORARY, no_run

STALE_S = 24 * 3600.0
LATEST = "latest"
TOO_LARGE_TO_COPY = ("arrivals",)


@dataclass(frozen=True)
class LongTables:
    """Files of a night too long for memory, in the store already: `decisions` (Parquet, CSV) and `returns`.

    `counts` are the figures of `service.kpis.return_counts`.
    """

    decisions: tuple[Path, Path]
    returns: Path
    counts: Mapping[str, Kpi]


def publish(
    root: Path,
    plan: Plan,
    *,
    asked: Asked,
    instance: Instance,
    violations: pd.DataFrame,
    seconds: Mapping[str, float] | None = None,
    long: LongTables | None = None,
    steps: Sequence[Step] = (),
    replanned: ReplannedRecord | None = None,
) -> Run:
    """Store one checked plan under `root` and return its run: all of it or, if anything fails, nothing.

    `violations` is the checker's table; `seconds` are wall times by step, kept in the manifest. The run is complete
    with what its pages need from the input, its GeoJSON, its report and its drivers' files. Never overwrites: every
    run has a new id. `long` are tables that the plan does not hold: their files are moved into the run. `steps` tell
    how the best cost came down, `replanned` how the plan was made again from another run's.
    """
    root.mkdir(parents=True, exist_ok=True)
    _drop_stale(root)
    run_id = new_run_id(instance.settings.name, plan.night)
    with hidden_folder(root, run_id) as folder:
        frames = {**plan.tables(), "violations": violations}
        tables = {
            n: write_stored(folder, RESULT_TABLES[n], f) for n, f in frames.items() if n != "decisions" or not long
        }
        inputs = _write_inputs(folder / INPUTS, instance, kept=("returns",) if long else ())
        if long:
            tables["decisions"] = _moved(long.decisions, folder)
            inputs["returns"] = _moved((long.returns,), folder / INPUTS)
        record = manifest(
            plan, run_id=run_id, asked=asked, instance=instance, violations=violations, seconds=seconds or {},
            tables=tables, inputs=inputs, counts=long.counts if long else None,
            replanned=replanned,
        )  # fmt: skip
        (folder / MANIFEST).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        if steps:
            write_steps(Run(folder).progress, steps)
        write_geojson(Run(folder))
        write_report(Run(folder))
        if tables["routes"].rows:
            write_drivers(Run(folder), folder / DRIVERS)
        folder.rename(root / run_id)
    catalogue.insert(root, [record])
    return Run(root / run_id)


@contextmanager
def scratch_folder(root: Path) -> Iterator[Path]:
    """Open a hidden folder in the store, whose files can be moved into a run; it is gone at the end."""
    with hidden_folder(root, secrets.token_hex(8)) as folder:
        yield folder


def _moved(files: tuple[Path, ...], folder: Path) -> FileRecord:
    """Move the files of one table, Parquet first, into a folder of the run."""
    for file in files:
        file.rename(folder / file.name)
    parquet = folder / files[0].name
    return FileRecord(rows=parquet_rows(parquet), sha256=fingerprint(parquet))


def _write_inputs(folder: Path, instance: Instance, *, kept: tuple[str, ...]) -> dict[str, FileRecord]:
    folder.mkdir()
    settings = {"network": instance.settings.model_dump(mode="json"), "policy": policy_json(instance.policy)}
    (folder / "settings.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    records = {}
    for name in (n for n in INPUT_TABLES if n not in (*TOO_LARGE_TO_COPY, *kept)):
        path = folder / f"{name}.parquet"
        frame = lane_legs(instance) if name == "travel" else instance.tables[name]
        write_table(INPUT_TABLES[name], frame, parquet=path)
        records[name] = FileRecord(rows=len(frame), sha256=fingerprint(path))
    return records


def lane_legs(instance: Instance) -> pd.DataFrame:
    """Return the rows of the road matrix that price lanes: all that decisions read of it, and few."""
    travel, lanes = instance.tables["travel"], instance.tables["lanes"]
    ends = ["from_id", "to_id"]
    return travel[pd.MultiIndex.from_frame(travel[ends]).isin(pd.MultiIndex.from_frame(lanes[ends]))]


def list_runs(root: Path) -> pd.DataFrame:
    """Return one row per run, the newest first (columns of `service.catalogue.COLUMNS`); empty without a store.

    Runs that are on disk but not in the catalogue (a lost catalogue, a crash after the rename) are added first.
    """
    if not root.is_dir():
        return pd.DataFrame(columns=list(catalogue.COLUMNS))
    on_disk = {p.parent.name for p in root.glob(f"[!.]*/{MANIFEST}")}
    known = catalogue.ids(root)
    if on_disk - known:
        catalogue.insert(root, [Run(root / i).manifest for i in sorted(on_disk - known)])
    if known - on_disk:
        catalogue.remove(root, known - on_disk)
    return catalogue.rows(root)


def reindex(root: Path) -> pd.DataFrame:
    """Rebuild the catalogue from the folders and return the list."""
    catalogue.discard(root)
    return list_runs(root)


def _drop_stale(root: Path) -> None:
    """Remove what processes killed while publishing left behind a day ago or longer."""
    for folder in root.glob(f"{TEMPORARY}*"):
        if time.time() - folder.stat().st_mtime > STALE_S:
            shutil.rmtree(folder, ignore_errors=True)


def open_run(root: Path, which: str | Path = LATEST) -> Run:
    """Return a run by its id in `root`, by the path of its folder, or the latest one.

    Raises InputError when there is no such run, naming what there is, or when it is no night.
    """
    if str(which) == LATEST:
        return _latest(root)
    folder = find_stored(root, which, NIGHT)
    if folder is not None:
        return Run(folder)
    meant = close_to(which, list_runs(root)["id"].tolist()) or f"; `retour runs --out {root}` lists them."
    raise no_run(f"no run {str(which)!r} in {root}{meant}")


def _latest(root: Path) -> Run:
    known = list_runs(root)
    if known.empty:
        raise no_run(f"no run in {root} yet; `retour plan data/city --out {root}` makes one.")
    return Run(root / str(known["id"].iloc[0]))
