"""The decisions of one partition as a table, written from arrays without a sentence per return.

What every return was up against (second best option in words, priced parts, what would change it) is worked out on
demand for one return of a stored run; here each gets one of a few sentences, and what its second best costs more.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.eligibility import PLANNED, eligibility
from retour.indexed import KINDS, OUTCOMES
from retour.instance import Instance
from retour.plan import shaped
from retour.pricing import entry
from retour.vocabulary import Outcome
from routing.decide.scale.night import Night

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
WHY = (
    "cheapest of its options",
    "best of its options at tonight's prices of room and time",
    "it lies there already: cheapest recovery",
    "it lies there already: best recovery at tonight's prices of time",
    "nothing moves: keeping it is cheapest (policy keep)",
)
CHEAPEST, BEST, LIES_CHEAPEST, LIES_BEST, KEPT = range(len(WHY))


def decisions_of(
    night: Night, instance: Instance, *, row: IntArray, point: IntArray, way: IntArray, cost_eur: FloatArray,
    co2e_kg: FloatArray, extra_eur: FloatArray, why: IntArray,
) -> pd.DataFrame:  # fmt: skip
    """Return the `decisions` rows of a partition's table, in its order.

    Of the planned returns, at rows `row`: `point` (-1: kept), `way` (-1: kept), cost, emissions, what the second best
    option costs more at prices (inf: none), and the place of the reason in `WHY`.
    """
    ix, ways = instance.indexed, night.ways
    head = eligibility(instance)
    process = _at(ways.process_idx, way)
    entry_hub, _ = entry(ix)
    outcome = _at(ix.processes.outcome, process)
    fee = np.array([instance.policy.fee_eur(kind) for kind in KINDS])
    fees = np.where((point >= 0) & ix.returns.withdrawal[row], fee[ix.points.kind[np.maximum(point, 0)]], 0.0)
    planned = pd.DataFrame(
        {
            "point_id": _named(ix.points.ids, point),
            "entry_hub_id": _named(ix.hub_ids, _at(entry_hub, point)),
            "hub_id": _named(ix.hub_ids, _at(ways.hub_idx, way)),
            "site_id": _named(ix.site_ids, _at(ix.processes.site_idx, process)),
            "process_id": _named(ix.processes.ids, process),
            "outcome": _named(np.array(OUTCOMES), np.where(way < 0, OUTCOMES.index(Outcome.KEEP), outcome)),
            "day": pd.array(np.where(way < 0, 0, _at(ways.day, way)), dtype="Int64"),
            "size": _named(ix.size_ids, ix.returns.size_idx[row]),
            "cost_eur": cost_eur,
            "co2e_kg": co2e_kg,
            "customer_fee_eur": fees,
            "runner_up_extra_eur": np.where(np.isfinite(extra_eur), np.round(extra_eur, 6), np.nan),
            "why": _named(np.array(WHY), why),
        },
        index=pd.Index(row),
    )
    planned.loc[way < 0, "day"] = pd.NA
    body = planned.reindex(np.arange(len(head)))
    body["why"] = body["why"].astype(object).where((head["state"] == PLANNED).to_numpy(), head["why"].to_numpy(object))
    body.insert(0, "return_id", head["return_id"].to_numpy())
    body.insert(1, "state", head["state"].to_numpy())
    return shaped("decisions", body)


def _at(values: IntArray, position: IntArray) -> IntArray:
    """Return values at positions, -1 at position -1."""
    return np.append(values, -1)[position]


def _named(names: NDArray[np.generic], position: IntArray) -> pd.Categorical:
    """Return names at positions, missing at -1; each name is kept once."""
    words, code = np.unique([str(name) for name in names], return_inverse=True)
    return pd.Categorical.from_codes(np.append(code, -1)[position], categories=pd.Index(words, dtype="str"))
