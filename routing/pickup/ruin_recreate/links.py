"""Change routes, know everything about them again, and take changes back, compiled."""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import (
    ABSENT,
    ABSENT_COUNT,
    IMPOSSIBLE,
    LISTED,
    NEW_TRIP,
    POSSIBLE,
    QUEUE,
    QUEUED,
    ROUTES_SAVED,
    SAVED,
    STEP,
    STOP_OF,
    STOPS_SAVED,
)
from routing.pickup.ruin_recreate.compiling import compiled, inlined
from routing.pickup.ruin_recreate.driving import drive
from routing.pickup.ruin_recreate.measures import arrive, metres_between, seconds_between, van_cost
from routing.pickup.ruin_recreate.trips import refresh_trips


@inlined
def van_of(ground, plan, node):
    """The van of a stop in the plan, or whose start the node is."""
    return plan.node[node].van if node < ground.stops else node - ground.stops


@compiled
def copy_on(plan, piece, filled, node, until):
    """Append nodes from `node` on, up to but without `until`; how many the piece then holds."""
    while node != until:
        piece[filled] = node
        filled += 1
        node = plan.node[node].next
    return filled


@compiled
def copy_trips(plan, piece, filled, node, until, flag):
    """As `copy_on`, with the marks where trips begin; `flag` says whether the first node begins one."""
    first = node
    while node != until:
        begins = flag if node == first else plan.node[node].new_trip
        piece[filled] = node | (NEW_TRIP if begins else 0)
        filled += 1
        node = plan.node[node].next
    return filled


@compiled
def copy_back(plan, piece, filled, node, until):
    """Append nodes from `node` backwards, up to but without `until`; how many the piece then holds."""
    while node != until:
        piece[filled] = node
        filled += 1
        node = plan.node[node].before
    return filled


@compiled
def save(ground, plan, work, van):
    """Note a route before the present step first changes it."""
    if plan.van[van].saved_in == work.count[STEP]:
        return
    plan.van[van].saved_in = work.count[STEP]
    number, filled = work.count[ROUTES_SAVED], work.count[STOPS_SAVED]
    work.log[number].van = van
    work.log[number].start = filled
    work.log[number].cost = plan.van[van].cost
    work.log[number].metres = plan.van[van].metres
    filled = _list_stops(ground, plan, van, work.ids[SAVED], filled)
    work.count[ROUTES_SAVED] = number + 1
    work.count[STOPS_SAVED] = filled
    work.log[number + 1].start = filled


@compiled
def _list_stops(ground, plan, van, listed, filled):
    stop = plan.node[ground.stops + van].next
    while stop < ground.stops:
        listed[filled] = stop | (NEW_TRIP if plan.node[stop].new_trip else 0)
        filled += 1
        stop = plan.node[stop].next
    return filled


@compiled
def relink(ground, plan, work, van, listed, start, end):
    """Give a van the route listed[start:end]."""
    _link(ground, plan, van, listed, start, end)
    refresh(ground, plan, work, van)


@inlined
def _link(ground, plan, van, listed, start, end):
    last = ground.stops + van
    for at in range(start, end):
        stop = listed[at] & STOP_OF
        plan.node[stop].van = van
        plan.node[stop].new_trip = 1 if at > start and listed[at] & NEW_TRIP else 0
        plan.node[last].next = stop
        plan.node[stop].before = last
        last = stop
    home = ground.stops + ground.vans + van
    plan.node[last].next = home
    plan.node[home].before = last


@inlined
def queue(ground, plan, work, node):
    """Have the local search look at a stop, if its neighbours are no longer those of now; call it before a change."""
    if node < ground.stops and plan.node[node].queued == 0:
        plan.node[node].queued = 1
        plan.node[node].was_next = plan.node[node].next
        plan.node[node].was_before = plan.node[node].before
        work.ids[QUEUE, work.count[QUEUED]] = node
        work.count[QUEUED] += 1


@inlined
def _count_in(ground, plan, van, before, stop, after, sign):
    """Let the sums of a route that is off the clock follow a stop that comes or goes between two nodes."""
    metres = metres_between(ground, before, stop) + metres_between(ground, stop, after)
    if before < ground.stops or after < ground.stops:
        metres -= metres_between(ground, before, after)
    plan.van[van].metres += sign * metres
    for dimension in range(ground.dimensions):
        plan.loads[van, dimension] += sign * ground.load[stop, dimension]
    plan.van[van].stops += sign
    plan.van[van].cost = _quick_cost(ground, plan, van)


