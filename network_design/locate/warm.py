"""Compile every location search ahead of its first use, so that no time budget pays for it."""

from __future__ import annotations

import numpy as np

from network_design.locate.facility import warm as facility
from network_design.locate.location_routing.problem import LocationRouting
from network_design.locate.location_routing.solving import solve as solve_location_routing
from network_design.locate.pmedian import warm as pmedian
from network_design.locate.two_stage import warm as two_stage

CUSTOMERS, DEPOTS = 12, 3
BUDGET_S = 2.0


def compile_all() -> None:
    """Solve a small problem of every family; what that needs is then compiled and kept beside the sources."""
    for family in (pmedian, facility, two_stage):
        family.compile_all()
    for _ in range(2):  # what the first run compiles may outlast its budget
        solve_location_routing(_small_location_routing(), seed=1, budget_s=BUDGET_S)


def _small_location_routing() -> LocationRouting:
    rng = np.random.default_rng(1)
    return LocationRouting(
        name="small",
        depot_xy=rng.uniform(0, 50, (DEPOTS, 2)),
        customer_xy=rng.uniform(0, 50, (CUSTOMERS, 2)),
        vehicle_capacity=10.0,
        depot_capacity=np.full(DEPOTS, 30.0),
        demand=np.full(CUSTOMERS, 3.0),
        opening_cost=np.full(DEPOTS, 100.0),
        route_cost=10.0,
        whole_costs=False,
    )
