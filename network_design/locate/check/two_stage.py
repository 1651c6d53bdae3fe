"""Independent checker of two-stage facility location: what a plan costs by the file's figures, every rule it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from network_design.locate.answer import LocationAnswer
from network_design.locate.check.checked import LocationChecked
from network_design.locate.two_stage_problem import TwoStageProblem

FloatArray = NDArray[np.float64]
Violation = dict[str, Any]
SUPPLY, SERVING = "plants to satellites", "satellites to customers"
TOLERANCE = 1e-6  # relative: what amounts and costs may miss by rounding


def check(problem: TwoStageProblem, answer: LocationAnswer) -> LocationChecked:
    """Price the plan anew and say every rule it breaks; without a plan the cost is None.

    Flows hold (plant, satellite, amount) and (satellite, customer, amount); satellite j is site plants + j.
    """
    if answer.cost is None:
        return LocationChecked(None, {}, ())
    unknown = [*_known(problem, answer)]
    if unknown:
        return LocationChecked(None, {}, tuple(unknown))
    opened = np.isin(np.arange(problem.plants + problem.satellites), answer.open_sites)
    plant_open, satellite_open = opened[: problem.plants], opened[problem.plants :]
    supply = _amounts(answer, SUPPLY, problem.supply_cost.shape, first=0, second=problem.plants)
    serving = _amounts(answer, SERVING, problem.serving_cost.shape, first=problem.plants, second=0)
    parts = {
        "plants": float(problem.plant_cost[plant_open].sum()),
        "satellites": float(problem.satellite_cost[satellite_open].sum()),
        "supply": float((problem.supply_cost * supply).sum()),
        "serving": float((problem.serving_cost * serving).sum()),
    }
    cost = sum(parts.values())
    broken = [
        *_amounts_are_positive(supply, serving),
        *_served(problem, serving),
        *_balance(supply, serving, first=problem.plants),
        *_capacity("plant", supply, problem.plant_capacity, plant_open, first=0),
        *_capacity("satellite", serving, problem.satellite_capacity, satellite_open, first=problem.plants),
        *_claimed(cost, answer),
    ]
    return LocationChecked(cost, parts, tuple(broken))


def _violation(rule: str, ids: tuple[int, ...], found: float, limit: float, unit: str, message: str) -> Violation:
    return {"rule": rule, "ids": ids, "found": found, "limit": limit, "unit": unit, "message": message}


def _rows(answer: LocationAnswer, echelon: str) -> FloatArray:
    return answer.flows.get(echelon, np.empty((0, 3)))


def _amounts(answer: LocationAnswer, echelon: str, shape: tuple[int, ...], *, first: int, second: int) -> FloatArray:
    amounts, rows = np.zeros(shape), _rows(answer, echelon)
    np.add.at(amounts, (rows[:, 0].astype(int) - first, rows[:, 1].astype(int) - second), rows[:, 2])
    return amounts


def _known(problem: TwoStageProblem, answer: LocationAnswer) -> Iterator[Violation]:
    """Sites and customers that the file does not have."""
    plants, sites = problem.plants, problem.plants + problem.satellites
    named = [("site", site, 0, sites) for site in answer.open_sites]
    for origin, target, _ in _rows(answer, SUPPLY):
        named += [("plant", int(origin), 0, plants), ("satellite", int(target), plants, sites)]
    for origin, target, _ in _rows(answer, SERVING):
        named += [("satellite", int(origin), plants, sites), ("customer", int(target), 0, problem.customers)]
    for noun, idx, low, high in sorted({entry for entry in named if not entry[2] <= entry[1] < entry[3]}):
        message = f"{noun.capitalize()} {idx + 1} does not exist; they go from {low + 1} to {high}."
        yield _violation(f"known_{noun}", (idx + 1,), idx + 1, high, noun, message)


def _amounts_are_positive(*flows: FloatArray) -> Iterator[Violation]:
    for flow in flows:
        for start, end in np.argwhere(flow < -TOLERANCE).tolist():
            message = f"The flow from {start + 1} to {end + 1} is {flow[start, end]:g}; amounts are 0 or more."
            yield _violation("amount", (start + 1, end + 1), float(flow[start, end]), 0.0, "units", message)


def _served(problem: TwoStageProblem, serving: FloatArray) -> Iterator[Violation]:
    found = serving.sum(axis=0)
    for customer in np.flatnonzero(np.abs(found - problem.demand) > TOLERANCE * (1.0 + problem.demand)).tolist():
        demand = float(problem.demand[customer])
        message = f"Customer {customer + 1} wants {demand:g} and is served {found[customer]:g}."
        yield _violation("served", (customer + 1,), float(found[customer]), demand, "units", message)


def _balance(supply: FloatArray, serving: FloatArray, *, first: int) -> Iterator[Violation]:
    comes, goes = supply.sum(axis=0), serving.sum(axis=1)
    for satellite in np.flatnonzero(np.abs(comes - goes) > TOLERANCE * (1.0 + goes)).tolist():
        message = f"Satellite {first + satellite + 1} gets {comes[satellite]:g} and passes on {goes[satellite]:g}."
        ids = (first + satellite + 1,)
        yield _violation("balance", ids, float(comes[satellite]), float(goes[satellite]), "units", message)


def _capacity(
    noun: str, flow: FloatArray, capacity: FloatArray, opened: NDArray[np.bool_], *, first: int
) -> Iterator[Violation]:
    load = flow.sum(axis=1)
    room = np.where(opened, capacity, 0.0)
    for idx in np.flatnonzero(load > room * (1.0 + TOLERANCE) + TOLERANCE).tolist():
        state = f"holds {capacity[idx]:g}" if opened[idx] else "is closed"
        message = f"{noun.capitalize()} {first + idx + 1} passes on {load[idx]:g}; it {state}."
        yield _violation("capacity", (first + idx + 1,), float(load[idx]), float(room[idx]), "units", message)


def _claimed(cost: float, answer: LocationAnswer) -> Iterator[Violation]:
    assert answer.cost is not None
    if abs(cost - answer.cost) > TOLERANCE * max(1.0, abs(cost)):
        message = f"The answer says it costs {answer.cost:.6f}; by the file's figures it costs {cost:.6f}."
        yield _violation("cost", (), answer.cost, cost, "cost", message)
    if answer.bound is not None and answer.bound > cost + TOLERANCE * max(1.0, abs(cost)):
        message = f"The answer says no plan costs less than {answer.bound:.6f}; this one costs {cost:.6f}."
        yield _violation("bound", (), answer.bound, cost, "cost", message)
