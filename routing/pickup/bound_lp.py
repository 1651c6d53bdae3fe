"""The linear lower bound: the two-index relaxation of the pickup problem with cuts and columns made as needed.

Sets: stops i, hubs h, legs (i, j) at their least cost over all vans. Variables: x legs, y visits, T trips per hub,
z vans per type. Minimise legs + paid service + unloading + vans + prizes left; subject to
`join_at_stops` (as many legs in as out as visits), `join_at_hubs`, `trips_need_vans`, `time_needs_vans`,
`load_needs_vans`, and the cuts of `routing.pickup.cuts`.

The bound returned is computed from the duals over every possible leg, priced in or not (Neumaier and Shcherbina
2004, https://doi.org/10.1007/s10107-003-0433-3), so neither tolerances nor an early stop can make it too high.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

import highspy
import numpy as np

from routing.pickup.arcs import Arcs
from routing.pickup.cuts import Cut, CutFinder
from routing.pickup.engines import StopRule
from routing.pickup.integers import MICRO, MILLI, IntegerProblem
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.schedule import Route
from routing.pickup.tours import from_routes

NEIGHBOURS = 8
MAX_ROUNDS = 60
ROUNDS_TIMES_STOPS = 9_000
NEW_LEGS_PER_STOP = 6
PATIENCE = 4
HOUR_S = 3_600.0
SAFETY = 1e-7  # share of the bound given up for the rounding of sums in floating point


def linear_bound(integers: IntegerProblem, arcs: Arcs, *, routes: Sequence[Route], stop: StopRule) -> int:
    """A proven lower bound in micro-euro; `routes` must serve every required stop and break nothing."""
    relaxation = _Relaxation(integers, arcs, routes)
    finder = CutFinder(integers)
    best = 0.0
    for _ in range(max(5, min(MAX_ROUNDS, ROUNDS_TIMES_STOPS // len(integers.stops)))):
        if stop.left_s() == 0 or not relaxation.solve(stop.left_s()):
            break
        best = max(best, relaxation.safe_bound())
        cuts = finder.find(*relaxation.support())
        relaxation.drop_idle_cuts()
        if not (relaxation.add_legs() + relaxation.add_cuts(cuts)):
            break
    return max(0, int(best * (1 - SAFETY) * MICRO))


class _Relaxation:
    """The linear program, the legs and cuts it has so far, and its last duals.

    Columns: y per stop, T per hub, z per vehicle type, then the legs. Rows: legs out and in per stop, legs out
    and in per hub, trips per hub, time, one per load unit, then the cuts. Money is in euro, time in hours.
    """

    def __init__(self, integers: IntegerProblem, arcs: Arcs, routes: Sequence[Route]) -> None:
        self.integers = integers
        self.arcs = arcs
        self.leg_eur = arcs.cost / MICRO
        self.leg_h = arcs.seconds / HOUR_S
        self.cuts: list[Cut] = []
        self.members: list[set[int]] = []
        self.idle: list[int] = []
        self.active = np.zeros_like(arcs.possible)
        self.legs: list[tuple[int, int]] = []
        self.reduced = self.leg_eur
        self.prizes_eur = sum(stop.prize for stop in integers.stops) / MICRO
        self._state_columns()
        self._state_rows()
        self.solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
            self.solver.setOptionValue(option, value)
        self._pass_model()
        self._add(self._first_legs(routes))

    def _state_columns(self) -> None:
        """Cost and limits of visits, trips and vans."""
        stops, kinds = self.integers.stops, self.integers.types
        depots = self.integers.source.depots
        vans = np.array([kind.count for kind in kinds], dtype=float)
        trips = np.zeros(len(depots))
        unloading = np.full(len(depots), np.inf)
        for kind in kinds:
            trips[kind.hub_idx] += kind.count * kind.max_trips
            if kind.count:
                unloading[kind.hub_idx] = min(unloading[kind.hub_idx], kind.unload_s * kind.per_s / MICRO)
        worth = np.array([stop.prize for stop in stops], dtype=float)
        self.column_cost = np.concatenate([
            (self.arcs.visit - worth) / MICRO,
            np.where(np.isinf(unloading), 0.0, unloading),
            np.array([kind.fixed for kind in kinds]) / MICRO,
        ])
        required = np.array([stop.required for stop in stops], dtype=float)
        self.column_low = np.concatenate([required, np.zeros(len(depots) + len(kinds))])
        self.column_high = np.concatenate([self.arcs.fits.any(axis=0).astype(float), trips, vans])

    def _state_rows(self) -> None:
        """The rows over visits, trips and vans as a dense matrix; legs get their entries when they are added."""
        stops, kinds, depots = self.integers.stops, self.integers.types, self.integers.source.depots
        n, h = len(stops), len(depots)
        totals = self.integers.loads.sum(axis=0)
        self.hub_rows, self.trip_row, self.time_row = 2 * n, 2 * n + 2 * h, 2 * n + 3 * h
        rows = np.zeros((self.time_row + 1 + len(LOAD_UNITS), n + h + len(kinds)))
        rows[np.arange(n), np.arange(n)] = rows[n + np.arange(n), np.arange(n)] = -1.0
        hubs = np.arange(h)
        rows[self.hub_rows + hubs, n + hubs] = rows[self.hub_rows + h + hubs, n + hubs] = -1.0
        rows[self.trip_row + hubs, n + hubs] = 1.0
        rows[self.time_row, :n] = [stop.service_s / HOUR_S for stop in stops]
        rows[self.time_row, n:n + h] = [depot.unload_s / HOUR_S for depot in depots]
        rows[self.time_row + 1:, :n] = self.integers.loads.T / MILLI
        for idx, kind in enumerate(kinds):
            rows[self.trip_row + kind.hub_idx, n + h + idx] = -kind.max_trips
            rows[self.time_row, n + h + idx] = -kind.working_s / HOUR_S
            carried = np.minimum(np.array(kind.capacity) * kind.max_trips, totals)
            rows[self.time_row + 1:, n + h + idx] = -carried / MILLI
        self.rows = rows
        self.row_low = np.where(np.arange(len(rows)) < self.trip_row, 0.0, -np.inf)

    def _pass_model(self) -> None:
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = self.rows.shape
        model.col_cost_, model.col_lower_, model.col_upper_ = self.column_cost, self.column_low, self.column_high
        model.row_lower_, model.row_upper_ = self.row_low, np.zeros(len(self.rows))
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        used = [np.flatnonzero(column) for column in self.rows.T]
        model.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(idx) for idx in used])])
        model.a_matrix_.index_ = np.concatenate(used)
        model.a_matrix_.value_ = np.concatenate([column[idx] for column, idx in zip(self.rows.T, used, strict=True)])
        self.solver.passModel(model)

    def _first_legs(self, routes: Sequence[Route]) -> np.ndarray:
        """Legs of the given plan, all legs at hubs, and the cheapest few into and out of every stop."""
        n = self.arcs.stops
        wanted = np.zeros_like(self.active)
        wanted[n:, :], wanted[:, n:] = True, True
        _mark_cheapest(wanted[:n, :n], self.arcs.cost[:n, :n], NEIGHBOURS)
        for tour in from_routes(self.integers, routes):
            for trip in tour.trips:
                wanted[trip[:-1], trip[1:]] = True
        return wanted & self.arcs.possible

    def solve(self, limit_s: float | None) -> bool:
        """Solve; False when no optimum was reached in time."""
        if limit_s is not None:
            self.solver.setOptionValue("time_limit", self.solver.getRunTime() + limit_s)  # its clock runs on
        self.solver.run()
        return self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal

    def safe_bound(self) -> float:
        """The Lagrangian value in euro of the last duals over all possible legs; keeps the legs' reduced costs."""
        n, h = self.arcs.stops, len(self.integers.source.depots)
        dual = np.array(self.solver.getSolution().row_dual)
        base, by_cut = dual[:len(self.rows)], np.minimum(dual[len(self.rows):], 0.0)
        base = np.where(np.isinf(self.row_low), np.minimum(base, 0.0), base)
        columns = self.column_cost - base @ self.rows
        reduced = self.leg_eur - self.leg_h * base[self.time_row]
        reduced -= np.concatenate([base[:n], base[self.hub_rows:self.hub_rows + h]])[:, None]
        reduced -= np.concatenate([base[n:2 * n], base[self.hub_rows + h:self.trip_row]])[None, :]
        constant = self.prizes_eur
        for cut, price in zip(self.cuts, by_cut, strict=True):
            if price:
                members = np.array(cut.members)
                reduced[np.ix_(members, members)] -= price
                columns[members] += price * np.array(cut.weights)
                constant -= price * cut.trips
        self.reduced = np.where(self.arcs.possible, reduced, 0.0)
        at_best = np.minimum(columns * self.column_low, columns * self.column_high)
        return float(constant + at_best.sum() + np.minimum(self.reduced, 0.0).sum())

    def support(self) -> tuple[dict[int, dict[int, float]], list[float]]:
        """The use of the legs between stops, both ways added up, and the visits."""
        n = self.arcs.stops
        value = self.solver.getSolution().col_value
        inside: dict[int, dict[int, float]] = {}
        for (start, end), used in zip(self.legs, value[len(self.column_cost):], strict=True):
            if used > SAFETY and start < n and end < n:
                for here, there in ((start, end), (end, start)):
                    ties = inside.setdefault(here, {})
                    ties[there] = ties.get(there, 0.0) + used
        return inside, list(value[:n])

    def add_legs(self) -> int:
        """Bring in the legs that would lower the optimum most; returns how many."""
        price = np.where(self.active, 0.0, self.reduced)
        wanted = np.zeros_like(self.active)
        _mark_cheapest(wanted, price, NEW_LEGS_PER_STOP)
        wanted &= price < -SAFETY
        self._add(wanted)
        return int(wanted.sum())

    def _add(self, wanted: np.ndarray) -> None:
        legs = [(int(start), int(end)) for start, end in np.argwhere(wanted)]
        self.active |= wanted
        self.legs += legs
        entries = [self._entries(start, end) for start, end in legs]
        starts = np.concatenate([[0], np.cumsum([len(rows) for rows, _ in entries])])[:-1].astype(np.int32)
        if legs:
            at = tuple(np.array(legs).T)
            rows, values = (np.concatenate([entry[part] for entry in entries]) for part in (0, 1))
            self.solver.addCols(
                len(legs), self.leg_eur[at], np.zeros(len(legs)), np.ones(len(legs)),
                len(rows), starts, rows.astype(np.int32), values.astype(float),
            )

    def _entries(self, start: int, end: int) -> tuple[list[int], list[float]]:
        """Rows of one leg and its coefficients there."""
        n, h = self.arcs.stops, len(self.integers.source.depots)
        out_row = start if start < n else self.hub_rows + start - n
        in_row = n + end if end < n else self.hub_rows + h + end - n
        shared = [row for row, members in enumerate(self.members) if start in members and end in members]
        rows = [out_row, in_row, self.time_row, *(len(self.rows) + cut for cut in shared)]
        return rows, [1.0, 1.0, float(self.leg_h[start, end]), *([1.0] * len(shared))]

    def add_cuts(self, cuts: list[Cut]) -> int:
        """Add the cuts as rows; returns how many."""
        for cut in cuts:
            members = set(cut.members)
            inner = [
                len(self.column_cost) + leg
                for leg, (start, end) in enumerate(self.legs)
                if start in members and end in members
            ]
            columns = np.array([*cut.members, *inner], dtype=np.int32)
            values = np.array([*(-weight for weight in cut.weights), *([1.0] * len(inner))])
            self.solver.addRow(-np.inf, -cut.trips, len(columns), columns, values)
            self.cuts.append(cut)
            self.members.append(members)
            self.idle.append(0)
        return len(cuts)

    def drop_idle_cuts(self) -> None:
        """Forget cuts that have had no price for `PATIENCE` rounds; they are found again if they are needed."""
        prices = self.solver.getSolution().row_dual[len(self.rows):]
        self.idle = [0 if price else rounds + 1 for price, rounds in zip(prices, self.idle, strict=True)]
        keep = [rounds < PATIENCE for rounds in self.idle]
        gone = np.flatnonzero(~np.array(keep, dtype=bool)).astype(np.int32) + len(self.rows)
        if len(gone):
            self.solver.deleteRows(len(gone), gone)
            self.cuts = list(compress(self.cuts, keep))
            self.members = list(compress(self.members, keep))
            self.idle = list(compress(self.idle, keep))


def _mark_cheapest(marks: np.ndarray, cost: np.ndarray, number: int) -> None:
    """Mark the cheapest entries of every row and column, in place."""
    if len(cost) <= number:
        marks[:] = True
        return
    by_row = np.argpartition(cost, number - 1, axis=1)[:, :number]
    by_column = np.argpartition(cost, number - 1, axis=0)[:number]
    np.put_along_axis(marks, by_row, True, axis=1)
    np.put_along_axis(marks, by_column, True, axis=0)
