"""The rules of law and policy that remove options, each once: planning applies them, explanations quote them.

A rule answers for whole arrays with True where it removes: point rules for (return, point) pairs, outcome rules for
profiles x outcomes, process rules for profiles x processes, keep rules for returns. Their order matters to
explanations only: an option is said to be removed by the first rule that removes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.indexed import KINDS, Indexed
from retour.instance import Instance
from retour.pricing import entry
from routing.decide.outcome_rules import OUTCOME_RULES, PROCESS_RULES, tag_mask
from routing.decide.rule import Rule, first_removal, removed

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Return r[i] with point c[i], `road_m[i]` metres apart; shape (n,) each."""

    r: IntArray
    c: IntArray
    road_m: FloatArray


def lies_there(ix: Indexed, pairs: Pairs) -> BoolArray:
    """Return True where the return lies at the point already: what is there is not turned away."""
    return ix.returns.point_idx[pairs.r] == pairs.c


def _lies_elsewhere(instance: Instance, pairs: Pairs) -> BoolArray:
    where = instance.indexed.returns.point_idx[pairs.r]
    return (where >= 0) & (where != pairs.c)


def _nobody_empties(instance: Instance, pairs: Pairs) -> BoolArray:
    ix, vans = instance.indexed, instance.tables["vehicles"]
    staffed = set(vans.loc[vans["count"] > 0, "hub_id"])
    has_vans = np.array([h in staffed for h in ix.hub_ids], dtype=bool)
    hub_idx, _ = entry(ix)
    served = (hub_idx >= 0) & (~ix.points.van | has_vans[hub_idx])
    return ~served[pairs.c]


def _too_far(instance: Instance, pairs: Pairs) -> BoolArray:
    ix = instance.indexed
    return ~lies_there(ix, pairs) & ~(pairs.road_m <= ix.points.reach_m[pairs.c])


def _refused(instance: Instance, pairs: Pairs) -> BoolArray:
    ix = instance.indexed
    tags = ix.class_tags[ix.returns.class_idx[pairs.r]]
    return ~lies_there(ix, pairs) & ((tags & ix.points.refuses[pairs.c]) != 0)


def _too_heavy(instance: Instance, pairs: Pairs) -> BoolArray:
    ix = instance.indexed
    return ~lies_there(ix, pairs) & (ix.returns.weight_kg[pairs.r] > ix.points.max_weight_kg[pairs.c])


def _too_big(instance: Instance, pairs: Pairs) -> BoolArray:
    ix = instance.indexed
    return ~lies_there(ix, pairs) & ix.points.has_compartments[pairs.c] & (ix.returns.size_idx[pairs.r] < 0)


def _damaged_battery_in_the_open(instance: Instance, pairs: Pairs) -> BoolArray:
    return _in_the_open(instance, pairs) & instance.indexed.returns.damaged_battery[pairs.r]


def _hazardous_in_the_open(instance: Instance, pairs: Pairs) -> BoolArray:
    ix = instance.indexed
    hazardous = (ix.class_tags & tag_mask(instance.policy.hazard.forbidden_tags)) != 0
    return _in_the_open(instance, pairs) & hazardous[ix.returns.class_idx[pairs.r]]


def _in_the_open(instance: Instance, pairs: Pairs) -> BoolArray:
    ix = instance.indexed
    forbidden = np.isin(KINDS, instance.policy.hazard.forbidden_kinds)[ix.points.kind]
    return ~lies_there(ix, pairs) & forbidden[pairs.c]


NOBODY_EMPTIES = Rule(
    "nobody empties it", lambda i: "no van at its hub, no carrier lane from it", _nobody_empties, fact=True
)
"""Asks about the point alone, whatever the return: what answers one return at a time asks it once."""

TOO_HEAVY = Rule("the parcel is too heavy", lambda i: "points.max_weight_kg, policy limits", _too_heavy)
POINT_RULES = (
    Rule("it lies at another point already", lambda i: "returns.point_id", _lies_elsewhere, fact=True),
    NOBODY_EMPTIES,
    Rule("a damaged battery may not go through it", lambda i: i.policy.hazard.source, _damaged_battery_in_the_open),
    Rule("hazardous goods may not go through it", lambda i: i.policy.hazard.source, _hazardous_in_the_open),
    Rule("refuses this kind of goods", lambda i: "points.refuses", _refused),
    TOO_HEAVY,
    Rule("the parcel fits no compartment", lambda i: "sizes", _too_big, fact=True),
    Rule("farther than customers are sent", lambda i: "points.reach_m, policy reach", _too_far),
)


def _keep_not_allowed(instance: Instance, r: IntArray) -> BoolArray:
    return np.full(len(r), not instance.policy.keep.allowed)


def _too_valuable_to_keep(instance: Instance, r: IntArray) -> BoolArray:
    return instance.indexed.returns.value_eur[r] > instance.policy.keep.max_value_eur


def _tag_not_kept(instance: Instance, r: IntArray) -> BoolArray:
    ix = instance.indexed
    return (ix.class_tags[ix.returns.class_idx[r]] & tag_mask(instance.policy.keep.forbidden_tags)) != 0


def _flow_not_kept(instance: Instance, r: IntArray) -> BoolArray:
    profiles = instance.indexed.profiles.table["flow"].isin(instance.policy.keep.flows).to_numpy(bool)
    return ~profiles[instance.indexed.returns.profile[r]]


def _handed_over_already(instance: Instance, r: IntArray) -> BoolArray:
    return instance.indexed.returns.point_idx[r] >= 0


def _damaged_battery_kept(instance: Instance, r: IntArray) -> BoolArray:
    return instance.indexed.returns.damaged_battery[r]


TOO_VALUABLE = Rule("worth more than may be kept", lambda i: "policy keep.max_value_eur", _too_valuable_to_keep)
KEEP_RULES = (
    Rule("the policy does not allow it", lambda i: "policy keep.allowed", _keep_not_allowed),
    Rule("a damaged battery must be treated", lambda i: i.policy.hazard.source, _damaged_battery_kept),
    Rule("it was handed over already", lambda i: "returns.point_id", _handed_over_already, fact=True),
    TOO_VALUABLE,
    Rule("such goods are not kept", lambda i: "policy keep.forbidden_tags", _tag_not_kept),
    Rule("not for this flow", lambda i: "policy keep.flows", _flow_not_kept),
)

__all__ = [
    "KEEP_RULES",
    "NOBODY_EMPTIES",
    "OUTCOME_RULES",
    "POINT_RULES",
    "PROCESS_RULES",
    "Pairs",
    "Rule",
    "first_removal",
    "lies_there",
    "removed",
]

ALL_RULES = (*POINT_RULES, *OUTCOME_RULES, *PROCESS_RULES, *KEEP_RULES)
"""Every rule; its position here is its name among solvers and explanations."""


def position_of(rule: Rule) -> int:
    """Return the position of a rule in ALL_RULES; two rules may say the same."""
    return next(k for k, known in enumerate(ALL_RULES) if known is rule)
