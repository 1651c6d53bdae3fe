"""Compile the search ahead of its first use, so that no plan's time budget pays for it.

python -m routing.pickup.ruin_recreate.warm
"""

from __future__ import annotations

import math

import numpy as np

from routing.pickup.engines import StopRule
from routing.pickup.integers import to_integers
from routing.pickup.problem import NOTHING, Depot, PickupProblem, Places, Stop, VehicleType
from routing.pickup.ruin_recreate.engine import solve

DAY_S = 86_400
METRES_APART = np.array([[0, 900, 1_200], [900, 0, 500], [1_200, 500, 0]], dtype=np.int64)


def compile_all() -> None:
    """Solve a night of two stops; whatever it needs is then compiled and kept beside the source."""
    integers = to_integers(_two_stops())
    solve(integers, seed=1, stop=StopRule(None, 1), start=(), report=lambda iterations, routes: None)


def _two_stops() -> PickupProblem:
    load = (1.0, *NOTHING[1:])
    capacity = (2.0, *(math.inf for _ in NOTHING[1:]))
    return PickupProblem(
        places=Places(("hub", "one", "two"), np.zeros(3), np.zeros(3)),
        distance_m=METRES_APART,
        duration_s=METRES_APART,
        depots=(Depot("hub", 0, 0, DAY_S, 0),),
        stops=(Stop("one", 1, load, 60), Stop("two", 2, load, 60)),
        vehicle_types=(VehicleType("van", "hub", 2, capacity, 0, DAY_S, math.inf, 10.0, 1.0, 30.0),),
    )


if __name__ == "__main__":
    compile_all()
