"""Which outcomes and processes law and policy remove, per profile: a distinct class, reason, grade, flow, wish.

Every rule takes an instance, and profiles where other than those of tonight's returns are asked about (for example
the same returns with their grade known). The hierarchy comes last: it asks what the others leave.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import OUTCOMES, TAG_BIT, Profiles
from retour.instance import Instance
from retour.pricing import entry
from retour.vocabulary import Flow, Outcome, Tag, Wish
from routing.decide.rule import Rule, removed

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
ODDS_TOLERANCE = 1e-9


def admissible(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    """Return which processes every rule leaves each profile, shape (profiles, processes); default: tonight's."""
    outcome = instance.indexed.processes.outcome
    lost = removed(OUTCOME_RULES, instance, profiles)[:, outcome] | removed(PROCESS_RULES, instance, profiles)
    return np.asarray(~lost)


def _of(instance: Instance, profiles: Profiles | None) -> Profiles:
    return instance.indexed.profiles if profiles is None else profiles


def _has(profiles: Profiles, column: str, values: tuple[str, ...]) -> BoolArray:
    return profiles.table[column].isin(values).to_numpy(bool)


def _damaged(profiles: Profiles) -> BoolArray:
    return profiles.table["damaged_battery"].to_numpy(bool)


def _resaleable(instance: Instance, profiles: Profiles) -> BoolArray:
    likely = profiles.resaleable >= instance.policy.outcomes.min_resaleable_odds - ODDS_TOLERANCE
    return likely & ~_damaged(profiles)


