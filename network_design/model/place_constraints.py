"""Constraints on places and on the network as a whole: opening, growing, closing, counts, budgets, limits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.model.flow_constraints import by_period, term
from network_design.model.objective import closing, flow_emissions, opening, run_emissions, slope
from network_design.model.program import IntArray, Program, Term
from network_design.model.sets import PAIR, FloatArray, Sets
from network_design.model.variables import Variables, initial_extra, initial_level, resold
from retour.design.lines import lines_of
from retour.vocabulary import CountedWhere, Shrinking


def nest_levels(program: Program, sets: Sets, v: Variables) -> None:
    """A place of some size has all smaller sizes too."""
    later = np.flatnonzero((sets.levels["step"] > 0).to_numpy())
    line = np.arange(len(later))
    terms = [term(line, v.level[later]), term(line, v.level[later - 1], -1.0)]
    program.add_rows(
        "NESTED",
        by_period(sets.levels.iloc[later][["place_id"]].reset_index(drop=True), sets.periods),
        terms,
        upper=0.0,
    )


def tell_growth(program: Program, sets: Sets, v: Variables) -> None:
    """A level is gained when it stands and did not stand before; what may not be lost is gained at most once."""
    lines, stays = np.arange(len(sets.levels)), _stays(sets)
    start = initial_level(sets)
    rise = [term(lines, v.grows), term(lines, v.level, -1.0), _before(lines, v.level)]
    lower = np.zeros((len(lines), sets.periods))
    lower[:, 0] = -start
    upper = np.where(stays[:, None], lower, np.inf)
    keys = by_period(sets.levels[["place_id"]], sets.periods)
    program.add_rows("GROWTH", keys, rise, lower=lower.ravel(), upper=upper.ravel())
    _forbid_idle_growth(program, sets, v, start)
    _keep_steps(program, sets, v, start)


def widen_ranges(program: Program, sets: Sets, v: Variables) -> None:
    """Extra size only while open; what is new of it is paid for, or paid back where it is resold."""
    extras, periods = sets.extras, sets.periods
    lines, width = np.arange(len(extras)), sets.extra_width
    level = sets.first_level[sets.place_line(extras["place_id"])]
    keys = by_period(extras[["place_id"]], periods)
    inside = [term(lines, v.extra), term(lines, v.level[level], -width[:, None])]
    program.add_rows("RANGE", keys, inside, upper=0.0)
    start = np.zeros((len(extras), periods))
    start[:, 0] = -initial_extra(sets)
    exact = resold(sets) | (_never_shrinks(sets, extras) & _stays(sets)[level])
    rise = [term(lines, v.widened), term(lines, v.extra, -1.0), _before(lines, v.extra)]
    upper = np.where(exact[:, None], start, np.inf)
    program.add_rows("WIDENING", keys, rise, lower=start.ravel(), upper=upper.ravel())
    kept = np.flatnonzero(_never_shrinks(sets, extras) & ~exact)
    hold = [term(np.arange(len(kept)), v.extra[kept]), _before(np.arange(len(kept)), v.extra[kept], -1.0)]
    hold.append(term(np.arange(len(kept)), v.level[level[kept]], -width[kept][:, None]))
    floor = -np.repeat(width[kept], periods) - start[kept].ravel()
    program.add_rows(
        "KEPT", by_period(extras.iloc[kept][["place_id"]].reset_index(drop=True), periods), hold, lower=floor
    )


def count_open_places(program: Program, sets: Sets, v: Variables) -> None:
    """The number of open places of a group or kind lies within its limits."""
    limits = sets.instance.tables["group_limits"][["group_id"]].drop_duplicates(ignore_index=True)
    least = sets.over_time("group_limits", limits, "least")
    most = sets.over_time("group_limits", limits, "most", missing=np.inf)
    line, level, always = [], [], np.zeros(len(limits))
    for i, group in enumerate(limits["group_id"]):
        member = ((sets.places["group_id"] == group) | (sets.places["kind"] == group)).to_numpy()
        first = sets.first_level[member]
        always[i] = (first < 0).sum()
        line += [i] * int((first >= 0).sum())
        level += first[first >= 0].tolist()
    keys = by_period(limits.rename(columns={"group_id": "place_id"}), sets.periods)
    terms = [term(np.array(line, dtype=np.int64), v.level[np.array(level, dtype=np.int64)])]
    bounds = [(bound - always[:, None]).ravel() for bound in (least, most)]
    program.add_rows("COUNT", keys, terms, lower=bounds[0], upper=bounds[1])


def respect_budgets(program: Program, sets: Sets, v: Variables) -> None:
    """Opening, growing and closing cost no more in a period than may be invested."""
    table = sets.instance.tables["periods"].sort_values("period")
    limit = table["investment_limit"].fillna(np.inf).to_numpy(float).copy()
    if np.isinf(limit).all():
        return
    periods = pd.DataFrame({"period": np.arange(1, sets.periods + 1)})
    shut = closing(sets)
    terms = [
        _total(v.grows, opening(sets) + shut),
        _total(v.level, -shut),
        _total(v.widened, slope(sets, "opening_cost")),
    ]
    rows, columns, factor = _total(v.level, shut)
    terms.append((rows[:, 1:], columns[:, :-1], factor[:, 1:]))
    limit[0] -= shut[:, 0] @ initial_level(sets)
    program.add_rows("BUDGET", periods, terms, upper=limit)


def respect_product_limits(program: Program, sets: Sets, v: Variables) -> None:
    """All that is disposed of a product, or all where it arises, is no more than its limit."""
    table = sets.instance.tables["product_limits"]
    limited = table[["product_id"]].drop_duplicates(ignore_index=True)
    upper = sets.over_time("product_limits", limited, "disposal_limit_t", missing=np.inf)
    line = lines_of(sets.disposals[["product_id"]], limited)
    narrow = table.loc[table["counted"] == CountedWhere.WHERE_IT_ARISES, "product_id"]
    arises = lines_of(sets.disposals[PAIR], sets.instance.tables["supply"][PAIR].drop_duplicates()) >= 0
    line = np.where(sets.disposals["product_id"].isin(narrow) & ~arises, -1, line)
    keys = by_period(limited, sets.periods)
    program.add_rows("PRODUCT_DISPOSAL", keys, [term(line, v.disposed)], upper=upper.ravel())


def respect_emission_limits(program: Program, sets: Sets, v: Variables) -> None:
    """Transport and processes emit no more of a gas than its cap."""
    gases = sets.instance.tables["gases"][["gas"]].drop_duplicates(ignore_index=True)
    limit = sets.over_time("gases", gases, "limit_t", missing=np.inf)
    flows, runs = flow_emissions(sets), run_emissions(sets)
    for line in np.flatnonzero(np.isfinite(limit).any(axis=1)):
        gas = gases["gas"].iloc[line]
        keys = pd.DataFrame({"product_id": gas, "period": np.arange(1, sets.periods + 1)})
        terms = [_total(c, e[gas]) for c, e in ((v.flow, flows), (v.processed, runs)) if gas in e]
        program.add_rows("EMISSIONS", keys, terms, upper=limit[line])


def _forbid_idle_growth(program: Program, sets: Sets, v: Variables, start: FloatArray) -> None:
    """Where gaining and losing a level would bring money, it is gained only if it stands now and did not before."""
    gain = opening(sets) + closing(sets)
    loose = np.flatnonzero((gain < 0).any(axis=1) & ~_stays(sets))
    line, keys = (
        np.arange(len(loose)),
        by_period(sets.levels.iloc[loose][["place_id"]].reset_index(drop=True), sets.periods),
    )
    program.add_rows("GROWTH", keys, [term(line, v.grows[loose]), term(line, v.level[loose], -1.0)], upper=0.0)
    upper = np.ones((len(loose), sets.periods))
    upper[:, 0] -= start[loose]
    terms = [term(line, v.grows[loose]), _before(line, v.level[loose])]
    program.add_rows("GROWTH", keys, terms, upper=upper.ravel())


def _keep_steps(program: Program, sets: Sets, v: Variables, start: FloatArray) -> None:
    """A place that never gets smaller loses a larger size only when it closes."""
    kept = (sets.levels["step"] > 0).to_numpy() & _never_shrinks(sets, sets.levels) & ~_stays(sets)
    lines = np.flatnonzero(kept)
    first = sets.first_level[sets.place_line(sets.levels["place_id"].iloc[lines])]
    line = np.arange(len(lines))
    terms = [term(line, v.level[lines]), _before(line, v.level[lines], -1.0), term(line, v.level[first], -1.0)]
    lower = np.full((len(lines), sets.periods), -1.0)
    lower[:, 0] += start[lines]
    keys = by_period(sets.levels.iloc[lines][["place_id"]].reset_index(drop=True), sets.periods)
    program.add_rows("KEPT", keys, terms, lower=lower.ravel())


def _stays(sets: Sets) -> np.ndarray:
    """Say which levels are never lost: the smallest of a place that may not close; all if it may not shrink either."""
    place = sets.places.iloc[sets.place_line(sets.levels["place_id"])]
    open_ended = ~place["may_close"].to_numpy() & place["closed_from"].isna().to_numpy()
    smallest = (sets.levels["step"] == 0).to_numpy()
    return open_ended & (smallest | (place["shrinking"] == Shrinking.NEVER).to_numpy())


def _never_shrinks(sets: Sets, of: pd.DataFrame) -> np.ndarray:
    place = sets.places.iloc[sets.place_line(of["place_id"])]
    return (place["shrinking"] == Shrinking.NEVER).to_numpy()


def _before(line: IntArray, columns: IntArray, factor: float = 1.0) -> Term:
    """Return a term of the period before; the first period has none."""
    rows, own, factors = term(line, columns, factor)
    return rows[:, 1:], own[:, :-1], factors[:, 1:]


def _total(columns: IntArray, factor: FloatArray) -> Term:
    """Return a term that adds up all lines of a set in the row of each period."""
    rows = np.broadcast_to(np.arange(columns.shape[1]), columns.shape)
    return rows, columns, np.broadcast_to(factor, columns.shape)
