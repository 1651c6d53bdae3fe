"""Search with both cores: teams work on separate routes of one plan, or on plans of their own where it is small.

Every team's steps touch only routes of its own, so two teams on one plan do what one would do with twice the steps;
between epochs routes are dealt out anew along another line. Temperature falls geometrically over the time or the
steps given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from routing.pickup.ruin_recreate.anneal import anneal, balance_cost
from routing.pickup.ruin_recreate.arrays import MISSING, OWN, Ground, Plan, Work, new_work, out_of_plan
from routing.pickup.ruin_recreate.plans import copy_into, copy_of, left_out, note_idle
from routing.pickup.ruin_recreate.settings import Settings

TEAMS = 2
EPOCHS = 200  # at least so many, so that routes meet others and the temperature falls smoothly
EPOCH_S = 0.5  # at most
CHUNK_S = 0.02  # between two looks at the clock
SHARED_STOPS, SHARED_VANS = 400, 8  # with fewer, teams have plans of their own
FOUND = 8


@dataclass(frozen=True)
class Cost:
    """How good a plan is: required stops that it leaves out, then its cost with what is left out, in micro-euro."""

    missing: int
    micro: int

    def __lt__(self, other: Cost) -> bool:
        """Whether this one is better."""
        return (self.missing, self.micro) < (other.missing, other.micro)


class Clock:
    """How far a search is, from 0 to 1, by the time or by the steps that it may take, whichever is further."""

    def __init__(self, *, deadline: float | None, steps: int | None) -> None:
        self._start, self._deadline, self._steps = time.perf_counter(), deadline, steps
        self.done = 0

    @property
    def share(self) -> float:
        """How much of the search is over."""
        shares = [1.0] if self._steps == 0 else []
        if self._steps:
            shares.append(self.done / self._steps)
        if self._deadline is not None:
            length = self._deadline - self._start
            shares.append((time.perf_counter() - self._start) / length if length > 0 else 1.0)
        return min(1.0, max(shares))

    def epoch(self) -> tuple[float | None, int | None]:
        """When the next epoch ends, and how many steps it takes at most."""
        steps = None if self._steps is None else max(1, min(self._steps - self.done, -(-self._steps // EPOCHS)))
        if self._deadline is None:
            return None, steps
        now = time.perf_counter()
        length = min(EPOCH_S, (self._deadline - self._start) / EPOCHS)
        return min(self._deadline, now + length), steps


class Team:
    """One searcher: its memory, the plan it works on, and how fast it is."""

    def __init__(self, ground: Ground, plan: Plan, *, number: int, seed: int) -> None:
        self.ground, self.plan, self.number = ground, plan, number
        self.work: Work = new_work(ground, seed=TEAMS * seed + number + 1)
        self.found = np.zeros(FOUND, dtype=np.int64)
        self.steps_per_s = 1_000.0
        self.most_worth = 0

    def take_over(self, own: np.ndarray) -> None:
        """Work on these stops from now on."""
        self.own = len(own)
        self.work.ids[OWN, : self.own] = own

    def go(self, temperature: float, settings: Settings, until: float | None, steps: int | None) -> int:
        """Search until the time or the steps are over; the steps done."""
        done = 0
        self.most_worth = self.most_worth or settings.most_worth(self.ground)
        while self.own and (steps is None or done < steps) and (until is None or time.perf_counter() < until):
            chunk = max(1, int(self.steps_per_s * CHUNK_S)) if until is not None else 1_000
            chunk = chunk if steps is None else min(chunk, steps - done)
            started = time.perf_counter()
            self._look_round()
            anneal(
                self.ground, self.plan, self.work, self.found, chunk, temperature, self.own, self.missing, self.number,
                settings.mean_removed, settings.longest_string(self.mean_stops), settings.neighbours(self.ground),
                self.most_worth, settings.hope_for(self.mean_stops), self.mean_stops,
            )  # fmt: skip
            done += chunk
            self.steps_per_s = 0.5 * (self.steps_per_s + chunk / (time.perf_counter() - started))
        return done

    def _look_round(self) -> None:
        """Note idle vans, required stops left out, and how long routes are."""
        van, ground = self.plan.van, self.ground
        mine = van["team"] == self.number
        note_idle(self.plan, self.work, team=self.number)
        out = self.plan.node["van"][: ground.stops] == out_of_plan(self.number)
        missing = np.flatnonzero(out & (ground.node["required"][: ground.stops] == 1))
        self.missing = len(missing)
        self.work.ids[MISSING, : self.missing] = missing
        driving = van["stops"][mine & (van["stops"] > 0)]
        trips = len(driving) + int(self._further_trips().sum())
        self.mean_stops = float(driving.sum() / trips) if trips else 1.0

    def _further_trips(self) -> np.ndarray:
        """Which stops begin a trip other than a van's first, where the search looks at trips one by one."""
        node = self.plan.node[: self.ground.stops]
        if not self.ground.tripped:
            return np.zeros(0, dtype=bool)
        served = np.maximum(node["van"], 0)
        return (node["van"] >= 0) & (node["new_trip"] > 0) & (self.plan.van["team"][served] == self.number)


