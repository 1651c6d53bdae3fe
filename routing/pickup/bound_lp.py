"""The linear lower bound: a relaxation of the pickup problem with legs and cuts made as needed.

Sets: stops i; vehicle types k, each with legs between its stops and its hub. Variables: y_i visits of a stop,
v_ik visits by vans of a type, x_ijk legs, T_k trips, z_k vans. Minimise the legs, paid service, unloading, fixed
cost and the prizes left; subject to `visits_are_shared` (y_i is the sum of v_ik), as many legs into and out of a
stop as visits and of the hub as trips, one to `max_trips` trips per van, room for the loads of each trip and the
time of each van, and the cuts of `routing.pickup.cuts`.

The bound is computed from the duals over every possible leg, brought in or not (Neumaier and Shcherbina 2004,
https://doi.org/10.1007/s10107-003-0433-3), so neither tolerances nor an early stop can make it too high.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import compress

import highspy
import numpy as np

from routing.pickup.arcs import layers_of
from routing.pickup.cuts import Cut, CutFinder, Ties
from routing.pickup.engines import StopRule
from routing.pickup.integers import MICRO, IntegerProblem
from routing.pickup.linear_model import LinearModel, state_model
from routing.pickup.scheduled import Route
from routing.pickup.tours import from_routes

NEIGHBOURS = 6
NEW_LEGS_PER_STOP = 4
MAX_ROUNDS = 60  # these two hold where no clock does, so that the bound is the same every time
MAX_PIVOTS = 20_000
PATIENCE = 4  # rounds without a price after which a cut is dropped
LEAST_PROGRESS = 2e-4  # share of the bound below which a round counts as idle
IDLE_ROUNDS = 4
SAFETY = 1e-7  # share of the bound given up for the rounding of sums in floating point
TINY = 1e-7


def linear_bound(integers: IntegerProblem, *, routes: Sequence[Route], stop: StopRule) -> int:
    """A proven lower bound in micro-euro; `routes` must serve every required stop and break nothing."""
    relaxation = _Relaxation(integers, routes)
    finder = CutFinder(integers)
    relaxation.add_cuts([finder.whole()])
    watch = _Watch(stop)
    best, idle = 0.0, 0
    while watch.another_round(relaxation.pivots) and relaxation.solve(stop.left_s()):
        bound = relaxation.safe_bound()
        idle = 0 if bound > best * (1 + LEAST_PROGRESS) else idle + 1
        best = max(best, bound)
        cuts = relaxation.violated(finder)
        relaxation.drop_idle_cuts()
        if not (relaxation.add_legs() + relaxation.add_cuts(cuts)) or idle == IDLE_ROUNDS:
            break
    return max(0, int(best * (1 - SAFETY) * MICRO))


class _Watch:
    """Says whether one more round may be begun: by the clock, or by rounds and pivots where no clock runs."""

    def __init__(self, stop: StopRule) -> None:
        self.stop = stop
        self.rounds = 0
        self.began = time.perf_counter()
        self.longest_s = 0.0

    def another_round(self, pivots: int) -> bool:
        """Ask before each round, with the simplex iterations so far; a round as long as the longest must fit."""
        now = time.perf_counter()
        self.longest_s = max(self.longest_s, now - self.began)
        self.began = now
        self.rounds += 1
        left_s = self.stop.left_s()
        if left_s is None:
            return self.rounds <= MAX_ROUNDS and pivots <= MAX_PIVOTS
        return left_s > self.longest_s


class _Relaxation:
    """The linear program in the solver, the legs and cuts it has so far, and what its last duals say."""

    def __init__(self, integers: IntegerProblem, routes: Sequence[Route]) -> None:
        self.layers = list(layers_of(integers))
        self.model: LinearModel = state_model(integers, self.layers)
        self.leg_eur = [layer.cost / MICRO for layer in self.layers]
        self.active = [np.zeros_like(layer.possible) for layer in self.layers]
        self.reduced = self.leg_eur
        self.legs: list[tuple[int, int, int]] = []
        self.cuts: list[Cut] = []
        self.members: list[set[int]] = []
        self.idle: list[int] = []
        self.pivots = 0
        self.solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
            self.solver.setOptionValue(option, value)
        self.solver.passModel(_as_highs(self.model))
        self._begin_with(integers, routes)

    def _begin_with(self, integers: IntegerProblem, routes: Sequence[Route]) -> None:
        """Bring in the legs of the given plan, all legs at the hubs, and the cheapest few of every stop."""
        tours = from_routes(integers, routes)
        for number, layer in enumerate(self.layers):
            wanted = np.zeros_like(layer.possible)
            wanted[-1, :], wanted[:, -1] = True, True
            _mark_cheapest(wanted[:-1, :-1], layer.cost[:-1, :-1], NEIGHBOURS)
            for trip in (trip for tour in tours if tour.type_idx == layer.type_idx for trip in tour.trips):
                wanted[trip[:-1], trip[1:]] = True
            self._add(number, wanted & layer.possible)

    def solve(self, limit_s: float | None) -> bool:
        """Solve; False when no optimum was reached in time."""
        if limit_s is not None:
            self.solver.setOptionValue("time_limit", self.solver.getRunTime() + limit_s)  # its clock runs on
        self.solver.run()
        self.pivots += max(0, self.solver.getInfo().simplex_iteration_count)
        return self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal

    def safe_bound(self) -> float:
        """The Lagrangian value in euro of the last duals over all possible legs; keeps the legs' reduced costs."""
        model = self.model
        dual = np.array(self.solver.getSolution().row_dual)
        base, by_cut = dual[:model.rows], np.minimum(dual[model.rows:], 0.0)
        base = np.where(np.isinf(model.row_low), np.minimum(base, 0.0), base)
        columns = model.cost - model.matrix.T @ base
        self.reduced = [self._leg_prices(number, base) for number in range(len(self.layers))]
        constant = model.prizes_eur
        for cut, price in zip(self.cuts, by_cut, strict=True):
            if price:
                members = np.array(cut.members)
                for number in self._layers_of(cut):
                    self.reduced[number][np.ix_(members, members)] -= price
                columns[model.visit_column(cut.layer) + members] += price * np.array(cut.weights)
                constant -= price * cut.trips
        value = constant + np.minimum(columns * model.low, columns * model.high).sum()
        for layer, reduced in zip(self.layers, self.reduced, strict=True):
            reduced[~layer.possible] = 0.0
            value += np.minimum(reduced, 0.0).sum()
        return float(value)

    def _leg_prices(self, number: int, base: np.ndarray) -> np.ndarray:
        """Reduced cost of every leg of a layer without its cuts."""
        rows = self.model.layer_rows(number)
        price = self.leg_eur[number] - self.model.hours[number] * base[rows.time]
        return price - base[rows.out][:, None] - base[rows.into][None, :]

    def _layers_of(self, cut: Cut) -> Sequence[int]:
        return range(len(self.layers)) if cut.layer is None else (cut.layer,)

    def violated(self, finder: CutFinder) -> list[Cut]:
        """Cuts that the last solution violates, of each layer and of all together."""
        value = self.solver.getSolution().col_value
        ties: list[Ties] = [{} for _ in self.layers]
        whole: Ties = {}
        hub = self.model.stops
        for (number, start, end), used in zip(self.legs, value[self.model.columns:], strict=True):
            if used > TINY and start != hub and end != hub:
                _tie(ties[number], start, end, used)
                _tie(whole, start, end, used)
        cuts = finder.over_all(whole, value[:hub])
        if len(self.layers) > 1:
            for number, inside in enumerate(ties):
                first = self.model.visit_column(number)
                cuts += finder.in_layer(number, inside, value[first:first + hub])
        return cuts

    def add_legs(self) -> int:
        """Bring in the legs that would lower the optimum most; returns how many."""
        added = 0
        for number, reduced in enumerate(self.reduced):
            price = np.where(self.active[number], 0.0, reduced)
            wanted = np.zeros_like(self.active[number])
            _mark_cheapest(wanted, price, NEW_LEGS_PER_STOP)
            added += self._add(number, wanted & (price < -TINY))
        return added

    def _add(self, number: int, wanted: np.ndarray) -> int:
        legs = np.argwhere(wanted)
        if len(legs):
            entries = [self._entries(number, start, end) for start, end in legs.tolist()]
            starts = np.cumsum([0, *(len(rows) for rows, _ in entries)])[:-1]
            rows, values = (np.concatenate([entry[part] for entry in entries]) for part in (0, 1))
            cost = self.leg_eur[number][wanted]
            self.solver.addCols(
                len(legs), cost, np.zeros(len(legs)), np.ones(len(legs)),
                len(rows), starts.astype(np.int32), rows.astype(np.int32), values.astype(float),
            )
            self.legs += [(number, start, end) for start, end in legs.tolist()]
            self.active[number] |= wanted
        return len(legs)

    def _entries(self, number: int, start: int, end: int) -> tuple[list[int], list[float]]:
        """Rows of one leg and its coefficients there."""
        rows = self.model.layer_rows(number)
        inside = [
            self.model.rows + row
            for row, (cut, members) in enumerate(zip(self.cuts, self.members, strict=True))
            if cut.layer in (None, number) and start in members and end in members
        ]
        at = [rows.out.start + start, rows.into.start + end, rows.time, *inside]
        return at, [1.0, 1.0, float(self.model.hours[number][start, end]), *([1.0] * len(inside))]

    def add_cuts(self, cuts: list[Cut]) -> int:
        """Add the cuts as rows; returns how many."""
        for cut in cuts:
            members = set(cut.members)
            inner = [
                self.model.columns + leg
                for leg, (number, start, end) in enumerate(self.legs)
                if cut.layer in (None, number) and start in members and end in members
            ]
            first = self.model.visit_column(cut.layer)
            columns = np.array([*(first + idx for idx in cut.members), *inner], dtype=np.int32)
            values = np.array([*(-weight for weight in cut.weights), *([1.0] * len(inner))])
            self.solver.addRow(-np.inf, -cut.trips, len(columns), columns, values)
            self.cuts.append(cut)
            self.members.append(members)
            self.idle.append(0)
        return len(cuts)

    def drop_idle_cuts(self) -> None:
        """Forget cuts that have had no price for `PATIENCE` rounds; they are found again if they are needed."""
        prices = self.solver.getSolution().row_dual[self.model.rows:]
        self.idle = [0 if price else rounds + 1 for price, rounds in zip(prices, self.idle, strict=True)]
        keep = [rounds < PATIENCE for rounds in self.idle]
        gone = np.flatnonzero(~np.array(keep, dtype=bool)).astype(np.int32) + self.model.rows
        if len(gone):
            self.solver.deleteRows(len(gone), gone)
            self.cuts = list(compress(self.cuts, keep))
            self.members = list(compress(self.members, keep))
            self.idle = list(compress(self.idle, keep))


