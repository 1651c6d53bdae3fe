"""A bound no design can be below, from any prices of the rows: weak duality over a box.

For prices y, every x within its bounds costs at least the sum of y times the row bound it pushes against, and of each
reduced cost times the column bound it pushes against; how exact the prices are decides how good the bound is, never
whether it holds.
"""

from __future__ import annotations

import numpy as np

from network_design.model.build import DesignModel
from network_design.model.flow_constraints import most_in_all
from network_design.model.program import FloatArray


def dual_bound(model: DesignModel, row_price: FloatArray) -> float:
    """Return a lower bound on the cost of every design; `row_price` as a solver gives them, positive for lower bounds.

    Columns without an upper bound are amounts, which never exceed all that arises and is made of it.
    """
    program = model.program
    row_lower, row_upper = program.row_lower, program.row_upper
    price = np.where((row_price > 0) & np.isinf(row_lower), 0.0, row_price)
    price = np.where((price < 0) & np.isinf(row_upper), 0.0, price)
    rows = np.where(price > 0, price * np.where(price > 0, row_lower, 0.0), price * np.where(price < 0, row_upper, 0.0))
    reduced = program.cost - program.matrix().T @ price
    lower, upper = amounts_box(model)
    columns = np.where(reduced > 0, reduced * lower, reduced * upper)
    return float(rows.sum() + columns.sum() + program.offset)


def amounts_box(model: DesignModel) -> tuple[FloatArray, FloatArray]:
    """Return bounds of the columns, with those that have none limited by all there can be."""
    program, sets = model.program, model.sets
    widest = float(sets.extra_width.max()) if len(sets.extras) else 0.0
    promised = float(sets.over_time("contracts", sets.promised, "minimum_t").max(initial=0.0))
    most = max(most_in_all(sets), widest, promised)
    return (
        np.where(np.isinf(program.lower), -most, program.lower),
        np.where(np.isinf(program.upper), most, program.upper),
    )  # fmt: skip
