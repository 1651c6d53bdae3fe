"""The objective: one block per line of the ledger, every cost discounted to the start."""

from __future__ import annotations

import numpy as np

from network_design.model.program import Program
from network_design.model.service_costs import add_decay, add_effort
from network_design.model.sets import PAIR, RUN, FloatArray, Sets
from network_design.model.variables import Variables, initial_level
from retour.design.emissions import handling_factors
from retour.design.lines import lines_of
from retour.vocabulary import VariableOn


def add_objective(program: Program, sets: Sets, v: Variables) -> None:
    """Add the cost of every activity."""
    discount = sets.instance.discount
    program.add_cost(v.flow, (transport(sets) + collection(sets) + received(sets)) * discount)
    program.add_cost(v.flow, priced_emissions(sets, flow_emissions(sets)) * discount)
    program.add_cost(v.processed, variable(sets) * discount)
    program.add_cost(v.processed, priced_emissions(sets, run_emissions(sets)) * discount)
    program.add_cost(v.sold, -sets.over_time("sales", sets.sales, "price_per_t") * discount)
    program.add_cost(v.disposed, sets.over_time("disposal", sets.disposals, "cost_per_t") * discount)
    program.add_cost(v.stored, sets.over_time("storage", sets.stores[PAIR], "cost_per_t") * discount)
    program.add_cost(v.level, (fixed(sets) + operating(sets)) * discount)
    program.add_cost(v.extra, slope(sets, "fixed_cost") * discount)
    program.add_cost(v.grows, opening(sets) * discount)
    program.add_cost(v.widened, slope(sets, "opening_cost") * discount)
    program.add_cost(
        v.volume, sets.over_time("contract_tiers", sets.tiers[["place_id", "from_t"]], "price_per_t") * discount
    )
    program.add_cost(v.missing, sets.over_time("contracts", sets.promised, "shortfall_cost_per_t") * discount)
    _add_closing(program, sets, v)
    add_effort(program, sets, v)
    add_decay(program, sets, v)
    program.offset += float((unsized_operating(sets) * discount).sum())


def transport(sets: Sets) -> FloatArray:
    """Distance x rate, loading, and what the lane itself asks, per tonne of each arc."""
    rows = sets.arcs[["product_id", "mode"]]
    per_km = sets.over_time("transport", rows, "cost_per_km_t")
    per_t = sets.over_time("transport", rows, "cost_per_t")
    return sets.arcs["distance_km"].to_numpy(float)[:, None] * per_km + per_t + _lane_cost(sets)


def collection(sets: Sets) -> FloatArray:
    """What it costs to collect or acquire a tonne that is sent on, by arc."""
    return sets.over_time("supply", sets.origins, "cost_per_t")


def received(sets: Sets) -> FloatArray:
    """Variable cost of places that charge it on what they receive, by arc."""
    fed = sets.runs.merge(sets.mixes, on="process_id")
    payers = sets.places.loc[sets.places["variable_on"] == VariableOn.RECEIVED, "place_id"]
    fed = fed[fed["place_id"].isin(payers)]
    process = sets.targets.merge(fed, on=PAIR, how="left")["process_id"]
    rows = sets.targets[["place_id"]].assign(process_id=process)
    cost = sets.over_time("processes", rows[RUN].fillna(""), "variable_cost_per_t")
    return np.where(process.notna().to_numpy()[:, None], cost, 0.0)


def variable(sets: Sets) -> FloatArray:
    """Variable cost of places that charge it on what they process, by run."""
    place = sets.places.iloc[sets.place_line(sets.runs["place_id"])]
    charged = (place["variable_on"] == VariableOn.PROCESSED).to_numpy()[:, None]
    return np.where(charged, sets.over_time("processes", sets.runs, "variable_cost_per_t"), 0.0)


def fixed(sets: Sets) -> FloatArray:
    """What each level adds to the fixed cost of its place."""
    return _increments(sets, "fixed_cost")


def opening(sets: Sets) -> FloatArray:
    """What each level adds to the cost of opening, or of growing, when it is gained."""
    return _increments(sets, "opening_cost")


