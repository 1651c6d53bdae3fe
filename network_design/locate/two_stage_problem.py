"""The two-stage facility location problem: plants supply satellites, satellites serve customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.errors import InputError, Issue

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class TwoStageProblem:
    """Plants, satellites and customers, each numbered from 0; flows may be split.

    Opening costs `plant_cost` (plants,) and `satellite_cost` (satellites,); what they pass on at most is
    `plant_capacity` and `satellite_capacity`. Customers want `demand` (customers,). A unit costs `supply_cost`
    (plants, satellites) from plant to satellite and `serving_cost` (satellites, customers) from there on. In answers a
    plant keeps its number, and satellite j is site number plants + j. Raises `InputError` with every senseless figure.
    """

    name: str
    plant_cost: FloatArray
    plant_capacity: FloatArray
    satellite_cost: FloatArray
    satellite_capacity: FloatArray
    demand: FloatArray
    supply_cost: FloatArray
    serving_cost: FloatArray

    def __post_init__(self) -> None:
        issues = [*_shape_issues(self)] or [*_value_issues(self)]
        if issues:
            raise InputError(issues)

    @property
    def plants(self) -> int:
        """How many plants there are."""
        return len(self.plant_cost)

    @property
    def satellites(self) -> int:
        """How many satellites there are."""
        return len(self.satellite_cost)

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.demand)

    @property
    def whole_costs(self) -> bool:
        """Whether some cheapest plan costs a whole number: flows between whole capacities and demands are whole."""
        figures = (
            self.plant_cost, self.plant_capacity, self.satellite_cost, self.satellite_capacity, self.demand,
            self.supply_cost, self.serving_cost,
        )  # fmt: skip
        return all(bool((values == np.rint(values)).all()) for values in figures)


def _shapes(problem: TwoStageProblem) -> dict[str, tuple[int, ...]]:
    plants, satellites, customers = problem.plants, problem.satellites, problem.customers
    return {
        "plant_cost": (plants,),
        "plant_capacity": (plants,),
        "satellite_cost": (satellites,),
        "satellite_capacity": (satellites,),
        "demand": (customers,),
        "supply_cost": (plants, satellites),
        "serving_cost": (satellites, customers),
    }


def _shape_issues(problem: TwoStageProblem) -> Iterator[Issue]:
    for field, shape in _shapes(problem).items():
        found = np.shape(getattr(problem, field))
        if found != shape or 0 in shape:
            message = f"has the shape {found}; the other tables need {shape}, none of them 0."
            yield Issue(problem.name, None, field, message)


def _value_issues(problem: TwoStageProblem) -> Iterator[Issue]:
    for field in _shapes(problem):
        values = getattr(problem, field)
        for place in np.argwhere(~np.isfinite(values) | (values < 0))[:5]:
            numbers = ", ".join(str(idx + 1) for idx in place)
            message = f"entry {numbers} is {values[tuple(place)]:g}; give a number of 0 or more."
            yield Issue(problem.name, None, field, message)
