"""Moves of stops and trips, made: who drives what afterwards, and which stops are looked at again, compiled."""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import EXCHANGES, PIECE
from routing.pickup.ruin_recreate.compiling import compiled
from routing.pickup.ruin_recreate.links import copy_trips, queue, relink, save
from routing.pickup.ruin_recreate.trip_pieces import begins_trip, copy_rest, moved_within, turned

ENDS, TRIP_ENDS, FORWARD, SWAP, BACKWARD, JOIN, LATER, EARLIER, TURN = range(1, 10)


@compiled
def make_move(ground, plan, work, found):
    """Make the move that was found; the stops around it are queued."""
    move, u, v, length, back, flag, then_flag = found[1], found[2], found[3], found[4], found[5], found[6], found[7]
    van_u, van_v, piece = plan.node[u].van, plan.node[v].van, work.ids[PIECE]
    start_u, start_v = plan.node[ground.stops + van_u].next, plan.node[ground.stops + van_v].next
    after_u, before_v = plan.node[u].next, plan.node[v].before
    save(ground, plan, work, van_u)
    save(ground, plan, work, van_v)
    queue(ground, plan, work, u)
    queue(ground, plan, work, v)
    queue(ground, plan, work, after_u)
    queue(ground, plan, work, before_v)
    queue(ground, plan, work, plan.node[v].next)
    queue(ground, plan, work, plan.node[u].before)
    work.count[EXCHANGES] += 1
    if move in (JOIN, LATER, EARLIER, TURN):
        filled = _changed_within(ground, plan, work, piece, found)
        relink(ground, plan, work, van_u, piece, 0, filled)
        return
    flag_v = begins_trip(ground, plan, v)
    if move == ENDS:
        filled = copy_trips(plan, piece, 0, start_u, after_u, 0)
        middle = copy_rest(ground, plan, piece, filled, v, 0)
        filled = copy_trips(plan, piece, middle, start_v, v, 0)
        filled = copy_rest(ground, plan, piece, filled, after_u, flag)
    elif move == TRIP_ENDS:
        next_u, next_v = plan.node[plan.trip[u].last].next, plan.node[plan.trip[v].last].next
        queue(ground, plan, work, next_u)
        queue(ground, plan, work, next_v)
        filled = copy_trips(plan, piece, 0, start_u, after_u, 0)
        filled = copy_trips(plan, piece, filled, v, next_v, 0)
        middle = copy_rest(ground, plan, piece, filled, next_u, 1)
        filled = copy_trips(plan, piece, middle, start_v, v, 0)
        if after_u != next_u:
            filled = copy_trips(plan, piece, filled, after_u, next_u, flag_v)
        filled = copy_rest(ground, plan, piece, filled, next_v, 1)
    elif move == BACKWARD:
        first = u
        for _ in range(length - 1):
            first = plan.node[first].before
        queue(ground, plan, work, first)
        queue(ground, plan, work, plan.node[first].before)
        filled = copy_trips(plan, piece, 0, start_u, first, 0)
        middle = copy_rest(ground, plan, piece, filled, after_u, flag)
        filled = copy_trips(plan, piece, middle, start_v, v, 0)
        filled = copy_trips(plan, piece, filled, first, after_u, flag_v)
        filled = copy_rest(ground, plan, piece, filled, v, 0)
    else:
        behind, then = v, after_u
        for _ in range(length):
            queue(ground, plan, work, behind)
            behind = plan.node[behind].next
        for _ in range(back):
            queue(ground, plan, work, then)
            then = plan.node[then].next
        queue(ground, plan, work, behind)
        queue(ground, plan, work, then)
        filled = copy_trips(plan, piece, 0, start_u, after_u, 0)
        filled = copy_trips(plan, piece, filled, v, behind, 0)
        middle = copy_rest(ground, plan, piece, filled, then, flag)
        filled = copy_trips(plan, piece, middle, start_v, v, 0)
        if back:
            filled = copy_trips(plan, piece, filled, after_u, then, flag_v)
        filled = copy_rest(ground, plan, piece, filled, behind, then_flag)
    relink(ground, plan, work, van_u, piece, 0, middle)
    relink(ground, plan, work, van_v, piece, middle, filled)


@compiled
def _changed_within(ground, plan, work, piece, found):
    """The stops of the one van that the move is about."""
    move, u, v, length = found[1], found[2], found[3], found[4]
    van = plan.node[u].van
    if move == JOIN:
        filled = copy_trips(plan, piece, 0, plan.node[ground.stops + van].next, plan.node[u].next, 0)
        return copy_rest(ground, plan, piece, filled, plan.node[u].next, 0)
    if move == TURN:
        return turned(ground, plan, piece, u, v)
    first, behind = v, plan.node[u].next
    if move == LATER:
        behind = v
        for _ in range(length):
            behind = plan.node[behind].next
        queue(ground, plan, work, behind)
        return moved_within(ground, plan, piece, van, first, behind, u, 0)
    first = u
    for _ in range(length - 1):
        first = plan.node[first].before
    queue(ground, plan, work, first)
    queue(ground, plan, work, plan.node[first].before)
    return moved_within(ground, plan, piece, van, first, behind, v, 1)