def _not_allowed(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    allowed = np.isin(OUTCOMES, instance.policy.outcomes.allowed) & (np.array(OUTCOMES) != Outcome.KEEP)
    return np.broadcast_to(~allowed, _of(instance, profiles).share.shape)


def _forbidden(profiles: Profiles, column: str, rules: dict[str, tuple[Outcome, ...]]) -> BoolArray:
    of_key, keys = pd.factorize(profiles.table[column])
    rows = [np.isin(OUTCOMES, rules.get(key, ())) for key in keys]
    return np.array(rows, dtype=bool).reshape(len(keys), len(OUTCOMES))[of_key]


def _forbidden_by_class(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    return _forbidden(_of(instance, profiles), "class_id", instance.policy.outcomes.forbidden_by_class)


def _forbidden_by_reason(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    return _forbidden(_of(instance, profiles), "reason", instance.policy.outcomes.forbidden_by_reason)


def _impossible(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    return _of(instance, profiles).odds < instance.policy.outcomes.min_feasible_odds - ODDS_TOLERANCE


def _not_for_damaged_battery(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    damaged = _damaged(_of(instance, profiles))
    return damaged[:, None] & ~np.isin(OUTCOMES, instance.policy.hazard.damaged_outcomes)


def _recalled_on_sale(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    recalled = _has(_of(instance, profiles), "flow", (Flow.RECALL,))
    return recalled[:, None] & ~np.isin(OUTCOMES, instance.policy.outcomes.recall_outcomes)


def _nobody_wants_another(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    mine, rules = _of(instance, profiles), instance.policy.exchange
    wanted = _has(mine, "wants", (Wish.EXCHANGE,)) | _has(mine, "reason", rules.offered_for)
    granted = wanted & _has(mine, "flow", rules.flows) & rules.allowed
    return ~granted[:, None] & (np.array(OUTCOMES) == Outcome.EXCHANGE)


def _destroys_resaleable(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    mine, rules = _of(instance, profiles), instance.policy.outcomes
    protected = _has(mine, "flow", rules.protected_flows) & _resaleable(instance, mine)
    return protected[:, None] & np.isin(OUTCOMES, rules.not_for_resaleable)


def _donation_comes_first(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    mine, rules = _of(instance, profiles), instance.policy.outcomes
    donation = (np.array(OUTCOMES) == Outcome.DONATE)[instance.indexed.processes.outcome]
    could = (_possible_everywhere(instance, mine) & donation).any(axis=1)
    protected = _has(mine, "flow", rules.protected_flows) & ~_damaged(mine) & could
    return protected[:, None] & np.isin(OUTCOMES, rules.destruction)


def _earlier_step_is_open(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    mine, steps = _of(instance, profiles), _step_of_outcome(instance)
    possible = _possible_everywhere(instance, mine)
    first = np.where(possible, steps[instance.indexed.processes.outcome], len(OUTCOMES)).min(
        axis=1, initial=len(OUTCOMES)
    )
    return _unsold(instance, mine)[:, None] & (steps < len(OUTCOMES)) & (steps > first[:, None])


def _step_of_outcome(instance: Instance) -> IntArray:
    """Return the step of the hierarchy of each outcome, shape (14,); outcomes outside it count as after all."""
    hierarchy = instance.policy.outcomes.hierarchy
    step = {outcome: k for k, outcomes in enumerate(hierarchy) for outcome in outcomes}
    return np.array([step.get(outcome, len(OUTCOMES)) for outcome in OUTCOMES], dtype=np.int64)


def _unsold(instance: Instance, profiles: Profiles) -> BoolArray:
    """Return which profiles are unsold goods in a state to be used: never sold, or withdrawn from by the customer."""
    policy = instance.policy
    withdrawn = _has(profiles, "flow", (Flow.CUSTOMER_RETURN,)) & _has(profiles, "reason", policy.reasons.withdrawal)
    return (_has(profiles, "flow", policy.outcomes.unsold_flows) | withdrawn) & _resaleable(instance, profiles)


def _possible_everywhere(instance: Instance, profiles: Profiles) -> BoolArray:
    """Return which processes the plain rules leave each profile, of those that work and that every hub can reach."""
    outcome = instance.indexed.processes.outcome
    lost = removed(PLAIN_RULES, instance, profiles)[:, outcome] | removed(PROCESS_RULES, instance, profiles)
    return ~lost & _working(instance) & _reached_by_all(instance)


def _working(instance: Instance) -> BoolArray:
    processes = instance.indexed.processes
    return (processes.capacity_h > 0) & (processes.capacity_items > 0)


def _reached_by_all(instance: Instance) -> BoolArray:
    """Return which processes stand where lanes lead from every entry hub, by way of one more hub at most, (q,)."""
    ix = instance.indexed
    hubs = np.unique(entry(ix)[0])
    hubs = hubs[hubs >= 0]
    direct = ix.lanes.hub_site >= 0
    reach = direct | ((ix.lanes.hub_hub >= 0).astype(np.int64) @ direct > 0)
    return np.asarray(reach[hubs].all(axis=0))[ix.processes.site_idx]


def _class_not_taken(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    return ~instance.indexed.processes.takes[:, _of(instance, profiles).class_idx].T


def _not_certified(instance: Instance, profiles: Profiles | None = None) -> BoolArray:
    ix, mine, hazard = instance.indexed, _of(instance, profiles), instance.policy.hazard
    tags = ix.class_tags[mine.class_idx] & tag_mask(hazard.needs_certificate)
    treats = np.isin(OUTCOMES, hazard.certified_outcomes)[ix.processes.outcome]
    waste = _has(mine, "flow", hazard.waste_flows)
    needed = np.where(treats | waste[:, None], tags[:, None], 0)
    needed = needed | np.where(_damaged(mine), TAG_BIT[Tag.BATTERY], 0)[:, None]
    return (needed & ~ix.site_certificates[ix.processes.site_idx]) != 0


def tag_mask(tags: tuple[Tag, ...]) -> int:
    """Return tags as one bit mask."""
    return sum(TAG_BIT[tag] for tag in tags)


PLAIN_RULES = (
    Rule("a damaged battery must be treated", lambda i: i.policy.hazard.source, _not_for_damaged_battery),
    Rule("recalled goods do not go back to the market", lambda i: i.policy.outcomes.recall_source, _recalled_on_sale),
    Rule("resaleable goods are not destroyed", lambda i: i.policy.outcomes.source, _destroys_resaleable),
    Rule("the policy does not allow it", lambda i: "policy outcomes.allowed", _not_allowed),
    Rule("the policy forbids it for this class", lambda i: "policy outcomes.forbidden_by_class", _forbidden_by_class),
    Rule(
        "the policy forbids it for this reason", lambda i: "policy outcomes.forbidden_by_reason", _forbidden_by_reason
    ),
    Rule("no exchange is asked for or offered", lambda i: i.policy.exchange.source, _nobody_wants_another),
    Rule("the condition hardly allows it", lambda i: "recovery_values, policy outcomes.min_feasible_odds", _impossible),
)

HIERARCHY_RULES = (
    Rule("donation comes before destruction", lambda i: i.policy.outcomes.source, _donation_comes_first),
    Rule(
        "an earlier step of the hierarchy is open to unsold goods",
        lambda i: i.policy.outcomes.hierarchy_source,
        _earlier_step_is_open,
    ),
)

OUTCOME_RULES = (*PLAIN_RULES, *HIERARCHY_RULES)

PROCESS_RULES = (
    Rule("does not take this class", lambda i: "processes.classes", _class_not_taken),
    Rule("the site holds no certificate for it", lambda i: i.policy.hazard.source, _not_certified),
)
