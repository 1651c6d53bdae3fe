"""Every limit of a design network made elastic: how far it would have to give way, at a price of its own.

After Chinneck (2008), "Feasibility and Infeasibility in Optimization", doi:10.1007/978-0-387-74932-7, chapters 6 and 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from network_design.model.build import DesignModel
from network_design.model.flow_constraints import by_period, most_in_all
from network_design.model.linking import use_of_size
from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import PAIR
from retour.design.lines import lines_of

UNITS = {"BUDGET": "money", "COUNT": "place", "FEWEST": "place", "MUST_OPEN": "place", "MUST_CLOSE": "place",
         "OPENING": "place"}  # fmt: skip
TONNE = "t"
NO_ROW = -1.0
"""Bound of goods that may not be disposed of at all, because no row says so."""
OF_ROWS = ("CAPACITY", "LANE", "PRODUCT_DISPOSAL", "EMISSIONS", "BUDGET", "COUNT", "SERVICE")
OF_LEAST = {"COUNT": "FEWEST"}
"""What the lower bound of rows is called, where it has a name of its own."""


@dataclass(frozen=True)
class Elastic:
    """Limits that may give way: a line each with limit, place_id, product_id, within_km, period, bound, unit, `column`.

    `column` is the number of the column that says by how much; `lower` and `upper` are the bounds of all columns.
    """

    limits: pd.DataFrame
    lower: FloatArray
    upper: FloatArray


def make_elastic(model: DesignModel) -> Elastic:
    """Add a column for every limit to the model's program and return what they are."""
    program, v = model.program, model.variables
    lower, upper = program.lower.copy(), program.upper.copy()
    parts = [*_rows(model), _disposal(model), _sales(model), *_levels(model, lower, upper)]
    more = program.columns - len(lower)
    lower[v.sold] = 0.0
    limits = pd.concat([p for p in parts if len(p)], ignore_index=True)
    return Elastic(
        limits.assign(unit=limits["limit"].map(UNITS).fillna(TONNE)),
        np.concatenate([lower, np.zeros(more)]), np.concatenate([upper, np.full(more, np.inf)]),
    )  # fmt: skip


def _limits(kind: str, keys: pd.DataFrame, bound: FloatArray, columns: IntArray) -> pd.DataFrame:
    known = keys.reindex(columns=["place_id", "product_id", "within_km", "period"]).reset_index(drop=True)
    return known.assign(limit=kind, bound=np.asarray(bound, float), column=columns)


def _rows(model: DesignModel) -> Iterator[pd.DataFrame]:
    """Rows that are limits: their upper bound gives way, and the least there must be."""
    program = model.program
    for family in [f for f in program.families if f.kind in OF_ROWS]:
        least = OF_LEAST.get(family.kind, family.kind)
        for kind, bound, factor in ((family.kind, family.upper, -1.0), (least, family.lower, 1.0)):
            line = np.flatnonzero(np.isfinite(bound))
            columns = program.add_columns((len(line),))
            program.add_terms(family.start + line, columns, factor)
            yield _limits(kind, family.keys.iloc[line], bound[line], columns)
            if kind == "CAPACITY":
                _only_where_open(model, family.keys.iloc[line], columns)


def _only_where_open(model: DesignModel, keys: pd.DataFrame, more: IntArray) -> None:
    """Room beyond the largest size is room of a place that is open, not instead of opening it."""
    sets = model.sets
    level = sets.first_level[sets.place_line(keys["place_id"])]
    line = np.flatnonzero(level >= 0)
    rows, period = np.arange(len(line)), keys["period"].to_numpy(np.int64)[line] - 1
    most = most_in_all(sets) * float(use_of_size(sets).max(initial=1.0))
    ones = np.ones(len(line))
    terms = [(rows, more[line], ones), (rows, model.variables.level[level[line], period], -most * ones)]
    model.program.add_rows("ROOM", keys.iloc[line], terms, upper=0.0)


def _disposal(model: DesignModel) -> pd.DataFrame:
    """What arises or is produced may be disposed of beyond its limit, or where it may not at all (bound NO_ROW)."""
    sets, program = model.sets, model.program
    family = program.family("SUPPLY")
    if family is None:
        return pd.DataFrame()
    line = lines_of(sets.gives, sets.disposals[PAIR])
    bound = np.full((len(sets.gives), sets.periods), NO_ROW)
    bound[line >= 0] = program.upper[model.variables.disposed][line[line >= 0]]
    limited = np.flatnonzero(np.isfinite(bound.ravel()))
    columns = program.add_columns((len(limited),))
    program.add_terms(family.start + limited, columns, 1.0)
    return _limits("DISPOSAL", family.keys.iloc[limited], bound.ravel()[limited], columns)


def _sales(model: DesignModel) -> pd.DataFrame:
    """Markets take more than they do, or less than they must."""
    sets, program, v = model.sets, model.program, model.variables
    keys, least, most = (
        by_period(sets.sales, sets.periods),
        program.lower[v.sold].ravel(),
        program.upper[v.sold].ravel(),
    )
    family = program.family("RECEIPT")
    short, full = np.flatnonzero(least > 0), np.flatnonzero(np.isfinite(most))
    missing = program.add_columns((len(short),))
    rows = np.arange(len(short))
    ones = np.ones(len(short))
    terms = [(rows, v.sold.ravel()[short], ones), (rows, missing, ones)]
    program.add_rows("LEAST", keys.iloc[short], terms, lower=least[short])
    more = program.add_columns((len(full) if family else 0,))
    if family:
        at = lines_of(sets.sales, sets.takes)[full // sets.periods] * sets.periods + full % sets.periods
        program.add_terms(family.start + at, more, -1.0)
    return pd.concat([
        _limits("LEAST", keys.iloc[short], least[short], missing),
        _limits("SALES", keys.iloc[full[: len(more)]], most[full[: len(more)]], more),
    ])  # fmt: skip


def _levels(model: DesignModel, lower: FloatArray, upper: FloatArray) -> Iterator[pd.DataFrame]:
    """Places are open though they must be closed, open in a period without openings, or do not stay open."""
    sets, program, v = model.sets, model.program, model.variables
    first = sets.levels["step"].to_numpy() == 0
    keys = by_period(sets.levels[["place_id"]], sets.periods)
    whose = np.repeat(first, sets.periods)
    for kind, block, wanted in (("MUST_CLOSE", v.level, 0.0), ("OPENING", v.grows, 0.0), ("MUST_OPEN", v.level, 1.0)):
        columns = block.ravel()
        line = np.flatnonzero((lower[columns] == 1) & whose if wanted else (upper[columns] == 0) & whose)
        slack = program.add_columns((len(line),))
        terms = [(np.arange(len(line)), columns[line], np.ones(len(line)))]
        terms.append((np.arange(len(line)), slack, np.full(len(line), 1.0 if wanted else -1.0)))
        bounds = {"lower": 1.0} if wanted else {"upper": 0.0}
        program.add_rows(kind, keys.iloc[line], terms, **bounds)
        yield _limits(kind, keys.iloc[line], np.full(len(line), wanted), slack)
        (lower if wanted else upper)[columns[line]] = 0.0 if wanted else 1.0
