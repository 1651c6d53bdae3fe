"""What distance and time cost: effort beyond a band, what never comes, value lost on ways, in processes, in queues."""

from __future__ import annotations

import numpy as np

from network_design.model.flow_constraints import by_period
from network_design.model.program import Program
from network_design.model.sets import PAIR, RUN, FloatArray, Sets
from network_design.model.variables import Variables
from retour.design.lines import lines_of
from retour.design.service import arising, effort_of
from retour.design.times import decay_per_t_day, transit_days
from retour.vocabulary import Role


def add_effort(program: Program, sets: Sets, v: Variables) -> None:
    """Add what people's effort costs, and what does not come."""
    if len(sets.instance.tables["service_bands"]):
        program.add_cost(v.flow, effort(sets) * sets.instance.discount)
    lost = sets.over_time("supply", sets.responding, "lost_cost_per_t")
    program.add_cost(v.lost, lost * sets.instance.discount)


def add_decay(program: Program, sets: Sets, v: Variables) -> None:
    """Add what is lost of the value of all that moves, is processed and waits."""
    if not decay_per_t_day(sets.instance).any():
        return
    of_mixes, discount = decay_of_mixes(sets), sets.instance.discount
    days = sets.over_time("queues", sets.waits[["place_id", "from_share"]], "days")
    program.add_cost(v.flow, decay_on_ways(sets) * discount)
    program.add_cost(v.processed, sets.over_time("processes", sets.runs, "days") * of_mixes * discount)
    program.add_cost(v.waiting, days * of_mixes[lines_of(sets.waits[RUN], sets.runs)] * discount)


def effort(sets: Sets) -> FloatArray:
    """What a tonne costs in effort that goes beyond a band on its first way, by arc."""
    arcs = sets.arcs.rename(columns={"from_id": "place_id"})[[*PAIR, "distance_km"]]
    first = np.flatnonzero(lines_of(arcs[PAIR], arising(sets.instance)) >= 0)
    cost = np.zeros((len(arcs), sets.periods))
    cost[first] = effort_of(sets.instance, by_period(arcs.iloc[first], sets.periods)).reshape(len(first), sets.periods)
    return cost


def decay_on_ways(sets: Sets) -> FloatArray:
    """Days on the way x what its product loses in a day, per tonne of each arc, (arcs, 1)."""
    rate = sets.arcs["product_id"].map(decay_per_t_day(sets.instance)).to_numpy(float)
    return (rate * transit_days(sets.instance, sets.arcs))[:, None]


def decay_of_mixes(sets: Sets) -> FloatArray:
    """Return what a tonne of each run's mix loses in a day, (runs, periods)."""
    both = sets.runs.reset_index(names="run").merge(sets.mixes.reset_index(names="line"), on="process_id")
    rate = both["product_id"].map(decay_per_t_day(sets.instance)).to_numpy(float)[:, None]
    loss = np.zeros((len(sets.runs), sets.periods))
    shares = sets.shares(Role.INPUT)[both["line"].to_numpy(np.int64)]
    np.add.at(loss, both["run"].to_numpy(np.int64), shares * rate)
    return loss
