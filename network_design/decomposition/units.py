"""How large the prices of rows are, roughly: a step of one says something in each."""

from __future__ import annotations

import numpy as np

from network_design.decomposition.first_prices import first_prices
from network_design.decomposition.priced import Priced
from network_design.decomposition.relaxation import Relaxation
from network_design.model.program import FloatArray

BALANCES = {"SUPPLY", "RECEIPT"}


def units_of(relaxation: Relaxation) -> FloatArray:
    """Return the unit of each priced row: of balances what a tonne costs to get rid of in the median; of other rows
    what their columns cost per unit of the row, in the median, else that of balances."""
    return np.concatenate([_units(priced) for priced in relaxation.priced])


def _units(priced: Priced) -> FloatArray:
    first = np.abs(first_prices(priced))
    balance = float(np.median(first[first > 0])) if (first > 0).any() else priced.weight
    units = np.full(len(priced.rows), balance)
    kind = np.concatenate([np.full(f.stop - f.start, f.kind in BALANCES) for f in priced.model.program.families])
    for row in np.flatnonzero(~kind[priced.rows]):
        line = slice(priced.matrix.indptr[row], priced.matrix.indptr[row + 1])
        cost, factor = np.abs(priced.cost[priced.matrix.indices[line]]), np.abs(priced.matrix.data[line])
        paid = (cost > 0) & (factor > 0)
        if paid.any():
            units[row] = np.median(cost[paid] / factor[paid])
    return units
