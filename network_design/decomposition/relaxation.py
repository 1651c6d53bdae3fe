"""The relaxation: given prices of the rows that tie places, every place does what is best for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from network_design.decomposition.knapsacks import fill, find_gains
from network_design.decomposition.priced import Priced
from network_design.decomposition.standing import stand, stood
from network_design.decomposition.states import States, states_of
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray, IntArray


@dataclass(frozen=True)
class Answer:
    """What places do at some prices: the bound that the prices prove, and of each model its columns."""

    bound: float
    values: tuple[FloatArray, ...]


class Relaxation:
    """Models with one set of places and steps, whose standing is shared; prices are one array for all their rows.

    A lower bound on the cost of every design for any prices of the right sign: Geoffrion (1974),
    doi:10.1007/BFb0120690, with the integer choice of sizes kept in each place's subproblem.
    """

    def __init__(
        self, models: Sequence[DesignModel], weights: Sequence[float], costs: Sequence[FloatArray] | None = None
    ) -> None:
        """Weights are the probabilities of the models, 1 for a single one; `costs` go before those of their columns."""
        self.states: States = states_of(models[0].sets)
        own = [m.program.cost for m in models] if costs is None else costs
        self.priced = tuple(Priced(m, w, self.states, c) for m, w, c in zip(models, weights, own, strict=True))
        self.starts = np.cumsum([0, *(len(p.rows) for p in self.priced)])
        self.row_lower = np.concatenate([p.row_lower for p in self.priced])
        self.row_upper = np.concatenate([p.row_upper for p in self.priced])
        self._items = tuple(_item_arrays(p) for p in self.priced)
        self._states = _state_arrays(self.states)
        self._bounds = _level_bounds(self.priced)

    def allowed(self, prices: FloatArray) -> FloatArray:
        """Return the nearest prices of the right sign: positive only for lower bounds, negative only for upper ones."""
        most = np.where(np.isfinite(self.row_lower), np.inf, 0.0)
        least = np.where(np.isfinite(self.row_upper), -np.inf, 0.0)
        return np.clip(prices, least, most)

    def answer(self, prices: FloatArray) -> Answer:
        """Return what every place does at these prices."""
        reduced = self.reduced(prices)
        bound = of_bounds(prices, self.row_lower, self.row_upper)
        gain, filled = np.zeros(1), []
        for number, left in enumerate(reduced):
            own, full, unsized = self.gains(number, left)
            bound += self.priced[number].weight * self.priced[number].model.program.offset - unsized
            gain = gain + own
            filled.append(full)
        chosen = np.zeros((len(self.states.level), self._periods), dtype=np.int64)
        bound += stand(self._states, self._standing_costs(reduced), self._bounds, gain, chosen)
        values = [
            self._values(i, left, full, chosen) for i, (left, full) in enumerate(zip(reduced, filled, strict=True))
        ]
        for p, left, mine in zip(self.priced, reduced, values, strict=True):
            bound += float(left[p.boxed] @ mine[p.boxed])
        return Answer(bound, tuple(values))

    def reduced(self, prices: FloatArray) -> list[FloatArray]:
        """Return what is left of the cost of each column at prices, (columns,) of each model."""
        parts = [prices[a:b] for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)]
        return [p.cost - p.transposed @ y for p, y in zip(self.priced, parts, strict=True)]

    def gains(self, number: int, reduced: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Return what each state gains in one model and the size it fills for it, (states + places, T) each, and what
        places without sizes gain."""
        p, shape = self.priced[number], (2, self.states.start[-1] + len(self.states.level), self._periods)
        own, full = np.zeros(shape)
        items = self._items[number]
        return own, full, find_gains(reduced, items, self.states.start, p.sizes, p.contracts, own, full, p.order)

    def missing(self, activity: FloatArray, prices: FloatArray) -> FloatArray:
        """Return how much each row lacks (above 0) or exceeds its bounds: the direction in which prices should move."""
        at_lower = np.where((prices > 0) | (activity < self.row_lower), self.row_lower - activity, 0.0)
        at_upper = np.where((prices < 0) | (activity > self.row_upper), self.row_upper - activity, 0.0)
        return np.where(at_lower != 0, at_lower, at_upper)

    def activity(self, values: Sequence[FloatArray]) -> FloatArray:
        """Return the value of each row."""
        return np.concatenate([p.matrix @ v for p, v in zip(self.priced, values, strict=True)])

    @property
    def _periods(self) -> int:
        return self.priced[0].model.sets.periods

    def _standing_costs(self, reduced: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return costs of levels, of gaining them, of a range's whole width, and of gaining that; of all models."""
        costs: list[FloatArray] = []
        for name, wide in (("level", False), ("grows", False), ("extra", True), ("widened", True)):
            parts = [
                left[getattr(p.model.variables, name)] * (width_of(p.model) if wide else 1.0)
                for p, left in zip(self.priced, reduced, strict=True)
            ]
            costs.append(np.sum(parts, axis=0))
        return costs[0], costs[1], costs[2], costs[3]

    def _values(self, number: int, reduced: FloatArray, filled: FloatArray, chosen: IntArray) -> FloatArray:
        p = self.priced[number]
        values, v = np.zeros(p.model.program.columns), p.model.variables
        fill(reduced, self._items[number], self.states.start, chosen, filled, p.order, values)
        shape, wide = v.level.shape, v.extra.shape
        levels, gained, extra, widened = np.zeros(shape), np.zeros(shape), np.zeros(wide), np.zeros(wide)
        stood(self._states, chosen, levels, gained, extra, widened)
        values[v.level], values[v.grows] = levels, gained
        values[v.extra], values[v.widened] = extra * width_of(p.model), widened * width_of(p.model)
        values[p.boxed] = p.at_ends(reduced)
        return values


def width_of(model: DesignModel) -> FloatArray:
    """Return the width of each range, (extras, 1)."""
    return model.sets.extra_width[:, None]


def of_bounds(prices: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    """Return what bounds of rows are worth at their prices."""
    at = np.where(prices > 0, lower, upper)
    return float(prices[prices != 0] @ at[prices != 0])


def _item_arrays(priced: Priced) -> tuple[np.ndarray, ...]:
    items = priced.items
    return (
        items.start, items.first, items.second, items.ratio, items.use, items.most, items.loose,
        priced.states.extra >= 0,
    )  # fmt: skip


def _state_arrays(states: States) -> tuple[np.ndarray, ...]:
    return (
        states.start, states.level, states.levels, states.extra, states.share, states.first_state, states.first_share,
        states.resold,
    )  # fmt: skip


def _level_bounds(priced: Sequence[Priced]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return least and most of the levels, and the most that may be gained, in every model."""
    least = np.max([p.model.program.lower[p.model.variables.level] for p in priced], axis=0)
    most = np.min([p.model.program.upper[p.model.variables.level] for p in priced], axis=0)
    gained = np.min([p.model.program.upper[p.model.variables.grows] for p in priced], axis=0)
    return least, most, gained
