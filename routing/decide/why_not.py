"""Why a return may not go where one would like: each kind of option with the rule that removed it, and its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.eligibility import PLANNED, eligibility
from retour.indexed import HOME_IDX, OUTCOMES
from retour.instance import Instance
from retour.ledger import customer_distance_m
from retour.pricing import entry
from retour.vocabulary import Outcome
from routing.decide.options import Options
from routing.decide.rules import (
    KEEP_RULES,
    OUTCOME_RULES,
    POINT_RULES,
    PROCESS_RULES,
    Pairs,
    Rule,
    first_removal,
    position_of,
)

IntArray = NDArray[np.int64]
POINTS, OUTCOME, PROCESSES, KEEPING = "points", "outcomes", "processes", "keep"
NAMED = 3
SHOWN = 10
NO_POINT = "Open a point or a home zone that takes it, or widen policy reach"
NO_WAY = "Allow an outcome that its condition permits, or give a process, a certificate or a lane to a site"


@dataclass(frozen=True)
class Removal:
    """What one rule took from a return: `kind` (points, outcomes, processes, keep), names, why, and where that stands.

    `rule` is the position in ALL_RULES, -1 where no rule but the network itself leaves an option out.
    """

    kind: str
    names: tuple[str, ...]
    says: str
    source: str
    rule: int = -1

    def __str__(self) -> str:
        """Say it in one sentence, the first names only."""
        return f"{shortly(self.names)}: {self.says} ({self.source})"


def why_not(instance: Instance, return_id: str) -> list[str]:
    """Return a sentence per rule that removed options of a return: what, why, and the table, policy entry or law.

    Raises KeyError when there is no such return.
    """
    r = _position(instance, return_id)
    state = eligibility(instance).loc[r]
    head = [] if state["state"] == PLANNED else [f"{state['state']}: {state['why']}"]
    return [*head, *map(str, removals(instance, r))]


def removals(instance: Instance, r: int) -> list[Removal]:
    """Return everything that rules and the network took from return r, at most one removal per rule."""
    return points_removed(instance, r) + recoveries_removed(instance, r) + keep_removed(instance, r)


def no_way_out(instance: Instance, options: Options) -> list[str]:
    """Return a sentence per return without any option, the first few in full, with the rules and the next step."""
    lost = options.return_idx[options.without_option]
    ids = instance.indexed.returns.ids[lost]
    sentences = [_lost(instance, int(r)) for r in lost[:SHOWN]]
    if len(ids) > SHOWN:
        sentences.append(f"No plan fits: {len(ids) - SHOWN} more returns have no option: {', '.join(ids[SHOWN:])}.")
    return sentences


def points_removed(instance: Instance, r: int) -> list[Removal]:
    """Return which points were removed for return r, by which rule."""
    ix = instance.indexed
    c = np.arange(len(ix.points.ids))
    alike = np.full(len(c), r)
    rule = first_removal(POINT_RULES, instance, Pairs(alike, c, customer_distance_m(instance, alike, c)))
    told = [
        _told(instance, POINTS, ix.points.ids[rule == k], POINT_RULES[k])
        for k in range(len(POINT_RULES)) if (rule == k).any()
    ]  # fmt: skip
    left = np.flatnonzero((rule < 0) & (ix.points.kind != HOME_IDX))
    beyond = len(left) - instance.policy.reach.nearest
    farther = Removal(POINTS, (f"{beyond} points",), "others are nearer", "policy reach.nearest")
    return told + ([farther] if beyond > 0 else [])


def recoveries_removed(instance: Instance, r: int) -> list[Removal]:
    """Return which outcomes and processes were removed for return r, by which rule."""
    ix = instance.indexed
    p = ix.returns.profile[r]
    outcome_rule = first_removal(OUTCOME_RULES, instance)[p]
    process_rule = first_removal(PROCESS_RULES, instance)[p]
    movable = np.array(OUTCOMES) != Outcome.KEEP
    offered = outcome_rule[ix.processes.outcome] < 0
    told = [
        _told(instance, OUTCOME, np.array(OUTCOMES)[movable & (outcome_rule == k)], rule)
        for k, rule in enumerate(OUTCOME_RULES) if (movable & (outcome_rule == k)).any()
    ]  # fmt: skip
    told += [
        _told(instance, PROCESSES, ix.processes.ids[offered & (process_rule == k)], rule)
        for k, rule in enumerate(PROCESS_RULES) if (offered & (process_rule == k)).any()
    ]  # fmt: skip
    unoffered = np.setdiff1d(np.flatnonzero(movable & (outcome_rule < 0)), ix.processes.outcome)
    nowhere = Removal(OUTCOME, tuple(map(str, np.array(OUTCOMES)[unoffered])), "no site offers it", "processes")
    cut_off = ix.processes.ids[offered & (process_rule < 0) & ~_reachable(instance)]
    far_off = Removal(PROCESSES, tuple(map(str, cut_off)), "no lane leads there", "lanes")
    return told + [left_out for left_out in (nowhere, far_off) if left_out.names]


def keep_removed(instance: Instance, r: int) -> list[Removal]:
    """Return why the customer may not keep return r; empty when it may be kept."""
    rule = int(first_removal(KEEP_RULES, instance, np.array([r]))[0])
    return [] if rule < 0 else [_told(instance, KEEPING, [Outcome.KEEP], KEEP_RULES[rule])]


def _lost(instance: Instance, r: int) -> str:
    points, ways = points_removed(instance, r), recoveries_removed(instance, r)
    ix = instance.indexed
    c = np.arange(len(ix.points.ids))
    alike = np.full(len(c), r)
    pointless = (
        first_removal(POINT_RULES, instance, Pairs(alike, c, customer_distance_m(instance, alike, c))) >= 0
    ).all()
    reasons, step = (points, NO_POINT) if pointless else (ways, NO_WAY)
    what = "no point takes it" if pointless else "no recovery is left"
    said = "; ".join(map(str, [*reasons, *keep_removed(instance, r)]))
    return f"No plan fits: return {ix.returns.ids[r]} has no option, {what}: {said}. {step}."


def _reachable(instance: Instance) -> NDArray[np.bool_]:
    """Return per process whether lanes lead to its site from some entry, by way of one more hub at most."""
    ix = instance.indexed
    first = np.unique(entry(ix)[0])
    first = first[first >= 0]
    hubs = np.union1d(first, np.flatnonzero((ix.lanes.hub_hub[first] >= 0).any(axis=0)))
    reached = np.any(ix.lanes.hub_site[hubs] >= 0, axis=0)
    return np.asarray(reached)[ix.processes.site_idx]


def _told(instance: Instance, kind: str, ids: Iterable[str], rule: Rule) -> Removal:
    return Removal(kind, tuple(map(str, ids)), rule.says, rule.source(instance), position_of(rule))


def shortly(names: tuple[str, ...]) -> str:
    """Return a few names, and how many more there are."""
    return ", ".join(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"


def _position(instance: Instance, return_id: str) -> int:
    found = np.flatnonzero(instance.indexed.returns.ids == return_id)
    if not len(found):
        raise KeyError(f"there is no return {return_id!r} in the returns table")
    return int(found[0])
