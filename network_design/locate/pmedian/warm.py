"""Compile the p-median's kernels ahead of their first use, so that no time budget pays for it.

python -m network_design.locate.pmedian.warm
"""

from __future__ import annotations

import numpy as np

from network_design.locate.distances import DistanceProblem, Matrix
from network_design.locate.pmedian.solve import solve

SIZE, SITES, SEED = 60, 8, 1  # with distances at random, the bound at the root is no proof: the tree is needed too
BUDGET_S = 2.0


def compile_all() -> None:
    """Solve a problem that needs everything; it is then compiled and kept beside the source."""
    distance = np.random.default_rng(SEED).uniform(1.0, 2.0, size=(SIZE, SIZE))
    problem = DistanceProblem("warm", "pmedian", Matrix(distance), np.ones(SIZE), SITES, SITES)
    for _ in range(2):  # what the first run compiles may outlast its budget
        solve(problem, seed=SEED, budget_s=BUDGET_S)


if __name__ == "__main__":
    compile_all()
