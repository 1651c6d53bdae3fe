"""Compile the search for sites ahead of its first use, so that no time budget pays for it.

python -m network_design.locate.facility.warm
"""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.solve import solve
from network_design.locate.facility_problem import FacilityProblem, Service

BUDGET_S = 60.0  # of wall time at most; two sites and three customers take none


def compile_all() -> None:
    """Solve a small problem of each service; what that needs is then compiled and kept beside the source."""
    for service in Service:
        solve(_small(service), seed=1, budget_s=BUDGET_S)


def _small(service: Service) -> FacilityProblem:
    return FacilityProblem(
        name="small",
        service=service,
        fixed_cost=np.array([5.0, 5.0]),
        capacity=np.array([4.0, 4.0]),
        demand=np.array([3.0, 2.0, 2.0]),
        serving_cost=np.array([[1.0, 2.0, 3.0], [4.0, 2.0, 1.0]]),
    )


if __name__ == "__main__":
    compile_all()