class Search:
    """A plan being improved."""

    def __init__(self, ground: Ground, plan: Plan, *, seed: int, settings: Settings) -> None:
        self.ground, self.settings = ground, settings
        self.random = np.random.default_rng(seed)
        self.prize = ground.node["worth"][: ground.stops].copy()
        driving = int((plan.van["stops"] > 0).sum())
        self.shared = ground.stops >= SHARED_STOPS and driving >= SHARED_VANS and not ground.balance
        own_ground = [ground if self.shared else ground.replace(node=ground.node.copy()) for _ in range(TEAMS)]
        plans = [plan if self.shared or number == 0 else copy_of(plan) for number in range(TEAMS)]
        self.teams = [
            Team(own_ground[at], plans[at], number=at if self.shared else 0, seed=TEAMS * seed + at)
            for at in range(TEAMS)
        ]
        self.best, self.best_cost = copy_of(plan), self.cost_of(plan)

    def remember(self, plan: Plan) -> None:
        """Keep a plan if it is the best so far."""
        cost = self.cost_of(plan)
        if cost < self.best_cost:
            copy_into(self.best, plan)
            self.best_cost = cost

    def cost_of(self, plan: Plan) -> Cost:
        """How good a plan is."""
        out = left_out(self.ground, plan)
        missing = self.ground.node["required"][out] == 1
        choice = self.ground.node["choice"][out]
        each = np.unique(np.where(choice < 0, -1 - out, choice), return_index=True)[1]  # alternatives count once
        out, missing = out[each], missing[each]
        micro = int(plan.van["cost"].sum()) + int(self.prize[out[~missing]].sum())
        return Cost(int(missing.sum()), micro + int(balance_cost(self.ground, plan)))

    def run(self, clock: Clock, on_best: Callable[[int], None]) -> None:
        """Search until the clock says so; `on_best` is called after an epoch that found a better plan."""
        cold, hot = self.settings.temperatures(self.ground)
        with ThreadPoolExecutor(max_workers=TEAMS) as threads:
            while (share := clock.share) < 1.0:
                temperature = hot * (cold / hot) ** share
                until, steps = clock.epoch()
                each = None if steps is None else -(-steps // TEAMS)
                self._deal()
                running = [threads.submit(team.go, temperature, self.settings, until, each) for team in self.teams]
                clock.done += sum(team.result() for team in running)
                if self._keep_best():
                    on_best(clock.done)

    def _keep_best(self) -> bool:
        """Keep the best plan; where teams have plans of their own, the worse now and then makes room for the better."""
        costs = [self.cost_of(team.plan) for team in self.teams[: 1 if self.shared else TEAMS]]
        lead = int(np.argmin([(cost.missing << 60) + cost.micro for cost in costs]))
        better = costs[lead] < self.best_cost
        if better:
            copy_into(self.best, self.teams[lead].plan)
            self.best_cost = costs[lead]
        if not self.shared and self.random.random() < self.settings.catch_up_chance:
            copy_into(self.teams[1 - lead].plan, self.teams[lead].plan)
        return better

    def _deal(self) -> None:
        """Deal routes and stops out to the teams."""
        everyone = np.arange(self.ground.stops)
        if not self.shared:
            for team in self.teams:
                team.take_over(everyone)
            return
        plan, van = self.teams[0].plan, self.teams[0].plan.van
        van["team"] = self._sides(plan)
        stops = plan.node["van"][: self.ground.stops]
        side = np.where(stops >= 0, van["team"][np.maximum(stops, 0)], 0)
        out = np.flatnonzero(stops < 0)
        side[out] = self._side_of_left_out(side, out)
        plan.node["van"][out] = [out_of_plan(team) for team in side[out].tolist()]
        for team in self.teams:
            team.take_over(everyone[side == team.number])

    def _sides(self, plan: Plan) -> np.ndarray:
        """The team of each van: routes on either side of a line through the middle, idle vans in turn."""
        ground, van = self.ground, plan.van
        route = plan.node["van"][: ground.stops]
        served = np.flatnonzero(route >= 0)
        many = np.maximum(1, np.bincount(route[served], minlength=ground.vans))
        x, y = (np.bincount(route[served], ground.node[name][served], minlength=ground.vans) / many
                for name in ("crow_x", "crow_y"))  # fmt: skip
        angle = self.random.uniform(0, 2 * np.pi)
        if self.random.random() < 0.5:
            along = x * np.cos(angle) + y * np.sin(angle)
        else:
            middle = [ground.node[name][: ground.stops].mean() for name in ("crow_x", "crow_y")]
            along = (np.arctan2(y - middle[1], x - middle[0]) - angle) % (2 * np.pi)
        side = np.zeros(ground.vans, dtype=np.int32)
        driving = np.flatnonzero(van["stops"] > 0)
        order = driving[np.argsort(along[driving], kind="stable")]
        half = np.cumsum(van["stops"][order]) * TEAMS // (van["stops"].sum() + 1)
        side[order] = np.minimum(half, TEAMS - 1)
        for kind in range(ground.kinds):
            idle = np.flatnonzero((van["stops"] == 0) & (van["kind"] == kind))
            side[idle] = np.arange(len(idle)) % TEAMS
        return side

    def _side_of_left_out(self, side: np.ndarray, out: np.ndarray) -> np.ndarray:
        """With most of the nearest served stops; alternatives together, with the one that is served."""
        near = self.ground.near[out, :5]
        sides = np.rint(side[near].mean(axis=1)).astype(np.int32) if near.size else np.zeros(len(out), np.int32)
        choice = self.ground.node["choice"][: self.ground.stops]
        for at in np.flatnonzero(choice[out] >= 0).tolist():
            members = np.flatnonzero(choice == choice[out[at]])
            served = members[self.teams[0].plan.node["van"][members] >= 0]
            sides[at] = side[served[0]] if len(served) else side[members[0]] if members[0] != out[at] else 0
        return sides
