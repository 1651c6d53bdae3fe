"""Price changes to vans that make several trips in constant time, compiled.

Every stop keeps three things: how its van comes to the trip, the part of the trip up to it and from it on, and what
follows the trip. When a trip may leave depends on all it brings, so a changed trip is joined anew from the two parts
around the change, then to what comes before and after it (segments as in Vidal et al. 2013,
10.1016/j.cor.2012.07.018; release dates as in Cattaruzza, Absi and Feillet 2016, 10.1287/trsc.2015.0608).

A part is (seconds, early, late): begun between `early` and `late` it takes so long, waiting included.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import FIRST_FLAG, IMPOSSIBLE, NEVER, NEW_TRIP, PIECE, SECOND_FLAG, STOP_OF
from routing.pickup.ruin_recreate.compiling import compiled, inlined
from routing.pickup.ruin_recreate.measures import arrive, metres_between, seconds_between, van_cost


@inlined
def hub_of(ground, kind):
    """The node where vans of the kind unload between trips."""
    return ground.stops + 2 * ground.vans + kind


@compiled
def chained_cost(ground, plan, van, head, piece, start, end, tail, tail_flag, rest):
    """Cost of the van driving up to `head`, then piece[start:end], then the rest of the trip of `tail`, then on.

    `tail` is -1 where the trip ends after the piece; with `tail_flag` it begins a trip of its own. After that follows
    what now follows the trip of `rest`, which is a stop or, where nothing follows, the van's end.
    """
    kind = plan.van[van].kind
    last_trip = rest >= ground.stops or plan.trip[rest].later == 0
    if head >= ground.stops and start == end and tail < 0 and last_trip:
        return 0
    trips = plan.trip[head].number + tail_flag + (0 if last_trip else plan.trip[rest].later)
    for at in range(start, end):
        if piece[at] & NEW_TRIP:
            trips += 1
        if not ground.allowed[kind, piece[at] & STOP_OF]:
            return IMPOSSIBLE
    if trips > ground.kind[kind].max_trips or not _fits(ground, plan, kind, head, piece, start, end, tail, tail_flag):
        return IMPOSSIBLE
    hub = hub_of(ground, kind)
    here, metres = head, plan.node[head].metres if head < ground.stops else 0
    part = plan.trip[head].start_s, plan.trip[head].start_early_s, plan.trip[head].start_late_s
    release_s = plan.trip[head].out_release_s
    if start == end or not piece[start] & NEW_TRIP:
        release_s = max(release_s, _release_s(ground, plan, piece, start, end, tail, tail_flag))
    part = join(part, 0, (0, release_s, NEVER))
    if head < ground.stops:
        part = join(part, 0, (plan.trip[head].out_s, plan.trip[head].out_early_s, plan.trip[head].out_late_s))
    for at in range(start, end):
        stop = piece[at] & STOP_OF
        if piece[at] & NEW_TRIP:
            metres += metres_between(ground, here, hub)
            release_s = _release_s(ground, plan, piece, at, end, tail, tail_flag)
            part = _reload(ground, kind, part, seconds_between(ground, here, hub), release_s)
            here = hub
        metres += metres_between(ground, here, stop)
        part = join(part, seconds_between(ground, here, stop), _visit(ground, stop))
        here = stop
    if tail >= 0:
        if tail_flag:
            metres += metres_between(ground, here, hub)
            release_s = plan.trip[tail].back_release_s
            part = _reload(ground, kind, part, seconds_between(ground, here, hub), release_s)
            here = hub
        metres += metres_between(ground, here, tail) + plan.trip[tail].back_metres
        back = plan.trip[tail].back_s, plan.trip[tail].back_early_s, plan.trip[tail].back_late_s
        part = join(part, seconds_between(ground, here, tail), back)
        here = plan.trip[tail].last
    place = ground.stops + ground.vans + van if last_trip else hub
    metres += metres_between(ground, here, place) + plan.trip[rest].end_metres
    if metres > ground.kind[kind].max_distance_m:
        return IMPOSSIBLE
    ending = plan.trip[rest].end_s, plan.trip[rest].end_early_s, plan.trip[rest].end_late_s
    seconds, early, late = join(part, seconds_between(ground, here, place), ending)
    if early > late or seconds > ground.kind[kind].max_duration_s + ground.kind[kind].max_overtime_s:
        return IMPOSSIBLE
    return van_cost(ground, kind, metres, seconds)


@inlined
def join(part, gap_s, then):
    """One part, a leg and another; `early` is later than `late` where they cannot be joined, and stays so."""
    seconds, early, late = part
    seconds += gap_s
    if early + seconds > then[2]:
        return seconds + then[0], 2 * NEVER, -NEVER
    seconds, early, late = arrive(seconds, early, late, then[1], then[2])
    return seconds + then[0], early, late


@inlined
def _visit(ground, stop):
    return ground.node[stop].service_s, ground.node[stop].opens_s, ground.node[stop].closes_s


@inlined
def _unloading(ground, kind):
    return ground.kind[kind].unload_s, ground.kind[kind].hub_opens_s, ground.kind[kind].hub_closes_s


@inlined
def _reload(ground, kind, part, leg_s, release_s):
    """To the hub, unload, and wait for what the next trip brings."""
    return join(join(part, leg_s, _unloading(ground, kind)), 0, (0, release_s, NEVER))


@inlined
def _release_s(ground, plan, piece, at, end, tail, tail_flag):
    """When what piece[at] and those after it on the same trip bring is ready."""
    release_s, first = 0, at
    while at < end and (at == first or not piece[at] & NEW_TRIP):
        release_s = max(release_s, ground.node[piece[at] & STOP_OF].release_s)
        at += 1
    if at == end and tail >= 0 and not tail_flag:
        release_s = max(release_s, plan.trip[tail].back_release_s)
    return release_s


@inlined
def _fits(ground, plan, kind, head, piece, start, end, tail, tail_flag):
    for dimension in range(ground.dimensions):
        room, load = ground.room[kind, dimension], plan.aboard[head, dimension]
        for at in range(start, end):
            if piece[at] & NEW_TRIP:
                load = 0
            load += ground.load[piece[at] & STOP_OF, dimension]
            if load > room:
                return False
        if tail >= 0:
            if tail_flag:
                load = 0
            if load + plan.ahead[tail, dimension] > room:
                return False
    return True


@compiled
def refresh_trips(ground, plan, van):
    """Work out what is kept of every stop of a van from its links; sets the van's cost, metres and seconds."""
    kind, start, home = plan.van[van].kind, ground.stops + van, ground.stops + ground.vans + van
    plan.trip[start].number = 1
    plan.trip[start].out_release_s = 0
    plan.trip[start].start_s = 0
    plan.trip[start].start_early_s = ground.kind[kind].earliest_s
    plan.trip[start].start_late_s = ground.kind[kind].latest_s
    for dimension in range(ground.dimensions):
        plan.aboard[start, dimension] = 0
    fits = _refresh_ahead(ground, plan, kind, home)
    if plan.van[van].stops == 0:
        plan.van[van].cost, plan.van[van].metres, plan.van[van].seconds = 0, 0, 0
        return
    fits &= _refresh_out(ground, plan, kind, start)
    last = plan.node[home].before
    metres = plan.node[last].metres + metres_between(ground, last, home)
    part = plan.trip[last].start_s, plan.trip[last].start_early_s, plan.trip[last].start_late_s
    part = join(part, 0, (0, plan.trip[last].out_release_s, NEVER))
    part = join(part, 0, (plan.trip[last].out_s, plan.trip[last].out_early_s, plan.trip[last].out_late_s))
    ending = plan.trip[home].end_s, plan.trip[home].end_early_s, plan.trip[home].end_late_s
    seconds, early, late = join(part, seconds_between(ground, last, home), ending)
    fits &= early <= late and seconds <= ground.kind[kind].max_duration_s + ground.kind[kind].max_overtime_s
    fits &= metres <= ground.kind[kind].max_distance_m and plan.trip[last].number <= ground.kind[kind].max_trips
    plan.node[home].metres = metres
    plan.van[van].metres, plan.van[van].seconds = metres, seconds
    plan.van[van].cost = van_cost(ground, kind, metres, seconds) if fits else IMPOSSIBLE