def operating(sets: Sets) -> FloatArray:
    """Operating cost of places with sizes, borne by their smallest."""
    cost = sets.over_time("place_costs", sets.levels[["place_id"]], "operating_cost")
    return np.where((sets.levels["step"] == 0).to_numpy()[:, None], cost, 0.0)


def unsized_operating(sets: Sets) -> FloatArray:
    """Operating cost of places without sizes, which are always there, (places, periods)."""
    cost = sets.over_time("place_costs", sets.places[["place_id"]], "operating_cost")
    return np.where((sets.first_level < 0)[:, None], cost, 0.0)


def closing(sets: Sets) -> FloatArray:
    """What it costs to close, by level: borne by the smallest."""
    cost = sets.over_time("place_costs", sets.levels[["place_id"]], "closing_cost")
    return np.where((sets.levels["step"] == 0).to_numpy()[:, None], cost, 0.0)


def slope(sets: Sets, column: str) -> FloatArray:
    """What a tonne of extra size adds to a cost: (cost at larger size - cost at smaller size) / difference of sizes."""
    ends = [
        sets.over_time("capacities", sets.extras[["place_id", end]].set_axis(["place_id", "size_t"], axis=1), column)
        for end in ("small_t", "large_t")
    ]
    return (ends[1] - ends[0]) / sets.extra_width[:, None]


def priced_emissions(sets: Sets, emissions: dict[str, FloatArray]) -> FloatArray:
    """Price of emissions per tonne moved or processed."""
    gases = sets.instance.tables["gases"][["gas"]].drop_duplicates()
    price = dict(zip(gases["gas"], sets.over_time("gases", gases, "price_per_t"), strict=True))
    return sum((price[g] * e for g, e in emissions.items() if g in price), start=np.zeros(1))


def flow_emissions(sets: Sets) -> dict[str, FloatArray]:
    """Tonnes of each gas per tonne of each arc: on the way, and in handling at its end."""
    km = sets.arcs["distance_km"].to_numpy(float)[:, None]
    rows = sets.arcs[["product_id", "mode"]]
    gases = sets.instance.tables["transport_emissions"]["gas"].unique()
    moved = {g: km * sets.over_time("transport_emissions", rows.assign(gas=g), "t_per_km_t") for g in gases}
    received = handling_emissions(sets)
    return {g: moved.get(g, 0.0) + received.get(g, 0.0) for g in {**moved, **received}}


def handling_emissions(sets: Sets) -> dict[str, FloatArray]:
    """Tonnes of each gas that handling emits per tonne of each arc, at its end."""
    found = {}
    for gas, rows in handling_factors(sets.instance).groupby("gas"):
        places = rows[PAIR].drop_duplicates(ignore_index=True)
        factor = np.zeros((len(places) + 1, sets.periods))  # the last line, -1, is of all other places
        factor[lines_of(rows[PAIR], places), rows["period"].to_numpy(np.int64) - 1] = rows["t_per_t"]
        found[str(gas)] = factor[lines_of(sets.targets, places)]
    return found


def run_emissions(sets: Sets) -> dict[str, FloatArray]:
    """Tonnes of each gas per tonne of each run."""
    gases = sets.instance.tables["process_emissions"]["gas"].unique()
    rows = sets.runs[["process_id"]]
    return {g: sets.over_time("process_emissions", rows.assign(gas=g), "t_per_t") for g in gases}


def _add_closing(program: Program, sets: Sets, v: Variables) -> None:
    """A level that is gained less what the level rises is a level lost: grows[t] - level[t] + level[t-1]."""
    cost = closing(sets) * sets.instance.discount
    program.add_cost(v.grows, cost)
    program.add_cost(v.level, -cost)
    program.add_cost(v.level[:, :-1], cost[:, 1:])
    program.offset += float(cost[:, 0] @ initial_level(sets))


def _lane_cost(sets: Sets) -> FloatArray:
    return sets.arcs["cost_per_t"].to_numpy(float)[:, None]


def _increments(sets: Sets, column: str) -> FloatArray:
    whole = sets.over_time("capacities", sets.levels[["place_id", "size_t"]], column)
    before = np.vstack([np.zeros((1, sets.periods)), whole[:-1]]) if len(whole) else whole
    return np.where((sets.levels["step"] > 0).to_numpy()[:, None], whole - before, whole)
