"""What ties flows to the places they go to: nothing goes to a place that is closed.

Capacities say so already, but weakly: a large place looks cheap when a hundredth of it may be opened. Flow by flow, at
most what its origin can have (the strong formulation of facility location), and step by step at most what the steps
hold, the relaxation is close to the truth.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.model.program import Program, Term
from network_design.model.sets import PAIR, RUN, FloatArray, Sets
from network_design.model.variables import Variables
from retour.design.lines import lines_of
from retour.vocabulary import Role

ROUNDS = 8
MOST_ROWS = 400_000


def send_only_to_open_places(program: Program, sets: Sets, v: Variables) -> None:
    """A flow is at most what its origin can have, and what the size of its destination holds of that; else nothing."""
    most = amounts_on_arcs(sets)
    level = sets.first_level[sets.place_line(sets.arcs["to_id"])]
    free = program.lower[v.level[np.maximum(level, 0)]] < 1
    line, period = np.nonzero((level >= 0)[:, None] & free & np.isfinite(most) & (most > 0))
    if len(line) > MOST_ROWS:
        return
    keys = sets.targets.iloc[line].assign(period=period + 1)
    flow = (np.arange(len(line)), v.flow[line, period], np.ones(len(line)))
    steps = _steps(sets, v, level[line], most[line, period], period, use_of_arcs(sets)[line])
    wide = _extra(sets, v, sets.arcs["to_id"].iloc[line], most[line, period], period, use_of_arcs(sets)[line])
    program.add_rows("OPEN", keys, [flow, steps, wide], upper=0.0)


def use_of_arcs(sets: Sets) -> FloatArray:
    """Return how much of its destination's size a tonne of each arc takes up; 0 where that does not limit it.

    What may wait in store, or be sold on the spot, is not bound to what is processed in the period.
    """
    loose = (lines_of(sets.targets, sets.stores[PAIR]) >= 0) | (lines_of(sets.targets, sets.sales) >= 0)
    use = use_of_size(sets).min(axis=1)
    fed = sets.runs.assign(use=use).merge(sets.mixes, on="process_id").groupby(PAIR)["use"].min().reset_index()
    found = lines_of(sets.targets, fed)
    least = fed["use"].to_numpy(float)[found] if len(fed) else np.zeros(len(sets.targets))
    return np.where(loose | (found < 0), 0.0, least)


def _steps(sets: Sets, v: Variables, first: np.ndarray, most: FloatArray, period: np.ndarray, use: FloatArray) -> Term:
    """Return what each level adds to what may flow: the smallest all of it where size is no limit, else its step."""
    number = sets.levels.groupby("place_id")["step"].transform("size").to_numpy(np.int64)[first]
    row = np.repeat(np.arange(len(first)), number)
    step = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    line = first[row] + step
    until = sets.levels["size_t"].to_numpy(float)[line]
    before = until - sets.levels["step_t"].to_numpy(float)[line]
    with np.errstate(divide="ignore", invalid="ignore"):
        held = [np.minimum(most[row], np.where(use[row] > 0, size / use[row], np.inf)) for size in (before, until)]
    added = np.where(use[row] > 0, held[1] - held[0], np.where(step == 0, most[row], 0.0))
    return row, v.level[line, period[row]], -added


def _extra(sets: Sets, v: Variables, place: pd.Series, most: FloatArray, period: np.ndarray, use: FloatArray) -> Term:
    """Return what the extra size of a range adds, where its smaller size does not hold all that may flow."""
    line = lines_of(place.to_frame("place_id"), sets.extras)
    small = sets.extras["small_t"].to_numpy(float)[line] if len(sets.extras) else np.zeros(len(line))
    row = np.flatnonzero((line >= 0) & (use > 0) & (most * use > small))
    return row, v.extra[line[row], period[row]], -1.0 / use[row]


def available(sets: Sets) -> FloatArray:
    """Return the most each place can have of what it gives, (gives, periods); inf where that cannot be told.

    What arises is known; what is produced is at most what can arrive, and at most what the place has room for. What
    may be stored, or come back of sales, is not followed.
    """
    made, run, yielded = _made(sets)
    own = sets.over_time("supply", sets.gives, "amount_t")
    own[_not_followed(sets)] = np.inf
    room = _room(sets)
    most = np.full(own.shape, np.inf)
    for _ in range(ROUNDS):  # every echelon of the network needs one
        through = np.minimum(room, _through(sets, most[sets.given_on]))
        before, most = most, own.copy()
        with np.errstate(invalid="ignore"):
            np.add.at(most, made, np.where(yielded > 0, yielded * through[run], 0.0))
        if np.array_equal(before, most):
            break
    return most


def amounts_on_arcs(sets: Sets) -> FloatArray:
    """Return the most each arc can carry of what its origin can have, (arcs, periods); inf where that is not known."""
    return available(sets)[sets.given_on]


def most_processed(sets: Sets) -> FloatArray:
    """Return the most each run can process of what can arrive and of what its place has room for, (runs, periods)."""
    return np.minimum(_room(sets), _through(sets, amounts_on_arcs(sets)))


def use_of_size(sets: Sets) -> FloatArray:
    """Return how much of its place's size a tonne takes up, (runs, periods)."""
    return sets.over_time("processes", sets.runs[RUN], "capacity_per_t", missing=1.0)


def _through(sets: Sets, on_arcs: FloatArray) -> FloatArray:
    """Return the most each run can process of what can arrive of its scarcest input, (runs, periods)."""
    arrives = np.zeros((len(sets.takes), sets.periods))
    np.add.at(arrives, sets.taken_on, on_arcs)
    stored = lines_of(sets.stores[PAIR], sets.takes)
    arrives[stored] = np.inf
    both = sets.runs.reset_index(names="run").merge(sets.mixes.reset_index(names="line"), on="process_id")
    share = sets.shares(Role.INPUT)[both["line"].to_numpy(np.int64)]
    with np.errstate(divide="ignore", invalid="ignore"):
        possible = np.where(share > 0, arrives[lines_of(both[PAIR], sets.takes)] / share, np.inf)
    most = np.full((len(sets.runs), sets.periods), np.inf)
    np.minimum.at(most, both["run"].to_numpy(np.int64), possible)
    return most


def _room(sets: Sets) -> FloatArray:
    """Return the most each run can process at its place's largest size, (runs, periods)."""
    largest = sets.instance.tables["capacities"].groupby("place_id")["size_t"].max()
    size = sets.runs["place_id"].map(largest).astype(float).fillna(np.inf).to_numpy(float)[:, None]
    use = use_of_size(sets)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(use > 0, size / use, np.inf)


def _made(sets: Sets) -> tuple[np.ndarray, np.ndarray, FloatArray]:
    both = sets.runs.reset_index(names="run").merge(sets.yields.reset_index(names="line"), on="process_id")
    share = sets.shares(Role.OUTPUT)[both["line"].to_numpy(np.int64)]
    return lines_of(both[PAIR], sets.gives), both["run"].to_numpy(np.int64), share


def _not_followed(sets: Sets) -> np.ndarray:
    return lines_of(sets.gives, sets.instance.tables["return_curves"][PAIR].drop_duplicates()) >= 0
