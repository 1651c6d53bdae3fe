"""The shared limits of one night as rows: use summed over the chosen options <= capacity (+ excess, where it is sold).

All solvers, comparators and explanations read these rows. A contract minimum is a row of negative use whose excess is
sold at the shortfall price; every other row is hard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from retour.instance import Instance
from routing.decide import limit_rows as rows
from routing.decide.blocks import Block, FloatArray, Use
from routing.decide.options import Options
from routing.decide.priced import Priced


@dataclass(frozen=True)
class Limits:
    """All rows: `table` (limit, place_id, detail, unit), `capacity` and `excess_eur` (inf: hard), shape (rows,).

    `stated` is the capacity in the tables, above `capacity` where whole items cannot use all of it.
    `x` (rows, m), `z` (rows, k) and `keep` (rows, n) say what each option uses.
    """

    table: pd.DataFrame
    capacity: FloatArray
    stated: FloatArray
    excess_eur: FloatArray
    x: sparse.csc_array
    z: sparse.csc_array
    keep: sparse.csc_array

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.capacity)


def shared_limits(instance: Instance, options: Options, priced: Priced) -> Limits:
    """Return every limit that tonight's planned returns share."""
    entries, ways = options.entries, options.ways
    blocks = [
        rows.respect_point_room(instance, options),
        rows.respect_compartments(instance, options),
        rows.respect_carrier_lanes(instance, options),
        *(limit(instance, entries, ways) for limit in rows.WAY_LIMITS),
        rows.respect_keep_share(instance, options),
        rows.respect_co2e_budget(instance, priced),
        rows.respect_spend_budget(instance, priced),
    ]
    z = _matrix(blocks, [b.z for b in blocks], len(options.z_way))
    of_ways = _matrix(blocks, [b.way for b in blocks], len(ways.day))
    names = [(b.limit, *name, b.unit) for b in blocks for name in b.names]
    return Limits(
        pd.DataFrame(names, columns=["limit", "place_id", "detail", "unit"], dtype=object),
        np.concatenate([b.capacity for b in blocks]).astype(float),
        np.concatenate([b.capacity if b.stated is None else b.stated for b in blocks]).astype(float),
        np.concatenate([np.full(len(b.names), b.excess_eur) for b in blocks]).astype(float),
        _matrix(blocks, [b.x for b in blocks], len(options.x_point)),
        (z + of_ways[:, options.z_way]).tocsc(),
        _matrix(blocks, [b.keep for b in blocks], len(options)),
    )


def _matrix(blocks: Sequence[Block], uses: Sequence[Use], options: int) -> sparse.csc_array:
    """Return the blocks' uses below each other, shape (rows, options)."""
    offset = np.cumsum([0, *(len(b.names) for b in blocks)])
    row = np.concatenate([u.row + o for u, o in zip(uses, offset[:-1], strict=True)])
    column = np.concatenate([u.option for u in uses])
    amount = np.concatenate([u.amount for u in uses])
    return sparse.coo_array((amount, (row, column)), shape=(int(offset[-1]), options)).tocsc()
