"""A design with room for all futures, improved at what it costs in them: the fullest one and the mean of the others.

Two futures at their probabilities stand for all: what stands is shared, and pays in the fullest future for the room
that only it needs. That is twice the program of one future, where all of them would be many times that.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from network_design.futures.expected import mean_instance
from network_design.futures.extensive import extensive_form
from network_design.futures.fullest import most_arising
from network_design.futures.risk import Risk
from network_design.futures.standing import Standing, bounds_of, standing_in
from network_design.large.first import tiers_reached
from network_design.large.part import arrays_of
from network_design.large.together import Together
from network_design.large.turns import Turns, improve_in_turns
from network_design.model.build import build_model
from network_design.model.program import FloatArray
from network_design.study.cases import Future
from retour.progress import Listener, Progress, silent

TURNS = Turns(most=6, rounds=1, large_share=0.5, threads=2)
"""One round of regions at a time: large places save more than a second one."""


def polished(
    futures: Sequence[Future], standing: Standing, *, seed: int, budget_s: float, listener: Listener = silent
) -> Standing:
    """Return what stands in a design that costs less in two futures that stand for all; as it was without one."""
    deadline = time.perf_counter() + budget_s
    two = two_for_all(futures)
    together = None if two is None else _together(two)
    values = None if together is None else _started(together, standing, seed=seed, deadline=deadline)
    if together is None or values is None:
        return standing

    def tell(cost: float) -> None:
        listener(Progress("alone", 0.1, f"in two futures that stand for all: {cost:,.0f}"))

    tell(together.cost_of(values))
    values = improve_in_turns(together, values, TURNS, seed=seed, deadline=deadline, tell=tell)
    return standing_in(together.models[0], together.own(0, values))


def two_for_all(futures: Sequence[Future]) -> tuple[Future, Future] | None:
    """Return the future in which most arises, with as much everywhere as in any, and the mean of the others.

    None where futures have rows of their own, or there is only one.
    """
    most = most_arising(futures)
    if most is None or len(futures) < 2:
        return None
    total = [float(f.instance.series("supply")["amount_t"].sum()) for f in futures]
    fullest = futures[int(np.argmax(total))]
    others = [f for f in futures if f is not fullest]
    chance = np.array([f.probability for f in others])
    mean = mean_instance([f.instance for f in others], chance) if chance.sum() > 0 else None
    if mean is None:
        return None
    roomy = replace(fullest, instance=fullest.instance.replace(supply=most))
    return roomy, Future("others", "the mean of the others", float(chance.sum()), mean)


def _together(two: Sequence[Future]) -> Together | None:
    models = tuple(build_model(f.instance, strong=False) for f in two)
    places = models[0].sets.places["place_id"]
    if any(not model.sets.places["place_id"].equals(places) for model in models[1:]):
        return None
    probability = np.array([f.probability for f in two])
    form = extensive_form(models, probability, Risk())
    weights, arrays = tuple(probability.tolist()), arrays_of(form.program)
    return Together(models, weights, arrays, form.program.offset, form.columns, form.scale)


def _started(together: Together, standing: Standing, *, seed: int, deadline: float) -> FloatArray | None:
    """Return values of the program in which a design stands; None where it does not fit."""
    values = np.zeros(len(together.program.cost))
    for model, own, scale in zip(together.models, together.columns, together.scale, strict=True):
        found = tiers_reached(model, bounds_of(model, standing), seed=seed, deadline=deadline)
        if found is None:
            return None
        values[own] = found / scale
    return values
