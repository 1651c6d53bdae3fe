"""What ties flows to the places they go to: nothing goes to a place that is closed.

Capacities say so already, but weakly: a large place looks cheap when a hundredth of it may be opened. Flow by flow, at
most what its origin can have (the strong formulation of facility location), the relaxation is close to the truth.
"""

from __future__ import annotations

import numpy as np

from network_design.model.program import Program
from network_design.model.sets import PAIR, RUN, FloatArray, Sets, positions
from network_design.model.variables import Variables
from retour.vocabulary import Role

ROUNDS = 8
MOST_ROWS = 400_000


def send_only_to_open_places(program: Program, sets: Sets, v: Variables) -> None:
    """A flow is at most what its origin can have of the product, and nothing where its destination is closed."""
    most = available(sets)[positions(sets.arcs[["from_id", "product_id"]].set_axis(PAIR, axis=1), sets.gives)]
    level = sets.first_level[sets.place_line(sets.arcs["to_id"])]
    free = program.lower[v.level[np.maximum(level, 0)]] < 1
    line, period = np.nonzero((level >= 0)[:, None] & free & np.isfinite(most) & (most > 0))
    if len(line) > MOST_ROWS:
        return
    keys = sets.arcs.iloc[line][["to_id", "product_id"]].set_axis(PAIR, axis=1).assign(period=period + 1)
    rows = np.arange(len(line))
    terms = [
        (rows, v.flow[line, period], np.ones(len(rows))),
        (rows, v.level[level[line], period], -most[line, period]),
    ]
    program.add_rows("OPEN", keys, terms, upper=0.0)


def available(sets: Sets) -> FloatArray:
    """Return the most each place can have of what it gives, (gives, periods); inf where that cannot be told.

    What arises is known; what is produced is at most what can arrive, and at most what the place has room for. What
    may be stored, or come back of sales, is not followed.
    """
    made, run, yielded = _made(sets)
    own = sets.over_time("supply", sets.gives, "amount_t")
    own[_not_followed(sets)] = np.inf
    origin = positions(sets.arcs[["from_id", "product_id"]].set_axis(PAIR, axis=1), sets.gives)
    room = _room(sets)
    most = np.full(own.shape, np.inf)
    for _ in range(ROUNDS):  # every echelon of the network needs one
        through = np.minimum(room, _through(sets, most[origin]))
        before, most = most, own.copy()
        with np.errstate(invalid="ignore"):
            np.add.at(most, made, np.where(yielded > 0, yielded * through[run], 0.0))
        if np.array_equal(before, most):
            break
    return most


def _through(sets: Sets, on_arcs: FloatArray) -> FloatArray:
    """Return the most each run can process of what can arrive of its scarcest input, (runs, periods)."""
    arrives = np.zeros((len(sets.takes), sets.periods))
    np.add.at(arrives, positions(sets.arcs[["to_id", "product_id"]].set_axis(PAIR, axis=1), sets.takes), on_arcs)
    stored = positions(sets.stores[PAIR], sets.takes)
    arrives[stored] = np.inf
    both = sets.runs.reset_index(names="run").merge(sets.mixes.reset_index(names="line"), on="process_id")
    share = sets.shares(Role.INPUT)[both["line"].to_numpy(np.int64)]
    with np.errstate(divide="ignore", invalid="ignore"):
        possible = np.where(share > 0, arrives[positions(both[PAIR], sets.takes)] / share, np.inf)
    most = np.full((len(sets.runs), sets.periods), np.inf)
    np.minimum.at(most, both["run"].to_numpy(np.int64), possible)
    return most


def _room(sets: Sets) -> FloatArray:
    """Return the most each run can process at its place's largest size, (runs, periods)."""
    largest = sets.instance.tables["capacities"].groupby("place_id")["size_t"].max()
    size = sets.runs["place_id"].map(largest).astype(float).fillna(np.inf).to_numpy(float)[:, None]
    use = sets.over_time("processes", sets.runs[RUN], "capacity_per_t", missing=1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(use > 0, size / use, np.inf)


def _made(sets: Sets) -> tuple[np.ndarray, np.ndarray, FloatArray]:
    both = sets.runs.reset_index(names="run").merge(sets.yields.reset_index(names="line"), on="process_id")
    share = sets.shares(Role.OUTPUT)[both["line"].to_numpy(np.int64)]
    return positions(both[PAIR], sets.gives), both["run"].to_numpy(np.int64), share


def _not_followed(sets: Sets) -> np.ndarray:
    return positions(sets.gives, sets.instance.tables["return_curves"][PAIR].drop_duplicates()) >= 0
