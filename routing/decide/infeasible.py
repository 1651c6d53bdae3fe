"""When no plan fits: the proof, the limits that block, by how much, and the cheapest way out, in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from routing.decide import limit_rows as rows
from routing.decide.deadline import Deadline
from routing.decide.exact import solve_integral
from routing.decide.model import THINGS, joint_model
from routing.decide.problem import Fits, Problem
from routing.decide.reduce import worth_a_look
from routing.decide.response import best_values
from routing.decide.sifting import Relaxed, most_promising, relax

FloatArray = NDArray[np.float64]
ROUNDING = 1e-6
HIGH = 2_000.0
SHOWN = 20
SMALL = 100_000
WAY_OUT_EUR = {
    rows.POINT_ROOM: 6.0,
    rows.COMPARTMENTS: 6.0,
    rows.HUB_SORTING: 1.2,
    rows.LANE: 5.4,
    rows.PROCESS_HOURS: 38.0,
    rows.PROCESS_ITEMS: 10.0,
    rows.KEEP_SHARE: 15.0,
    rows.CO2E_BUDGET: 0.3,
    rows.SPEND_BUDGET: 1.0,
    rows.CONTRACT: 1.0,
}
"""Planning cost of one unit beyond each kind of limit: a refused drop-off, sorting three times over, a carrier's label,
an hour of workshop, a quarter of it, what may be kept, the State's carbon value per kg, the money itself."""
SENTENCES = {
    rows.POINT_ROOM: (
        "point {place} has room for {capacity:g} parcels tonight but {needed:g} can go nowhere else. Make room for "
        "{excess:g} more (points.capacity_parcels), or open other ways: policy reach.nearest, reach.home_m, a "
        "nearby point."
    ),
    rows.COMPARTMENTS: (
        "locker {place} has room for {capacity:g} parcels of size {detail} but {needed:g} can go nowhere else. Add "
        "{excess:g} such compartments, or open other ways: policy reach.nearest, reach.home_m, a nearby point."
    ),
    rows.HUB_SORTING: (
        "hub {place} can sort {capacity:g} parcels on {detail} but {needed:g} must pass it. Raise hubs.sorting_parcels "
        "by {excess:g}, or add lanes to a hub with room."
    ),
    rows.LANE: (
        "the lane from {place} {detail} carries {capacity:g} parcels but {needed:g} must take it. Raise "
        "lanes.capacity_parcels by {excess:g}, or add a lane or a process elsewhere."
    ),
    rows.PROCESS_HOURS: (
        "process {detail} at {place} works {capacity:g} h but {needed:g} h are needed. Add {excess:g} h "
        "(processes.capacity_h), or spread the work over more days (policy service.process_days)."
    ),
    rows.PROCESS_ITEMS: (
        "process {detail} at {place} treats {capacity:g} items but {needed:g} can go nowhere else. Raise "
        "processes.capacity_items by {excess:g}, or spread the work over more days (policy service.process_days)."
    ),
    rows.KEEP_SHARE: (
        "customers may keep {capacity:g} returns (policy keep.max_share) but {needed:g} fit nowhere else. Let them "
        "keep "
        "{excess:g} more, or make room at the points near them."
    ),
    rows.CO2E_BUDGET: (
        "the decisions emit at least {needed:.1f} kg CO2e but the budget is {capacity:g}. Raise policy "
        "budgets.max_co2e_kg by {excess:.1f}."
    ),
    rows.SPEND_BUDGET: (
        "the decisions spend at least {needed:.2f} EUR but the budget is {capacity:g}. Raise policy "
        "budgets.max_spend_eur by {excess:.2f}."
    ),
}


def high_penalties(problem: Problem) -> FloatArray:
    """Return per limit a price of going one unit beyond it, shape (rows,), that few savings elsewhere outweigh.

    Prices are in the proportion of the ways out, so that the cheapest one is found.
    """
    return HIGH * problem.limits.table["limit"].map(WAY_OUT_EUR).to_numpy(float)


def decisive_penalties(problem: Problem) -> FloatArray:
    """Return penalties in the same proportion that no saving elsewhere can outweigh."""
    return high_penalties(problem) / HIGH * max(1.0, dearest_plan_eur(problem) - _least(problem, 1.0))


