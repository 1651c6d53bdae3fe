"""Which van drives which route, compiled: two vans of different types exchange their whole routes.

Strings and ends hardly ever get there: on the way most stops would have to ride in the wrong van.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import IMPOSSIBLE, PIECE
from routing.pickup.ruin_recreate.chance import below
from routing.pickup.ruin_recreate.compiling import compiled
from routing.pickup.ruin_recreate.links import copy_on, relink, save

IDLE_TRIES = 3  # one exchange in so many is with an idle van


@compiled
def exchange_vans(ground, plan, work, team, stop):
    """Let the stop's van exchange routes with one of another type that passes near it, or is idle; what both cost then
    (`IMPOSSIBLE` beyond a limit), -1 where nothing was exchanged."""
    van = plan.node[stop].van
    if van < 0:
        return -1
    kind = below(work.random, ground.kinds)
    if kind == plan.van[van].kind:
        return -1
    other = work.idle[1, kind] if below(work.random, IDLE_TRIES) == 0 else -1
    if other < 0:
        near = ground.near[stop, below(work.random, ground.near_many)] if ground.near_many else stop
        other = plan.node[near].van
    if other < 0 or plan.van[other].team != team or plan.van[other].kind == plan.van[van].kind:
        return -1
    if not (_may_drive(ground, plan, other, van) and _may_drive(ground, plan, van, other)):
        return -1
    save(ground, plan, work, van)
    save(ground, plan, work, other)
    homes, piece = ground.stops + ground.vans, work.ids[PIECE]
    middle = copy_on(plan, piece, 0, plan.node[ground.stops + van].next, homes + van)
    filled = copy_on(plan, piece, middle, plan.node[ground.stops + other].next, homes + other)
    relink(ground, plan, work, other, piece, 0, middle)
    relink(ground, plan, work, van, piece, middle, filled)
    if _too_far(ground, plan, van) or _too_far(ground, plan, other):
        return IMPOSSIBLE
    return plan.van[van].cost + plan.van[other].cost


@compiled
def _may_drive(ground, plan, van, route_of):
    """Whether the van may serve and carry all stops of another's route."""
    kind = plan.van[van].kind
    for dimension in range(ground.dimensions):
        if plan.loads[route_of, dimension] > ground.room[kind, dimension]:
            return False
    stop = plan.node[ground.stops + route_of].next
    while stop < ground.stops:
        if not ground.allowed[kind, stop] or ground.node[stop].same_van >= 0:
            return False
        stop = plan.node[stop].next
    return True


@compiled
def _too_far(ground, plan, van):
    return plan.van[van].metres > ground.kind[plan.van[van].kind].max_distance_m
