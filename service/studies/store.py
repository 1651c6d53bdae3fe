"""Storing a study: an immutable folder under `studies/` of the run store; its designs are runs of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from network_design.check import check_design
from network_design.futures.two_stage import Hedged
from network_design.study.tables import STUDY_TABLES
from network_design.studying import StudyAnswer
from retour.design import DesignInstance
from service.designing_manifest import DesignNetworkRecord
from service.designing_store import DesignRun, publish_design_run
from service.manifest import FileRecord
from service.run import MANIFEST
from service.run_folder import hidden_folder, new_run_id, write_stored
from service.studies.manifest import HedgedRecord, StudyManifest
from service.studies.report import write_study_outputs
from service.studies.run import STUDIES, StudyRun


def publish_study(
    root: Path, instance: DesignInstance, answer: StudyAnswer, *, network: Path, seed: int, budget_s: float,
    seconds: Mapping[str, float],
) -> StudyRun:  # fmt: skip
    """Check and store every member as a design run under `root`, then the study that names them; return its run."""
    members = _publish_members(root, answer, network=network, seed=seed, budget_s=budget_s, seconds=seconds)
    store = root / STUDIES
    run_id = new_run_id(answer.study.name, datetime.now(UTC).date())
    with hidden_folder(store, run_id) as folder:
        tables = {
            name: write_stored(folder, STUDY_TABLES[name], frame)
            for name, frame in {**answer.tables, "members": members}.items()
        }
        record = _manifest(run_id, instance, answer, members, network, seed, budget_s, seconds, tables)
        (folder / MANIFEST).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        write_study_outputs(StudyRun(folder))
        folder.rename(store / run_id)
    return StudyRun(store / run_id)


def _publish_members(
    root: Path, answer: StudyAnswer, *, network: Path, seed: int, budget_s: float, seconds: Mapping[str, float]
) -> pd.DataFrame:
    """Return the table of members; each is checked by the independent checker first."""
    rows = []
    for member in answer.members:
        broken = check_design(member.instance, member.design).violations
        run = publish_design_run(
            root, member.instance, member.design, violations=broken, network=network, seed=seed, budget_s=budget_s,
            seconds=seconds,
        )  # fmt: skip
        rows.append(_member_row(run, member.design_id, member.scenario_id, member.role))
    return pd.DataFrame(rows, columns=STUDY_TABLES["members"].column_names)


def _member_row(run: DesignRun, design_id: str, scenario_id: str, role: str) -> tuple[object, ...]:
    m = run.manifest
    return design_id, scenario_id, role, run.id, str(m.status), m.cost, m.bound, m.gap, m.feasible


def _manifest(
    run_id: str, instance: DesignInstance, answer: StudyAnswer, members: pd.DataFrame, network: Path, seed: int,
    budget_s: float, seconds: Mapping[str, float], tables: dict[str, FileRecord],
) -> StudyManifest:  # fmt: skip
    from service.describe import peak_mb, versions

    unsound = int((~members["feasible"].astype(bool)).sum())
    return StudyManifest(
        id=run_id, created_at=datetime.now(UTC), name=answer.study.name, versions=versions(), seed=seed,
        network=DesignNetworkRecord.of(instance, network),
        budget_s=budget_s, feasible=unsound == 0, violations=unsound, hedged=_hedged(answer.hedged),
        shortfalls=list(answer.shortfalls),
        asked=answer.study.model_dump(mode="json", exclude_defaults=True), seconds=dict(seconds), peak_mb=peak_mb(),
        tables=tables,
    )  # fmt: skip


def _hedged(proof: Hedged | None) -> HedgedRecord | None:
    """Return the proof as plain values; a design that does not fit has no value."""
    if proof is None:
        return None
    mean = proof.expected_figures
    fits = mean is not None and bool(np.isfinite(mean))
    return HedgedRecord(
        status=proof.status, value=proof.value, bound=proof.bound, gap=proof.gap,
        perfect_information=proof.perfect_information, expected_figures=mean if fits else None,
        value_of_hedging=proof.value_of_hedging if fits else None,
        value_of_perfect_information=proof.value_of_perfect_information,
    )  # fmt: skip
