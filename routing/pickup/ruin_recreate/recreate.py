"""Recreate: put absent stops back one by one where they cost least, compiled.

Positions are looked for next to the stops most likely to be neighbours, and in idle vans. Now and then a position is
overlooked on purpose (a blink), so that the same ruin is not always mended in the same way.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import (
    ABSENT,
    ABSENT_COUNT,
    DELIVERY,
    FIRST_FLAG,
    IMPOSSIBLE,
    NEW_TRIP,
    PICKUP,
    PIECE,
    POSSIBLE,
    ROUTES_SAVED,
    SECOND_FLAG,
    out_of_plan,
)
from routing.pickup.ruin_recreate.chance import below, chance, exponential
from routing.pickup.ruin_recreate.compiling import compiled, inlined
from routing.pickup.ruin_recreate.driving import drive
from routing.pickup.ruin_recreate.links import put_in, save, van_of
from routing.pickup.ruin_recreate.measures import arrive, metres_between, seconds_between
from routing.pickup.ruin_recreate.trips import cost_in_trips, metres_over

BLINK_CHANCE = 0.01
BY_WORTH_CHANCE = 0.4  # of putting those in first that are worth most, or most for their room
LITTLE = 0.01  # of a van's room, added to what a stop takes of it
VANS_TRIED = 20  # drawn at random for a required stop that fits nowhere near its neighbours


@compiled
def recreate(ground, plan, work, team, temperature, generosity, found):
    """Put the absent in, or leave them out where that is cheaper; the worth of those left out.

    `found` is scratch memory. For the moment an optional stop may cost `generosity` times what it is worth, and more at
    high temperatures.
    """
    _sort_absent(ground, work)
    find_idle(ground, plan, work)
    lost = 0
    for number in range(work.count[ABSENT_COUNT]):
        stop = work.ids[ABSENT, number]
        found[0] = -1
        limit = ground.node[stop].worth
        if not ground.node[stop].required:
            limit = int(generosity * limit + min(temperature * exponential(work.random), float(limit)))
        cheapest, candidate = limit, stop
        while True:
            cheapest = _cheapest_place(ground, plan, work, team, candidate, cheapest, found)
            candidate = ground.node[candidate].next_choice
            if candidate == stop:
                break
        if found[0] < 0 and ground.node[stop].required:
            _look_anywhere(ground, plan, work, team, stop, limit, found)
        if found[0] < 0 or found[3] != stop:
            plan.node[stop].van = out_of_plan(team)
        if found[0] < 0:
            lost += ground.node[stop].worth
            if ground.node[stop].choice >= 0:
                plan.group[ground.node[stop].choice].visited = 0
            continue
        save(ground, plan, work, van_of(ground, plan, found[0]))
        put_in(ground, plan, work, found[0], found[3], found[1], found[2])
    return lost


@compiled
def _sort_absent(ground, work):
    """An order by chance, load, distance or window, as in the paper, or by what the optional are worth."""
    count, rule = work.count[ABSENT_COUNT], below(work.random, 17 if ground.timed else 11)
    if ground.optional and chance(work.random) < BY_WORTH_CHANCE:
        rule = 17 + below(work.random, 2)
    for number in range(count):
        stop = work.ids[ABSENT, number]
        if rule < 4:
            key = chance(work.random)
        elif rule < 8:
            key = -ground.node[stop].fill
        elif rule < 10:
            key = -float(metres_between(ground, ground.stops, stop))
        elif rule < 11:
            key = float(metres_between(ground, ground.stops, stop))
        elif rule < 13:
            key = float(ground.node[stop].closes_s - ground.node[stop].opens_s)
        elif rule < 15:
            key = float(ground.node[stop].opens_s)
        elif rule < 17:
            key = -float(ground.node[stop].closes_s)
        elif rule < 18:
            key = -float(ground.node[stop].worth)
        else:
            key = -float(ground.node[stop].worth) / (LITTLE + ground.node[stop].fill)
        at = number
        while at > 0 and work.key[at - 1] > key:
            work.key[at] = work.key[at - 1]
            work.ids[ABSENT, at] = work.ids[ABSENT, at - 1]
            at -= 1
        work.key[at] = key
        work.ids[ABSENT, at] = stop


@compiled
def find_idle(ground, plan, work):
    """An idle van of each kind to begin with: one that this step emptied, else the first known."""
    for kind in range(ground.kinds):
        work.idle[0, kind] = work.idle[1, kind]
    for number in range(work.count[ROUTES_SAVED]):
        van = work.log[number].van
        kind = plan.van[van].kind
        if plan.van[van].stops == 0 and (work.idle[0, kind] < 0 or van < work.idle[0, kind]):
            work.idle[0, kind] = van


@compiled
def _cheapest_place(ground, plan, work, team, stop, cheapest, found):
    """The least cost of putting the stop in, if below `cheapest`; where, in `found`: node before, trip flags, stop."""
    same_van = ground.node[stop].same_van
    if same_van >= 0 and plan.group[same_van].stops:
        return cheapest_in(ground, plan, work, team, plan.group[same_van].van, stop, cheapest, found)
    for rank in range(ground.likely_many):
        neighbour = ground.likely[stop, rank]
        van = plan.node[neighbour].van
        if van < 0 or plan.van[van].team != team or not has_room(ground, plan, van, stop):
            continue
        if chance(work.random) < BLINK_CHANCE:
            continue
        if ground.untimed:
            cheapest = _try_around(ground, plan, van, neighbour, stop, cheapest, found)
            continue
        before = plan.node[neighbour].before
        cheapest = _try(ground, plan, work, van, before, stop, cheapest, found)
        cheapest = _try(ground, plan, work, van, neighbour, stop, cheapest, found)
    for kind in range(ground.kinds):
        van = idle_van(ground, plan, work, team, kind)
        if van >= 0 and has_room(ground, plan, van, stop):
            cheapest = _try(ground, plan, work, van, ground.stops + van, stop, cheapest, found)
    van = ground.node[stop].earlier_van
    if van >= 0 and plan.van[van].stops == 0 and plan.van[van].team == team and has_room(ground, plan, van, stop):
        cheapest = _try(ground, plan, work, van, ground.stops + van, stop, cheapest, found)
    return cheapest


@compiled
def _look_anywhere(ground, plan, work, team, stop, cheapest, found):
    """As `_cheapest_place`, in vans drawn at random, for a required stop that fits nowhere near its neighbours."""
    if ground.node[stop].same_van >= 0:
        return
    for _ in range(VANS_TRIED):
        van = below(work.random, ground.vans)
        if plan.van[van].stops:
            cheapest = cheapest_in(ground, plan, work, team, van, stop, cheapest, found)


@compiled
def cheapest_in(ground, plan, work, team, van, stop, cheapest, found):
    """As `_cheapest_place`, anywhere in one van."""
    if plan.van[van].team != team or not has_room(ground, plan, van, stop):
        return cheapest
    before = ground.stops + van
    while before < ground.stops + ground.vans:
        cheapest = _try(ground, plan, work, van, before, stop, cheapest, found)
        before = plan.node[before].next
        if before >= ground.stops:
            break
    return cheapest


@compiled
def idle_van(ground, plan, work, team, kind):
    """The next idle van of the kind and team, -1 if there is none."""
    van = work.idle[0, kind]
    if van < 0:
        return -1
    while van < ground.vans and plan.van[van].kind == kind:
        if plan.van[van].stops == 0 and plan.van[van].team == team:
            work.idle[0, kind] = van
            return van
        van += 1
    work.idle[0, kind] = -1
    return -1


@inlined
def has_room(ground, plan, van, stop):
    """Whether the van may serve the stop and carry it too, as far as sums of loads can tell."""
    kind = plan.van[van].kind
    if not ground.allowed[kind, stop]:
        return False
    if ground.driven or ground.tripped:
        return True
    for dimension in range(ground.dimensions):
        if plan.loads[van, dimension] + ground.load[stop, dimension] > ground.room[kind, dimension]:
            return False
    return True


@inlined
def _try(ground, plan, work, van, before, stop, cheapest, found):
    """Note the place after `before` if it is cheaper than any so far."""
    if ground.driven:
        cost = _driven_cost(ground, plan, work, van, before, stop, cheapest)
    elif ground.tripped:
        cost = cost_in_trips(ground, plan, work, van, before, stop, cheapest)
    else:
        cost = _cost_between(ground, plan, van, before, stop, plan.node[before].next, cheapest)
    if cost < cheapest:
        found[0] = before
        found[1] = work.count[FIRST_FLAG] if ground.driven or ground.tripped else 0
        found[2] = work.count[SECOND_FLAG] if ground.driven or ground.tripped else 0
        found[3] = stop
        return cost
    return cheapest


@inlined
def _try_around(ground, plan, van, neighbour, stop, cheapest, found):
    """As `_try` before and after a neighbour, off the clock; where what is beyond is nearer, that has been tried."""
    kind, away = plan.van[van].kind, metres_between(ground, neighbour, stop)
    for after in range(2):
        beyond = plan.node[neighbour].next if after else plan.node[neighbour].before
        other = metres_between(ground, stop, beyond)
        if other < away and beyond < ground.stops and ground.plane:
            continue
        first = neighbour if after else beyond
        then = beyond if after else neighbour
        if ground.plane:
            metres = away + other - metres_between(ground, first, then)
        else:
            metres = metres_between(ground, first, stop) + metres_between(ground, stop, then)
            metres -= metres_between(ground, first, then)
        cost = ground.kind[kind].per_m * metres
        if cost >= cheapest or plan.van[van].metres + metres > ground.kind[kind].max_distance_m:
            continue
        if ground.kind[kind].linehaul_first and not hauls_in_order(ground, first, stop, then):
            continue
        cheapest = cost
        found[0] = first
        found[1] = found[2] = 0
        found[3] = stop
    return cheapest


@inlined
def _cost_between(ground, plan, van, before, stop, after, limit):
    """What the stop adds to the route between two nodes, by the times kept there; `IMPOSSIBLE` from `limit` on."""
    kind = plan.van[van].kind
    idle = before >= ground.stops and after >= ground.stops
    metres = metres_between(ground, before, stop) + metres_between(ground, stop, after)
    if not idle:
        metres -= metres_between(ground, before, after)
    cost = ground.kind[kind].per_m * metres + (ground.kind[kind].fixed if idle else 0)
    if cost >= limit and ground.kind[kind].per_s == 0:
        return IMPOSSIBLE
    if plan.van[van].metres + metres > ground.kind[kind].max_distance_m:
        return IMPOSSIBLE
    if ground.kind[kind].linehaul_first and not hauls_in_order(ground, before, stop, after):
        return IMPOSSIBLE
    if not ground.timed:
        return cost
    seconds = plan.node[before].from_s + seconds_between(ground, before, stop)
    early, late = plan.node[before].from_early_s, plan.node[before].from_late_s
    if early + seconds > ground.node[stop].closes_s:
        return IMPOSSIBLE
    seconds, early, late = arrive(seconds, early, late, ground.node[stop].opens_s, ground.node[stop].closes_s)
    seconds += ground.node[stop].service_s + seconds_between(ground, stop, after)
    if early + seconds > plan.node[after].to_late_s:
        return IMPOSSIBLE
    seconds += max(0, plan.node[after].to_early_s - seconds - late) + plan.node[after].to_s
    if seconds > ground.kind[kind].max_duration_s + ground.kind[kind].max_overtime_s:
        return IMPOSSIBLE
    before_s = 0 if idle else plan.van[van].seconds
    usual_s = ground.kind[kind].max_duration_s
    cost += ground.kind[kind].per_s * (seconds - before_s)
    cost += ground.kind[kind].overtime_per_s * (max(0, seconds - usual_s) - max(0, before_s - usual_s))
    return cost


@compiled
def hauls_in_order(ground, before, stop, after):
    """Whether the stop may stand between two nodes where deliveries come first and no trip has pickups alone."""
    if ground.node[stop].haul == DELIVERY:  # each stop does one of both here
        return before >= ground.stops or ground.node[before].haul != PICKUP
    if ground.node[stop].haul == PICKUP:
        return before < ground.stops and (after >= ground.stops or ground.node[after].haul != DELIVERY)
    return True


@compiled
def _driven_cost(ground, plan, work, van, before, stop, limit):
    """What the stop adds after a node, by driving the whole route; whether trips begin there and after it is noted."""
    piece, filled, place = work.ids[PIECE], 0, 0
    here = plan.node[ground.stops + van].next
    while here < ground.stops:
        piece[filled] = here | (NEW_TRIP if plan.node[here].new_trip else 0)
        filled += 1
        if here == before:
            place = filled
        here = plan.node[here].next
    for at in range(filled, place, -1):
        piece[at] = piece[at - 1]
    kind, after = plan.van[van].kind, plan.node[before].next
    hub = ground.stops + 2 * ground.vans + kind
    several = ground.kind[kind].max_trips > 1
    apart = after < ground.stops and plan.node[after].new_trip
    was = metres_over(ground, before, after, hub, apart) if filled else 0
    least = IMPOSSIBLE
    for first in range(2 if several and before < ground.stops else 1):
        for second in range(2 if several and after < ground.stops else 1):
            metres = metres_over(ground, before, stop, hub, first) + metres_over(ground, stop, after, hub, second) - was
            if ground.kind[kind].per_m * metres + (0 if filled else ground.kind[kind].fixed) >= limit:
                continue
            piece[place] = stop | (NEW_TRIP if first else 0)
            if after < ground.stops:
                piece[place + 1] = after | (NEW_TRIP if second else 0)
            cost = drive(ground, plan, van, piece, 0, filled + 1, work.sums)
            if cost < POSSIBLE and cost - plan.van[van].cost < limit:
                least = limit = cost - plan.van[van].cost
                work.count[FIRST_FLAG] = first
                work.count[SECOND_FLAG] = second
    return least
