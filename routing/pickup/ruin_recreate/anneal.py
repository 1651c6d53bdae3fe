"""The search itself, compiled: ruin, recreate, local search, and accept by simulated annealing."""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import (
    ABSENT,
    ABSENT_COUNT,
    ACCEPTED,
    MISSING,
    OWN,
    POSSIBLE,
    QUEUE,
    QUEUED,
    ROUTES_SAVED,
    STEP,
    STOPS_SAVED,
    WORTH_TAKEN,
    out_of_plan,
)
from routing.pickup.ruin_recreate.chance import below, chance, exponential
from routing.pickup.ruin_recreate.compiling import compiled
from routing.pickup.ruin_recreate.exchanges import local_search
from routing.pickup.ruin_recreate.fleet import exchange_vans
from routing.pickup.ruin_recreate.links import refresh, refresh_or_empty, restore
from routing.pickup.ruin_recreate.prizes import GENEROUS, build_round, drop_unprofitable, offer, rounds_per_step
from routing.pickup.ruin_recreate.recreate import recreate
from routing.pickup.ruin_recreate.ruin import ruin
from routing.pickup.ruin_recreate.trip_exchanges import search_trips
from routing.pickup.ruin_recreate.trip_moves import move_trip

MISSING_CHANCE = 0.3  # of beginning at a required stop that no van serves, while there is one
DEARER_SHARE = 1_024  # a stop that stays out although it must be served becomes dearer by one part in so many
EXCHANGE_CHANCE = 0.1  # of vans of different types exchanging their routes
TRIP_CHANCE = 0.3  # of moving a whole trip before strings of stops are taken out of it
OFFER_CHANCE = 0.1  # of offering all stops left out around one of them
LONGER = 8.0  # strings around a stop that no van serves yet, up to whole routes: it may need a van of its own


@compiled
def anneal(ground, plan, work, found, steps, temperature, own, missing, team, mean_removed, longest_string, neighbours,
           most_worth, hope, mean_stops):  # fmt: skip
    """Do so many steps on the team's own stops (`own` of them, `missing` of which must be served but are not).

    Raises the worth of required stops that stay out, up to `most_worth`, so that the
    search does not settle on leaving the same ones out (as the counters of Christiaens and Vanden Berghe do).
    """
    spread = balance_cost(ground, plan)
    several_kinds = ground.kinds > 1 and not ground.tripped and not ground.driven and ground.balance == 0
    with_prizes = ground.optional and not ground.tripped and not ground.driven
    for _ in range(steps):
        _begin_step(work)
        if several_kinds and chance(work.random) < EXCHANGE_CHANCE:
            seed_stop = work.ids[OWN, below(work.random, own)]
            cost = exchange_vans(ground, plan, work, team, seed_stop)
            if cost >= 0:
                if cost < POSSIBLE and _dearer(plan, work) < temperature * exponential(work.random):
                    work.count[ACCEPTED] += 1
                else:
                    restore(ground, plan, work, out_of_plan(team), True)
            continue
        generosity = 1.0
        if missing and chance(work.random) < MISSING_CHANCE:
            seed_stop = work.ids[MISSING, below(work.random, missing)]
            longer = 1.0 + (LONGER - 1.0) * chance(work.random)
            ruin(ground, plan, work, team, seed_stop, True, longer * mean_removed, longer * longest_string)
        else:
            seed_stop = work.ids[OWN, below(work.random, own)]
            if ground.tripped and chance(work.random) < TRIP_CHANCE:
                move_trip(ground, plan, work, team, seed_stop)
            out = with_prizes and plan.node[seed_stop].van < 0 and not ground.node[seed_stop].required
            if with_prizes and chance(work.random) < rounds_per_step(mean_stops):
                build_round(ground, plan, work, team, out_of_plan(team), seed_stop, found)
            elif out and chance(work.random) < OFFER_CHANCE:
                offer(ground, plan, work, out_of_plan(team), seed_stop)
                generosity = GENEROUS
            else:
                ruin(ground, plan, work, team, seed_stop, False, mean_removed, longest_string)
        if not ground.untimed:
            for number in range(work.count[ROUTES_SAVED]):
                refresh_or_empty(ground, plan, work, work.log[number].van)
        delta = recreate(ground, plan, work, team, temperature, generosity, found) - work.count[WORTH_TAKEN]
        if with_prizes:
            delta += drop_unprofitable(ground, plan, work, out_of_plan(team))
        threshold = temperature * exponential(work.random)
        if ground.untimed:
            if delta + _dearer(plan, work) > threshold + hope * temperature:
                restore(ground, plan, work, out_of_plan(team), False)
                _clear_queue(plan, work)
                _raise_worth(ground, plan, work, most_worth)
                continue
            for number in range(work.count[ROUTES_SAVED]):
                refresh(ground, plan, work, work.log[number].van)
        if neighbours and ground.tripped:
            search_trips(ground, plan, work, team, neighbours, found)
        elif neighbours and not ground.driven:
            local_search(ground, plan, work, team, neighbours, found)
        delta += _dearer(plan, work)
        new_spread = balance_cost(ground, plan)
        delta += new_spread - spread
        if delta < threshold:
            spread = new_spread
            work.count[ACCEPTED] += 1
        else:
            restore(ground, plan, work, out_of_plan(team), True)
        _clear_queue(plan, work)
        _raise_worth(ground, plan, work, most_worth)


