"""The store of designs: immutable folders under `designs/` of the run store, published by one rename."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from network_design.parts import cost_by_part
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.tables.design import DESIGN_RESULT_TABLES, DESIGN_TABLES
from service.designing_figures import design_kpis, figures_by_period, open_places
from service.designing_manifest import DesignManifest, DesignNetworkRecord
from service.manifest import FileRecord
from service.run import INPUTS, MANIFEST
from service.run_folder import hidden_folder, new_run_id, write_stored
from service.stored_run import StoredRun
from service.tablefiles import fingerprint, write_table

DESIGNS = "designs"


class DesignRun(StoredRun[DesignManifest]):
    """One stored design."""

    record = DesignManifest
    declared = DESIGN_RESULT_TABLES


def publish_design_run(
    root: Path, instance: DesignInstance, design: Design, *, violations: pd.DataFrame, network: Path, seed: int,
    budget_s: float, seconds: Mapping[str, float],
) -> DesignRun:  # fmt: skip
    """Store one checked design under `root` and return its run: all of it or, if anything fails, nothing.

    `violations` is the checker's table; `seconds` are wall times by step. Never overwrites: every run has a new id.
    """
    from service.design_report import write_outputs  # it reads runs, which are defined here

    store = root / DESIGNS
    run_id = new_run_id(instance.settings.name, datetime.now(UTC).date())
    with hidden_folder(store, run_id) as folder:
        frames = {**design.tables(), "violations": violations}
        tables = {name: write_stored(folder, DESIGN_RESULT_TABLES[name], frame) for name, frame in frames.items()}
        inputs = _write_inputs(folder / INPUTS, instance)
        record = _manifest(run_id, instance, design, len(violations), network, seed, budget_s, seconds, tables, inputs)
        (folder / MANIFEST).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        write_outputs(DesignRun(folder))
        folder.rename(store / run_id)
    return DesignRun(store / run_id)


def _manifest(
    run_id: str, instance: DesignInstance, design: Design, violations: int, network: Path, seed: int, budget_s: float,
    seconds: Mapping[str, float], tables: dict[str, FileRecord], inputs: dict[str, FileRecord],
) -> DesignManifest:  # fmt: skip
    from service.describe import peak_mb, versions

    parts = cost_by_part(instance, design.ledger)
    return DesignManifest(
        id=run_id, created_at=datetime.now(UTC), versions=versions(), seed=seed, budget_s=budget_s,
        network=DesignNetworkRecord.of(instance, network),
        status=design.status, feasible=violations == 0, violations=violations, cost=design.cost,
        ledger_total=design.ledger_total, bound=design.bound, gap=design.gap, note=design.note,
        parts=parts.sum(axis=1).to_dict(), parts_by_period=parts.T.to_dict("list"),
        kpis=design_kpis(instance, design), by_period=figures_by_period(instance, design),
        open_places=open_places(design), seconds=dict(seconds), peak_mb=peak_mb(), tables=tables, inputs=inputs,
    )  # fmt: skip


def _write_inputs(folder: Path, instance: DesignInstance) -> dict[str, FileRecord]:
    folder.mkdir()
    text = instance.settings.model_dump_json(indent=2) + "\n"
    (folder / "settings.json").write_text(text, encoding="utf-8")
    records = {}
    for name, declared in DESIGN_TABLES.items():
        path = folder / f"{name}.parquet"
        write_table(declared, instance.tables[name], parquet=path)
        records[name] = FileRecord(rows=len(instance.tables[name]), sha256=fingerprint(path))
    return records