@compiled
def _refresh_out(ground, plan, kind, start):
    """From the start to every stop; whether all loads fit, all stops may be served and all times can be kept."""
    hub, here = hub_of(ground, kind), start
    metres, fits = 0, True
    began = plan.trip[start].start_s, plan.trip[start].start_early_s, plan.trip[start].start_late_s
    part = (0, -NEVER, NEVER)
    number, release_s, previous = 1, 0, start
    stop = plan.node[start].next
    while stop < ground.stops:
        if plan.node[stop].new_trip:
            metres += metres_between(ground, here, hub)
            began = join(began, 0, (0, release_s, NEVER))
            began = join(began, 0, part)
            began = join(began, seconds_between(ground, here, hub), _unloading(ground, kind))
            fits &= began[1] <= began[2]
            part, here, release_s = (0, -NEVER, NEVER), hub, 0
            number += 1
        for dimension in range(ground.dimensions):
            load = ground.load[stop, dimension]
            if not plan.node[stop].new_trip:
                load += plan.aboard[previous, dimension]
            plan.aboard[stop, dimension] = load
            fits &= load <= ground.room[kind, dimension]
        fits &= ground.allowed[kind, stop] > 0
        metres += metres_between(ground, here, stop)
        part = join(part, seconds_between(ground, here, stop), _visit(ground, stop))
        fits &= part[1] <= part[2]
        release_s = max(release_s, ground.node[stop].release_s)
        plan.node[stop].metres = metres
        plan.trip[stop].number = number
        plan.trip[stop].start_s, plan.trip[stop].start_early_s, plan.trip[stop].start_late_s = began
        plan.trip[stop].out_s, plan.trip[stop].out_early_s, plan.trip[stop].out_late_s = part
        plan.trip[stop].out_release_s = release_s
        here, previous = stop, stop
        stop = plan.node[stop].next
    return fits


