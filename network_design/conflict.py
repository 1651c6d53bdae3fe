"""Why no design keeps every limit: a smallest set of limits that conflict, and the least that must give way."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from network_design.elastic import NO_ROW, Elastic, make_elastic
from network_design.highs import Instead, Solution, solve_linear, solve_whole
from network_design.model.build import DesignModel
from network_design.reasons import limit_sentences, repair_words
from retour.errors import BackendError
from retour.vocabulary import Status

NOTHING = 1e-6
REPAIRED, MENDED, AT_LEAST = "Cheapest repair", "One repair", "At least this must give way"
"""How a repair is told: proven cheapest; one that works; a part of every one."""
MOST_SOLVED = 60
LAST_RESORT = 10.0
"""How much dearer it is to let goods vanish where nobody may dispose of them than to ease a limit that somebody set."""
GROUP = ["limit", "place_id", "product_id", "within_km"]
"""The same limit in several periods is one thing to say."""


def conflict_of(model: DesignModel, *, seed: int, budget_s: float) -> tuple[str, ...]:
    """Return sentences that name limits which cannot all be kept, and the cheapest repair; at least one sentence."""
    deadline = time.perf_counter() + max(5.0, budget_s)
    elastic = make_elastic(model)
    cost = _prices(model, elastic)
    loose = solve_linear(model.program, seed=seed, budget_s=_left(deadline), instead=_instead(elastic, cost))
    if loose.status is not Status.INFEASIBLE and loose.status is not Status.OPTIMAL:
        return ("No design keeps every limit; a longer time budget lets us say which of them conflict.",)
    if loose.status is Status.INFEASIBLE:
        return ("No design keeps every limit, whichever of them gives way: check recipes, lanes and sizes.",)
    whole = solve_whole(model.program, seed=seed, budget_s=_left(deadline) / 2, instead=_instead(elastic, cost))
    if whole.status is Status.OPTIMAL and _gives(whole, elastic).sum() <= NOTHING:
        raise BackendError("The design costs less and less without end: a cost or price of the tables is wrong.")
    repair = elastic.limits.assign(by=_gives(whole if len(whole.values) else loose, elastic))
    exact = REPAIRED if whole.status is Status.OPTIMAL else MENDED if len(whole.values) else AT_LEAST
    if _gives(loose, elastic).sum() <= NOTHING:  # only whole places conflict
        conflict = repair[repair["by"] > NOTHING]
    else:
        conflict = _smallest(model, elastic, loose, seed=seed, deadline=deadline)
    return _sentences(model, conflict=conflict, repair=repair, head=exact)


def _prices(model: DesignModel, elastic: Elastic) -> np.ndarray:
    """Return what it costs to give way: whole limits cost alike, whatever their unit; nothing else costs anything."""
    supply = float(model.sets.instance.series("supply")["amount_t"].sum())
    scale = elastic.limits["unit"].map({"t": max(1.0, supply), "place": 1.0}).fillna(1.0).to_numpy(float).copy()
    money = (elastic.limits["unit"] == "money").to_numpy()
    scale[money] = np.maximum(1.0, elastic.limits.loc[money, "bound"].abs().to_numpy(float))
    cost = np.zeros(model.program.columns)
    scale[((elastic.limits["limit"] == "DISPOSAL") & (elastic.limits["bound"] == NO_ROW)).to_numpy()] /= LAST_RESORT
    cost[elastic.limits["column"].to_numpy(np.int64)] = 1.0 / scale
    return cost


def _smallest(model: DesignModel, elastic: Elastic, loose: Solution, *, seed: int, deadline: float) -> pd.DataFrame:
    """Return limits that cannot all be kept, none of which could be left out (deletion filter), while time lasts."""
    limits = elastic.limits.assign(group=elastic.limits.groupby(GROUP, dropna=False).ngroup())
    kept = _holding(model, elastic, limits, loose)
    for group in sorted(kept)[:MOST_SOLVED]:
        if _left(deadline) <= 0:
            break
        fewer = kept - {group}
        if fewer and not _possible(model, elastic, limits, fewer, seed=seed, budget_s=_left(deadline)):
            kept = fewer
    hardest = limits.assign(by=_gives(loose, elastic)).sort_values("by", ascending=False, kind="stable")
    return hardest[hardest["group"].isin(kept)].drop_duplicates("group")


def _holding(model: DesignModel, elastic: Elastic, limits: pd.DataFrame, loose: Solution) -> set[int]:
    """Return the groups of limits that have a price in the elastic program: together they cannot be kept."""
    column = limits["column"].to_numpy(np.int64)
    matrix = model.program.matrix()
    price = np.abs(matrix.T @ loose.row_price)[column]
    return set(limits.loc[(price > 1e-12) | (loose.values[column] > NOTHING), "group"])


def _possible(
    model: DesignModel, elastic: Elastic, limits: pd.DataFrame, hard: set[int], *, seed: int, budget_s: float
) -> bool:
    """Say whether the limits of some groups can all be kept when every other may give way freely."""
    upper = elastic.upper.copy()
    upper[limits.loc[limits["group"].isin(hard), "column"].to_numpy(np.int64)] = 0.0
    instead = Instead(cost=np.zeros(model.program.columns), lower=elastic.lower, upper=upper)
    return solve_linear(model.program, seed=seed, budget_s=budget_s, instead=instead).status is Status.OPTIMAL


def _sentences(model: DesignModel, *, conflict: pd.DataFrame, repair: pd.DataFrame, head: str) -> tuple[str, ...]:
    instance, needed = model.sets.instance, repair[repair["by"] > NOTHING]
    says = "No design keeps every limit." if conflict.empty else "No design keeps all of these limits together:"
    mended = repair_words(instance, needed, head=head)
    return (says, *dict.fromkeys(limit_sentences(instance, conflict)), *mended)


def _gives(solution: Solution, elastic: Elastic) -> np.ndarray:
    """Return by how much each limit gives way."""
    if not len(solution.values):
        return np.zeros(len(elastic.limits))
    return np.clip(solution.values[elastic.limits["column"].to_numpy(np.int64)], 0.0, None)


def _instead(elastic: Elastic, cost: np.ndarray) -> Instead:
    return Instead(cost=cost, lower=elastic.lower, upper=elastic.upper)


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.perf_counter())
