"""Nights of a van that makes several trips, written out as they would be after a change, compiled."""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import NEW_TRIP
from routing.pickup.ruin_recreate.compiling import compiled, inlined
from routing.pickup.ruin_recreate.links import copy_back, copy_trips


@inlined
def begins_trip(ground, plan, node):
    """Whether a trip begins at the node, other than a van's first."""
    return node < ground.stops and plan.node[node].new_trip > 0


@inlined
def copy_rest(ground, plan, piece, filled, node, flag):
    """Append all from the node to the end of its night; nothing where it is a van's end."""
    if node >= ground.stops:
        return filled
    return copy_trips(plan, piece, filled, node, ground.stops + ground.vans + plan.node[node].van, flag)


@compiled
def moved_within(ground, plan, piece, van, first, behind, target, in_front):
    """The van's stops with those from `first` up to `behind` right after the target, or right in front of it."""
    filled, carried, here = 0, 0, plan.node[ground.stops + van].next
    while here < ground.stops:
        if here == first:
            carried = plan.node[first].new_trip
            here = behind
            continue
        flag = 1 if plan.node[here].new_trip or carried else 0
        carried = 0
        if here == target and in_front:
            filled = copy_trips(plan, piece, filled, first, behind, flag)
            flag = 0
        piece[filled] = here | (NEW_TRIP if flag else 0)
        filled += 1
        if here == target and not in_front:
            filled = copy_trips(plan, piece, filled, first, behind, 0)
        here = plan.node[here].next
    return filled


@compiled
def turned(ground, plan, piece, u, v):
    """The night of u and v with all between them, and v, turned round."""
    van = plan.node[u].van
    filled = copy_trips(plan, piece, 0, plan.node[ground.stops + van].next, plan.node[u].next, 0)
    filled = copy_back(plan, piece, filled, v, u)
    return copy_rest(ground, plan, piece, filled, plan.node[v].next, begins_trip(ground, plan, plan.node[v].next))
