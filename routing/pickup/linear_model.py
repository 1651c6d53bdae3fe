"""The fixed part of the linear lower bound: its rows over visits, trips and vans, as a sparse matrix.

Columns: y per stop; then per vehicle type v per stop, T, z; then w per choice with alternatives. Rows:
`visits_are_shared` per stop; then per vehicle type legs out per stop and hub, legs in per stop and hub, at most
`max_trips` trips per van, at least one, time per van, load per trip in each unit (all that is collected is aboard at
the end, all that is brought at the start); then `one_of_the_alternatives` per choice that has some. Legs and cuts are
added by `routing.pickup.bound_lp`. Money is in euro, time in hours, loads in units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from routing.pickup.arcs import Layer
from routing.pickup.integers import MICRO, MILLI, SECONDS_PER_HOUR, Choice, IntegerProblem


@dataclass(frozen=True)
class LayerRows:
    """Where a vehicle type's rows are; `out` and `into` end with the hub's row."""

    out: slice
    into: slice
    trips: slice
    time: int
    loads: slice


@dataclass(frozen=True, eq=False)
class LinearModel:
    """Minimise `cost` x columns with `row_low` <= `matrix` x columns <= 0 and `low` <= columns <= `high`.

    `hours[k]` are the driving times of the legs of vehicle type k, `prizes_eur` is what serving nobody costs.
    """

    matrix: sparse.csc_array
    cost: np.ndarray
    low: np.ndarray
    high: np.ndarray
    row_low: np.ndarray
    hours: list[np.ndarray]
    prizes_eur: float
    stops: int
    units: int

    @property
    def rows(self) -> int:
        """Number of fixed rows; cuts come after them."""
        return int(self.matrix.shape[0])

    @property
    def columns(self) -> int:
        """Number of fixed columns; legs come after them."""
        return int(self.matrix.shape[1])

    def visit_column(self, layer: int | None) -> int:
        """The first of the columns that count visits: of one vehicle type, or of all."""
        return 0 if layer is None else self.stops + layer * (self.stops + 2)

    def layer_rows(self, layer: int) -> LayerRows:
        """The rows of one vehicle type."""
        return _layer_rows(self.stops, self.units, layer)


def _layer_rows(stops: int, units: int, layer: int) -> LayerRows:
    first = stops + layer * (2 * stops + 5 + units)
    into, trips = first + stops + 1, first + 2 * stops + 2
    time, loads = trips + 2, trips + 3
    return LayerRows(
        slice(first, into), slice(into, trips), slice(trips, time), time, slice(loads, loads + units)
    )


def state_model(integers: IntegerProblem, layers: Sequence[Layer]) -> LinearModel:
    """The rows and columns that do not depend on legs and cuts."""
    alone = np.array([len(integers.choices[stop.choice].members) == 1 for stop in integers.stops], dtype=bool)
    worth = np.array([stop.prize for stop in integers.stops], dtype=float) * alone / MICRO
    servable = np.any([layer.fits for layer in layers], axis=0)
    groups = [choice for choice in integers.choices if len(choice.members) > 1]
    columns = [
        (-worth, integers.required.astype(float), servable.astype(float)),
        *(_columns_of(layer) for layer in layers),
        _columns_of_choices(groups),
    ]
    cost, low, high = (np.concatenate(part) for part in zip(*columns, strict=True))
    matrix = sparse.block_array([
        [sparse.vstack([
            sparse.hstack([sparse.eye_array(len(alone)), *(_shared(layer) for layer in layers)]),
            *(_rows_of(integers, layers, number) for number in range(len(layers))),
        ]), None],
        [_one_of_the_alternatives(groups, len(cost) - len(groups)), -sparse.eye_array(len(groups))],
    ] if groups else [
        [sparse.hstack([sparse.eye_array(len(alone)), *(_shared(layer) for layer in layers)])],
        *([_rows_of(integers, layers, number)] for number in range(len(layers))),
    ]).tocsc()
    units = integers.demands.shape[1]
    return LinearModel(
        matrix=matrix,
        cost=cost,
        low=low,
        high=high,
        row_low=np.append(_row_lows(len(alone), units, len(layers)), np.zeros(len(groups))),
        hours=[layer.seconds / SECONDS_PER_HOUR for layer in layers],
        prizes_eur=sum(choice.prize for choice in integers.choices) / MICRO,
        stops=len(alone),
        units=units,
    )


def _columns_of_choices(groups: Sequence[Choice]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether one of the alternatives is visited: worth the prize once, and no choice where they are required."""
    prize = np.array([choice.prize for choice in groups], dtype=float) / MICRO
    return -prize, np.array([float(choice.required) for choice in groups]), np.ones(len(groups))


def _one_of_the_alternatives(groups: Sequence[Choice], columns: int) -> sparse.coo_array:
    """Visits of the alternatives of each choice; the columns of the visits are the first."""
    rows = [row for row, choice in enumerate(groups) for _ in choice.members]
    members = [idx for choice in groups for idx in choice.members]
    return sparse.coo_array((np.ones(len(rows)), (rows, members)), shape=(len(groups), columns))


def _columns_of(layer: Layer) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cost and limits of visits by this vehicle type, its trips and its vans; a last trip may end without unloading."""
    kind = layer.kind
    unload = kind.unload_s * kind.per_s
    cost = np.array([*layer.visit, unload, kind.fixed - unload * kind.ends_elsewhere]) / MICRO
    high = np.array([*layer.fits, kind.count * kind.max_trips, kind.count], dtype=float)
    return cost, np.zeros(len(cost)), high


def _shared(layer: Layer) -> sparse.coo_array:
    """`visits_are_shared`: the visits of a stop are those by vans of all types."""
    stops = len(layer.fits)
    return sparse.hstack([-sparse.eye_array(stops), sparse.coo_array((stops, 2))])


def _rows_of(integers: IntegerProblem, layers: Sequence[Layer], number: int) -> sparse.coo_array:
    """The rows of one vehicle type over all columns; only its own have entries."""
    kind, stops = layers[number].kind, len(integers.stops)
    per_visit = -sparse.eye_array(stops)
    service_h = np.array([[stop.service_s for stop in integers.stops]]) / SECONDS_PER_HOUR
    room = np.minimum(np.array(integers.rooms(kind)), integers.demands.sum(axis=0))
    van_s = kind.working_s + kind.unload_s * kind.ends_elsewhere
    legs = sparse.block_array([[per_visit, None], [None, sparse.coo_array([[-1.0, 0.0]])]])
    limits = sparse.coo_array(np.block([
        [np.zeros((2, stops)), np.array([[1.0, -kind.max_trips], [-1.0, 1.0]])],
        [service_h, np.array([[kind.unload_s, -van_s]]) / SECONDS_PER_HOUR],
        [integers.demands.T / MILLI, np.column_stack([-room, np.zeros(len(room))]) / MILLI],
    ]))
    mine = sparse.vstack([legs, legs, limits])
    before, after = stops + number * (stops + 2), (len(layers) - number - 1) * (stops + 2)
    height = mine.shape[0]
    return sparse.hstack([sparse.coo_array((height, before)), mine, sparse.coo_array((height, after))])


def _row_lows(stops: int, units: int, layers: int) -> np.ndarray:
    """Equalities for visits and legs, upper limits only for trips, time and loads."""
    lows = np.zeros(stops + layers * (2 * stops + 5 + units))
    for number in range(layers):
        rows = _layer_rows(stops, units, number)
        lows[rows.trips.start:rows.loads.stop] = -np.inf
    return lows
