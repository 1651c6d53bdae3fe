"""Figures over time: a row for every period, and rows that go before it."""

from __future__ import annotations

import numpy as np
import pandas as pd


def by_period(table: pd.DataFrame, keys: list[str], periods: int) -> pd.DataFrame:
    """Return a row per key and period from 1 to `periods`, sorted by them.

    A row with period 0 stands for every period that has no row of its own; a key without such a row has only the
    periods it names.

    | a, 0, 5.0 | a, 2, 7.0 | with 3 periods -> | a, 1, 5.0 | a, 2, 7.0 | a, 3, 5.0 |
    """
    every, own = table[table["period"] == 0], table[table["period"].between(1, periods)]
    repeated = every.loc[every.index.repeat(periods)]
    repeated = repeated.assign(period=np.tile(np.arange(1, periods + 1), len(every)))
    both = pd.concat([repeated, own], ignore_index=True)
    last = both.drop_duplicates([*keys, "period"], keep="last")
    return last.sort_values([*keys, "period"], kind="stable", ignore_index=True)
