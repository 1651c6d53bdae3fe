"""What each override costs: the plan with all of them against the best plan found without it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from retour.errors import InfeasibleError
from retour.vocabulary import Status
from routing.pickup.integers import to_eur, to_micro
from routing.pickup.overridden import Overridden, override_problem
from routing.pickup.overrides import AddStop, Override, VanNames, say, stop_of, van_of
from routing.pickup.parts import split_by_hub, without_stops
from routing.pickup.problem import PickupProblem
from routing.pickup.repair import repair
from routing.pickup.schedule import Route, Schedule, evaluate
from routing.pickup.solve import solve_pickup

LEAST_S = 0.05  # less time is not worth starting for


@dataclass(frozen=True)
class OverridePrice:
    """What one override costs, EUR: the plan with all overrides less the best plan found without this one.

    `price_eur` is an estimate, since either plan may not be the best there is; a negative one says that the override
    saves money. The override costs at most `at_most_eur`: that is proven. Both are None where they are not known, and
    `note` says why.
    """

    override: Override
    words: str
    price_eur: float | None
    at_most_eur: float | None
    note: str = ""


@dataclass(frozen=True)
class Priced:
    """The routes, better ones than before if some turned up, and the prices; `dearer_eur` is what all overrides cost
    together, `dearer_at_most_eur` what they cost at most."""

    routes: tuple[Route, ...]
    prices: tuple[OverridePrice, ...]
    dearer_eur: float | None
    dearer_at_most_eur: float | None


@dataclass(frozen=True)
class Pricing:
    """What is priced, and how: `problem` has the stops added already, `deadline` is of `time.perf_counter`."""

    problem: PickupProblem
    earlier: tuple[Route, ...]
    overrides: tuple[Override, ...]
    names: VanNames
    engine: str
    seed: int
    deadline: float | None
    iterations: int | None


@dataclass(frozen=True)
class _Found:
    """The best plan found without some overrides: cost and proven bound in micro-euro, or a note why there is none."""

    cost_micro: int | None = None
    bound_micro: int | None = None
    note: str = ""


def price_overrides(pricing: Pricing, routes: tuple[Route, ...], *, whole: bool) -> Priced:
    """The price of every override, of a plan that serves all it must (`whole`), else of none."""
    if not pricing.overrides:
        return Priced(routes, (), 0.0, None)
    if not whole:
        note = "the plan with all overrides leaves required stops, so there is nothing to compare"
        return Priced(routes, tuple(_unknown(pricing, o, note) for o in pricing.overrides), None, None)
    areas = [area for part in split_by_hub(pricing.problem) if (area := _Area(pricing, part, routes)).overrides]
    jobs = sum(len(area.jobs()) for area in areas)
    for area in areas:
        for left_out in area.jobs():
            area.look(left_out, _left_s(pricing) / jobs if pricing.deadline is not None else None)
            jobs -= 1
    prices = tuple(_price(pricing, areas, override) for override in pricing.overrides)
    changed = [route for area in areas for route in area.routes]
    ours = {kind.vehicle_type_id for area in areas for kind in area.problem.vehicle_types}
    others = [route for route in routes if route.vehicle_type_id not in ours]
    ordered = sorted([*others, *changed], key=lambda r: (r.vehicle_type_id, r.vehicle_no))
    return Priced(tuple(ordered), prices, *_together(areas))


def _left_s(pricing: Pricing) -> float:
    return 0.0 if pricing.deadline is None else max(0.0, pricing.deadline - time.perf_counter())


class _Area:
    """Hubs that share stops, with the overrides that concern them, the plan there and what was found without some."""

    def __init__(self, pricing: Pricing, part: PickupProblem, routes: Sequence[Route]) -> None:
        self.pricing, self.problem = pricing, part
        kinds = {kind.vehicle_type_id for kind in part.vehicle_types}
        self.earlier = tuple(route for route in pricing.earlier if route.vehicle_type_id in kinds)
        self.routes = tuple(route for route in routes if route.vehicle_type_id in kinds)
        self.overrides = concerned(part, pricing.overrides)
        self.over = self._without(()) if self.overrides else None
        self.found: dict[tuple[Override, ...], _Found] = {}
        self.seen: list[tuple[Route, ...]] = []

    def jobs(self) -> list[tuple[Override, ...]]:
        """The sets of overrides to leave out: each, and at last all, which may begin from the plans without one."""
        return list(dict.fromkeys([*((override,) for override in self.overrides), self.overrides]))

    def cost_micro(self) -> int:
        """What the plan costs here."""
        assert self.over is not None  # only areas with overrides are asked
        return _cost_micro(evaluate(self.over.priced, self.routes))

    def look(self, left_out: tuple[Override, ...], budget_s: float | None) -> None:
        """Look for the best plan without some overrides, and keep what it costs; it may be better than ours."""
        if budget_s is not None and budget_s < LEAST_S:
            self.found[left_out] = _Found(note="there was no time left to price it")
            return
        over = self._without(left_out)
        asked = self.pricing
        try:
            answer = solve_pickup(
                over.asked.source, engine=asked.engine, seed=asked.seed, budget_s=budget_s,
                iterations=asked.iterations, start=self._start(over),
            )  # fmt: skip
        except InfeasibleError as error:
            self.found[left_out] = _Found(note=f"no plan fits without it: {error.reasons[0]}")
            return
        if answer.status is Status.FAILED:
            self.found[left_out] = _Found(note="no plan without it was found that serves all required stops")
            return
        routes = over.back([route.as_route() for route in answer.routes], earlier=self.earlier)
        bound_micro = to_micro(answer.bound_eur) + over.apart_micro
        cost_micro = _cost_micro(evaluate(over.priced, routes))
        self.found[left_out] = _Found(cost_micro, bound_micro if answer.bound_eur > 0 else None)
        self.seen.append(routes)
        self._adopt(routes)

    def _without(self, left_out: tuple[Override, ...]) -> Overridden:
        kept = tuple(override for override in self.overrides if override not in left_out)
        added = {o.stop.stop_id for o in left_out if isinstance(o, AddStop)}
        return override_problem(without_stops(self.problem, added), self.earlier, kept, self.pricing.names)

    def _start(self, over: Overridden) -> tuple[Route, ...]:
        """The best beginning without some overrides among the plan with all, the earlier one and those found."""
        known = dict.fromkeys([self.routes, self.earlier, *self.seen])
        begun = [repair(over.asked, over.into(routes)) for routes in known]
        return min(begun, key=lambda routes: _rank(over, routes))

    def _adopt(self, routes: tuple[Route, ...]) -> None:
        """Take a plan found without some overrides where it honours them all and is better."""
        assert self.over is not None
        mine = repair(self.over.asked, self.over.into(routes))
        if _rank(self.over, mine) < _rank(self.over, self.over.into(self.routes)):
            self.routes = self.over.back(mine, earlier=self.earlier)


def concerned(part: PickupProblem, overrides: Sequence[Override]) -> tuple[Override, ...]:
    """The overrides about stops or vans of this part."""
    kinds, stops = {kind.vehicle_type_id for kind in part.vehicle_types}, {stop.stop_id for stop in part.stops}
    return tuple(
        o for o in overrides
        if stop_of(o) in stops or ((van := van_of(o)) is not None and van.vehicle_type_id in kinds)
    )  # fmt: skip


def _rank(over: Overridden, routes: tuple[Route, ...]) -> tuple[int, int]:
    schedule = evaluate(over.asked, routes)
    return len(schedule.breaches), schedule.objective_micro


def _cost_micro(schedule: Schedule) -> int:
    """The objective without the price on stability."""
    return schedule.objective_micro - schedule.parts_micro["stability"]


def _unknown(pricing: Pricing, override: Override, note: str) -> OverridePrice:
    return OverridePrice(override, say(override, pricing.names), None, None, note)


def _price(pricing: Pricing, areas: Sequence[_Area], override: Override) -> OverridePrice:
    area = next((area for area in areas if override in area.overrides), None)
    words = say(override, pricing.names)
    if area is None:
        return OverridePrice(override, words, 0.0, 0.0, "no stop of tonight is concerned")
    found = area.found[(override,)]
    if found.cost_micro is None:
        return OverridePrice(override, words, None, None, found.note)
    dearer = area.cost_micro() - found.cost_micro
    most = None if found.bound_micro is None else to_eur(area.cost_micro() - found.bound_micro)
    return OverridePrice(override, words, to_eur(dearer), most)


def _together(areas: Sequence[_Area]) -> tuple[float | None, float | None]:
    """What all overrides cost together, and at most; None where some area has no plan without them."""
    found = [(area.cost_micro(), area.found[area.overrides]) for area in areas]
    costs = [with_all - free.cost_micro for with_all, free in found if free.cost_micro is not None]
    most = [with_all - free.bound_micro for with_all, free in found if free.bound_micro is not None]
    return (
        to_eur(sum(costs)) if len(costs) == len(found) else None,
        to_eur(sum(most)) if len(most) == len(found) else None,
    )
