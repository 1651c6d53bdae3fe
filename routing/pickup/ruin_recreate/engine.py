"""Our own search as an engine: from the problem and a first plan to routes."""

from __future__ import annotations

import time

import numpy as np

from routing.pickup.engines import EngineAnswer, Report, StopRule
from routing.pickup.integers import IntegerProblem
from routing.pickup.ruin_recreate.anneal import fill
from routing.pickup.ruin_recreate.arrays import Ground, Plan, new_work
from routing.pickup.ruin_recreate.ground import to_ground
from routing.pickup.ruin_recreate.plans import note_idle, plan_of, routes_of
from routing.pickup.ruin_recreate.search import FOUND, Clock, Search
from routing.pickup.ruin_recreate.settings import Settings
from routing.pickup.scheduled import Route

STEPS_PER_ITERATION = 10  # an iteration of other engines is a whole local search
REPORT_EVERY_S = 0.5
GENEROSITY = 20.0  # whole routes of optional stops pay only once they are full


def solve(
    integers: IntegerProblem, *, seed: int, stop: StopRule, start: tuple[Route, ...], report: Report,
    settings: Settings | None = None,
) -> EngineAnswer:  # fmt: skip
    """Improve `start`; the same seed and iterations give the same routes, whatever else the machine does."""
    if not integers.stops or not any(kind.count for kind in integers.types):
        return EngineAnswer(start, 0)
    ground = to_ground(integers)
    plan = first_plan(integers, ground, start, seed=seed)
    search = Search(ground, plan, seed=seed, settings=settings or Settings())
    search.remember(plan_of(integers, ground, start))  # what was put in may yet prove too dear
    steps = None if stop.iterations is None else stop.iterations * STEPS_PER_ITERATION
    told = time.perf_counter()

    def on_best(done: int) -> None:
        nonlocal told
        if time.perf_counter() - told >= REPORT_EVERY_S:
            report(done // STEPS_PER_ITERATION, routes_of(integers, ground, search.best))
            told = time.perf_counter()

    clock = Clock(deadline=stop.deadline, steps=steps)
    search.run(clock, on_best)
    routes = routes_of(integers, ground, search.best)
    report(clock.done // STEPS_PER_ITERATION, routes)
    return EngineAnswer(routes, clock.done // STEPS_PER_ITERATION)


def first_plan(integers: IntegerProblem, ground: Ground, start: tuple[Route, ...], *, seed: int) -> Plan:
    """The plan `start`, with everything put in that it leaves out, required stops first."""
    plan = plan_of(integers, ground, start)
    work, found = new_work(ground, seed=seed), np.zeros(FOUND, dtype=np.int64)
    for required in (1, 0):
        note_idle(plan, work, team=0)
        fill(ground, plan, work, found, required, GENEROSITY)
    return plan