def _as_highs(model: LinearModel) -> highspy.HighsLp:
    linear = highspy.HighsLp()
    linear.num_row_, linear.num_col_ = model.rows, model.columns
    linear.col_cost_, linear.col_lower_, linear.col_upper_ = model.cost, model.low, model.high
    linear.row_lower_, linear.row_upper_ = model.row_low, np.zeros(model.rows)
    linear.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    linear.a_matrix_.start_ = model.matrix.indptr
    linear.a_matrix_.index_ = model.matrix.indices
    linear.a_matrix_.value_ = model.matrix.data
    return linear


def _tie(ties: Ties, start: int, end: int, used: float) -> None:
    for here, there in ((start, end), (end, start)):
        near = ties.setdefault(here, {})
        near[there] = near.get(there, 0.0) + used


def _mark_cheapest(marks: np.ndarray, cost: np.ndarray, number: int) -> None:
    """Mark the cheapest entries of every row and column, in place."""
    if len(cost) <= number:
        marks[:] = True
        return
    by_row = np.argpartition(cost, number - 1, axis=1)[:, :number]
    by_column = np.argpartition(cost, number - 1, axis=0)[:number]
    np.put_along_axis(marks, by_row, True, axis=1)
    np.put_along_axis(marks, by_column, True, axis=0)
