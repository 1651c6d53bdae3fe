"""Large designs: a first design from the relaxation, neighbourhoods improved one by one, a bound proven meanwhile.

Fix and optimise (Helber and Sahling 2010, doi:10.1016/j.ijpe.2009.08.022): each neighbourhood is a small program solved
by itself. The relaxation with all its strength takes long, so it is solved beside that (`network_design.proof`).
"""

from __future__ import annotations

import time

import numpy as np

from network_design.bound import dual_bound
from network_design.first import first_design
from network_design.highs import Solution, solve_linear
from network_design.model.build import DesignModel, build_model
from network_design.model.program import FloatArray
from network_design.neighbourhood import Neighbourhoods
from network_design.part import Whole, improved
from network_design.proof import Proof
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

MOST_COLUMNS, MANY_CHOICES = 40_000, 500
"""Up to so many columns HiGHS solves the whole program; from so many whole ones on it starts from a first design."""
NEARBY = (40, 8)
"""Places in a neighbourhood: of the most numerous kind, of others."""
PART_GAP, PART_S = 1e-3, 20.0
FIRST_SHARE, ENOUGH_ROUNDS = 0.35, 10


def is_large(model: DesignModel) -> bool:
    """Say whether a model is too large to be solved as one program."""
    return model.program.columns > MOST_COLUMNS and bool(model.program.whole.any())


def has_many_choices(model: DesignModel) -> bool:
    """Say whether a whole solution of the model is hard enough to find that a first one helps."""
    return int(model.program.whole.sum()) > MANY_CHOICES


def quick_design(model: DesignModel, *, seed: int, budget_s: float) -> FloatArray | None:
    """Return a first design rounded from the relaxation; None where none is found in time."""
    deadline = time.perf_counter() + budget_s
    weak = build_model(model.sets.instance, strong=False)
    relaxed = solve_linear(weak.program, seed=seed, budget_s=budget_s)
    return first_design(weak, relaxed.values, seed=seed, deadline=deadline) if len(relaxed.values) else None


def design_large(model: DesignModel, *, seed: int, budget_s: float, listener: Listener = silent) -> Solution:
    """Return the best values found in time, FEASIBLE, with a bound; FAILED where not even a first design was found.

    INFEASIBLE where the relaxation is.
    """
    deadline = time.perf_counter() + budget_s
    weak = build_model(model.sets.instance, strong=False)
    listener(Progress("design", 0.15, "relaxing"))
    relaxed = solve_linear(weak.program, seed=seed, budget_s=budget_s * FIRST_SHARE, prices_only=True)
    if relaxed.status is Status.INFEASIBLE:
        return relaxed
    bound = dual_bound(weak, relaxed.row_price) if len(relaxed.row_price) else None
    proof = Proof(model, relaxed.values, seed=seed, deadline=deadline)
    values = first_design(weak, relaxed.values, seed=seed, deadline=deadline) if len(relaxed.values) else None
    if values is not None:
        listener(Progress("design", 0.3, f"first design: {_cost(model, values):,.0f}", _cost(model, values)))
        values = improve(model, values, seed=seed, deadline=deadline, listener=listener)
    best = max((b for b in (bound, proof.bound()) if b is not None), default=None)
    status = Status.FAILED if values is None else Status.FEASIBLE
    return Solution(status, np.zeros(0) if values is None else values, best, np.zeros(0))


def _cost(model: DesignModel, values: FloatArray) -> float:
    return float(model.program.cost @ values + model.program.offset)


def improve(model: DesignModel, values: FloatArray, *, seed: int, deadline: float, listener: Listener) -> FloatArray:
    """Look at one neighbourhood after the other, in seeded order, until time is over or a round brings nothing."""
    whole, around, rng = Whole.of(model), Neighbourhoods(model), np.random.default_rng(seed)
    begun = time.perf_counter()
    for _ in range(ENOUGH_ROUNDS):
        before = _cost(model, values)
        for kind, centre, number in _centres(around, rng):
            left_s = deadline - time.perf_counter()
            if left_s <= 0:
                return values
            free = around.free_columns(around.near(centre, kind, number))
            found = improved(whole, values, free, seed=seed, budget_s=min(PART_S, left_s), relative_gap=PART_GAP)
            values = values if found is None else found
            done = 0.3 + 0.6 * (time.perf_counter() - begun) / max(1.0, deadline - begun)
            listener(Progress("design", min(0.9, done), f"cost {_cost(model, values):,.0f}", _cost(model, values)))
        if _cost(model, values) > before * (1 - PART_GAP) - 1e-9:
            return values
    return values


def _centres(around: Neighbourhoods, rng: np.random.Generator) -> list[tuple[np.ndarray, int, int]]:
    """Return places to look around: of each kind so many that its places are covered about twice.

    Kinds with few places come first: their places are large, and what they cost decides what the others should do.
    """
    found: list[tuple[np.ndarray, int, int]] = []
    for position, kind in reversed(list(enumerate(around.kinds))):
        number = NEARBY[min(position, 1)]
        times = min(len(kind), max(1, 2 * len(kind) // number))
        found += [(kind, int(centre), number) for centre in rng.choice(kind, size=times, replace=False)]
    return found
