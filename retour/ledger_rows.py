"""Ledger rows out of priced parts; words are kept once and pointed to, since a large night has millions of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from retour.plan import shaped
from retour.pricing import Part
from retour.tables import RESULT_TABLES
from retour.tables.column import TEXT

_COLUMNS = RESULT_TABLES["ledger"].columns
SUMMED = ("quantity", "cost_eur", "co2e_kg")


def part_rows(subject: str, ids: pd.Series, parts: Sequence[Part]) -> pd.DataFrame:
    """Return parts as ledger rows, subject by subject; rows that cost and emit nothing are left out.

    Text columns are categoricals.
    """
    if not parts or not len(ids):
        return joined([])
    cost_eur, co2e_kg = _grid(p.cost_eur for p in parts), _grid(p.co2e_kg for p in parts)
    row, part = np.nonzero((cost_eur != 0) | (co2e_kg != 0))
    at, names = pd.factorize(ids.astype(object))
    columns = {
        "subject": _words(np.zeros(len(row), np.int8), [subject]),
        "subject_id": _words(at[row], names),
        "activity": _chosen([p.activity for p in parts], part),
        "quantity": _grid(p.quantity for p in parts)[row, part],
        "unit": _chosen([p.unit for p in parts], part),
        "rate_eur": _grid(p.rate_eur for p in parts)[row, part],
        "cost_eur": cost_eur[row, part],
        "co2e_kg": co2e_kg[row, part],
    }
    return pd.DataFrame(columns, copy=False)


def joined(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return ledgers one after the other as one; words that both have are kept once."""
    filled = [f for f in frames if len(f)]
    if len(filled) < 2:
        return shaped("ledger", filled[0] if filled else pd.DataFrame(columns=[c.name for c in _COLUMNS]))
    pieces = {c.name: [f[c.name] for f in filled] for c in _COLUMNS}
    del frames, filled  # a column of the pieces goes when that of the whole is there
    whole: dict[str, pd.Categorical | np.ndarray] = {}
    for c in _COLUMNS:
        columns = pieces.pop(c.name)
        whole[c.name] = _united(columns) if c.kind == TEXT else np.concatenate(columns)
    return pd.DataFrame(whole, copy=False)


def activity_sums(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return rows, quantity, cost_eur and co2e_kg by (activity, unit); the sums of parts of a night add up.

    >>> activity_sums(one).add(activity_sums(other), fill_value=0.0)
    """
    grouped = ledger.groupby(["activity", "unit"], observed=True)
    sums = grouped[list(SUMMED)].sum().assign(rows=grouped.size())
    sums.index = pd.MultiIndex.from_tuples(list(sums.index), names=sums.index.names)
    return sums.sort_index()


def _grid(columns: Iterable[np.ndarray]) -> np.ndarray:
    return np.column_stack(list(columns))


def _chosen(words: list[str], position: np.ndarray) -> pd.Categorical:
    """Return `words[position]`; several parts may share a word."""
    at, names = pd.factorize(np.array(words, dtype=object))
    return _words(at[position], names)


def _united(columns: list[pd.Series]) -> pd.Categorical:
    """Return categorical columns one after the other, in one pass over the words of all."""
    columns = [c.astype("category") for c in columns]
    every = np.concatenate([c.cat.categories.to_numpy(object) for c in columns])
    position, names = pd.factorize(every)
    starts = np.cumsum([0, *(len(c.cat.categories) for c in columns)])
    codes = [position[start + c.cat.codes.to_numpy(np.int64)] for start, c in zip(starts, columns, strict=False)]
    return _words(np.concatenate(codes), names)


def _words(codes: np.ndarray, names: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype="str"))
