"""Tonight again, under a planner's overrides: the decisions stay, the vans are planned anew."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from retour.errors import BackendError
from retour.instance import Instance
from retour.ledger import night_ledger
from retour.pickup_estimate import stored_pickup
from retour.plan import Answer, Plan
from retour.progress import Listener, silent
from routing.alerts import find_alerts
from routing.decide import Decided
from routing.night import Routed, claimed_objective_eur, degraded_reasons, joint_status, route_answer, routing_news
from routing.pickup import PickupProblem, Route
from routing.pickup.engines import AUTO, ENGINES, choose_engine
from routing.pickup.features import Feature
from routing.pickup.overrides import DropStop, Override, Van
from routing.pickup.replan import Replanned, replan
from routing.tonight import LEFT, LEFT_ALTHOUGH, pickup_problem, rests_of, route_names, with_routes, worth_again

DECIDE, ROUTE, NIGHT, REPLAN = "decide", "route", "night", "replan"
TELL_SHARE = 0.6  # tables and sentences over the set-up, measured on 5,000 stops
SHORTEST_S = 1.0


@dataclass(frozen=True)
class ReplannedNight:
    """A plan under overrides as a night's plan, what replanning says of it, and the names of the vans of both plans."""

    plan: Plan
    replanned: Replanned
    vans: Mapping[Van, str]


def replan_night(
    instance: Instance,
    earlier: Plan,
    overrides: Sequence[Override],
    *,
    vans: Mapping[Van, str],
    engine: str = AUTO,
    seed: int,
    budget_s: float | None = None,
    iterations: int | None = None,
    stability_per_stop_eur: float = 0.0,
    listener: Listener = silent,
) -> ReplannedNight:
    """Plan the vans of a planned night again under overrides; see `routing.pickup.replan`.

    `vans` gives the vans their names in the routes of `earlier` (`vans_of_plan`). `stability_per_stop_eur` is left out
    where the engine knows no such price. Decisions, what waits where and what leaving it costs stay as they were.
    `budget_s` is for all of it: setting the problem up, searching, pricing, writing the tables.
    """
    started = time.perf_counter()
    visits = worth_again(earlier.visits)
    problem = pickup_problem(instance, visits)
    routes = routes_of_plan(earlier, vans)
    left_s = None if budget_s is None else _left_s(budget_s, set_up_s=time.perf_counter() - started)
    replanned = replan(
        problem, routes, overrides, engine=engine, seed=seed, budget_s=left_s, iterations=iterations,
        stability_per_stop_eur=stability_per_stop_eur if _knows_stability(problem, engine) else 0.0,
        only_concerned=True, van_names=vans, on_progress=routing_news(listener, left_s),
    )  # fmt: skip
    told, stops, driven = with_routes(instance, visits, problem, replanned.answer, names=vans)
    rests = rests_of(problem, replanned.answer, vans)
    routed = Routed(_dropped_told(told, overrides), stops, driven, problem, replanned.answer, rests)
    plan = _assemble(instance, earlier, routed, overrides, seconds=time.perf_counter() - started)
    return ReplannedNight(plan, replanned, {**vans, **route_names(problem, replanned.answer, vans)})


def _left_s(budget_s: float, *, set_up_s: float) -> float:
    """What searching and pricing may take: writing the tables takes its time too, on a busy machine more."""
    return max(SHORTEST_S, budget_s - set_up_s * (1 + TELL_SHARE))


def vans_of_plan(routes: pd.DataFrame, *, lost: Sequence[tuple[str, str]] = ()) -> dict[Van, str]:
    """The vans that drive, or were `lost` (name and vehicle type id), with their names; vans alike count by name."""
    driven = list(zip(routes["route_id"], routes["vehicle_type_id"], strict=True))
    named: dict[Van, str] = {}
    numbers: dict[str, int] = {}
    for name, type_id in sorted(dict.fromkeys([*driven, *lost])):
        numbers[type_id] = numbers.get(type_id, 0) + 1
        named[Van(type_id, numbers[type_id])] = name
    return named