def dearest_plan_eur(problem: Problem) -> float:
    """Return what no plan can cost more than, contract shortfalls included."""
    owed = np.where(np.isfinite(problem.limits.excess_eur), problem.limits.excess_eur, 0.0)
    return float(owed @ np.maximum(0.0, -problem.limits.capacity)) - _least(problem, -1.0)


def _least(problem: Problem, sign: float) -> float:
    """Return the sum over returns of the least cost x sign, limits forgotten."""
    priced = problem.priced
    keep = np.where(problem.options.can_keep, sign * priced.keep.cost_eur, np.inf)
    return float(best_values(problem, sign * priced.x.cost_eur, sign * priced.z.cost_eur, keep).sum())


def proves_infeasible(problem: Problem, relaxed: Relaxed) -> bool:
    """Return True when the bound lies above the dearest conceivable plan: even fractional plans break a limit."""
    dearest = dearest_plan_eur(problem)
    return relaxed.overflows and relaxed.response.bound_eur > dearest + ROUNDING * (1 + abs(dearest))


def what_blocks(problem: Problem, excess: FloatArray | None, *, seed: int, deadline: Deadline) -> list[str]:
    """Return a sentence per limit that must give way: where, by how much, and how; the dearest to widen come first.

    `excess` (rows,) is what a relaxation needs beyond the limits, if known; small nights are worked out exactly.
    """
    if excess is None or len(problem.options.x_point) + len(problem.options.z_way) <= SMALL:
        excess = cheapest_excess(problem, seed=seed, deadline=deadline)
    return blocked_sentences(problem.limits.table, problem.limits.stated, excess, capacity=problem.limits.capacity)


def blocked_sentences(
    table: pd.DataFrame, stated: FloatArray, excess: FloatArray, *, capacity: FloatArray | None = None
) -> list[str]:
    """Return a sentence per row of limits (`table`: limit, place_id, detail, unit) that needs `excess` (rows,) more
    than its capacity, by default what is `stated`."""
    counts = table["unit"].isin(THINGS).to_numpy(bool)
    needed = (stated if capacity is None else capacity) + np.where(
        counts, np.ceil(excess - ROUNDING), np.round(excess, 4)
    )
    table = table.assign(capacity=stated, needed=needed, excess=needed - stated)
    table["way_out_eur"] = table["excess"] * table["limit"].map(WAY_OUT_EUR).astype(float)
    blocked = table[table["excess"] > ROUNDING].sort_values("way_out_eur", ascending=False, kind="stable")
    told = [_sentence(row) for row in blocked.head(SHOWN).to_dict("records")]
    hidden = len(blocked) - len(told)
    return told + ([f"No plan fits: {hidden} more limits are too tight."] if hidden else [])


def _sentence(row: dict[str, Any]) -> str:
    values = {k: row[k] for k in ("detail", "capacity", "excess", "needed")}
    return "No plan fits: " + SENTENCES[row["limit"]].format(place=row["place_id"], **values)


def cheapest_excess(problem: Problem, *, seed: int, deadline: Deadline) -> FloatArray:
    """Return how much each hard limit must give way, shape (rows,), in the cheapest plan that breaks some.

    Here limits may also give way to what would break them all by itself.
    """
    options = problem.options
    everything = Fits(np.ones(len(options.x_point), bool), np.ones(len(options.z_way), bool), options.can_keep)
    problem = replace(problem, fits=everything)
    play, penalties = worth_a_look(problem), decisive_penalties(problem)
    relaxed = relax(problem, play, seed=seed, deadline=deadline, penalty_eur=penalties)
    core = most_promising(play, relaxed.response)
    sold = np.where(np.isfinite(problem.limits.excess_eur), problem.limits.excess_eur, penalties)
    solution = solve_integral(joint_model(problem, core, excess_eur=sold), seed=seed, time_limit_s=deadline.left_s)
    excess = np.zeros(len(problem.limits))
    excess[core.rows] = solution.values[len(core) :] if len(solution.values) else relaxed.excess[core.rows]
    excess[np.isfinite(problem.limits.excess_eur)] = 0.0
    return excess
