"""The search with a given set of depots: ruin, recreate, choose depots anew, accept by annealing; compiled."""

from __future__ import annotations

import numpy as np

from network_design.locate.location_routing.compiling import compiled
from network_design.locate.location_routing.homes import send_from, settle
from network_design.locate.location_routing.plans import COST, OVERLOAD, Ground, Plan, copy_into
from network_design.locate.location_routing.recreate import recreate
from network_design.locate.location_routing.ruin import ruin
from network_design.locate.location_routing.work import TOUCHED_MANY, Work, begin_step, note_absent
from routing.pickup.ruin_recreate.chance import below, chance, exponential

SEND_CHANCE = 0.1  # of sending a route from another depot before a step
TOLL_STEPS = 100  # between two looks at how often depots are overloaded
TOO_OFTEN, TOO_SELDOM = 0.6, 0.3  # shares of steps with overloaded depots between which the toll stays
TOLL_FACTOR = 1.1
EXACT = 1e-6  # overload that is rounding


@compiled
def anneal(
    ground: Ground, plan: Plan, trial: Plan, best: Plan, work: Work, depots: np.ndarray, steps: int, hot: float,
    cold: float, mean_removed: float, most_in_string: float, neighbours: int, toll: float,
) -> float:  # fmt: skip
    """Do so many steps while the temperature falls from `hot` to `cold`; return the toll at the end.

    `plan` is searched on, `trial` must be the same plan, and `best` is replaced by what is cheaper than it and
    overloads no depot.
    """
    customers, cooling = len(ground.demand), (cold / hot) ** (1.0 / max(1, steps))
    temperature, overloaded = hot, 0
    for step in range(steps):
        begin_step(work)
        seed_stop = below(work.random, customers)
        if len(depots) > 1 and chance(work.random) < SEND_CHANCE:
            _send_elsewhere(ground, trial, work, plan.route[seed_stop], depots)
        longest = min(most_in_string, customers / max(1, _driven(plan)))
        ruin(ground, trial, work, seed_stop, mean_removed, longest)
        possible = _mend(ground, trial, work, depots, neighbours, toll)
        dearer = trial.figure[COST] - plan.figure[COST] + toll * (trial.figure[OVERLOAD] - plan.figure[OVERLOAD])
        if possible and dearer < temperature * exponential(work.random):
            copy_into(plan, trial)
            if plan.figure[OVERLOAD] <= EXACT and plan.figure[COST] < best.figure[COST] - EXACT:
                copy_into(best, plan)
        else:
            copy_into(trial, plan)
        temperature *= cooling
        overloaded += plan.figure[OVERLOAD] > EXACT
        if step % TOLL_STEPS == TOLL_STEPS - 1:
            toll *= _toll_factor(overloaded / TOLL_STEPS)
            overloaded = 0
    return toll


@compiled
def fill(ground: Ground, plan: Plan, work: Work, depots: np.ndarray, toll: float) -> bool:
    """Put every customer without a route into one; False where no route is left."""
    begin_step(work)
    for stop in range(len(ground.demand)):
        if plan.route[stop] < 0:
            note_absent(work, stop)
    return recreate(ground, plan, work, depots, ground.near.shape[1], toll)


@compiled
def _mend(ground: Ground, plan: Plan, work: Work, depots: np.ndarray, neighbours: int, toll: float) -> bool:
    """Put the absent in and let every route touched choose its depot; False where one finds no route."""
    if not recreate(ground, plan, work, depots, neighbours, toll):
        return False
    for number in range(work.counts[TOUCHED_MANY]):
        if plan.stops[work.touched[number]] > 0:
            settle(ground, plan, work.touched[number], depots, toll)
    return True


@compiled
def _send_elsewhere(ground: Ground, plan: Plan, work: Work, route: int, depots: np.ndarray) -> None:
    here = plan.place[len(ground.demand) + route] - len(ground.demand)
    depot = depots[below(work.random, len(depots))]
    if depot != here:
        send_from(ground, plan, route, depot)


@compiled
def _driven(plan: Plan) -> int:
    driven = 0
    for stops in plan.stops:
        driven += stops > 0
    return driven


@compiled
def _toll_factor(share: float) -> float:
    if share > TOO_OFTEN:
        return TOLL_FACTOR
    return 1.0 / TOLL_FACTOR if share < TOO_SELDOM else 1.0