def routes_of_plan(plan: Plan, vans: Mapping[Van, str]) -> tuple[Route, ...]:
    """The routes of a plan's tables, by van."""
    van_of = {name: van for van, name in vans.items()}
    ordered = plan.stops.sort_values(["route_id", "position"], kind="stable")
    found = []
    for name, stops in ordered.groupby("route_id", sort=True):
        trips = tuple(tuple(trip["visit_id"]) for _, trip in stops.groupby("trip", sort=True))
        found.append(Route(*van_of[str(name)], trips))
    return tuple(found)


def _knows_stability(problem: PickupProblem, engine: str) -> bool:
    """Whether the engine honours a price on stability beside what the problem has."""
    if engine != AUTO:
        return engine in ENGINES and Feature.STABILITY in ENGINES[engine].honours
    moved = {stop.stop_id: ("", 0) for stop in problem.stops}
    try:
        wishes = replace(problem.wishes, stability_per_stop_eur=1.0, earlier_vans=moved)
        choose_engine(replace(problem, wishes=wishes))
    except BackendError:
        return False
    return True


def _dropped_told(visits: pd.DataFrame, overrides: Sequence[Override]) -> pd.DataFrame:
    dropped = {override.stop_id for override in overrides if isinstance(override, DropStop)}
    why = [
        (f"{v['why'].split(LEFT_ALTHOUGH)[0]}{LEFT_ALTHOUGH}" if v["required"] else LEFT) + "dropped by the planner"
        if v["visit_id"] in dropped else v["why"]
        for v in visits.to_dict("records")
    ]  # fmt: skip
    return visits.assign(why=why)


def _assemble(
    instance: Instance, earlier: Plan, routed: Routed, overrides: Sequence[Override], *, seconds: float
) -> Plan:
    """The night's plan with the old decisions and the new routes, priced through the ledger."""
    of_stage = {answer.stage: answer for answer in earlier.answers}
    decided = Decided(
        of_stage[DECIDE], earlier.decisions, earlier.prices, earlier.comparators,
        stored_pickup(instance, earlier.pickup), 0.0,
    )  # fmt: skip
    objective_eur = claimed_objective_eur(instance, decided, routed)
    by_route = route_answer(routed.answer)
    proven_before = _bound_eur(of_stage.get(ROUTE), earlier.visits, overrides) if _is_free(of_stage) else None
    by_route = replace(by_route, bound_eur=_most(by_route.bound_eur, proven_before))
    night = Answer(
        NIGHT, joint_status(decided.answer.status, by_route.status), objective_eur,
        _bound_eur(of_stage.get(NIGHT), earlier.visits, overrides), seconds, REPLAN,
        "the decisions of the earlier plan, its vans planned again",
    )  # fmt: skip
    return replace(
        earlier, objective_eur=objective_eur, answers=(decided.answer, by_route, night), visits=routed.visits,
        stops=routed.stops, routes=routed.routes, rests=routed.rests,
        alerts=find_alerts(instance, earlier.decisions, routed.visits),
        degraded=degraded_reasons(decided.answer, routed.answer),
        ledger=night_ledger(
            instance, decisions=earlier.decisions, visits=routed.visits, stops=routed.stops, routes=routed.routes
        ),
    )  # fmt: skip


def _is_free(of_stage: Mapping[str, Answer]) -> bool:
    """Whether the earlier plan was made without overrides, so that its bound holds under any."""
    return NIGHT in of_stage and of_stage[NIGHT].engine != REPLAN


def _most(*bounds: float | None) -> float | None:
    return max((bound for bound in bounds if bound is not None), default=None)


def _bound_eur(before: Answer | None, visits: pd.DataFrame, overrides: Sequence[Override]) -> float | None:
    """What no plan before could be below still holds under overrides, unless a duty was dropped."""
    duties = set(visits.loc[visits["required"].astype(bool), "visit_id"])
    freed = any(isinstance(override, DropStop) and override.stop_id in duties for override in overrides)
    return None if before is None or freed else before.bound_eur
