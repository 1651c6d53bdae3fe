"""Options of one return, those that a single rule removes included, each with the rule in its way.

What one rule less would open is what a law, a certificate or a policy costs this return.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.indexed import HOME_IDX
from retour.instance import Instance
from retour.ledger import customer_distance_m
from routing.decide.nearby import nearby_points
from routing.decide.options import Options, linked
from routing.decide.rules import KEEP_RULES, OUTCOME_RULES, POINT_RULES, PROCESS_RULES, Pairs, Rule, position_of
from routing.decide.ways import Kinds, all_entries, all_ways

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

FREE, BARRED = -1, -2
"""In place of a position in ALL_RULES: no rule in the way; several, or one that cannot be waived."""
THE_RETURN = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class OpenOptions:
    """Options of the only return of an instance; `x_rule` (m,), `z_rule` (k,) and `keep_rule` are FREE or the position
    in ALL_RULES of the one rule in the way. `keep_rule` may be BARRED."""

    options: Options
    x_rule: IntArray
    z_rule: IntArray
    keep_rule: int


def open_options(instance: Instance) -> OpenOptions:
    """Return the options of an instance's only return and those one rule less would open, the nearest per rule."""
    pairs, point_rule = _points(instance)
    process_rule = _process_rules(instance)
    keep_rule = int(_in_the_way(KEEP_RULES, instance, THE_RETURN)[0])
    entries = all_entries(instance.indexed)
    kinds = Kinds(instance.indexed.returns.class_idx, (process_rule >= FREE)[None, :], np.zeros(1, dtype=np.int64))
    ways = all_ways(instance, entries, kinds, np.unique(entries.of_point[pairs.c]))
    block = np.searchsorted(ways.keys, entries.of_point[pairs.c])
    led = np.flatnonzero(np.diff(ways.start)[block] > 0)
    open_pairs = Pairs(pairs.r[led], pairs.c[led], pairs.road_m[led])
    options = linked(THE_RETURN, open_pairs, block[led], np.array([keep_rule >= FREE]), entries, ways)
    rule_of_point = np.full(len(instance.indexed.points.ids), FREE)
    rule_of_point[pairs.c] = point_rule
    z_rule = process_rule[ways.process_idx[options.z_way]]
    return OpenOptions(options, rule_of_point[options.x_point], z_rule, keep_rule)


def _points(instance: Instance) -> tuple[Pairs, IntArray]:
    """Return the admissible points and, per rule, the nearest it alone removes; with the rule of each."""
    ix = instance.indexed
    every = np.arange(len(ix.points.ids))
    alike = np.zeros(len(every), dtype=np.int64)
    road_m = customer_distance_m(instance, alike, every)
    rule = _in_the_way(POINT_RULES, instance, Pairs(alike, every, road_m))
    free = nearby_points(instance, THE_RETURN).c
    barred = [_nearest(instance, road_m, np.flatnonzero(rule == k)) for k in np.unique(rule[rule >= 0])]
    c = np.concatenate([free, *barred]).astype(np.int64)
    c = c[all_entries(ix).of_point[c] >= 0]
    return Pairs(alike[c], c, road_m[c]), rule[c]


def _nearest(instance: Instance, road_m: NDArray[np.float64], c: IntArray) -> IntArray:
    """Return as many of the nearest points as policy offers, and one home zone at most."""
    near = c[np.argsort(road_m[c], kind="stable")]
    home = instance.indexed.points.kind[near] == HOME_IDX
    return np.concatenate([near[~home][: instance.policy.reach.nearest], near[home][:1]])


def _process_rules(instance: Instance) -> IntArray:
    """Return the rule in the way of each process, shape (q,): its own, or one of its outcome."""
    ix, profile = instance.indexed, instance.indexed.returns.profile[0]
    of_outcome = _removals(OUTCOME_RULES, instance)[:, profile][:, ix.processes.outcome]
    of_process = _removals(PROCESS_RULES, instance)[:, profile]
    return _only_one((*OUTCOME_RULES, *PROCESS_RULES), np.concatenate([of_outcome, of_process]))


def _in_the_way(rules: tuple[Rule, ...], *where: object) -> IntArray:
    return _only_one(rules, _removals(rules, *where))


def _removals(rules: tuple[Rule, ...], *where: object) -> BoolArray:
    return np.array([rule.removes(*where) for rule in rules], dtype=bool)


def _only_one(rules: tuple[Rule, ...], removes: BoolArray) -> IntArray:
    """Return per option FREE, BARRED, or the position in ALL_RULES of the one rule that removes it."""
    position = np.array([BARRED if rule.fact else position_of(rule) for rule in rules])
    count = removes.sum(axis=0)
    return np.where(count == 0, FREE, np.where(count == 1, position[removes.argmax(axis=0)], BARRED))