@compiled
def take_out(ground, plan, work, stop):
    """Take a stop out of its route; a trip that it began is begun by the next."""
    before, after = plan.node[stop].before, plan.node[stop].next
    queue(ground, plan, work, before)
    queue(ground, plan, work, stop)
    queue(ground, plan, work, after)
    if after < ground.stops:
        plan.node[after].new_trip = before < ground.stops and (plan.node[stop].new_trip or plan.node[after].new_trip)
    plan.node[before].next = after
    plan.node[after].before = before
    plan.node[stop].new_trip = 0
    if ground.untimed:
        _count_in(ground, plan, plan.node[stop].van, before, stop, after, -1)
    else:
        plan.van[plan.node[stop].van].stops -= 1
    plan.node[stop].van = -1
    if ground.node[stop].choice >= 0:
        plan.group[ground.node[stop].choice].visited = 2
    if ground.node[stop].same_van >= 0:
        plan.group[ground.node[stop].same_van].stops -= 1
    work.ids[ABSENT, work.count[ABSENT_COUNT]] = stop
    work.count[ABSENT_COUNT] += 1


@compiled
def put_in(ground, plan, work, before, stop, new_trip, then_new_trip):
    """Put a stop after a node; whether it begins a trip, and whether what follows does.

    Off the clock only the route's sums follow: `refresh` it before anything else of it is read.
    """
    after, van = plan.node[before].next, van_of(ground, plan, before)
    plan.node[stop].next = plan.node[stop].before = -1
    queue(ground, plan, work, stop)
    queue(ground, plan, work, before)
    queue(ground, plan, work, after)
    plan.node[before].next = stop
    plan.node[stop].before = before
    plan.node[stop].next = after
    plan.node[after].before = stop
    plan.node[stop].new_trip = new_trip
    if after < ground.stops:
        plan.node[after].new_trip = then_new_trip
    plan.node[stop].van = van
    join_groups(ground, plan, stop, van)
    if ground.untimed:
        _count_in(ground, plan, van, before, stop, after, 1)
    else:
        refresh(ground, plan, work, van)


@compiled
def join_groups(ground, plan, stop, van):
    """Tell a stop's groups that it is in the plan, and in which van."""
    if ground.node[stop].choice >= 0:
        plan.group[ground.node[stop].choice].visited = 1
    if ground.node[stop].same_van >= 0:
        plan.group[ground.node[stop].same_van].stops += 1
        plan.group[ground.node[stop].same_van].van = van


@compiled
def restore(ground, plan, work, left_out, refreshed):
    """Take the present step back: saved routes as they were, all else marked `left_out`.

    Off the clock, what is derived of a route is still that of before, unless it was `refreshed` since.
    """
    for number in range(work.count[ROUTES_SAVED]):
        stop = plan.node[ground.stops + work.log[number].van].next
        while stop < ground.stops:
            _leave_out(ground, plan, stop, left_out)
            if ground.node[stop].same_van >= 0:
                plan.group[ground.node[stop].same_van].stops -= 1
            stop = plan.node[stop].next
    for number in range(work.count[ABSENT_COUNT]):
        if plan.node[work.ids[ABSENT, number]].van < 0:
            _leave_out(ground, plan, work.ids[ABSENT, number], left_out)
    for number in range(work.count[ROUTES_SAVED]):
        van, start, end = work.log[number].van, work.log[number].start, work.log[number + 1].start
        for at in range(start, end):
            join_groups(ground, plan, work.ids[SAVED, at] & STOP_OF, van)
        if ground.untimed and not refreshed:
            _link(ground, plan, van, work.ids[SAVED], start, end)
            plan.van[van].stops = end - start
            plan.van[van].metres = work.log[number].metres
            plan.van[van].cost = work.log[number].cost
            for dimension in range(ground.dimensions):
                plan.loads[van, dimension] = plan.aboard[ground.stops + ground.vans + van, dimension]
        else:
            relink(ground, plan, work, van, work.ids[SAVED], start, end)


@compiled
def _leave_out(ground, plan, stop, left_out):
    plan.node[stop].van = left_out
    if ground.node[stop].choice >= 0:
        plan.group[ground.node[stop].choice].visited = 0