@compiled
def _dearer(plan, work):
    """What the routes that this step changed cost more than before."""
    dearer = 0
    for number in range(work.count[ROUTES_SAVED]):
        dearer += plan.van[work.log[number].van].cost - work.log[number].cost
    return dearer


@compiled
def fill(ground, plan, work, found, required, generosity):
    """Put the stops in that no van serves, the required or the optional ones, one by one where it costs least.

    An optional stop may cost `generosity` times what it is worth: whole routes pay only once they are full.
    """
    _begin_step(work)
    for stop in range(ground.stops):
        choice = ground.node[stop].choice
        if plan.node[stop].van >= 0 or (choice >= 0 and plan.group[choice].visited):
            continue
        if ground.node[stop].required != required:
            continue
        plan.node[stop].van = -1
        if choice >= 0:
            plan.group[choice].visited = 2
        work.ids[ABSENT, work.count[ABSENT_COUNT]] = stop
        work.count[ABSENT_COUNT] += 1
    recreate(ground, plan, work, 0, 0.0, generosity, found)
    for number in range(work.count[ROUTES_SAVED]):
        refresh(ground, plan, work, work.log[number].van)
    _clear_queue(plan, work)


@compiled
def balance_cost(ground, plan):
    """The price of the difference between the longest and the shortest paid time of the vans that drive."""
    if ground.balance == 0:
        return 0
    longest, shortest = 0, -1
    for van in range(ground.vans):
        if plan.van[van].stops:
            longest = max(longest, plan.van[van].seconds)
            if shortest < 0 or plan.van[van].seconds < shortest:
                shortest = plan.van[van].seconds
    return ground.balance * (longest - max(0, shortest))


@compiled
def _begin_step(work):
    work.count[STEP] += 1
    work.count[ROUTES_SAVED] = 0
    work.count[STOPS_SAVED] = 0
    work.count[ABSENT_COUNT] = 0
    work.count[QUEUED] = 0
    work.count[WORTH_TAKEN] = 0
    work.log[0].start = 0


@compiled
def _clear_queue(plan, work):
    for number in range(work.count[QUEUED]):
        plan.node[work.ids[QUEUE, number]].queued = 0
    work.count[QUEUED] = 0


@compiled
def _raise_worth(ground, plan, work, most_worth):
    for number in range(work.count[ABSENT_COUNT]):
        stop = work.ids[ABSENT, number]
        worth = ground.node[stop].worth
        if plan.node[stop].van < -1 and ground.node[stop].required and worth < most_worth:
            ground.node[stop].worth = worth + worth // DEARER_SHARE
