"""From column values to the tables of a design."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.model.build import DesignModel
from network_design.model.flow_constraints import by_period
from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import PAIR, RUN, Sets
from network_design.model.variables import initial_level
from retour.design.plan import shaped

NOTHING = 1e-9
"""Share of the largest amount below which an amount is numerical dust."""


def design_tables(model: DesignModel, values: FloatArray) -> dict[str, pd.DataFrame]:
    """Return `opened`, `flows`, `processed` and `handled` of the program's column values."""
    clean = np.where(np.abs(values) <= NOTHING * max(1.0, float(np.abs(values).max(initial=0.0))), 0.0, values)
    sets, v = model.sets, model.variables
    arcs = sets.arcs[["from_id", "to_id", "mode", "product_id"]]
    return {
        "opened": shaped("opened", _opened(model, clean)),
        "flows": shaped("flows", _amounts(arcs, v.flow, clean)),
        "processed": shaped("processed", _amounts(sets.runs[RUN], v.processed, clean)),
        "handled": shaped("handled", _handled(model, clean)),
    }


def _amounts(keys: pd.DataFrame, columns: IntArray, values: FloatArray) -> pd.DataFrame:
    """Return a line per key and period in which something is done."""
    frame = by_period(keys, columns.shape[1]).assign(amount_t=values[columns].ravel())
    return frame[frame["amount_t"] > 0]


def _opened(model: DesignModel, values: FloatArray) -> pd.DataFrame:
    sets, v = model.sets, model.variables
    places = sets.levels[["place_id"]].drop_duplicates(ignore_index=True)
    first = sets.first_level[sets.place_line(places["place_id"])]
    is_open = values[v.level[first]] > 0.5
    before = np.column_stack([initial_level(sets)[first] > 0.5, is_open[:, :-1]])
    frame = by_period(places, sets.periods).assign(
        is_open=is_open.ravel(), opens=(is_open & ~before).ravel(), closes=(before & ~is_open).ravel(),
        size_t=np.where(is_open, _size(model, values, places), 0.0).ravel(),
    )  # fmt: skip
    return frame.merge(_used(sets, v.processed, v.sold, values), on=["place_id", "period"], how="left").fillna(
        {"used_t": 0.0}
    )


def _size(model: DesignModel, values: FloatArray, places: pd.DataFrame) -> FloatArray:
    """Return the size of each place, (places, periods): its largest level, and its extra."""
    sets, v = model.sets, model.variables
    size = np.zeros((len(places), sets.periods))
    line = {place: i for i, place in enumerate(places["place_id"])}
    for own, columns, step in (
        (sets.levels["place_id"], v.level, sets.levels["step_t"].to_numpy(float)[:, None]),
        (sets.extras["place_id"], v.extra, 1.0),
    ):
        amount = np.where(values[columns] > 0.5, 1.0, 0.0) * step if columns is v.level else values[columns]
        np.add.at(size, own.map(line).to_numpy(np.int64), amount)
    return size


def _used(sets: Sets, processed: IntArray, sold: IntArray, values: FloatArray) -> pd.DataFrame:
    use = sets.over_time("processes", sets.runs, "capacity_per_t", missing=1.0)
    parts = [
        by_period(sets.runs[["place_id"]], sets.periods).assign(used_t=(values[processed] * use).ravel()),
        by_period(sets.sales[["place_id"]], sets.periods).assign(used_t=values[sold].ravel()),
    ]
    return pd.concat(parts).groupby(["place_id", "period"], as_index=False)["used_t"].sum()


def _handled(model: DesignModel, values: FloatArray) -> pd.DataFrame:
    sets, v = model.sets, model.variables
    parts = [
        _amounts(keys, columns, values).rename(columns={"amount_t": name})
        for keys, columns, name in (
            (sets.sales, v.sold, "sold_t"), (sets.disposals[PAIR], v.disposed, "disposed_t"),
            (sets.stores[PAIR], v.stored, "stored_t"), (sets.responding, v.lost, "lost_t"),
        )
    ]  # fmt: skip
    columns = ["sold_t", "disposed_t", "stored_t", "lost_t"]
    both = pd.concat(parts, ignore_index=True).reindex(columns=[*PAIR, "period", *columns])
    return both.groupby([*PAIR, "period"], as_index=False)[columns].sum()
