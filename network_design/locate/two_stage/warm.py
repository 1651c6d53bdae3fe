"""Compile the two-stage search ahead of its first use, so that no time budget pays for it.

python -m network_design.locate.two_stage.warm
"""

from __future__ import annotations

import numpy as np

from network_design.locate.two_stage.solve import solve
from network_design.locate.two_stage_problem import TwoStageProblem

BUDGET_S = 60.0  # of wall time at most; a problem this small takes none


def compile_all() -> None:
    """Solve a small problem; what that needs is then compiled and kept beside the source."""
    problem = TwoStageProblem(
        name="small",
        plant_cost=np.array([9.0, 9.0]),
        plant_capacity=np.array([5.0, 5.0]),
        satellite_cost=np.array([4.0, 4.0]),
        satellite_capacity=np.array([4.0, 4.0]),
        demand=np.array([3.0, 2.0, 2.0]),
        supply_cost=np.array([[1.0, 2.0], [2.0, 1.0]]),
        serving_cost=np.array([[1.0, 2.0, 3.0], [4.0, 2.0, 1.0]]),
    )
    solve(problem, seed=1, budget_s=BUDGET_S)


if __name__ == "__main__":
    compile_all()
