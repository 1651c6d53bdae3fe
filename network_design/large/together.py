"""One future of a network or several, looked at as one program: what stands is shared, each future flows by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from network_design.highs import ArrayProgram, Instead, Solution, solve_linear, whole_fixed
from network_design.large.neighbourhood import Neighbourhoods
from network_design.large.part import arrays_of
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray, IntArray
from retour.vocabulary import Status


@dataclass(frozen=True)
class Together:
    """Models of the same places as one program; rows follow each other, model after model.

    Column j of model i is `scale[i][j]` x column `columns[i][j]` of the program, and counts by `weights[i]`.
    """

    models: tuple[DesignModel, ...]
    weights: tuple[float, ...]
    program: ArrayProgram
    offset: float
    columns: tuple[IntArray, ...]
    scale: tuple[FloatArray, ...]

    @cached_property
    def around(self) -> tuple[Neighbourhoods, ...]:
        """What is near what in each model."""
        return tuple(Neighbourhoods(model) for model in self.models)

    def cost_of(self, values: FloatArray) -> float:
        """Return what values of the columns cost."""
        return float(self.program.cost @ values + self.offset)

    def own(self, number: int, values: FloatArray) -> FloatArray:
        """Return the values of one model's columns."""
        own: FloatArray = values[self.columns[number]] * self.scale[number]
        return own

    def free(self, of_model: Callable[[Neighbourhoods], IntArray]) -> IntArray:
        """Return the columns of the program that are free in any model."""
        return np.unique(np.concatenate([own[of_model(a)] for own, a in zip(self.columns, self.around, strict=True)]))

    def settled(self, values: FloatArray, *, seed: int, deadline: float, threads: int = 1) -> Solution | None:
        """Return the best amounts with everything whole fixed, and their prices; None where nothing is found in time.

        Several models keep all that stands.
        """
        if time.perf_counter() >= deadline:
            return None
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(lambda i: self._settled(i, values, seed, deadline), range(len(self.models))))
        if any(f.status is not Status.OPTIMAL for f in found):
            return None
        whole = values.copy()
        for own, scale, mine in zip(self.columns, self.scale, found, strict=True):
            whole[own] = mine.values / scale
        prices = np.concatenate([w * f.row_price for w, f in zip(self.weights, found, strict=True)])
        return Solution(Status.OPTIMAL, whole, None, prices)

    def _settled(self, number: int, values: FloatArray, seed: int, deadline: float) -> Solution:
        model, own = self.models[number], self.own(number, values)
        lower, upper, extra = model.program.lower.copy(), model.program.upper.copy(), model.variables.extra
        if len(self.models) > 1:
            lower[extra] = upper[extra] = own[extra]
        bounds = whole_fixed(model.program, own, Instead(lower=lower, upper=upper))
        return solve_linear(model.program, seed=seed, budget_s=deadline - time.perf_counter(), instead=bounds)


def alone(model: DesignModel) -> Together:
    """Return one model by itself."""
    program, columns = model.program, np.arange(model.program.columns)
    return Together((model,), (1.0,), arrays_of(program), program.offset, (columns,), (np.ones(len(columns)),))
