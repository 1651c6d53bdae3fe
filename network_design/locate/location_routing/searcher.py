"""One set of depots being searched: its plans, its best one, and what that costs with the depots opened."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from network_design.locate.location_routing.anneal import anneal, fill
from network_design.locate.location_routing.homes import settle
from network_design.locate.location_routing.plans import (
    COST,
    OVERLOAD,
    Ground,
    Plan,
    copy_into,
    copy_of,
    empty_plan,
)
from network_design.locate.location_routing.work import new_work

RANK = 3  # the near customer whose distance is the measure of temperature
CHUNK_S = 0.05  # between two looks at the clock
ROUNDING = 1e-6  # overload that is none
DEAR = 3.0  # how many first tolls a unit of overload costs at least where a set has no plan without any


@dataclass(frozen=True)
class Settings:
    """How the search is tuned; temperatures are in usual legs to a near customer."""

    hot: float = 3.0
    cold: float = 0.05
    mean_removed: float = 10.0
    most_in_string: float = 10.0
    neighbours: int = 25


class Searcher:
    """Searches routes from the depots of one set; `opening_cost` (depots,) is paid for those that have routes."""

    def __init__(
        self, ground: Ground, opening_cost: np.ndarray, depots: frozenset[int], *, seed: tuple[int, ...],
        settings: Settings, parent: Searcher | None = None,
    ) -> None:  # fmt: skip
        self.ground, self.opening_cost, self.settings = ground, opening_cost, settings
        self.depots = np.array(sorted(depots), dtype=np.int64)
        self.usual_leg = usual_leg(ground)
        self.first_toll = self.usual_leg / max(1e-9, float(ground.demand.mean()))
        self.toll = self.first_toll
        self.plan = empty_plan(ground) if parent is None else copy_of(parent.best_plan)
        self.work = new_work(ground, len(self.plan.stops), seed=seed)
        if parent is None:
            self.filled = bool(fill(ground, self.plan, self.work, self.depots, self.toll))
        else:
            self.filled = parent.filled
            self._send_home()
        self.trial, self.best = copy_of(self.plan), copy_of(self.plan)
        self.steps_per_s = 10_000.0
        if self.plan.figure[OVERLOAD] > ROUNDING:
            self.best.figure[COST] = np.inf

    def _send_home(self) -> None:
        """Let every route start from the depot of this set that costs least."""
        for route in np.flatnonzero(self.plan.stops > 0).tolist():
            settle(self.ground, self.plan, route, self.depots, self.toll)

    @property
    def feasible(self) -> bool:
        """Whether a plan was found that overloads no depot."""
        return self.filled and bool(np.isfinite(self.best.figure[COST]))

    @property
    def best_plan(self) -> Plan:
        """The cheapest plan found, or where all overload depots, the present one."""
        return self.best if self.feasible else self.plan

    @property
    def used(self) -> frozenset[int]:
        """The depots that the best plan has routes from."""
        return frozenset(self._homes(self.best_plan).tolist())

    @property
    def cost(self) -> float:
        """What the best plan costs with its depots, infinite where there is none."""
        return float(self.best.figure[COST]) + self._opening(self.best) if self.feasible else np.inf

    @property
    def worth(self) -> float:
        """The cost that sets are compared by: that of the best plan, or a guess where all overload depots."""
        if self.feasible or not self.filled:
            return self.cost
        toll = max(self.toll, DEAR * self.first_toll)
        return float(self.plan.figure[COST] + toll * self.plan.figure[OVERLOAD]) + self._opening(self.plan)

    def _opening(self, plan: Plan) -> float:
        return float(self.opening_cost[self._homes(plan)].sum())

    def _homes(self, plan: Plan) -> np.ndarray:
        """The depots of the routes that are driven, each once."""
        customers = len(self.ground.demand)
        return np.unique(plan.place[customers:][plan.stops > 0]) - customers

    def run(self, *, steps: int, hot: float, cold: float) -> None:
        """Do so many steps, from one temperature to the other, in usual legs."""
        tuned = self.settings
        self.toll = anneal(
            self.ground, self.plan, self.trial, self.best, self.work, self.depots, steps, hot * self.usual_leg,
            cold * self.usual_leg, tuned.mean_removed, tuned.most_in_string,
            min(tuned.neighbours, self.ground.near.shape[1]), self.toll,
        )  # fmt: skip

    def run_until(self, deadline: float, *, hot: float, cold: float) -> None:
        """Search until the time (of `time.perf_counter`), from one temperature to the other."""
        began = now = time.perf_counter()
        while now < deadline and self.filled:
            share = (now - began) / (deadline - began)
            steps = max(1, int(self.steps_per_s * min(CHUNK_S, deadline - now)))
            next_share = min(1.0, share + CHUNK_S / (deadline - began))
            self.run(steps=steps, hot=hot * (cold / hot) ** share, cold=hot * (cold / hot) ** next_share)
            after = time.perf_counter()
            self.steps_per_s = 0.5 * (self.steps_per_s + steps / max(1e-6, after - now))
            now = after

    def restart(self, plan: Plan) -> None:
        """Go on from this plan."""
        for target in (self.plan, self.trial):
            copy_into(target, plan)


def usual_leg(ground: Ground) -> float:
    """Return the median cost of going to one of the nearest customers, never 0."""
    customers, many = ground.near.shape
    if many == 0:
        return max(1.0, float(ground.arc.max()))
    rank = min(RANK, many) - 1
    legs = ground.arc[np.arange(customers), ground.near[:, rank]]
    return float(np.median(legs)) or float(legs.mean()) or 1.0