@compiled
def refresh(ground, plan, work, van):
    """Work out everything derived of a route anew, from its links."""
    start, home = ground.stops + van, ground.stops + ground.vans + van
    for dimension in range(ground.dimensions):
        plan.loads[van, dimension] = 0
        plan.aboard[start, dimension] = 0
    metres, stops, last = 0, 0, start
    plan.node[start].position = -1
    stop = plan.node[start].next
    while stop < ground.stops:
        plan.node[stop].van = van
        plan.node[stop].position = stops
        for dimension in range(ground.dimensions):
            plan.loads[van, dimension] += ground.load[stop, dimension]
            plan.aboard[stop, dimension] = plan.loads[van, dimension]
        metres += metres_between(ground, last, stop)
        plan.node[stop].metres = metres
        stops += 1
        last = stop
        stop = plan.node[stop].next
    plan.node[home].position = stops
    plan.node[home].metres = metres + metres_between(ground, last, home)
    for dimension in range(ground.dimensions):
        plan.aboard[home, dimension] = plan.loads[van, dimension]
    plan.van[van].stops = stops
    plan.van[van].metres = plan.node[home].metres if stops else 0
    if ground.driven:
        _refresh_driven(ground, plan, work, van)
    elif ground.tripped:
        refresh_trips(ground, plan, van)
    else:
        in_time = True
        if ground.timed:
            in_time = _refresh_from(ground, plan, van)
            _refresh_to(ground, plan, van)
        plan.van[van].cost = _quick_cost(ground, plan, van) if in_time else IMPOSSIBLE


@compiled
def refresh_or_empty(ground, plan, work, van):
    """As `refresh`; a route that lost stops and so breaks a limit (shortcuts may be slower) is given up."""
    refresh(ground, plan, work, van)
    if plan.van[van].cost < POSSIBLE:
        return
    while plan.node[ground.stops + van].next < ground.stops:
        take_out(ground, plan, work, plan.node[ground.stops + van].next)
    refresh(ground, plan, work, van)


@compiled
def _refresh_driven(ground, plan, work, van):
    filled = _list_stops(ground, plan, van, work.ids[LISTED], 0)
    cost = drive(ground, plan, van, work.ids[LISTED], 0, filled, work.sums)
    plan.van[van].cost = cost
    plan.van[van].seconds = 0
    if filled and cost < POSSIBLE:
        plan.van[van].metres = work.sums[2 * ground.dimensions]
        plan.van[van].seconds = work.sums[2 * ground.dimensions + 1]


@compiled
def _quick_cost(ground, plan, van):
    if plan.van[van].stops == 0:
        plan.van[van].seconds = 0
        return 0
    return van_cost(ground, plan.van[van].kind, plan.van[van].metres, plan.van[van].seconds)


@compiled
def _refresh_from(ground, plan, van):
    """Times from the start to each node; whether every limit on time is kept."""
    in_time = True
    kind, node = plan.van[van].kind, ground.stops + van
    seconds, early, late = 0, ground.kind[kind].earliest_s, ground.kind[kind].latest_s
    plan.node[node].from_s = 0
    plan.node[node].from_early_s = early
    plan.node[node].from_late_s = late
    while node < ground.stops + ground.vans:
        last, node = node, plan.node[node].next
        seconds += seconds_between(ground, last, node)
        if node < ground.stops:
            seconds, early, late = arrive(seconds, early, late, ground.node[node].opens_s, ground.node[node].closes_s)
            in_time &= early <= late
            seconds += ground.node[node].service_s
        else:
            if ground.kind[kind].ends_at_hub:
                seconds += ground.kind[kind].unload_s
            late = min(late, ground.kind[kind].latest_s - seconds)
            in_time &= early <= late
        plan.node[node].from_s = seconds
        plan.node[node].from_early_s = early
        plan.node[node].from_late_s = late
        if node >= ground.stops:
            break
    plan.van[van].seconds = seconds
    longest_s = ground.kind[kind].max_duration_s + ground.kind[kind].max_overtime_s
    return plan.van[van].stops == 0 or (in_time and seconds <= longest_s)


@compiled
def _refresh_to(ground, plan, van):
    """Times from each node to the end of the night."""
    kind, node = plan.van[van].kind, ground.stops + ground.vans + van
    plan.node[node].to_s = ground.kind[kind].unload_s if ground.kind[kind].ends_at_hub else 0
    plan.node[node].to_early_s = 0
    plan.node[node].to_late_s = ground.kind[kind].latest_s - plan.node[node].to_s
    while True:
        after, node = node, plan.node[node].before
        ahead_s = seconds_between(ground, node, after)
        opens_s, closes_s = ground.kind[kind].earliest_s, ground.kind[kind].latest_s
        if node < ground.stops:
            ahead_s += ground.node[node].service_s
            opens_s, closes_s = ground.node[node].opens_s, ground.node[node].closes_s
        wait_s = max(0, plan.node[after].to_early_s - ahead_s - closes_s)
        plan.node[node].to_s = ahead_s + wait_s + plan.node[after].to_s
        if wait_s:
            plan.node[node].to_early_s = closes_s
            plan.node[node].to_late_s = closes_s
        else:
            plan.node[node].to_early_s = max(plan.node[after].to_early_s - ahead_s, opens_s)
            plan.node[node].to_late_s = min(plan.node[after].to_late_s - ahead_s, closes_s)
        if node >= ground.stops:
            break
