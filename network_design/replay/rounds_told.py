"""Rounds as tables: a row per design replayed, and per factor known after it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from network_design.compare import different_places, moved_t
from network_design.replay.estimate import estimate
from network_design.replay.rounds import Replay
from network_design.replay.tables import shaped


def rounds_table(replay: Replay, run_ids: Sequence[str]) -> pd.DataFrame:
    """Return the table `rounds`; `run_ids` are the stored designs, one per round."""
    first, rows = replay.rounds[0].candidate, []
    for each, run_id in zip(replay.rounds, run_ids, strict=True):
        candidate, replayed = each.candidate, each.replayed
        dearer = estimate(replayed.by_night - replay.rounds[0].replayed.by_night, nights_per_period=1)
        rows.append({
            "round": each.number, "run_id": run_id, "believed": candidate.believed, "routed": replayed.routed.mean,
            "half_width": replayed.routed.half_width, "bound": replayed.bound, "off": each.off,
            "cost_believed": candidate.total, "cost": each.cost,
            "dearer": each.cost - replay.rounds[0].cost, "dearer_half_width": dearer.half_width,
            "different_places": different_places(first.opened, candidate.opened),
            "moved_t": moved_t(first.flows, candidate.flows), "kept": each is replay.kept,
        })  # fmt: skip
    return shaped("rounds", pd.DataFrame(rows))
