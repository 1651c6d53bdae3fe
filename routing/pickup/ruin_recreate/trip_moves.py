"""Move whole trips from van to van, compiled.

Where all vans of a hub cost the same this changes nothing but the hours at which trips can be made: room in time comes
together that no move of single stops could gather, as each of those costs kilometres.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import PIECE, POSSIBLE
from routing.pickup.ruin_recreate.chance import below, chance
from routing.pickup.ruin_recreate.compiling import compiled
from routing.pickup.ruin_recreate.driving import drive
from routing.pickup.ruin_recreate.links import copy_trips, queue, relink, save

VANS_TRIED = 10
SWAP_CHANCE = 0.5


@compiled
def move_trip(ground, plan, work, team, stop):
    """Give the trip of a stop to another van, perhaps for one of its own; the first way that is possible is taken."""
    van = plan.node[stop].van
    if van < 0 or plan.van[van].team != team:
        return
    piece = work.ids[PIECE]
    first, behind = _trip_of(ground, plan, stop)
    for _ in range(VANS_TRIED):
        other = below(work.random, ground.vans)
        if other == van or plan.van[other].team != team:
            continue
        empty = plan.van[other].stops == 0
        their_first = their_behind = ground.stops + ground.vans + other
        if not empty:
            theirs = _any_stop(ground, plan, other, below(work.random, plan.van[other].stops))
            their_first, their_behind = _trip_of(ground, plan, theirs)
        swapped = not empty and chance(work.random) < SWAP_CHANCE
        if swapped:
            middle = _replaced(ground, plan, piece, 0, van, first, behind, their_first, their_behind)
            filled = _replaced(ground, plan, piece, middle, other, their_first, their_behind, first, behind)
        else:
            where = their_first if chance(work.random) < 0.5 else their_behind
            middle = _replaced(ground, plan, piece, 0, van, first, behind, behind, behind)
            filled = _replaced(ground, plan, piece, middle, other, where, where, first, behind)
        if drive(ground, plan, other, piece, middle, filled, work.sums) >= POSSIBLE:
            continue
        if drive(ground, plan, van, piece, 0, middle, work.sums) >= POSSIBLE:
            continue
        save(ground, plan, work, van)
        save(ground, plan, work, other)
        _queue_ends(ground, plan, work, first, behind)
        _queue_ends(ground, plan, work, their_first, their_behind)
        relink(ground, plan, work, van, piece, 0, middle)
        relink(ground, plan, work, other, piece, middle, filled)
        return


@compiled
def _trip_of(ground, plan, stop):
    """The first stop of a trip, and the node behind its last."""
    first, behind = stop, plan.node[stop].next
    while plan.node[first].before < ground.stops and not plan.node[first].new_trip:
        first = plan.node[first].before
    while behind < ground.stops and not plan.node[behind].new_trip:
        behind = plan.node[behind].next
    return first, behind


@compiled
def _any_stop(ground, plan, van, number):
    stop = plan.node[ground.stops + van].next
    for _ in range(number):
        stop = plan.node[stop].next
    return stop


@compiled
def _replaced(ground, plan, piece, filled, van, first, behind, given, given_behind):
    """Append the van's stops with those from `first` up to `behind` replaced by others, a trip of their own."""
    filled = copy_trips(plan, piece, filled, plan.node[ground.stops + van].next, first, 0)
    filled = copy_trips(plan, piece, filled, given, given_behind, 1)
    return copy_trips(plan, piece, filled, behind, ground.stops + ground.vans + van, 1)


@compiled
def _queue_ends(ground, plan, work, first, behind):
    queue(ground, plan, work, first)
    queue(ground, plan, work, behind)
    queue(ground, plan, work, plan.node[behind].before)
    queue(ground, plan, work, plan.node[first].before)
