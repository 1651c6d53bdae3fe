"""Ruin: take strings of customers out of neighbouring routes, compiled.

Slack induction by string removals (Christiaens and Vanden Berghe 2020, 10.1287/trsc.2019.0914): room is made where a
few routes pass close to each other.
"""

from __future__ import annotations

from network_design.locate.location_routing.compiling import compiled
from network_design.locate.location_routing.plans import Ground, Plan, take_out
from network_design.locate.location_routing.work import STEP, Work, note_absent, touch
from routing.pickup.ruin_recreate.chance import below, chance

SPLIT_CHANCE = 0.5  # of keeping customers within a string
KEEP_MORE_CHANCE = 0.01


@compiled
def ruin(ground: Ground, plan: Plan, work: Work, seed_stop: int, mean_removed: float, longest_string: float) -> None:
    """Take about `mean_removed` customers near the seed out of their routes, a string of each route."""
    most_strings = max(1.0, 4.0 * mean_removed / (1.0 + longest_string) - 1.0)
    strings = int(chance(work.random) * most_strings + 1.0)
    for rank in range(-1, ground.near.shape[1]):
        if strings == 0:
            return
        stop = seed_stop if rank < 0 else ground.near[seed_stop, rank]
        route = plan.route[stop]
        if route < 0 or work.touched_in[route] == work.counts[STEP]:
            continue
        touch(work, route)
        _remove_string(ground, plan, work, stop, longest_string)
        strings -= 1


@compiled
def _remove_string(ground: Ground, plan: Plan, work: Work, stop: int, longest_string: float) -> None:
    """Take out a string that holds the customer, perhaps but for some in its middle."""
    stops = plan.stops[plan.route[stop]]
    removed = min(stops, int(chance(work.random) * min(longest_string, float(stops)) + 1.0))
    kept = 0
    if 1 < removed < stops and chance(work.random) < SPLIT_CHANCE:
        kept = 1
        while removed + kept < stops and chance(work.random) < KEEP_MORE_CHANCE:
            kept += 1
    span, position, customers = removed + kept, _position(ground, plan, stop), len(ground.demand)
    first = max(0, position - span + 1)
    first += below(work.random, min(position, stops - span) - first + 1)
    keep_from = 1 + below(work.random, removed - 1) if kept else span
    here = customers + plan.route[stop]
    for _ in range(first + 1):
        here = plan.after[here]
    for number in range(span):
        after = plan.after[here]
        if not keep_from <= number < keep_from + kept:
            take_out(ground, plan, here)
            note_absent(work, here)
        here = after


@compiled
def _position(ground: Ground, plan: Plan, stop: int) -> int:
    position, here = 0, plan.before[stop]
    while here < len(ground.demand):
        position += 1
        here = plan.before[here]
    return position
