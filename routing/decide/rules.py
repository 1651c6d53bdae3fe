"""The rules of law and policy that remove options, each once: planning applies them, explanations quote them.

A rule answers for whole arrays with True where it removes: point rules for (return, point) pairs, outcome rules for
profiles x outcomes, process rules for profiles x processes, keep rules for returns. Their order matters to
explanations only: an option is said to be removed by the first rule that removes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.indexed import KINDS, OUTCOMES, TAG_BIT, Indexed
from retour.instance import Instance
from retour.pricing import entry
from retour.vocabulary import Outcome, Tag

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
ODDS_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Pairs:
    """Return r[i] with point c[i], `road_m[i]` metres apart; shape (n,) each."""

    r: IntArray
    c: IntArray
    road_m: FloatArray


@dataclass(frozen=True)
class Rule:
    """`removes` says where the rule removes, `says` why in words, `source` which table, policy entry or law.

    A rule that states a `fact` of the goods or the place cannot be waived; any other is somebody's choice.
    """

    says: str
    source: Callable[[Instance], str]
    removes: Callable[..., BoolArray]
    fact: bool = False


def first_removal(rules: tuple[Rule, ...], *where: object) -> IntArray:
    """Return the position of the first rule that removes each option, -1 where none does."""
    removed = np.array([rule.removes(*where) for rule in rules])
    return np.where(removed.any(axis=0), removed.argmax(axis=0), -1)


def removed(rules: tuple[Rule, ...], *where: object) -> BoolArray:
    """Return True where any rule removes."""
    return np.logical_or.reduce([rule.removes(*where) for rule in rules])


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
    ix = instance.indexed
    forbidden = np.isin(KINDS, instance.policy.hazard.forbidden_kinds)[ix.points.kind]
    return ~lies_there(ix, pairs) & ix.returns.damaged_battery[pairs.r] & forbidden[pairs.c]


NOBODY_EMPTIES = Rule(
    "nobody empties it", lambda i: "no van at its hub, no carrier lane from it", _nobody_empties, fact=True
)
"""Asks about the point alone, whatever the return: what answers one return at a time asks it once."""

POINT_RULES = (
    Rule("it lies at another point already", lambda i: "returns.point_id", _lies_elsewhere, fact=True),
    NOBODY_EMPTIES,
    Rule("a damaged battery may not go through it", lambda i: i.policy.hazard.source, _damaged_battery_in_the_open),
    Rule("refuses this kind of goods", lambda i: "points.refuses", _refused),
    Rule("the parcel is too heavy", lambda i: "points.max_weight_kg, policy limits", _too_heavy),
    Rule("the parcel fits no compartment", lambda i: "sizes", _too_big, fact=True),
    Rule("farther than customers are sent", lambda i: "points.reach_m, policy reach", _too_far),
)


def _not_allowed(instance: Instance) -> BoolArray:
    allowed = np.isin(OUTCOMES, instance.policy.outcomes.allowed) & (np.array(OUTCOMES) != Outcome.KEEP)
    return np.broadcast_to(~allowed, instance.indexed.profiles.share.shape)


def _forbidden(instance: Instance, column: str, rules: dict[str, tuple[Outcome, ...]]) -> BoolArray:
    keys = instance.indexed.profiles.table[column]
    rows = [np.isin(OUTCOMES, rules.get(key, ())) for key in keys]
    return np.array(rows, dtype=bool).reshape(len(keys), len(OUTCOMES))


def _forbidden_by_class(instance: Instance) -> BoolArray:
    return _forbidden(instance, "class_id", instance.policy.outcomes.forbidden_by_class)


def _forbidden_by_reason(instance: Instance) -> BoolArray:
    return _forbidden(instance, "reason", instance.policy.outcomes.forbidden_by_reason)


def _impossible(instance: Instance) -> BoolArray:
    return instance.indexed.profiles.odds < instance.policy.outcomes.min_feasible_odds - ODDS_TOLERANCE


def _destroys_resaleable(instance: Instance) -> BoolArray:
    rules, profiles = instance.policy.outcomes, instance.indexed.profiles
    protected = profiles.table["flow"].isin(rules.protected_flows).to_numpy() & ~_damaged(instance)
    protected &= profiles.resaleable >= rules.min_resaleable_odds - ODDS_TOLERANCE
    return protected[:, None] & np.isin(OUTCOMES, rules.not_for_resaleable)


def _not_for_damaged_battery(instance: Instance) -> BoolArray:
    return _damaged(instance)[:, None] & ~np.isin(OUTCOMES, instance.policy.hazard.damaged_outcomes)


def _damaged(instance: Instance) -> BoolArray:
    return instance.indexed.profiles.table["damaged_battery"].to_numpy(bool)


OUTCOME_RULES = (
    Rule("a damaged battery must be treated", lambda i: i.policy.hazard.source, _not_for_damaged_battery),
    Rule("resaleable goods are not destroyed", lambda i: i.policy.outcomes.source, _destroys_resaleable),
    Rule("the policy does not allow it", lambda i: "policy outcomes.allowed", _not_allowed),
    Rule("the policy forbids it for this class", lambda i: "policy outcomes.forbidden_by_class", _forbidden_by_class),
    Rule(
        "the policy forbids it for this reason", lambda i: "policy outcomes.forbidden_by_reason", _forbidden_by_reason
    ),
    Rule("the condition hardly allows it", lambda i: "recovery_values, policy outcomes.min_feasible_odds", _impossible),
)


def _class_not_taken(instance: Instance) -> BoolArray:
    ix = instance.indexed
    return ~ix.processes.takes[:, ix.profiles.class_idx].T


def _not_certified(instance: Instance) -> BoolArray:
    ix, hazard = instance.indexed, instance.policy.hazard
    asks = np.where(np.isin(OUTCOMES, hazard.certified_outcomes), _bits(hazard.needs_certificate), 0)
    needed = ix.class_tags[ix.profiles.class_idx][:, None] & asks[ix.processes.outcome]
    needed = needed | np.where(_damaged(instance), TAG_BIT[Tag.BATTERY], 0)[:, None]
    return (needed & ~ix.site_certificates[ix.processes.site_idx]) != 0


def _bits(tags: tuple[Tag, ...]) -> int:
    return sum(TAG_BIT[tag] for tag in tags)


PROCESS_RULES = (
    Rule("does not take this class", lambda i: "processes.classes", _class_not_taken),
    Rule("the site holds no certificate for it", lambda i: i.policy.hazard.source, _not_certified),
)


def _keep_not_allowed(instance: Instance, r: IntArray) -> BoolArray:
    return np.full(len(r), not instance.policy.keep.allowed)


def _too_valuable_to_keep(instance: Instance, r: IntArray) -> BoolArray:
    return instance.indexed.returns.value_eur[r] > instance.policy.keep.max_value_eur


def _tag_not_kept(instance: Instance, r: IntArray) -> BoolArray:
    ix = instance.indexed
    return (ix.class_tags[ix.returns.class_idx[r]] & _bits(instance.policy.keep.forbidden_tags)) != 0


def _flow_not_kept(instance: Instance, r: IntArray) -> BoolArray:
    profiles = instance.indexed.profiles.table["flow"].isin(instance.policy.keep.flows).to_numpy(bool)
    return ~profiles[instance.indexed.returns.profile[r]]


def _handed_over_already(instance: Instance, r: IntArray) -> BoolArray:
    return instance.indexed.returns.point_idx[r] >= 0


def _damaged_battery_kept(instance: Instance, r: IntArray) -> BoolArray:
    return instance.indexed.returns.damaged_battery[r]


KEEP_RULES = (
    Rule("the policy does not allow it", lambda i: "policy keep.allowed", _keep_not_allowed),
    Rule("a damaged battery must be treated", lambda i: i.policy.hazard.source, _damaged_battery_kept),
    Rule("it was handed over already", lambda i: "returns.point_id", _handed_over_already, fact=True),
    Rule("worth more than may be kept", lambda i: "policy keep.max_value_eur", _too_valuable_to_keep),
    Rule("such goods are not kept", lambda i: "policy keep.forbidden_tags", _tag_not_kept),
    Rule("not for this flow", lambda i: "policy keep.flows", _flow_not_kept),
)
