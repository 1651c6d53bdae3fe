"""Optional stops, compiled: build whole rounds of them, offer many at once, and drop those not worth their detour.

A round far out pays only with many stops; put in one by one, none of them ever would. Where vans fill up, it is made of
the stops that pay most for their room, not of the nearest.
"""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import ABSENT, ABSENT_COUNT, POSSIBLE, ROUTES_SAVED
from routing.pickup.ruin_recreate.chance import below, chance
from routing.pickup.ruin_recreate.compiling import compiled
from routing.pickup.ruin_recreate.links import put_in, refresh, refresh_or_empty, save, take_out
from routing.pickup.ruin_recreate.measures import leg_cost
from routing.pickup.ruin_recreate.recreate import LITTLE, cheapest_in, find_idle, has_room, idle_van
from routing.pickup.ruin_recreate.ruin import consider

OFFERED = 30  # stops that no van serves, put in at one go
GENEROUS = 20.0  # times what it is worth may each cost at first
ROUNDS = 2.0  # per step, over the square of the stops per route: what building one takes grows with it
MOST_ROUNDS = 0.02
NOISE = 0.5  # so that rounds differ from one another


@compiled
def rounds_per_step(mean_stops):
    """How often a step builds a whole round."""
    return min(MOST_ROUNDS, ROUNDS / (mean_stops * mean_stops))


@compiled
def build_round(ground, plan, work, team, left_out, seed_stop, found):
    """Empty the seed's route, or take an idle van, and fill it around the seed with the stops that pay most."""
    van = plan.node[seed_stop].van
    if van >= 0:
        save(ground, plan, work, van)
        while plan.node[ground.stops + van].next < ground.stops:
            take_out(ground, plan, work, plan.node[ground.stops + van].next)
        refresh_or_empty(ground, plan, work, van)
    elif ground.node[seed_stop].required or plan.node[seed_stop].van != left_out:
        return
    else:
        find_idle(ground, plan, work)
        van = idle_van(ground, plan, work, team, below(work.random, ground.kinds))
        if van < 0 or consider(ground, plan, work, seed_stop) == 0:
            return
    for rank in range(ground.near_many):
        stop = ground.near[seed_stop, rank]
        if plan.node[stop].van == left_out:
            consider(ground, plan, work, stop)
    _fill(ground, plan, work, team, van, seed_stop, found)
    _forget_served(plan, work)


@compiled
def _fill(ground, plan, work, team, van, seed_stop, found):
    """Put absent stops into the van, the seed first, then each time the one that pays most for its detour and room."""
    keen = chance(work.random)
    stop, limit = seed_stop, POSSIBLE
    while stop >= 0:
        found[0] = -1
        if has_room(ground, plan, van, stop):
            cheapest_in(ground, plan, work, team, van, stop, limit, found)
        if found[0] < 0:
            return
        save(ground, plan, work, van)
        put_in(ground, plan, work, found[0], stop, found[1], found[2])
        stop = _most_paying(ground, plan, work, team, van, keen, found)
        limit = ground.node[stop].worth if stop >= 0 else 0


@compiled
def _most_paying(ground, plan, work, team, van, keen, found):
    """The absent stop that leaves most, per room it takes to the power `keen`; -1 if none pays."""
    best, best_stop = 0.0, -1
    for number in range(work.count[ABSENT_COUNT]):
        stop = work.ids[ABSENT, number]
        if plan.node[stop].van >= 0 or ground.node[stop].same_van >= 0 or not has_room(ground, plan, van, stop):
            continue
        choice, worth = ground.node[stop].choice, ground.node[stop].worth
        if choice >= 0 and plan.group[choice].visited == 1:
            continue
        cost = cheapest_in(ground, plan, work, team, van, stop, worth, found)
        pays = (worth - cost) / (LITTLE + ground.node[stop].fill) ** keen * (1.0 + NOISE * chance(work.random))
        if pays > best:
            best, best_stop = pays, stop
    return best_stop


@compiled
def _forget_served(plan, work):
    """Leave only those that no van serves among the absent."""
    kept = 0
    for number in range(work.count[ABSENT_COUNT]):
        stop = work.ids[ABSENT, number]
        if plan.node[stop].van < 0:
            work.ids[ABSENT, kept] = stop
            kept += 1
    work.count[ABSENT_COUNT] = kept


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
