"""Local search around changed stops where vans make several trips, compiled.

As in `exchanges`, v comes right after u: strings move and are swapped, the ends of two nights or of two trips change
places. Where a move leaves stops next to each other that were not, a trip may end between them or go on.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import NEW_TRIP, PIECE
from routing.pickup.ruin_recreate.compiling import compiled, inlined
from routing.pickup.ruin_recreate.driving import drive
from routing.pickup.ruin_recreate.looking import all_allowed, next_queued, worth_trying
from routing.pickup.ruin_recreate.measures import leg_cost
from routing.pickup.ruin_recreate.trip_making import (
    BACKWARD,
    EARLIER,
    ENDS,
    FORWARD,
    JOIN,
    LATER,
    SWAP,
    TRIP_ENDS,
    TURN,
    make_move,
)  # fmt: skip
from routing.pickup.ruin_recreate.trip_pieces import begins_trip, moved_within, turned
from routing.pickup.ruin_recreate.trips import chained_cost, hub_of

LONGEST_STRING, LONGEST_SWAPPED = 3, 2
_SECOND = 8  # where in the scratch list a second string begins


@compiled
def search_trips(ground, plan, work, team, neighbours, found):
    """Make improving moves around the queued stops until there is none."""
    stop = next_queued(ground, plan, work)
    while stop >= 0:
        while True:
            found[0] = 0
            found[1] = 0
            _join_trips(ground, plan, work, stop, found)
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
            make_move(ground, plan, work, found)
        stop = next_queued(ground, plan, work)


@inlined
def _note(found, gain, move, u, v, first, second, flag, flag_v):
    found[0] = gain
    found[1] = move
    found[2] = u
    found[3] = v
    found[4] = first
    found[5] = second
    found[6] = flag
    found[7] = flag_v


@inlined
def _leg(ground, kind, start, end, over_hub):
    """What a leg costs, by way of the hub or straight on."""
    if over_hub:
        hub = hub_of(ground, kind)
        return leg_cost(ground, kind, start, hub) + leg_cost(ground, kind, hub, end)
    return leg_cost(ground, kind, start, end)


@inlined
def _ways(ground, before, after):
    """1, or 2 where a trip may also end between the two."""
    return 2 if before < ground.stops and after < ground.stops else 1


@inlined
def _then(ground, plan, van, head, piece, start, end, after, flag):
    """Cost of the van going on, after a piece, with a stop of any van, or home."""
    if after < ground.stops:
        return chained_cost(ground, plan, van, head, piece, start, end, after, flag, after)
    return chained_cost(ground, plan, van, head, piece, start, end, -1, 0, ground.stops + ground.vans + van)


@compiled
def _join_trips(ground, plan, work, u, found):
    """The trip that ends with u goes on with the next one."""
    after = plan.node[u].next
    if not begins_trip(ground, plan, after):
        return
    van = plan.node[u].van
    kind = plan.van[van].kind
    if _leg(ground, kind, u, after, 0) - _leg(ground, kind, u, after, 1) < found[0]:
        cost = _then(ground, plan, van, u, work.ids[PIECE], 0, 0, after, 0) - plan.van[van].cost
        if cost < found[0]:
            _note(found, cost, JOIN, u, u, 0, 0, 0, 0)


@compiled
def _follow(ground, plan, work, u, v, found):
    """The best move after which v comes right after u, if it is better than the one in `found`."""
    after_u, before_v = plan.node[u].next, plan.node[v].before
    flag_u, flag_v = begins_trip(ground, plan, after_u), begins_trip(ground, plan, v)
    if after_u == v and not flag_u:
        return
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind_u, kind_v = plan.van[van_u].kind, plan.van[van_v].kind
    new = _leg(ground, kind_u, u, v, 0)
    left = _leg(ground, kind_u, u, after_u, flag_u)
    reached = _leg(ground, kind_v, before_v, v, flag_v)
    if new >= left and new >= reached:
        return
    gain = new - left - reached
    if van_u == van_v:
        _follow_within(ground, plan, work, u, v, gain, found)
        return
    if ground.kind[kind_u].ending == ground.kind[kind_v].ending:
        _exchange_ends(ground, plan, work, u, v, gain, found)
    if kind_u == kind_v:
        _exchange_trip_ends(ground, plan, work, u, v, gain, found)
    _bring_string(ground, plan, work, u, v, gain, found)
    _send_string(ground, plan, work, u, v, gain, found)


@inlined
def _promising(ground, kind_u, kind_v, delta, least):
    """Whether a move may gain, by its legs alone, which do not tell where kilometres or hours cost otherwise."""
    same = (
        ground.kind[kind_u].per_m == ground.kind[kind_v].per_m
        and ground.kind[kind_u].per_s == ground.kind[kind_v].per_s
    )
    return delta < least or not same


@compiled
def _exchange_ends(ground, plan, work, u, v, gain, found):
    """u goes on with v and all that follows; what came before v goes on with what followed u."""
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind_u, kind_v = plan.van[van_u].kind, plan.van[van_v].kind
    after_u, before_v = plan.node[u].next, plan.node[v].before
    end_v = after_u if after_u < ground.stops else ground.stops + ground.vans + van_v
    now = plan.van[van_u].cost + plan.van[van_v].cost
    cost_u = -1
    for flag in range(_ways(ground, before_v, end_v)):
        emptied = before_v >= ground.stops and end_v >= ground.stops
        delta = gain + (-ground.kind[kind_v].fixed if emptied else _leg(ground, kind_v, before_v, end_v, flag))
        if not _promising(ground, kind_u, kind_v, delta, found[0]):
            continue
        if cost_u < 0:
            cost_u = _then(ground, plan, van_u, u, work.ids[PIECE], 0, 0, v, 0)
            if cost_u - now >= found[0] or (kind_u != kind_v and not (
                all_allowed(ground, plan, kind_u, v) and all_allowed(ground, plan, kind_v, after_u)
            )):  # fmt: skip
                return
        cost = cost_u + _then(ground, plan, van_v, before_v, work.ids[PIECE], 0, 0, end_v, flag) - now
        if cost < found[0]:
            _note(found, cost, ENDS, u, v, 0, 0, flag, 0)


@compiled
def _exchange_trip_ends(ground, plan, work, u, v, gain, found):
    """u goes on with v to the end of that trip; what came before v on it goes on with what followed u on its own."""
    van_u, van_v, piece = plan.node[u].van, plan.node[v].van, work.ids[PIECE]
    kind, before_v, after_u = plan.van[van_u].kind, plan.node[v].before, plan.node[u].next
    if plan.trip[u].later == 0 and plan.trip[v].later == 0:
        return  # the same as exchanging the ends of nights
    begins_v = plan.node[v].new_trip > 0 or before_v >= ground.stops
    ends_u = after_u >= ground.stops or plan.node[after_u].new_trip > 0
    next_v, hub = plan.node[plan.trip[v].last].next, hub_of(ground, kind)
    whole = begins_v and ends_u
    flag = before_v < ground.stops and begins_v
    delta = gain
    if ends_u:
        delta += leg_cost(ground, kind, before_v, hub) if before_v < ground.stops else 0
        delta += leg_cost(ground, kind, hub, after_u) if after_u < ground.stops else 0
        delta -= ground.kind[kind].fixed if whole and before_v >= ground.stops and next_v >= ground.stops else 0
    else:
        delta += _leg(ground, kind, before_v, after_u, flag)
    now = plan.van[van_u].cost + plan.van[van_v].cost
    if delta >= found[0]:
        return
    cost = chained_cost(ground, plan, van_u, u, piece, 0, 0, v, 0, u) - now
    if cost >= found[0]:
        return
    if whole:
        cost += _then(ground, plan, van_v, before_v, piece, 0, 0, next_v, _ways(ground, before_v, next_v) - 1)
    elif ends_u:
        cost += chained_cost(ground, plan, van_v, before_v, piece, 0, 0, -1, 0, v)
    else:
        cost += chained_cost(ground, plan, van_v, before_v, piece, 0, 0, after_u, flag, v)
    if cost < found[0]:
        _note(found, cost, TRIP_ENDS, u, v, 0, 0, 0, 0)


@compiled
def _bring_string(ground, plan, work, u, v, gain, found):
    """A string that begins with v moves to after u, perhaps in exchange for one that follows u."""
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind_u, kind_v = plan.van[van_u].kind, plan.van[van_v].kind
    after_u, before_v, piece = plan.node[u].next, plan.node[v].before, work.ids[PIECE]
    flag_v = begins_trip(ground, plan, v)
    now, last = plan.van[van_u].cost + plan.van[van_v].cost, v
    for length in range(1, LONGEST_STRING + 1):
        if last >= ground.stops or (length > 1 and plan.node[last].new_trip):
            return
        piece[length - 1] = last
        behind = plan.node[last].next
        flag_behind = begins_trip(ground, plan, behind)
        base = gain - _leg(ground, kind_v, last, behind, flag_behind)
        emptied = before_v >= ground.stops and behind >= ground.stops
        for flag in range(_ways(ground, last, after_u)):
            onward = base + _leg(ground, kind_u, last, after_u, flag)
            cost_u = -1
            for then_flag in range(_ways(ground, before_v, behind)):
                closed = -ground.kind[kind_v].fixed if emptied else _leg(ground, kind_v, before_v, behind, then_flag)
                if not _promising(ground, kind_u, kind_v, onward + closed, found[0]):
                    continue
                if cost_u < 0:
                    cost_u = _then(ground, plan, van_u, u, piece, 0, length, after_u, flag)
                if cost_u - now >= found[0]:
                    break
                cost = cost_u + _then(ground, plan, van_v, before_v, piece, 0, 0, behind, then_flag) - now
                if cost < found[0]:
                    _note(found, cost, FORWARD, u, v, length, 0, flag, then_flag)
        given = after_u
        for back in range(1, LONGEST_SWAPPED + 1):
            if given >= ground.stops or (back > 1 and plan.node[given].new_trip):
                break
            piece[_SECOND + back - 1] = given | (NEW_TRIP if flag_v and back == 1 else 0)
            then = plan.node[given].next
            delta = base - _leg(ground, kind_u, given, then, begins_trip(ground, plan, then))
            delta += _leg(ground, kind_v, before_v, after_u, flag_v) + _leg(ground, kind_v, given, behind, flag_behind)
            for flag in range(_ways(ground, last, then)):
                if not _promising(ground, kind_u, kind_v, delta + _leg(ground, kind_u, last, then, flag), found[0]):
                    continue
                cost = _then(ground, plan, van_u, u, piece, 0, length, then, flag) - now
                if cost < found[0]:
                    cost += _then(ground, plan, van_v, before_v, piece, _SECOND, _SECOND + back, behind, flag_behind)
                    if cost < found[0]:
                        _note(found, cost, SWAP, u, v, length, back, flag, flag_behind)
            given = then
        last = behind


@compiled
def _send_string(ground, plan, work, u, v, gain, found):
    """A string that ends with u moves to before v."""
    van_u, van_v = plan.node[u].van, plan.node[v].van
    kind_u, kind_v = plan.van[van_u].kind, plan.van[van_v].kind
    after_u, before_v, piece = plan.node[u].next, plan.node[v].before, work.ids[PIECE]
    flag_v = begins_trip(ground, plan, v)
    now, first = plan.van[van_u].cost + plan.van[van_v].cost, u
    for length in range(1, LONGEST_STRING + 1):
        before = plan.node[first].before
        piece[LONGEST_STRING - length] = first | (NEW_TRIP if flag_v else 0)
        emptied = before >= ground.stops and after_u >= ground.stops
        base = gain + _leg(ground, kind_v, before_v, first, flag_v)
        base -= _leg(ground, kind_u, before, first, begins_trip(ground, plan, first))
        cost_v = -1
        for flag in range(_ways(ground, before, after_u)):
            closed = -ground.kind[kind_u].fixed if emptied else _leg(ground, kind_u, before, after_u, flag)
            if not _promising(ground, kind_u, kind_v, base + closed, found[0]):
                continue
            if cost_v < 0:
                cost_v = _then(ground, plan, van_v, before_v, piece, LONGEST_STRING - length, LONGEST_STRING, v, 0)
            if cost_v - now >= found[0]:
                break
            cost = cost_v + _then(ground, plan, van_u, before, piece, 0, 0, after_u, flag) - now
            if cost < found[0]:
                _note(found, cost, BACKWARD, u, v, length, 0, flag, 0)
        piece[LONGEST_STRING - length] = first
        if before >= ground.stops or plan.node[first].new_trip:
            return
        first = before


@compiled
def _follow_within(ground, plan, work, u, v, gain, found):
    """In one van: a string that begins with v moves to after u, or one that ends with u to before v."""
    van, before_v, after_u = plan.node[u].van, plan.node[v].before, plan.node[u].next
    if after_u == v:
        return
    kind, piece, now = plan.van[van].kind, work.ids[PIECE], plan.van[van].cost
    flag_u, flag_v, last = begins_trip(ground, plan, after_u), begins_trip(ground, plan, v), v
    for length in range(1, LONGEST_STRING + 1):
        if last >= ground.stops or last == u or (length > 1 and plan.node[last].new_trip):
            break
        behind = plan.node[last].next
        flag = begins_trip(ground, plan, behind)
        delta = gain + _leg(ground, kind, last, after_u, flag_u) - _leg(ground, kind, last, behind, flag)
        delta += _leg(ground, kind, before_v, behind, _ways(ground, before_v, behind) > 1 and (flag_v or flag))
        if delta < found[0]:
            filled = moved_within(ground, plan, piece, van, v, behind, u, 0)
            cost = drive(ground, plan, van, piece, 0, filled, work.sums) - now
            if cost < found[0]:
                _note(found, cost, LATER, u, v, length, 0, 0, 0)
        last = behind
    first = u
    for length in range(1, LONGEST_STRING + 1):
        if first >= ground.stops or first == v:
            break
        before, flag = plan.node[first].before, begins_trip(ground, plan, first)
        delta = gain + _leg(ground, kind, before_v, first, flag_v) - _leg(ground, kind, before, first, flag)
        delta += _leg(ground, kind, before, after_u, _ways(ground, before, after_u) > 1 and (flag_u or flag))
        if delta < found[0]:
            filled = moved_within(ground, plan, piece, van, first, after_u, v, 1)
            cost = drive(ground, plan, van, piece, 0, filled, work.sums) - now
            if cost < found[0]:
                _note(found, cost, EARLIER, u, v, length, 0, 0, 0)
        if flag:
            break
        first = before


@compiled
def _turn(ground, plan, work, u, v, found):
    """u and v become neighbours with the part of their trip between them turned round."""
    van, kind = plan.node[u].van, plan.van[plan.node[u].van].kind
    if plan.node[v].van != van or plan.trip[u].number != plan.trip[v].number:
        return
    after_u, after_v = plan.node[u].next, plan.node[v].next
    if plan.node[u].position >= plan.node[v].position or after_u == v:
        return
    flag = begins_trip(ground, plan, after_v)
    delta = _leg(ground, kind, u, v, 0) + _leg(ground, kind, after_u, after_v, flag)
    delta -= _leg(ground, kind, u, after_u, 0) + _leg(ground, kind, v, after_v, flag)
    if delta >= found[0]:
        return
    filled = turned(ground, plan, work.ids[PIECE], u, v)
    delta = drive(ground, plan, van, work.ids[PIECE], 0, filled, work.sums) - plan.van[van].cost
    if delta < found[0]:
        _note(found, delta, TURN, u, v, 0, 0, 0, 0)
