"""Constraints on what moves: balances at receipt and at dispatch, capacities, storage, lanes, contracts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.model.program import IntArray, Program, Term
from network_design.model.sets import PAIR, FloatArray, Sets
from network_design.model.variables import Variables
from retour.design.lines import lines_of
from retour.vocabulary import Role


def by_period(keys: pd.DataFrame, periods: int) -> pd.DataFrame:
    """Return each line of `keys` once per period, with the period."""
    repeated = keys.loc[keys.index.repeat(periods)].reset_index(drop=True)
    return repeated.assign(period=np.tile(np.arange(1, periods + 1), len(keys)))


def term(line: IntArray, columns: IntArray, factor: FloatArray | float = 1.0) -> Term:
    """Return a term for variables over time: line i of the set stands in line `line[i]` of the rows, per period.

    `columns` has shape (lines of the set, periods); lines of -1 are left out.
    """
    periods = columns.shape[1]
    used = line >= 0
    rows = line[used][:, None] * periods + np.arange(periods)[None, :]
    return rows, columns[used], np.broadcast_to(factor, columns.shape)[used]


def balance_at_receipt(program: Program, sets: Sets, v: Variables) -> None:
    """What arrives of a product, and what was in store, is processed, sold, or in store at the end of the period."""
    takes, periods = sets.takes, sets.periods
    stored = lines_of(sets.stores[PAIR], takes)
    fed, run, share = _of_runs(sets, Role.INPUT)
    terms = [
        term(sets.taken_on, v.flow),
        term(stored, v.stored, -1.0),
        _later(term(stored, v.stored)),
        term(lines_of(sets.sales, takes), v.sold, -1.0),
        term(lines_of(fed, takes), v.processed[run], -share),
    ]
    program.add_rows("RECEIPT", by_period(takes, periods), terms, lower=0.0, upper=0.0)


def balance_at_dispatch(program: Program, sets: Sets, v: Variables) -> None:
    """What arises, comes back of earlier sales, or is produced is sent on, disposed of, or never comes."""
    gives, periods = sets.gives, sets.periods
    terms = [
        term(sets.given_on, v.flow),
        term(lines_of(sets.disposals[PAIR], gives), v.disposed),
        *[(rows, columns, -factor) for rows, columns, factor in arising_terms(sets, v)],
        term(lines_of(sets.responding, gives), v.lost),
    ]
    amount = sets.over_time("supply", gives, "amount_t").ravel()
    program.add_rows("SUPPLY", by_period(gives, periods), terms, lower=amount, upper=amount)


def arising_terms(sets: Sets, v: Variables) -> list[Term]:
    """Return what is produced, and what comes back of earlier sales, by what is given where and period."""
    made, run, yielded = _of_runs(sets, Role.OUTPUT)
    return [term(lines_of(made, sets.gives), v.processed[run], yielded), *_coming_back(sets, v)]


def respect_capacity(program: Program, sets: Sets, v: Variables) -> None:
    """What a place processes and sells fits into its size."""
    sized = sets.levels[["place_id"]].drop_duplicates(ignore_index=True)
    used = sets.over_time("processes", sets.runs, "capacity_per_t", missing=1.0)
    terms = [
        term(lines_of(sets.runs[["place_id"]], sized), v.processed, used),
        term(lines_of(sets.sales[["place_id"]], sized), v.sold),
        term(lines_of(sets.levels[["place_id"]], sized), v.level, -sets.levels["step_t"].to_numpy(float)[:, None]),
        term(lines_of(sets.extras[["place_id"]], sized), v.extra, -1.0),
    ]
    program.add_rows("CAPACITY", by_period(sized, sets.periods), terms, upper=0.0)


def store_only_where_open(program: Program, sets: Sets, v: Variables) -> None:
    """Nothing is in store at a closed place, unless its store may be used then."""
    keep = ~_usable_while_closed(sets)
    level = sets.first_level[sets.place_line(sets.stores["place_id"])]
    keep &= (level >= 0)[:, None]
    line, period = np.nonzero(keep)
    most = np.minimum(program.upper[v.stored], most_in_all(sets))[line, period]
    rows = np.arange(len(line))
    keys = sets.stores.iloc[line][PAIR].assign(period=period + 1)
    terms = [(rows, v.stored[line, period], np.ones(len(rows))), (rows, v.level[level[line], period], -most)]
    program.add_rows("STORE_OPEN", keys, terms, upper=0.0)


def respect_lanes(program: Program, sets: Sets, v: Variables) -> None:
    """All products on a lane together fit onto it."""
    way = ["from_id", "to_id", "mode"]
    limited = sets.arcs.loc[sets.arcs["capacity_t"].notna(), [*way, "capacity_t"]].drop_duplicates(
        way, ignore_index=True
    )
    upper = np.repeat(limited["capacity_t"].to_numpy(float), sets.periods)
    keys = by_period(limited[way].rename(columns={"from_id": "place_id"}), sets.periods)
    program.add_rows("LANE", keys, [term(lines_of(sets.arcs[way], limited), v.flow)], upper=upper)


def keep_contracts(program: Program, sets: Sets, v: Variables) -> None:
    """What a third party processes is paid by tiers, dearer tiers filled last, and what is promised but missing too."""
    _fill_tiers(program, sets, v)
    promised = sets.promised
    minimum = sets.over_time("contracts", promised, "minimum_t")
    level = sets.first_level[sets.place_line(promised["place_id"])]
    sized, line = level >= 0, np.flatnonzero(level >= 0)
    terms = [
        term(np.arange(len(promised)), v.missing),
        term(lines_of(sets.runs[["place_id"]], promised), v.processed),
        term(line, v.level[level[line]], -minimum[line]),
    ]
    lower = np.where(sized[:, None], 0.0, minimum).ravel()
    program.add_rows("CONTRACT", by_period(promised, sets.periods), terms, lower=lower)


def _fill_tiers(program: Program, sets: Sets, v: Variables) -> None:
    """Volumes add up to what is processed; a tier is begun when the one before is full."""
    places = sets.tiers[["place_id"]].drop_duplicates(ignore_index=True)
    terms = [
        term(lines_of(sets.tiers[["place_id"]], places), v.volume),
        term(lines_of(sets.runs[["place_id"]], places), v.processed, -1.0),
    ]
    program.add_rows("VOLUME", by_period(places, sets.periods), terms, lower=0.0, upper=0.0)
    later = np.flatnonzero((sets.tiers["from_t"] > 0).to_numpy())
    width = (sets.tiers["to_t"] - sets.tiers["from_t"]).to_numpy(float)
    most = np.minimum(width[:, None], most_in_all(sets))
    keys, line = (
        by_period(sets.tiers.iloc[later][["place_id"]].reset_index(drop=True), sets.periods),
        np.arange(len(later)),
    )
    begun = [term(line, v.volume[later]), term(line, v.reached[later], -most[later])]
    program.add_rows("TIER", keys, begun, upper=0.0)
    full = [term(line, v.volume[later - 1]), term(line, v.reached[later], -width[later - 1][:, None])]
    program.add_rows("TIER", keys, full, lower=0.0)


def _of_runs(sets: Sets, role: Role) -> tuple[pd.DataFrame, IntArray, FloatArray]:
    """Return place and product, run, and tonnes per tonne of everything that runs take in or bring forth."""
    recipe = sets.mixes if role == Role.INPUT else sets.yields
    both = sets.runs.reset_index(names="run").merge(recipe.reset_index(names="line"), on="process_id")
    return both[PAIR], both["run"].to_numpy(np.int64), sets.shares(role)[both["line"].to_numpy(np.int64)]


def _later(one: Term) -> Term:
    """Return a term moved to the next period: what is there at the end of one is there at the start of the next."""
    rows, columns, factor = one
    return rows[:, :-1] + 1, columns[:, :-1], factor[:, :-1]


def _coming_back(sets: Sets, v: Variables) -> list[Term]:
    """What comes back of each sale, period by period, by what is given where and period."""
    curves = sets.instance.tables["return_curves"]
    sold = lines_of(curves[["place_id", "sold_product_id"]].set_axis(PAIR, axis=1), sets.sales)
    line = lines_of(curves[PAIR], sets.gives)
    terms: list[Term] = []
    for age in range(sets.periods):
        of_age = (curves["age"] == age).to_numpy()
        columns = v.sold[sold[of_age]][:, : sets.periods - age]
        rows = line[of_age][:, None] * sets.periods + np.arange(age, sets.periods)[None, :]
        share = np.broadcast_to(curves.loc[of_age, "share"].to_numpy(float)[:, None], columns.shape)
        terms.append((rows, columns, share))
    return terms


def _usable_while_closed(sets: Sets) -> np.ndarray:
    return sets.over_time("storage", sets.stores[PAIR], "while_closed") > 0


def most_in_all(sets: Sets) -> float:
    """Return more than can ever be in one place: all that arises, with what comes back of it and is made of it."""
    total = float(sets.instance.series("supply")["amount_t"].sum())
    curves = sets.instance.tables["return_curves"]
    back = curves.groupby(["place_id", "sold_product_id"])["share"].sum().max() if len(curves) else 0.0
    made = sets.yields.assign(most=sets.shares(Role.OUTPUT).max(axis=1)).groupby("process_id")["most"].sum()
    echelons = sum(max(1.0, most) - 1.0 for most in made)
    return max(1.0, total) * (1.0 + float(back)) ** sets.periods * (1.0 + echelons)
