"""Read facility location files: OR-Library's `cap` files, and tables of capacities, fixed costs, demands and costs.

OR-Library (Beasley 1990, 10.1057/jors.1990.166): `m n`, then m lines `capacity fixed`, then per customer its demand and
m costs. Tables (Holmberg, Diaz and Fernandez, Yang, Avella and Boccia as OR-Datasets has them): `m n`, m capacities, m
fixed costs, n demands, then n lines of m costs. In both a cost is that of serving the WHOLE customer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from network_design.locate.facility_problem import FacilityProblem, Service
from network_design.locate.reading.numbers import Numbers
from network_design.locate.reading.opening import MissingOption, instance_name, read_text
from retour.errors import InputError, Issue

CAPACITY = "capacity"  # OR-Library's capa, capb and capc have this word where the capacity belongs


def read(
    path: Path | str, *, kind: str, p: int | None = None, capacity: float | None = None, **options: float
) -> FacilityProblem:
    """Return the problem in a file, gzipped or plain, of kind `ufl`, `cflp` or `sscflp`.

    `capacity` stands in for the word `capacity`; `ufl` reads the same files and needs none. Raises `InputError` with
    every defect, and where the capacity is asked for and missing.
    """
    service, name = Service(kind), Path(path).name
    numbers = Numbers.of(read_text(path), name=name)
    sites, customers = numbers.count("sites"), numbers.count("customers")
    _set_capacity(numbers, capacity, limited=service is not Service.UNLIMITED)
    what = f"2 for each of {sites} sites, {sites + 1} for each of {customers} customers"
    numbers.require(2 * sites + customers * (sites + 1), what=what)
    by_site = _lines_are_sites(numbers, sites, service)
    parts = _per_line(numbers, sites, customers) if by_site else _in_tables(numbers, sites, customers)
    numbers.refuse_issues()
    holds, fixed, demand, costs = parts
    return FacilityProblem(
        name=instance_name(path),
        service=service,
        fixed_cost=fixed,
        capacity=holds,
        demand=demand,
        serving_cost=np.ascontiguousarray(costs.T),
    )


Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # capacity, fixed cost, demand, cost (customers, sites)


def _set_capacity(numbers: Numbers, capacity: float | None, *, limited: bool) -> None:
    """Put the number given in place of the word; without limits any number will do."""
    if CAPACITY not in numbers.words:
        return
    if limited and capacity is None:
        why = f"{numbers.name} has the word 'capacity' in place of a number (OR-Library solves it for several)"
        raise MissingOption("--capacity", table=numbers.name, why=why)
    if limited and not (capacity is not None and 0 < capacity < np.inf):
        raise InputError([Issue(numbers.name, None, CAPACITY, f"--capacity is {capacity:g}; give a number above 0.")])
    given = str(capacity if capacity is not None else 0)
    numbers.words = [given if word == CAPACITY else word for word in numbers.words]


def _lines_are_sites(numbers: Numbers, sites: int, service: Service) -> bool:
    """Whether the second line has a site's two figures; with two sites both forms look alike, and the kind decides."""
    second = numbers.lines[numbers.taken]
    together = numbers.lines[numbers.taken : numbers.taken + 3].count(second)
    if sites == 2:
        return service is not Service.SINGLE_SOURCE
    return together == 2 if sites > 2 else True


def _per_line(numbers: Numbers, sites: int, customers: int) -> Parts:
    pairs = [(numbers.take(1, CAPACITY), numbers.take(1, "fixed_cost")) for _ in range(sites)]
    rows = [(numbers.take(1, "demand"), numbers.take(sites, "cost")) for _ in range(customers)]
    holds, fixed = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return holds, fixed, np.concatenate([demand for demand, _ in rows]), np.vstack([costs for _, costs in rows])


def _in_tables(numbers: Numbers, sites: int, customers: int) -> Parts:
    holds, fixed = numbers.take(sites, CAPACITY), numbers.take(sites, "fixed_cost")
    demand = numbers.take(customers, "demand")
    return holds, fixed, demand, numbers.take(customers * sites, "cost").reshape(customers, sites)
