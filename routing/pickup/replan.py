"""Plan again from an earlier plan, under overrides, and say what each of them costs.

Half of the time budget goes to the plan itself. The rest is shared evenly by what is needed for prices: the plan
without any override, and the plan without each one, solved only for the hubs that share stops with it and begun from
the plan just found. A cheaper plan that turns up on the way and honours every override becomes the answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retour.errors import InputError, Issue
from retour.vocabulary import Status
from routing.pickup.answer import PickupAnswer
from routing.pickup.changes import StopChange, changes_between
from routing.pickup.contradictions import override_defects
from routing.pickup.engines import AUTO
from routing.pickup.integers import to_eur, to_micro
from routing.pickup.overridden import Overridden, override_problem, without_dropped
from routing.pickup.overrides import AddStop, Override, VanNames, vans_of
from routing.pickup.parts import put_together, split_by_hub, with_own_places
from routing.pickup.prices import OverridePrice, Pricing, concerned, price_overrides
from routing.pickup.problem import PickupProblem
from routing.pickup.progress import OnProgress
from routing.pickup.schedule import Route, Schedule, evaluate
from routing.pickup.solve import solve_pickup

MAIN_SHARE = 0.5  # of the time budget, for the plan itself


@dataclass(frozen=True)
class Replanned:
    """A plan under overrides.

    `answer` is in the vans of the problem; `cost_eur` is its objective without the price on stability, which is no
    cost of the night. `changes` are against the earlier plan. `prices` has one for each override, in their order;
    `price_eur` is what they cost together, an estimate like theirs, and `price_at_most_eur` what they cost at most;
    None where that is not known.
    """

    problem: PickupProblem
    answer: PickupAnswer
    cost_eur: float
    changes: tuple[StopChange, ...]
    prices: tuple[OverridePrice, ...]
    price_eur: float | None
    price_at_most_eur: float | None

    @property
    def free_eur(self) -> float | None:
        """What the best plan found without any override costs."""
        return None if self.price_eur is None else self.cost_eur - self.price_eur


def replan(
    problem: PickupProblem,
    earlier_routes: Sequence[Route],
    overrides: Sequence[Override] = (),
    *,
    engine: str = AUTO,
    seed: int,
    budget_s: float | None = None,
    iterations: int | None = None,
    stability_per_stop_eur: float = 0.0,
    only_concerned: bool = False,
    van_names: VanNames | None = None,
    on_progress: OnProgress | None = None,
) -> Replanned:
    """The best plan found that honours every override, begun from the earlier plan, with the price of each.

    Stops and vans of the earlier plan that the problem does not have are forgotten. `stability_per_stop_eur` makes
    plans prefer the earlier van of every stop, for engines that know such a price; without it, vans that are alike
    may change places where that is cheaper. With `only_concerned` hubs that share no stop with an override keep the
    earlier plan where it breaks nothing there, unbounded: quick on large nights. `budget_s` is wall clock for
    everything, as the module says; `iterations` bounds each search instead and gives the same answer every time.
    `van_names` are used in sentences.

    Raises `InputError` with every unknown id and every contradiction at once, `InfeasibleError` where no plan fits
    under the overrides, and what `solve_pickup` raises.
    """
    started, names = time.perf_counter(), van_names or {}
    overrides = tuple(dict.fromkeys(overrides))
    earlier = known_routes(problem, earlier_routes)
    if defects := override_defects(problem, earlier, overrides, names):
        raise InputError([Issue("overrides", None, None, defect) for defect in defects])
    whole = _wishing(with_added(problem, overrides), earlier, stability_per_stop_eur)
    base = concerned_part(whole, earlier, overrides) if only_concerned and overrides else whole
    over = override_problem(base, earlier, overrides, names)
    share = MAIN_SHARE if overrides else 1.0
    found = solve_pickup(
        over.asked.source, engine=engine, seed=seed, budget_s=None if budget_s is None else share * budget_s,
        iterations=iterations, start=over.into(earlier), on_progress=on_progress,
    )  # fmt: skip
    routes = over.back([route.as_route() for route in found.routes], earlier=earlier)
    deadline = None if budget_s is None else started + budget_s
    pricing = Pricing(base, earlier, overrides, names, engine, seed, deadline, iterations)
    priced = price_overrides(pricing, routes, whole=found.status is not Status.FAILED)
    if base is not whole:
        over = replace(over, priced=without_dropped(whole, overrides))
    planned = {kind.vehicle_type_id for kind in base.vehicle_types}
    others = [route for route in earlier if route.vehicle_type_id not in planned]
    schedule = evaluate(over.priced, [*priced.routes, *others])
    cost_eur = schedule.objective_eur - schedule.parts_eur["stability"]
    return Replanned(
        problem=over.priced,
        answer=_answer(found, over, schedule, seconds=time.perf_counter() - started),
        cost_eur=cost_eur,
        changes=changes_between(evaluate(whole, earlier).routes, schedule.routes),
        prices=priced.prices,
        price_eur=priced.dearer_eur,
        price_at_most_eur=priced.dearer_at_most_eur,
    )


def concerned_part(
    problem: PickupProblem, earlier: Sequence[Route], overrides: Sequence[Override]
) -> PickupProblem:
    """The hubs that share stops with an override, and those where the earlier plan breaks something.

    The whole problem where that is all of it, or none; else with its own places only.
    """
    parts = split_by_hub(problem)
    chosen = [part for part in parts if concerned(part, overrides) or _broken(part, earlier)]
    return with_own_places(put_together(chosen)) if 0 < len(chosen) < len(parts) else problem


def _broken(part: PickupProblem, earlier: Sequence[Route]) -> bool:
    kinds = {kind.vehicle_type_id for kind in part.vehicle_types}
    return not evaluate(part, [route for route in earlier if route.vehicle_type_id in kinds]).feasible


def known_routes(problem: PickupProblem, routes: Sequence[Route]) -> tuple[Route, ...]:
    """The routes with the vans and stops that the problem has; a stop visited twice stays where it is first."""
    counts = {kind.vehicle_type_id: kind.count for kind in problem.vehicle_types}
    left = {stop.stop_id for stop in problem.stops}
    found = []
    for route in routes:
        if 1 <= route.vehicle_no <= counts.get(route.vehicle_type_id, 0):
            trips = tuple(tuple(_taken(trip, left)) for trip in route.trips)
            found.append(replace(route, trips=tuple(trip for trip in trips if trip)))
    return tuple(route for route in found if route.trips)


def _taken(trip: Sequence[str], left: set[str]) -> Iterator[str]:
    for stop_id in trip:
        if stop_id in left:
            left.remove(stop_id)
            yield stop_id


def with_added(problem: PickupProblem, overrides: Sequence[Override]) -> PickupProblem:
    """The problem with the stops that overrides add."""
    added = tuple(o.stop for o in overrides if isinstance(o, AddStop))
    return replace(problem, stops=(*problem.stops, *added))


def _wishing(problem: PickupProblem, earlier: Sequence[Route], per_stop_eur: float) -> PickupProblem:
    if not per_stop_eur:
        return problem
    wishes = replace(problem.wishes, stability_per_stop_eur=per_stop_eur, earlier_vans=vans_of(earlier))
    return replace(problem, wishes=wishes)


def _answer(found: PickupAnswer, over: Overridden, schedule: Schedule, *, seconds: float) -> PickupAnswer:
    """The answer in the vans of the caller, with the better routes found since."""
    bound_micro = to_micro(found.bound_eur) + over.apart_micro
    status = found.status
    if status is not Status.FAILED:
        status = Status.OPTIMAL if schedule.objective_micro == bound_micro else Status.FEASIBLE
    return replace(
        found, status=status, objective_eur=schedule.objective_eur, bound_eur=to_eur(bound_micro),
        routes=schedule.routes, unserved=schedule.unserved, parts_eur=schedule.parts_eur, seconds=seconds,
    )  # fmt: skip
