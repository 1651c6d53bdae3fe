"""Prices to start from: what it costs a tonne to leave the network by the cheapest way, places being well used."""

from __future__ import annotations

import numpy as np

from network_design.decomposition.priced import Priced
from network_design.model.linking import use_of_size
from network_design.model.objective import fixed, opening, operating, slope
from network_design.model.program import FloatArray
from network_design.model.sets import PAIR, Sets
from retour.design.lines import lines_of
from retour.vocabulary import Role

ROUNDS = 12
"""At most so many echelons lie between where returns arise and where they leave."""


def first_prices(priced: Priced) -> FloatArray:
    """Return prices of the rows of a priced model: of each balance what a tonne more costs, nothing for other rows."""
    model = priced.model
    prices = np.zeros(model.program.rows)
    family = model.program.family("SUPPLY")
    if family is not None:
        leaving = _leaving(priced)
        prices[family.start : family.stop] = np.where(np.isfinite(leaving), leaving, 0.0).ravel()
    return prices[priced.rows]


def _leaving(priced: Priced) -> FloatArray:
    """Return the least cost of a tonne that a place gives, until it has left the network, (gives, T)."""
    model, cost = priced.model, priced.cost
    sets, v = model.sets, model.variables
    rent = _rent(sets) * priced.weight
    running = cost[v.processed] + rent[sets.place_line(sets.runs["place_id"])] * use_of_size(sets)
    selling = cost[v.sold] + rent[sets.place_line(sets.sales["place_id"])]
    selling = np.where(model.program.upper[v.sold] > 0, selling, np.inf)
    end = np.full((len(sets.gives), sets.periods), np.inf)
    getting_rid = np.where(model.program.upper[v.disposed] > 0, cost[v.disposed], np.inf)
    end[lines_of(sets.disposals[PAIR], sets.gives)] = getting_rid
    leaving = end
    for _ in range(ROUNDS):
        taken = _taking(sets, running, selling, leaving)
        onward = end.copy()
        np.minimum.at(onward, sets.given_on, cost[v.flow] + taken[sets.taken_on])
        if np.array_equal(onward, leaving):
            break
        leaving = onward
    return leaving


def _taking(sets: Sets, running: FloatArray, selling: FloatArray, leaving: FloatArray) -> FloatArray:
    """Return the least cost of a tonne that a place takes, (takes, T)."""
    made = sets.runs.reset_index(names="run").merge(sets.yields.reset_index(names="line"), on="process_id")
    share = sets.shares(Role.OUTPUT)[made["line"].to_numpy(np.int64)]
    after = leaving[lines_of(made[PAIR], sets.gives)]
    whole = running.copy()
    np.add.at(whole, made["run"].to_numpy(np.int64), np.where(share > 0, share * np.where(share > 0, after, 0.0), 0.0))
    fed = sets.runs.reset_index(names="run").merge(sets.mixes, on="process_id")
    taken = np.full((len(sets.takes), sets.periods), np.inf)
    np.minimum.at(taken, lines_of(fed[PAIR], sets.takes), whole[fed["run"].to_numpy(np.int64)])
    np.minimum.at(taken, lines_of(sets.sales[PAIR], sets.takes), selling)
    return taken


def _rent(sets: Sets) -> FloatArray:
    """Return what a tonne of a place's best size costs in each period if it is full from first to last, (places, T)."""
    discount = sets.instance.discount
    level = (fixed(sets) + operating(sets)) * discount + (opening(sets) * discount)[:, :1] / sets.periods
    line = sets.place_line(sets.levels["place_id"])
    rent = np.zeros((len(sets.places), sets.periods))
    total, size = np.zeros(rent.shape), np.zeros(len(sets.places))
    best = np.full(rent.shape, np.inf)
    for i, place in enumerate(line):  # sizes of a place follow each other
        total[place] += level[i]
        size[place] += sets.levels["step_t"].iloc[i]
        best[place] = np.minimum(best[place], total[place] / size[place] if size[place] > 0 else np.inf)
    ranged = sets.place_line(sets.extras["place_id"])
    width = sets.extra_width[:, None]
    more = slope(sets, "fixed_cost") * discount + (slope(sets, "opening_cost") * discount)[:, :1] / sets.periods
    best[ranged] = np.minimum(best[ranged], (total[ranged] + width * more) / (size[ranged][:, None] + width))
    return np.where(np.isfinite(best), best, 0.0)