@compiled
def _refresh_ahead(ground, plan, kind, home):
    """From every stop to the end; whether all times can be kept."""
    hub, fits = hub_of(ground, kind), True
    if ground.kind[kind].ends_at_hub:
        unload_s = ground.kind[kind].unload_s
        ending = unload_s, ground.kind[kind].hub_opens_s, min(
            ground.kind[kind].hub_closes_s, ground.kind[kind].latest_s - unload_s
        )  # fmt: skip
    else:
        ending = 0, 0, ground.kind[kind].latest_s
    plan.trip[home].end_s, plan.trip[home].end_early_s, plan.trip[home].end_late_s = ending
    plan.trip[home].end_metres, plan.trip[home].later = 0, 0
    later, end_metres, place, last = 0, 0, home, -1
    part, metres, release_s = (0, -NEVER, NEVER), 0, 0
    stop = plan.node[home].before
    while stop < ground.stops:
        after = plan.node[stop].next
        if last < 0:
            last = stop
            part, metres, release_s = _visit(ground, stop), 0, ground.node[stop].release_s
        else:
            metres += metres_between(ground, stop, after)
            part = join(_visit(ground, stop), seconds_between(ground, stop, after), part)
            fits &= part[1] <= part[2]
            release_s = max(release_s, ground.node[stop].release_s)
        for dimension in range(ground.dimensions):
            ahead = 0 if last == stop else plan.ahead[after, dimension]
            plan.ahead[stop, dimension] = ahead + ground.load[stop, dimension]
        plan.trip[stop].later, plan.trip[stop].last = later, last
        plan.trip[stop].back_s, plan.trip[stop].back_early_s, plan.trip[stop].back_late_s = part
        plan.trip[stop].back_release_s, plan.trip[stop].back_metres = release_s, metres
        plan.trip[stop].end_s, plan.trip[stop].end_early_s, plan.trip[stop].end_late_s = ending
        plan.trip[stop].end_metres = end_metres
        if plan.node[stop].new_trip:
            end_metres += metres_between(ground, hub, stop) + metres + metres_between(ground, last, place)
            waiting = join(_unloading(ground, kind), 0, (0, release_s, NEVER))
            ending = join(part, seconds_between(ground, last, place), ending)
            ending = join(waiting, seconds_between(ground, hub, stop), ending)
            fits &= ending[1] <= ending[2]
            later, place, last = later + 1, hub, -1
        stop = plan.node[stop].before
    return fits


@compiled
def cost_in_trips(ground, plan, work, van, before, stop, limit):
    """What the stop adds after a node, `IMPOSSIBLE` from `limit` on; whether trips begin there and after is noted."""
    kind, after, piece = plan.van[van].kind, plan.node[before].next, work.ids[PIECE]
    hub, several = hub_of(ground, kind), ground.kind[kind].max_trips > 1
    idle = before >= ground.stops and after >= ground.stops
    tail = after if after < ground.stops else -1
    was = 0 if idle else metres_over(ground, before, after, hub, tail >= 0 and plan.node[after].new_trip)
    least = IMPOSSIBLE
    for first in range(2 if several and before < ground.stops else 1):
        out = metres_over(ground, before, stop, hub, first) - was
        for second in range(2 if several and tail >= 0 else 1):
            metres = out + metres_over(ground, stop, after, hub, second)
            if ground.kind[kind].per_m * metres + (ground.kind[kind].fixed if idle else 0) >= limit:
                continue
            piece[0] = stop | (NEW_TRIP if first else 0)
            cost = chained_cost(ground, plan, van, before, piece, 0, 1, tail, second, after) - plan.van[van].cost
            if cost < limit:
                least = limit = cost
                work.count[FIRST_FLAG], work.count[SECOND_FLAG] = first, second
    return least


@inlined
def metres_over(ground, start, end, hub, over_hub):
    """Metres from node to node, by way of the hub or straight on."""
    if over_hub:
        return metres_between(ground, start, hub) + metres_between(ground, hub, end)
    return metres_between(ground, start, end)
