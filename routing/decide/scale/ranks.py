"""How fixed rules rank the recoveries of a large night, and what a comparator's decisions add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.indexed import OUTCOMES, Indexed
from retour.instance import Instance
from retour.vocabulary import Outcome
from routing.decide.comparators import asks_for_another, preference
from routing.decide.scale.night import Night

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RuleOrder:
    """How fixed rules rank recoveries: outcomes by profile (profiles, 14), then ways (t,), from 0 to below 1: the
    nearest site, the own hub, the first day."""

    outcome: FloatArray
    way: FloatArray


@dataclass(frozen=True)
class Tally:
    """What a method's decisions cost and emit, what they use of limits on ways, and who found no room."""

    cost_eur: float
    co2e_kg: float
    used: FloatArray
    unplaced: int


def rule_order(night: Night) -> RuleOrder:
    """Return how fixed rules rank the recoveries of a night."""
    return RuleOrder(_outcome_ranks(night.instance.indexed), _way_ranks(night.instance, night))


def _outcome_ranks(ix: Indexed) -> FloatArray:
    rank = preference()[ix.profiles.grade_odds.argmax(axis=1)].astype(float)
    rank[asks_for_another(ix), OUTCOMES.index(Outcome.EXCHANGE)] = -1.0
    return rank


def _way_ranks(instance: Instance, night: Night) -> FloatArray:
    ix, ways = instance.indexed, night.ways
    away_m = instance.lane_distance_m[ix.lanes.hub_site[ways.hub_idx, ix.processes.site_idx[ways.process_idx]]]
    moved = night.entries.hub_idx[ways.entry] != ways.hub_idx
    rank = np.empty(len(away_m))
    rank[np.lexsort((ways.day, moved, away_m))] = np.arange(len(away_m)) / (len(away_m) + 1.0)
    return rank
