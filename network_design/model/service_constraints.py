"""Constraints on distance and time: shares within a band, supply that comes the less the farther it is, queues.

What comes is a step function of how near the nearest open place is. Bands are nested, so the share that comes is the
sum, over the bands within which some place is open, of what each adds to the next wider one: exact, and whole wherever
the places are. Covering after Church and ReVelle (1974), doi:10.1007/BF01942293, a share of it by band.

A queue is a row of steps of its place's size, each with the days that a further tonne adds to all waiting. As they
rise, the program fills the first steps first, and gives them to what loses most: no binaries, whatever size is chosen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from network_design.model.flow_constraints import arising_terms, by_period, term
from network_design.model.nearness import inside_bands, may_be_lost, surely_near
from network_design.model.program import Program, Term
from network_design.model.sets import PAIR, RUN, IntArray, Sets
from network_design.model.variables import Variables
from retour.design.lines import lines_of
from retour.design.service import bands_of, is_within

BAND = ["group_id", "of_product_id", "within_km", "period"]


def serve_within_bands(program: Program, sets: Sets, v: Variables) -> None:
    """At least so much of what arises goes no farther than a band: all places together, and each by itself."""
    bands = bands_of(sets.instance)
    for share, keys in (("least_share", BAND), ("least_share_each", [*BAND, "place_id"])):
        asked = bands[bands[share] > 0].reset_index(drop=True)
        if asked.empty:
            continue
        rows = asked[keys].drop_duplicates(ignore_index=True)
        row = lines_of(asked[keys], rows)
        arises = _arising(sets, asked, row, len(rows), share)
        amount = arises @ sets.over_time("supply", sets.gives, "amount_t").ravel()
        terms = [_near(sets, v, asked, row), _minus(arises @ _made_or_back(program, sets, v))]
        told = rows.rename(columns={"of_product_id": "product_id"})
        told = told if "place_id" in told else told.rename(columns={"group_id": "place_id"})
        program.add_rows("SERVICE", told, terms, lower=amount)


def lose_what_is_far(program: Program, sets: Sets, v: Variables) -> None:
    """What does not come is what arises less the shares of the bands within which a place is open."""
    rows, arises = sets.response, may_be_lost(sets)
    if rows.empty:
        return
    line, period = lines_of(rows[PAIR], sets.responding), rows["period"].to_numpy(np.int64) - 1
    band = lines_of(rows[[*PAIR, "within_km"]], sets.bands)
    comes = arises[line, period] * rows["more"].to_numpy(float)
    terms = [
        term(np.arange(len(sets.responding)), v.lost), (line * sets.periods + period, v.near[band, period], comes)
    ]  # fmt: skip
    keys = by_period(sets.responding, sets.periods)
    program.add_rows("RESPONSE", keys, terms, lower=arises.ravel(), upper=arises.ravel())


def be_near_where_open(program: Program, sets: Sets, v: Variables) -> None:
    """A band is near where a place within it is open, or the next narrower band is near; and only then."""
    if sets.bands.empty:
        return
    inside = inside_bands(sets)
    inside = inside[inside["level"] >= 0].reset_index(drop=True)
    band, level = inside["band"].to_numpy(np.int64), inside["level"].to_numpy(np.int64)
    some = [term(np.arange(len(sets.bands)), v.near), term(band, v.level[level], -1.0)]
    always = np.repeat(surely_near(sets), sets.periods, axis=1).ravel()
    program.add_rows("NEAR", by_period(sets.bands[PAIR], sets.periods), some, upper=always)
    first = np.flatnonzero(~inside.duplicated([*PAIR, "to_id"]).to_numpy())  # each place in its narrowest band
    _at_least(program, sets, inside.iloc[first], v.near[band[first]], v.level[level[first]])
    wider = np.flatnonzero(sets.bands.duplicated(PAIR).to_numpy())
    _at_least(program, sets, sets.bands.iloc[wider], v.near[wider], v.near[wider - 1])


def wait_in_line(program: Program, sets: Sets, v: Variables) -> None:
    """All that is processed stands in some step of the queue; a step, but the last, holds its share of the size."""
    waits, periods = sets.waits, sets.periods
    if waits.empty:
        return
    queued = waits[RUN].drop_duplicates(ignore_index=True)
    run = lines_of(queued, sets.runs)
    every = [term(lines_of(waits[RUN], queued), v.waiting), term(np.arange(len(queued)), v.processed[run], -1.0)]
    program.add_rows("WAITING", by_period(queued, periods), every, lower=0.0, upper=0.0)
    steps = waits.loc[np.isfinite(waits["width"]), ["place_id", "from_share", "width"]]
    steps = steps.drop_duplicates(["place_id", "from_share"]).reset_index(drop=True)
    use = sets.over_time("processes", waits[RUN], "capacity_per_t", missing=1.0)
    terms = [term(lines_of(waits[["place_id", "from_share"]], steps), v.waiting, use)]
    for own, columns, step_t in (
        (sets.levels, v.level, sets.levels["step_t"].to_numpy(float)), (sets.extras, v.extra, np.ones(len(sets.extras)))
    ):  # fmt: skip
        held = steps.reset_index(names="step").merge(own.reset_index(names="line")[["place_id", "line"]], on="place_id")
        line = held["line"].to_numpy(np.int64)
        width = held["width"].to_numpy(float) * step_t[line]
        terms.append(term(held["step"].to_numpy(np.int64), columns[line], -width[:, None]))
    program.add_rows("QUEUE", by_period(steps[["place_id"]], periods), terms, upper=0.0)


def _at_least(program: Program, sets: Sets, keys: pd.DataFrame, larger: IntArray, smaller: IntArray) -> None:
    lines = np.arange(len(keys))
    terms = [term(lines, larger), term(lines, smaller, -1.0)]
    program.add_rows("NEAR", by_period(keys[PAIR].reset_index(drop=True), sets.periods), terms, lower=0.0)


def _near(sets: Sets, v: Variables, asked: pd.DataFrame, row: IntArray) -> Term:
    """Return the flows that begin where a band's share arises and go no farther."""
    ways = sets.arcs[["from_id", "product_id", "distance_km"]].rename(columns={"from_id": "place_id"})
    both = asked.assign(row=row).merge(ways.reset_index(names="arc"), on=PAIR)
    near = both[is_within(both["distance_km"], both["within_km"])]
    columns = v.flow[near["arc"].to_numpy(np.int64), near["period"].to_numpy(np.int64) - 1]
    return near["row"].to_numpy(np.int64), columns, np.ones(len(near))


def _arising(sets: Sets, asked: pd.DataFrame, row: IntArray, rows: int, share: str) -> sparse.csr_matrix:
    """Return the share asked for, by band row and by what is given where in which period (gives x periods)."""
    given = lines_of(asked[PAIR], sets.gives) * sets.periods + asked["period"].to_numpy(np.int64) - 1
    shape = (rows, len(sets.gives) * sets.periods)
    return sparse.csr_matrix((asked[share].to_numpy(float), (row, given)), shape=shape)


def _made_or_back(program: Program, sets: Sets, v: Variables) -> sparse.csr_matrix:
    """Return what is made, or comes back of sales, by what is given where in which period, and by column."""
    parts = [[np.asarray(part).ravel() for part in one] for one in arising_terms(sets, v)]
    line, column, factor = (np.concatenate(part) for part in zip(*parts, strict=True))
    return sparse.csr_matrix((factor, (line, column)), shape=(len(sets.gives) * sets.periods, program.columns))


def _minus(share: sparse.csr_matrix) -> Term:
    entries = share.tocoo()
    return entries.row.astype(np.int64), entries.col.astype(np.int64), -entries.data
