"""One site for each customer as a mixed-integer program, over the assignments that may still pay."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array

from network_design.locate.facility.compiling import Flags, FloatArray, IntArray
from network_design.locate.facility.mip import Program, ProgramAnswer, solve_program


def assign_by_program(
    cost: FloatArray,
    demand: FloatArray,
    capacity: FloatArray,
    possible: Flags,
    *,
    start: IntArray | None,
    cutoff: float,
    seed: int,
    time_limit_s: float,
) -> tuple[IntArray | None, ProgramAnswer]:
    """Return the cheapest assignment below `cutoff` within `possible` (open, customers), if any, and the answer.

    Minimise the sum of cost x with x binary: every customer has one site, no site serves more than it holds. From a
    `start` (customers,) the solver betters that; it helps far more than the cutoff, which is then left out.
    """
    places, customers = cost.shape
    if start is not None:
        possible = possible.copy()
        possible[start, np.arange(customers)] = True
    site, customer = np.nonzero(possible)
    count = len(site)
    rows = csc_array(
        (
            np.column_stack([np.ones(count), demand[customer]]).ravel(),
            np.column_stack([customer, customers + site]).ravel(),
            np.arange(0, 2 * count + 1, 2),
        ),
        shape=(customers + places, count),
    )
    program = Program(
        cost=cost[site, customer],
        low=np.zeros(count),
        high=np.ones(count),
        whole=np.ones(count, dtype=bool),
        rows=rows,
        row_low=np.concatenate([np.ones(customers), np.full(places, -np.inf)]),
        row_high=np.concatenate([np.ones(customers), capacity]),
    )
    answer = solve_program(
        program,
        seed=seed,
        time_limit_s=time_limit_s,
        start=None if start is None else (start[customer] == site).astype(np.float64),
        cutoff=cutoff if start is None else np.inf,
    )
    if answer.values is None:
        return None, answer
    used = answer.values > 0.5
    assigned = np.empty(customers, dtype=np.int64)
    assigned[customer[used]] = site[used]
    return assigned, answer
