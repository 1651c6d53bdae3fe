"""How the search is tuned; measured with `benchmarks/routes.py`, see docs/benchmarks/routes.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.pickup.ruin_recreate.arrays import POSSIBLE, Ground
from routing.pickup.ruin_recreate.measures import leg_cost

SAMPLE = 400
RANK = 3  # the near stop whose distance is the measure of temperature
SHORT, LONG = 5.0, 12.0  # stops per route
WORTH_TIMES = 100  # how much dearer leaving a required stop out may become


@dataclass(frozen=True)
class Settings:
    """Temperatures are shares of the usual cost of a leg to a near stop, at first `hot`, and hotter the more stops are
    optional: which rounds to drive at all is decided at prices far above a leg. A step is given to the local search
    where it is at most `hope` temperatures too dear, with short routes less: strings are whole routes there."""

    hot: float = 3.0
    hot_with_prizes: float = 20.0
    cold: float = 0.05
    mean_removed: float = 10.0
    most_in_string: float = 10.0
    neighbours_tried: int = 10
    hope: float = 100.0
    catch_up_chance: float = 0.1

    def temperatures(self, ground: Ground) -> tuple[float, float]:
        """The last and the first temperature, in micro-euro."""
        usual = _usual_leg_cost(ground)
        optional = 1.0 - float(ground.node["required"][: ground.stops].mean()) if ground.stops else 0.0
        return self.cold * usual, self.hot * (self.hot_with_prizes / self.hot) ** optional * usual

    def longest_string(self, mean_stops: float) -> float:
        """How many stops a string may have at most, given the mean of all routes."""
        return min(self.most_in_string, mean_stops)

    def hope_for(self, mean_stops: float) -> float:
        """How many temperatures too dear a step may be and still be searched, given the mean stops of all routes."""
        return self.hope * float(np.clip((mean_stops - SHORT) / (LONG - SHORT), 0.0, 1.0))

    def neighbours(self, ground: Ground) -> int:
        """How many neighbours the local search tries."""
        return min(self.neighbours_tried, ground.likely.shape[1])

    def most_worth(self, ground: Ground) -> int:
        """How dear leaving a required stop out can become; of a plan that leaves all out the cost is still a number."""
        dearest = int(ground.node["worth"][: ground.stops].max(initial=1))
        return min(dearest * WORTH_TIMES, POSSIBLE // (2 * max(1, ground.stops)))


def _usual_leg_cost(ground: Ground) -> float:
    """Median cost of going to one of the nearest stops."""
    if ground.near.shape[1] == 0:
        return 1.0
    stops = range(0, ground.stops, max(1, ground.stops // SAMPLE))
    rank = min(RANK, ground.near.shape[1]) - 1
    legs = [leg_cost(ground, kind, stop, ground.near[stop, rank]) for stop in stops for kind in range(ground.kinds)]
    return max(1.0, float(np.median(legs)))
