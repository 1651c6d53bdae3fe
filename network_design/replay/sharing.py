"""What each stop of a route costs: its saving, and its share of what all stops of the route cost together.

The alternate cost avoided (Tijs and Driessen 1986, doi 10.1287/mnsc.32.8.1015): a stop is charged what leaving it out
would save; what is then left of the route's cost is shared in proportion to what each stop saves by not being fetched
alone. Charges add up to the route; where detours are small, a far stop bears most of the way out and back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from network_design.replay.drawing import HubNight
from network_design.replay.settings import Vans
from network_design.replay.touring import alone
from routing.marginal import served_detours
from routing.pickup.answer import PickupAnswer
from routing.pickup.problem import PickupProblem

FloatArray = NDArray[np.float64]


def stop_costs(night: HubNight, vans: Vans, problem: PickupProblem, answer: PickupAnswer) -> dict[str, float]:
    """Return the charge of every stop by its id; a route's charges add up to its cost."""
    saved = {
        d.stop_id: vans.fixed_cost * d.vans + driven_cost(vans, metres=d.metres, seconds=d.seconds)
        for d in served_detours(problem, answer)
    }
    took = alone(night, vans, problem)
    lonely = {
        visit.stop_id: vans.fixed_cost + driven_cost(vans, metres=int(took.metres[i]), seconds=int(took.seconds[i]))
        for i, visit in enumerate(night.visits)
    }
    charges: dict[str, float] = {}
    for route in answer.routes:
        ids = [stop.stop_id for stop in route.stops]
        own = np.array([saved[i] for i in ids])
        shares = charged(route.cost_eur, own=own, alone=np.array([lonely[i] for i in ids]))
        charges |= dict(zip(ids, shares.tolist(), strict=True))
    return charges


def driven_cost(vans: Vans, *, metres: int, seconds: int) -> float:
    """Return what a van that drives anyway costs for so much more."""
    return metres / 1000 * vans.cost_per_km + seconds / 3600 * vans.cost_per_h


def charged(cost: float, *, own: FloatArray, alone: FloatArray) -> FloatArray:
    """Return each stop's charge of a route's cost, shape (stops,), from its own saving and its cost alone.

    >>> charged(10.0, own=np.array([2.0, 4.0]), alone=np.array([5.0, 10.0])).round(6).tolist()
    [3.333333, 6.666667]
    """
    spared = np.maximum(alone - own, 0.0)
    total = float(spared.sum())
    shares = spared / total if total > 0 else np.full(len(own), 1 / len(own))
    return own + shares * (cost - float(own.sum()))
