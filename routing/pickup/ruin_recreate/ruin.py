"""Ruin: take strings of stops out of neighbouring routes, compiled.

Slack induction by string removals (Christiaens and Vanden Berghe 2020, 10.1287/trsc.2019.0914): room is made where a
few routes pass close to each other.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import ABSENT, ABSENT_COUNT, PICKUP, STEP, WORTH_TAKEN, out_of_plan
from routing.pickup.ruin_recreate.chance import below, chance
from routing.pickup.ruin_recreate.compiling import compiled, inlined
from routing.pickup.ruin_recreate.links import save, take_out

SPLIT_CHANCE = 0.5  # of keeping stops within a string
KEEP_MORE_CHANCE = 0.01
VANS_TRIED = 50  # drawn at random for a missing stop that too few vans near it may serve
MOST_FROM_OUTSIDE = 12  # stops that no van serves, looked at in one step


@compiled
def ruin(ground, plan, work, team, seed_stop, missing, mean_removed, longest_string):
    """Take about `mean_removed` stops near the seed out of their routes; left-out stops near it get their chance.

    Where the seed is `missing` only vans that may serve it count, near or not.
    """
    most_strings = max(1.0, 4.0 * mean_removed / (1.0 + longest_string) - 1.0)
    strings = int(chance(work.random) * most_strings + 1.0)
    left_out, outsiders = out_of_plan(team), 0
    for rank in range(-1, ground.near_many):
        if strings == 0:
            break
        stop = seed_stop if rank < 0 else ground.near[seed_stop, rank]
        van = plan.node[stop].van
        if van == left_out and outsiders < MOST_FROM_OUTSIDE:
            outsiders += consider(ground, plan, work, stop)
        if van < 0 or plan.van[van].team != team or _is_cut(ground, plan, work, van, stop):
            continue
        if missing and not ground.allowed[plan.van[van].kind, seed_stop]:
            continue
        _cut(ground, plan, work, stop, longest_string)
        strings -= 1
    if missing:
        _cut_anywhere(ground, plan, work, team, seed_stop, strings, longest_string)


@compiled
def _cut_anywhere(ground, plan, work, team, seed_stop, strings, longest_string):
    """Take strings out of vans drawn at random that may serve the seed."""
    for _ in range(VANS_TRIED):
        van = below(work.random, ground.vans)
        if strings == 0:
            return
        if plan.van[van].team != team or plan.van[van].stops == 0 or plan.van[van].saved_in == work.count[STEP]:
            continue
        if ground.allowed[plan.van[van].kind, seed_stop]:
            stop = plan.node[ground.stops + van].next
            for _ in range(below(work.random, plan.van[van].stops)):
                stop = plan.node[stop].next
            _cut(ground, plan, work, stop, longest_string)
            strings -= 1


@compiled
def _cut(ground, plan, work, stop, longest_string):
    van = plan.node[stop].van
    save(ground, plan, work, van)
    if ground.tripped:
        stops, position = _mark_trip(ground, plan, work, stop)
    else:
        stops, position = plan.van[van].stops, plan.node[stop].position
    _remove_string(ground, plan, work, stop, stops, position, longest_string)
    _remove_what_depends(ground, plan, work, van)


@inlined
def _is_cut(ground, plan, work, van, stop):
    """Whether this step has already cut the route, or the trip where vans make several."""
    if ground.tripped:
        return plan.trip[stop].cut_in == work.count[STEP]
    return plan.van[van].saved_in == work.count[STEP]


@compiled
def _mark_trip(ground, plan, work, stop):
    """Note that this step cuts the stop's trip; its number of stops, and the stop's position among them."""
    first, position = stop, 0
    while plan.node[first].before < ground.stops and not plan.node[first].new_trip:
        first = plan.node[first].before
        position += 1
    stops, here = 0, first
    while here < ground.stops and (here == first or not plan.node[here].new_trip):
        plan.trip[here].cut_in = work.count[STEP]
        stops += 1
        here = plan.node[here].next
    return stops, position


@compiled
def consider(ground, plan, work, stop):
    """Let a stop that no van serves be put in, unless an alternative to it is in the plan."""
    choice = ground.node[stop].choice
    if choice >= 0:
        if plan.group[choice].visited:
            return 0
        plan.group[choice].visited = 2
    plan.node[stop].van = -1
    work.ids[ABSENT, work.count[ABSENT_COUNT]] = stop
    work.count[ABSENT_COUNT] += 1
    work.count[WORTH_TAKEN] += ground.node[stop].worth
    return 1


@compiled
def _remove_string(ground, plan, work, stop, stops, position, longest_string):
    """Take out a string that holds the stop, at `position` of `stops`, perhaps but for some in its middle."""
    removed = min(stops, int(chance(work.random) * min(longest_string, float(stops)) + 1.0))
    kept = 0
    if 1 < removed < stops and chance(work.random) < SPLIT_CHANCE:
        kept = 1
        while removed + kept < stops and chance(work.random) < KEEP_MORE_CHANCE:
            kept += 1
    span = removed + kept
    first = max(0, position - span + 1)
    first += below(work.random, min(position, stops - span) - first + 1)
    keep_from = 1 + below(work.random, removed - 1) if kept else span
    here = stop
    for _ in range(position - first):
        here = plan.node[here].before
    for number in range(span):
        after = plan.node[here].next
        if not keep_from <= number < keep_from + kept:
            take_out(ground, plan, work, here)
        here = after


@compiled
def _remove_what_depends(ground, plan, work, van):
    """Take out what must ride with what was taken out, and pickups that no delivery comes before any more."""
    stop, brought = plan.node[ground.stops + van].next, False
    linehaul_first = ground.kind[plan.van[van].kind].linehaul_first and not ground.driven
    while stop < ground.stops:
        after = plan.node[stop].next
        lonely = linehaul_first and not brought and ground.node[stop].haul == PICKUP
        if lonely or (ground.node[stop].same_van >= 0 and _taken(ground, work, ground.node[stop].same_van)):
            take_out(ground, plan, work, stop)
        else:
            brought = True
        stop = after


@compiled
def _taken(ground, work, same_van):
    for number in range(work.count[ABSENT_COUNT]):
        if ground.node[work.ids[ABSENT, number]].same_van == same_van:
            return True
    return False
