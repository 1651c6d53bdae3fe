"""All options of some returns as a table of names: for people, for small models, for anything not in a hurry."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import OUTCOMES
from retour.instance import Instance
from retour.vocabulary import Outcome
from routing.decide.limit_rows import arrival_day, hours_needed
from routing.decide.options import Options
from routing.decide.problem import Problem

IntArray = NDArray[np.int64]


def option_table(instance: Instance, problem: Problem) -> pd.DataFrame:
    """Return one row per admissible option of every planned return, in the order of returns, points and recoveries.

    Columns: return_id, point_id, lies_there, entry_hub_id, hub_id, sorting_day, site_id, process_id, outcome, day,
    hours (of work), size (parcel size needed), cost_eur (carbon priced in), co2e_kg, spend_eur; a KEEP row has the
    return, the outcome and the amounts only.
    """
    moved = _moved(instance, problem)
    kept = _kept(instance, problem)
    return pd.concat([moved, kept], ignore_index=True).sort_values("return_idx", kind="stable", ignore_index=True)


def _moved(instance: Instance, problem: Problem) -> pd.DataFrame:
    ix, options, ways, priced = instance.indexed, problem.options, problem.options.ways, problem.priced
    x, z = every_pair(problem.options)
    r, way = options.return_idx[options.link_return[options.x_link[x]]], options.z_way[z]
    process = ways.process_idx[way]
    size_names = np.append(ix.size_ids, np.array([None], dtype=object))
    return pd.DataFrame({
        "return_idx": r,
        "return_id": ix.returns.ids[r],
        "point_id": ix.points.ids[options.x_point[x]],
        "lies_there": ix.returns.point_idx[r] == options.x_point[x],
        "entry_hub_id": ix.hub_ids[options.entries.hub_idx[ways.entry[way]]],
        "hub_id": ix.hub_ids[ways.hub_idx[way]],
        "sorting_day": arrival_day(instance, options.entries, ways)[way],
        "site_id": ix.site_ids[ix.processes.site_idx[process]],
        "process_id": ix.processes.ids[process],
        "outcome": np.array(OUTCOMES, dtype=object)[ix.processes.outcome[process]],
        "day": ways.day[way],
        "hours": hours_needed(ix, ways)[way],
        "size": size_names[ix.returns.size_idx[r]],
        "cost_eur": priced.x.cost_eur[x] + priced.z.cost_eur[z],
        "co2e_kg": priced.x.co2e_kg[x] + priced.z.co2e_kg[z],
        "spend_eur": priced.x.spend_eur[x] + priced.z.spend_eur[z],
    })  # fmt: skip


def _kept(instance: Instance, problem: Problem) -> pd.DataFrame:
    kept = np.flatnonzero(problem.options.can_keep)
    r, keep = problem.options.return_idx[kept], problem.priced.keep
    return pd.DataFrame({
        "return_idx": r,
        "return_id": instance.indexed.returns.ids[r],
        "lies_there": False,
        "outcome": str(Outcome.KEEP),
        "cost_eur": keep.cost_eur[kept],
        "co2e_kg": keep.co2e_kg[kept],
        "spend_eur": keep.spend_eur[kept],
    })  # fmt: skip


def every_pair(options: Options) -> tuple[IntArray, IntArray]:
    """Return every pair (collection option, recovery option) of every link."""
    recoveries = np.diff(options.z_start)[options.x_link]
    x = np.repeat(np.arange(len(options.x_link)), recoveries)
    place = np.arange(len(x)) - np.repeat(np.cumsum(recoveries) - recoveries, recoveries)
    return x, options.z_start[options.x_link[x]] + place
