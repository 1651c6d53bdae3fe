"""Where so many places lie best for demand alone: the weighted p-median of the zones."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from network_design.greenfield.demand import Demand
from network_design.greenfield.tables import GREENFIELD, GREENFIELD_PLACES
from network_design.locate.distances import DistanceProblem, FloatArray, IntArray
from network_design.locate.pmedian import solve as solve_pmedian
from retour.errors import BackendError
from retour.vocabulary import Status

LEAST_S = 0.5


@dataclass(frozen=True)
class Located:
    """So many zones that are nearest to demand: positions in it, sorted, and what is proven of them.

    `bound_km` is for the mean way of a tonne; fewer than `fewest` never reach every zone within the distance asked.
    """

    sites: IntArray
    bound_km: float | None
    status: Status
    fewest: int | None = None


def nearest_places(demand: Demand, counts: Sequence[int], *, seed: int, budget_s: float) -> tuple[Located, ...]:
    """Return the nearest places for each number of them (weighted p-median); BackendError where time ran out."""
    deadline, found = time.perf_counter() + budget_s, []
    for i, count in enumerate(counts):
        left_s = max(LEAST_S, (deadline - time.perf_counter()) / (len(counts) - i))
        found.append(median(demand, count, seed=seed, budget_s=left_s))
    return tuple(found)


def located_tables(
    demand: Demand, found: Sequence[Located], names: dict[int, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return GREENFIELD and GREENFIELD_PLACES, measured anew from coordinates; `names` are the places' by position."""
    every = [_row(demand, each) for each in found]
    places = [row for each in found for row in _place_rows(demand, each, names)]
    table = pd.DataFrame(every, columns=GREENFIELD.column_names)
    return (
        table.astype({"bound_km": float, "gap": float}), pd.DataFrame(places, columns=GREENFIELD_PLACES.column_names)
    )  # fmt: skip


def median(demand: Demand, count: int, *, seed: int, budget_s: float, within_km: float = np.inf) -> Located:
    """Return so many places that are nearest to demand, what lies beyond `within_km` counting as much farther.

    No places within that distance of every zone are nearer than the bound. BackendError where time ran out.
    """
    if count >= len(demand):
        return Located(np.arange(len(demand)), 0.0, Status.OPTIMAL)
    distances = demand.distances(within_km=within_km)
    problem = DistanceProblem("demand", "pmedian", distances, demand.tonnes, count, count)
    answer = solve_pmedian(problem, seed=seed, budget_s=budget_s)
    if answer.cost is None or not np.isfinite(answer.cost):
        raise BackendError(
            "No places near demand were found in time; give a longer time budget, or ask for more of them."
        )
    bound = None if answer.bound is None else float(answer.bound / demand.tonnes.sum())
    return Located(np.array(answer.open_sites), bound, answer.status)


def _row(demand: Demand, found: Located) -> tuple[object, ...]:
    _, km = demand.nearest(found.sites)
    mean = float(demand.tonnes @ km / demand.tonnes.sum())
    bound = None if found.bound_km is None else min(found.bound_km, mean)
    gap = None if bound is None else (mean - bound) / mean if mean else 0.0
    return len(found.sites), str(found.status), mean, bound, gap, float(km.max()), found.fewest


def _place_rows(demand: Demand, found: Located, names: dict[int, str]) -> list[tuple[object, ...]]:
    line, km = demand.nearest(found.sites)
    rows: list[tuple[object, ...]] = []
    for i, site in enumerate(found.sites):
        own = line == i
        tonnes: FloatArray = demand.tonnes[own]
        mean = float(tonnes @ km[own] / tonnes.sum()) if own.any() else 0.0
        at = (demand.ids[site], float(demand.lat[site]), float(demand.lon[site]))
        rows.append((len(found.sites), names[int(site)], *at, float(tonnes.sum()), mean, float(km[own].max(initial=0))))
    return rows
