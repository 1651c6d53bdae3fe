"""The store of replays: immutable folders under `replays/` of the run store; their designs are runs of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from network_design.check import check_design
from network_design.replay.check import check_replay
from network_design.replay.check.claimed import Claimed
from network_design.replay.rounds import Replay
from network_design.replay.rounds_told import rounds_table
from network_design.replay.settings import Vans
from network_design.replay.tables import REPLAY_TABLES
from retour.design import DesignInstance
from retour.gate.design import write_design
from retour.vocabulary import Status
from service.designing_manifest import DesignNetworkRecord
from service.designing_store import DesignRun, publish_design_run
from service.manifest import FileRecord
from service.replaying_asked import AskedReplay
from service.replaying_manifest import ReplayManifest
from service.run import MANIFEST
from service.run_folder import hidden_folder, new_run_id, write_stored
from service.stored_run import StoredRun

REPLAYS, CORRECTED = "replays", "network"


class ReplayRun(StoredRun[ReplayManifest]):
    """One stored replay."""

    record = ReplayManifest
    declared = REPLAY_TABLES


def publish_replay(
    root: Path, stored: DesignRun, instance: DesignInstance, replay: Replay, *, asked: AskedReplay, vans: Vans,
    roads: pd.DataFrame, assumed: Sequence[str], seconds: Mapping[str, float],
) -> ReplayRun:  # fmt: skip
    """Check and store the designs of later rounds, then the replay with its tables and the corrected network."""
    runs = [stored, *_publish_designs(root, stored, replay, asked, seconds)]
    tables = {**replay.tables, "rounds": rounds_table(replay, [run.id for run in runs])}
    tables["violations"] = check_replay(_claimed(instance, vans, roads, replay, asked, tables))
    store = root / REPLAYS
    run_id = new_run_id(instance.settings.name, datetime.now(UTC).date())
    with hidden_folder(store, run_id) as folder:
        records = {name: write_stored(folder, REPLAY_TABLES[name], tables[name]) for name in REPLAY_TABLES}
        if replay.corrected is not None:
            network = replay.corrected.instance
            write_design(network.tables, network.settings, folder / CORRECTED)
        record = _manifest(run_id, runs, instance, replay, asked, vans, assumed, seconds, records)
        (folder / MANIFEST).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        folder.rename(store / run_id)
    return ReplayRun(store / run_id)


def _publish_designs(
    root: Path, stored: DesignRun, replay: Replay, asked: AskedReplay, seconds: Mapping[str, float]
) -> list[DesignRun]:
    runs = []
    for each in replay.rounds:
        design, network = each.candidate.design, each.candidate.network
        if design is None or network is None:
            continue
        broken = check_design(network, design).violations
        runs.append(
            publish_design_run(
                root, network, design, violations=broken, network=Path(stored.manifest.network.path), seed=asked.seed,
                budget_s=asked.budget_s or 0.0, seconds=seconds,
            )
        )  # fmt: skip
    return runs


def _claimed(
    instance: DesignInstance, vans: Vans, roads: pd.DataFrame, replay: Replay, asked: AskedReplay,
    tables: Mapping[str, pd.DataFrame],
) -> Claimed:  # fmt: skip
    flows = {each.number: each.candidate.flows for each in replay.rounds}
    return Claimed(instance, vans, asked.nights, replay.tours.modes, replay.tours.to_hubs, tables, flows, roads)


def _manifest(
    run_id: str, runs: Sequence[DesignRun], instance: DesignInstance, replay: Replay, asked: AskedReplay, vans: Vans,
    assumed: Sequence[str], seconds: Mapping[str, float], tables: dict[str, FileRecord],
) -> ReplayManifest:  # fmt: skip
    from service.describe import peak_mb, versions

    first, kept = replay.rounds[0].replayed, replay.kept
    unsound = tables["violations"].rows + sum(run.manifest.violations for run in runs[1:])
    return ReplayManifest(
        id=run_id, created_at=datetime.now(UTC), versions=versions(), design_id=runs[0].id, seed=asked.seed,
        network=DesignNetworkRecord.of(instance, runs[0].manifest.network.path),
        budget_s=asked.budget_s, iterations=asked.iterations, engine=", ".join(first.engines) or asked.engine,
        nights=asked.nights, rounds=asked.rounds, tolerance=asked.tolerance, modes=list(replay.tours.modes),
        vans=vans.model_dump(mode="json"), status=Status.FAILED if unsound else Status.FEASIBLE,
        feasible=unsound == 0, violations=unsound, cost=kept.cost, surrogate=first.surrogate,
        routed_first=first.routed.mean, routed=kept.replayed.routed.mean,
        half_width=kept.replayed.routed.half_width, bound=kept.replayed.bound, kept_round=kept.number,
        kept_id=runs[kept.number - 1].id, settled=replay.settled, degraded=bool(replay.troubles),
        note=replay.note, troubles=list(replay.troubles), assumed=list(assumed),
        corrected=None if replay.corrected is None else CORRECTED, seconds=dict(seconds), peak_mb=peak_mb(),
        tables=tables,
    )  # fmt: skip
