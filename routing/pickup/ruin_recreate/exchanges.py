"""Local search around changed stops, compiled: move strings, swap strings, exchange ends, turn round.

Each stop is tried with its likely neighbours; a move is looked at only where the new leg is shorter than one it
replaces (Toth and Vigo 2003, 10.1287/ijoc.15.4.333.24890). Moves between routes are priced from the times kept at each
node (Vidal et al. 2013, 10.1016/j.cor.2012.07.018), the rare ones within a route by driving it.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import EXCHANGES, IMPOSSIBLE, PIECE, POSSIBLE
from routing.pickup.ruin_recreate.compiling import compiled
from routing.pickup.ruin_recreate.driving import drive
from routing.pickup.ruin_recreate.links import copy_back, copy_on, queue, refresh, relink, save
from routing.pickup.ruin_recreate.looking import all_allowed, next_queued, worth_trying
from routing.pickup.ruin_recreate.measures import arrive, leg_cost, metres_between, seconds_between, van_cost
from routing.pickup.ruin_recreate.recreate import hauls_in_order

TURN, ENDS, FORWARD, SWAP, BACKWARD, HEADS = 1, 2, 3, 4, 5, 6
LONGEST_STRING, LONGEST_SWAPPED = 3, 2
_SECOND = 8  # where in the scratch list a second string begins


@compiled
def local_search(ground, plan, work, team, neighbours, found):
    """Make improving moves around the queued stops until there is none."""
    stop = next_queued(ground, plan, work)
    while stop >= 0:
        while True:
            found[0] = 0
            found[1] = 0
            for rank in range(neighbours):
                other = ground.likely[stop, rank]
                if not worth_trying(ground, plan, team, stop, other):
                    continue
                _follow(ground, plan, work, stop, other, found)
                _follow(ground, plan, work, other, stop, found)
                _turn(ground, plan, work, stop, other, found)
                _turn(ground, plan, work, other, stop, found)
            if found[1] == 0:
                break
            _make(ground, plan, work, found)
        stop = next_queued(ground, plan, work)


@compiled
def _note(found, gain, move, u, v, first, second):
    found[0] = gain
    found[1] = move
    found[2] = u
    found[3] = v
    found[4] = first
    found[5] = second


@compiled
def _follow(ground, plan, work, u, v, found):
    """The best move after which v comes right after u, if it is better than the one in `found`."""
    after_u, before_v = plan.node[u].next, plan.node[v].before
    if after_u == v:
        return
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind_u, kind_v = plan.van[van_u].kind, plan.van[van_v].kind
    new = leg_cost(ground, kind_u, u, v)
    left = leg_cost(ground, kind_u, u, after_u)
    reached = leg_cost(ground, kind_v, before_v, v)
    if new >= left and new >= reached:
        return
    gain = new - left - reached
    if van_u == van_v:
        _follow_within(ground, plan, work, u, v, gain, found)
        return
    dearer = ground.kind[kind_u].per_m - ground.kind[kind_v].per_m
    _exchange_ends(ground, plan, work, u, v, gain, dearer, found)
    _bring_string(ground, plan, work, u, v, gain, dearer, found)
    _send_string(ground, plan, work, u, v, gain, dearer, found)


@compiled
def _follow_within(ground, plan, work, u, v, gain, found):
    """A string that begins with v moves to after u in the same route."""
    van, before_v, after_u = plan.node[u].van, plan.node[v].before, plan.node[u].next
    if before_v == u:
        return
    kind, last = plan.van[van].kind, v
    for length in range(1, LONGEST_STRING + 1):
        if last >= ground.stops or last == u or last == after_u:
            return
        behind = plan.node[last].next
        delta = gain + leg_cost(ground, kind, last, after_u) - leg_cost(ground, kind, last, behind)
        delta += leg_cost(ground, kind, before_v, behind)
        if delta < found[0]:
            if ground.timed or ground.kind[kind].linehaul_first:
                filled = _with_string_moved(ground, plan, work.ids[PIECE], van, u, v, behind)
                cost = drive(ground, plan, van, work.ids[PIECE], 0, filled, work.sums)
                delta = cost - plan.van[van].cost
            if delta < found[0]:
                _note(found, delta, FORWARD, u, v, length, 0)
        last = behind


@compiled
def _with_string_moved(ground, plan, piece, van, u, v, behind):
    filled, here = 0, plan.node[ground.stops + van].next
    while here < ground.stops:
        if here == v:
            here = behind
            continue
        piece[filled] = here
        filled += 1
        if here == u:
            filled = copy_on(plan, piece, filled, v, behind)
        here = plan.node[here].next
    return filled


@compiled
def _exchange_ends(ground, plan, work, u, v, gain, dearer, found):
    """u goes on with v and what follows; what came before v goes on with what followed u."""
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind_u, kind_v = plan.van[van_u].kind, plan.van[van_v].kind
    if ground.kind[kind_u].ending != ground.kind[kind_v].ending:
        return
    after_u, before_v = plan.node[u].next, plan.node[v].before
    end_v = after_u if after_u < ground.stops else ground.stops + ground.vans + van_v
    emptied = before_v >= ground.stops and after_u >= ground.stops
    delta = gain + (-ground.kind[kind_v].fixed if emptied else leg_cost(ground, kind_v, before_v, end_v))
    if dearer:
        delta += dearer * (plan.van[van_v].metres - plan.node[v].metres)
        if after_u < ground.stops:
            delta -= dearer * (plan.van[van_u].metres - plan.node[after_u].metres)
    if delta >= found[0]:
        return
    limit = found[0] + plan.van[van_u].cost + plan.van[van_v].cost
    cost = _cost_of(ground, plan, van_u, u, work.ids[PIECE], 0, 0, v, van_v)
    if cost >= limit or (kind_u != kind_v and not (
        all_allowed(ground, plan, kind_u, v) and all_allowed(ground, plan, kind_v, after_u)
    )):  # fmt: skip
        return
    cost += _cost_of(ground, plan, van_v, before_v, work.ids[PIECE], 0, 0, after_u, van_u)
    if cost < limit:
        _note(found, cost - plan.van[van_u].cost - plan.van[van_v].cost, ENDS, u, v, 0, 0)


@compiled
def _bring_string(ground, plan, work, u, v, gain, dearer, found):
    """A string that begins with v moves to after u, perhaps in exchange for one that follows u."""
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind_u, kind_v = plan.van[van_u].kind, plan.van[van_v].kind
    after_u, before_v, piece = plan.node[u].next, plan.node[v].before, work.ids[PIECE]
    now, last = plan.van[van_u].cost + plan.van[van_v].cost, v
    for length in range(1, LONGEST_STRING + 1):
        if last >= ground.stops:
            return
        piece[length - 1] = last
        behind = plan.node[last].next
        base = gain - leg_cost(ground, kind_v, last, behind) + dearer * (plan.node[last].metres - plan.node[v].metres)
        delta = base + leg_cost(ground, kind_u, last, after_u) + leg_cost(ground, kind_v, before_v, behind)
        if before_v >= ground.stops and behind >= ground.stops:
            delta = base + leg_cost(ground, kind_u, last, after_u) - ground.kind[kind_v].fixed
        if delta < found[0]:
            cost = _cost_of(ground, plan, van_u, u, piece, 0, length, after_u, van_u)
            if cost - now < found[0]:
                cost += _cost_of(ground, plan, van_v, before_v, piece, 0, 0, behind, van_v)
                if cost - now < found[0]:
                    _note(found, cost - now, FORWARD, u, v, length, 0)
        given = after_u
        for back in range(1, LONGEST_SWAPPED + 1):
            if given >= ground.stops:
                break
            piece[_SECOND + back - 1] = given
            then = plan.node[given].next
            delta = base + leg_cost(ground, kind_u, last, then) - leg_cost(ground, kind_u, given, then)
            delta += leg_cost(ground, kind_v, before_v, after_u) + leg_cost(ground, kind_v, given, behind)
            delta -= dearer * (plan.node[given].metres - plan.node[after_u].metres)
            if delta < found[0]:
                cost = _cost_of(ground, plan, van_u, u, piece, 0, length, then, van_u)
                if cost - now < found[0]:
                    cost += _cost_of(ground, plan, van_v, before_v, piece, _SECOND, _SECOND + back, behind, van_v)
                    if cost - now < found[0]:
                        _note(found, cost - now, SWAP, u, v, length, back)
            given = then
        last = behind


@compiled
def _send_string(ground, plan, work, u, v, gain, dearer, found):
    """A string that ends with u moves to before v."""
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind_u, kind_v = plan.van[van_u].kind, plan.van[van_v].kind
    after_u, before_v, piece = plan.node[u].next, plan.node[v].before, work.ids[PIECE]
    now, first = plan.van[van_u].cost + plan.van[van_v].cost, u
    for length in range(1, LONGEST_STRING + 1):
        if first >= ground.stops:
            return
        before = plan.node[first].before
        delta = gain + leg_cost(ground, kind_v, before_v, first) - leg_cost(ground, kind_u, before, first)
        delta -= dearer * (plan.node[u].metres - plan.node[first].metres)
        if before >= ground.stops and after_u >= ground.stops:
            delta -= ground.kind[kind_u].fixed
        else:
            delta += leg_cost(ground, kind_u, before, after_u)
        if delta < found[0]:
            copy_on(plan, piece, 0, first, after_u)
            cost = _cost_of(ground, plan, van_v, before_v, piece, 0, length, v, van_v)
            if cost - now < found[0]:
                cost += _cost_of(ground, plan, van_u, before, piece, 0, 0, after_u, van_u)
                if cost - now < found[0]:
                    _note(found, cost - now, BACKWARD, u, v, length, 0)
        first = before


@compiled
def _turn(ground, plan, work, u, v, found):
    """u and v become neighbours with one part turned round: within a route, or heads and ends of two joined."""
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind, piece = plan.van[van_u].kind, work.ids[PIECE]
    if van_u != van_v and (not ground.reversible or plan.van[van_v].kind != kind):
        return
    after_u, after_v = plan.node[u].next, plan.node[v].next
    if van_u == van_v and (plan.node[u].position >= plan.node[v].position or after_u == v):
        return
    delta = leg_cost(ground, kind, u, v) - leg_cost(ground, kind, u, after_u) - leg_cost(ground, kind, v, after_v)
    if van_u != van_v and after_u >= ground.stops and after_v >= ground.stops:
        delta -= ground.kind[kind].fixed
    else:
        delta += leg_cost(ground, kind, after_u, after_v)
    if delta >= found[0]:
        return
    if van_u == van_v:
        if ground.timed or ground.kind[kind].linehaul_first or not ground.symmetric:
            filled = _turned_within(ground, plan, piece, u, v)
            delta = drive(ground, plan, van_u, piece, 0, filled, work.sums) - plan.van[van_u].cost
        if delta < found[0]:
            _note(found, delta, TURN, u, v, 0, 0)
        return
    for dimension in range(ground.dimensions):
        heads = plan.aboard[u, dimension] + plan.aboard[v, dimension]
        ends = plan.loads[van_u, dimension] + plan.loads[van_v, dimension] - heads
        if heads > ground.room[kind, dimension] or ends > ground.room[kind, dimension]:
            return
    middle, filled = _heads_joined(ground, plan, piece, u, v)
    cost = drive(ground, plan, van_u, piece, 0, middle, work.sums)
    if cost >= POSSIBLE:
        return
    cost += drive(ground, plan, van_v, piece, middle, filled, work.sums)
    if cost - plan.van[van_u].cost - plan.van[van_v].cost < found[0]:
        _note(found, cost - plan.van[van_u].cost - plan.van[van_v].cost, HEADS, u, v, 0, 0)


@compiled
def _turned_within(ground, plan, piece, u, v):
    van = plan.node[u].van
    filled = copy_on(plan, piece, 0, plan.node[ground.stops + van].next, plan.node[u].next)
    filled = copy_back(plan, piece, filled, v, u)
    return copy_on(plan, piece, filled, plan.node[v].next, ground.stops + ground.vans + van)


@compiled
def _heads_joined(ground, plan, piece, u, v):
    """The heads of two routes as one, the second turned round, then their ends likewise; where the second begins."""
    van_u, van_v = plan.node[u].van, plan.node[v].van
    homes = ground.stops + ground.vans
    filled = copy_on(plan, piece, 0, plan.node[ground.stops + van_u].next, plan.node[u].next)
    middle = copy_back(plan, piece, filled, v, ground.stops + van_v)
    filled = copy_back(plan, piece, middle, plan.node[homes + van_u].before, u)
    return middle, copy_on(plan, piece, filled, plan.node[v].next, homes + van_v)


@compiled
def _cost_of(ground, plan, van, head, piece, start, end, tail, tail_van):
    """Cost of the van driving its route up to `head`, then piece[start:end], then that of `tail_van` from `tail`."""
    kind, home = plan.van[van].kind, ground.stops + ground.vans + van
    goal = tail if tail < ground.stops else home
    if head >= ground.stops and start == end and goal == home:
        return 0
    for dimension in range(ground.dimensions):
        load = plan.aboard[head, dimension]
        for at in range(start, end):
            load += ground.load[piece[at], dimension]
        if goal != home:
            load += plan.loads[tail_van, dimension] - plan.aboard[tail, dimension] + ground.load[tail, dimension]
        if load > ground.room[kind, dimension]:
            return IMPOSSIBLE
    metres = plan.node[head].metres if head < ground.stops else 0
    here = head
    for at in range(start, end):
        if not ground.allowed[kind, piece[at]]:
            return IMPOSSIBLE
        metres += metres_between(ground, here, piece[at])
        here = piece[at]
    metres += metres_between(ground, here, goal)
    if goal != home:
        metres += plan.van[tail_van].metres - plan.node[tail].metres
    if metres > ground.kind[kind].max_distance_m:
        return IMPOSSIBLE
    if ground.kind[kind].linehaul_first and not _in_order(ground, head, piece, start, end, goal):
        return IMPOSSIBLE
    if not ground.timed:
        return van_cost(ground, kind, metres, 0)
    seconds, early, late = plan.node[head].from_s, plan.node[head].from_early_s, plan.node[head].from_late_s
    here = head
    for at in range(start, end):
        stop = piece[at]
        seconds += seconds_between(ground, here, stop)
        if early + seconds > ground.node[stop].closes_s:
            return IMPOSSIBLE
        seconds, early, late = arrive(seconds, early, late, ground.node[stop].opens_s, ground.node[stop].closes_s)
        seconds += ground.node[stop].service_s
        here = stop
    seconds += seconds_between(ground, here, goal)
    if early + seconds > plan.node[goal].to_late_s:
        return IMPOSSIBLE
    seconds += max(0, plan.node[goal].to_early_s - seconds - late) + plan.node[goal].to_s
    if seconds > ground.kind[kind].max_duration_s + ground.kind[kind].max_overtime_s:
        return IMPOSSIBLE
    return van_cost(ground, kind, metres, seconds)


@compiled
def _in_order(ground, head, piece, start, end, goal):
    here = head
    for at in range(start, end):
        if not hauls_in_order(ground, here, piece[at], piece[at + 1] if at + 1 < end else goal):
            return False
        here = piece[at]
    return goal >= ground.stops or hauls_in_order(ground, here, goal, ground.stops)


@compiled
def _make(ground, plan, work, found):
    """Make the move that was found; the stops around it are queued."""
    move, u, v, length, back = found[1], found[2], found[3], found[4], found[5]
    van_u, van_v, piece = plan.node[u].van, plan.node[v].van, work.ids[PIECE]
    after_u, before_v = plan.node[u].next, plan.node[v].before
    homes = ground.stops + ground.vans
    save(ground, plan, work, van_u)
    save(ground, plan, work, van_v)
    queue(ground, plan, work, u)
    queue(ground, plan, work, v)
    queue(ground, plan, work, after_u)
    queue(ground, plan, work, before_v)
    queue(ground, plan, work, plan.node[v].next)
    work.count[EXCHANGES] += 1
    if move == TURN:
        filled = _turned_within(ground, plan, piece, u, v)
        relink(ground, plan, work, van_u, piece, 0, filled)
    elif move == HEADS:
        middle, filled = _heads_joined(ground, plan, piece, u, v)
        relink(ground, plan, work, van_u, piece, 0, middle)
        relink(ground, plan, work, van_v, piece, middle, filled)
    elif move == ENDS:
        filled = copy_on(plan, piece, 0, plan.node[ground.stops + van_u].next, after_u)
        middle = copy_on(plan, piece, filled, v, homes + van_v)
        filled = copy_on(plan, piece, middle, plan.node[ground.stops + van_v].next, v)
        filled = copy_on(plan, piece, filled, after_u, homes + van_u)
        relink(ground, plan, work, van_u, piece, 0, middle)
        relink(ground, plan, work, van_v, piece, middle, filled)
    else:
        first = u if move == BACKWARD else v
        if move == BACKWARD:
            for _ in range(length - 1):
                first = plan.node[first].before
        behind = first
        for at in range(length):
            piece[at] = behind
            behind = plan.node[behind].next
        given = after_u
        for at in range(back):
            piece[length + at] = given
            given = plan.node[given].next
        queue(ground, plan, work, behind)
        queue(ground, plan, work, given)
        queue(ground, plan, work, plan.node[first].before)
        for at in range(length + back):
            _unlink(plan, piece[at])
            queue(ground, plan, work, piece[at])
        _link_after(plan, before_v if move == BACKWARD else u, piece, 0, length)
        _link_after(plan, before_v, piece, length, length + back)
        refresh(ground, plan, work, van_u)
        if van_v != van_u:
            refresh(ground, plan, work, van_v)


@compiled
def _unlink(plan, stop):
    plan.node[plan.node[stop].before].next = plan.node[stop].next
    plan.node[plan.node[stop].next].before = plan.node[stop].before


@compiled
def _link_after(plan, last, piece, start, end):
    for at in range(start, end):
        after = plan.node[last].next
        plan.node[last].next = piece[at]
        plan.node[piece[at]].before = last
        plan.node[piece[at]].next = after
        plan.node[after].before = piece[at]
        last = piece[at]
