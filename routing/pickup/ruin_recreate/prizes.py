"""Optional stops, compiled: offer a whole neighbourhood of them at once, and drop those not worth their detour.

A round far out pays only with many stops; put in one by one, none of them ever would.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import ROUTES_SAVED
from routing.pickup.ruin_recreate.compiling import compiled
from routing.pickup.ruin_recreate.links import refresh, take_out
from routing.pickup.ruin_recreate.measures import leg_cost
from routing.pickup.ruin_recreate.ruin import consider

OFFERED = 30  # stops that no van serves, put in at one go
GENEROUS = 20.0  # times what it is worth may each cost at first


@compiled
def offer(ground, plan, work, left_out, seed_stop):
    """Let the stops left out around a seed be put in."""
    offered = consider(ground, plan, work, seed_stop)
    for rank in range(ground.near_many):
        if offered == OFFERED:
            break
        stop = ground.near[seed_stop, rank]
        if plan.node[stop].van == left_out:
            offered += consider(ground, plan, work, stop)


@compiled
def drop_unprofitable(ground, plan, work, left_out):
    """Leave optional stops of changed routes out where that saves more than they are worth; the worth of those."""
    lost = 0
    for number in range(work.count[ROUTES_SAVED]):
        van, dropped = work.log[number].van, 0
        kind, stop = plan.van[van].kind, plan.node[ground.stops + van].next
        while stop < ground.stops and not ground.kind[kind].linehaul_first:
            before, after = plan.node[stop].before, plan.node[stop].next
            if not ground.node[stop].required and ground.node[stop].choice < 0 and ground.node[stop].same_van < 0:
                saved = leg_cost(ground, kind, before, stop) + leg_cost(ground, kind, stop, after)
                if before < ground.stops or after < ground.stops:
                    saved -= leg_cost(ground, kind, before, after)
                else:
                    saved += ground.kind[kind].fixed
                if saved > ground.node[stop].worth:
                    take_out(ground, plan, work, stop)
                    plan.node[stop].van = left_out
                    lost += ground.node[stop].worth
                    dropped += 1
            stop = after
        if dropped and not ground.untimed:
            refresh(ground, plan, work, van)
    return lost
