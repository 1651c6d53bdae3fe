"""Tonight, end to end: decide, forecast, route, and add it all up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from retour.errors import BackendError
from retour.instance import Instance
from retour.ledger import decision_ledger, night_ledger, with_carbon
from retour.pickup_estimate import estimate_pickup, pickup_table
from retour.plan import Answer, Plan, shaped
from retour.policy import Rounds
from retour.pricing import PickupEstimate, carbon_eur_per_kg
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status
from routing.alerts import find_alerts
from routing.consolidate import forecast_visits
from routing.decide import Decided, decide
from routing.marginal import marginal_pickup
from routing.pickup import PickupAnswer, PickupProblem, solve_in_process, solve_pickup
from routing.pickup import Progress as PickupProgress
from routing.pickup.bound import lower_bound
from routing.pickup.engines import AUTO, choose_engine, refuse_what_is_lacking
from routing.pickup.integers import to_eur, to_integers
from routing.pickup.progress import OnProgress
from routing.tonight import pickup_problem, rests_of, with_routes

DECIDE_SHARE = 0.45
FIRST_SHARE = 0.35
ROUND_PER_DECIDING = 2.0  # seconds of a round beside routing, per second of deciding: 1.8 to 2.4 measured
REPORT_SHARE = 0.04
SHOWN = 5
USUAL_ENGINE = "pyvrp"


@dataclass(frozen=True)
class Clock:
    """What is left of a budget in seconds; None means all the time in the world."""

    started: float
    budget_s: float | None

    def spent_s(self) -> float:
        """Return seconds since the start."""
        return time.perf_counter() - self.started

    def left_s(self, *, share: float = 1.0) -> float | None:
        """Return a share of what is left, at least a second, with time kept back for adding up."""
        if self.budget_s is None:
            return None
        return max(1.0, share * (self.budget_s * (1 - REPORT_SHARE) - self.spent_s()))


@dataclass(frozen=True)
class Routed:
    """Tonight's visits and routes, and what the routing engine answered."""

    visits: pd.DataFrame
    stops: pd.DataFrame
    routes: pd.DataFrame
    problem: PickupProblem
    answer: PickupAnswer
    rests: pd.DataFrame


@dataclass(frozen=True)
class Round:
    """Decisions, the routes that follow from them, and what the night then costs."""

    decided: Decided
    routed: Routed
    objective_eur: float
    seconds: float


def plan_night(
    instance: Instance,
    *,
    seed: int = 0,
    budget_s: float | None = None,
    iterations: int | None = None,
    engine: str = AUTO,
    method: str = "auto",
    processes: int = 1,
    rounds: int = 2,
    listener: Listener = silent,
) -> Plan:
    """Plan one night: where each return goes, what is emptied, which van drives where.

    `engine` is a name, or `AUTO`: the usual one, or the first that honours what that lacks (breaks, say). `method` and
    `processes` are those of `decide`. `budget_s` bounds the wall clock of the whole; `iterations` bounds
    the routing engine instead and makes the plan reproducible byte for byte. Each of the `rounds` decides with the
    pickup prices the last one's routes revealed; the cheapest is kept, and a round that no longer fits the budget is
    left out. With a budget the engine runs in processes of its own, so a script must call this under
    `if __name__ == "__main__":`. Raises InfeasibleError when the limits leave no plan, BackendError when a solver
    fails without a fallback.
    """
    clock = Clock(time.perf_counter(), budget_s)
    played: list[Round] = []
    pickup = estimate_pickup(instance)
    while len(played) < rounds and (not played or _fits(played[-1], clock)):
        last = len(played) + 1 == rounds
        ask = Ask(seed, iterations, engine, method, processes, listener, f"round {len(played) + 1} of {rounds}: ")
        played.append(_play(instance, pickup, ask, clock, last=last))
        if not last:
            pickup = _learnt(instance, pickup, played[-1].routed)
    best = min(played, key=lambda r: r.objective_eur)
    listener(Progress("report", 0.0, "adding it all up", best.objective_eur))
    return assemble(instance, best, played, seconds=clock.spent_s())


@dataclass(frozen=True)
class Ask:
    """How every round is solved, and who listens."""

    seed: int
    iterations: int | None
    engine: str
    method: str
    processes: int
    listener: Listener
    prefix: str


def _play(instance: Instance, pickup: PickupEstimate, ask: Ask, clock: Clock, *, last: bool) -> Round:
    started = clock.spent_s()
    ask.listener(Progress("decide", 0.0, f"{ask.prefix}deciding {len(instance.returns):,} returns"))
    decided = decide(
        instance,
        pickup=pickup,
        method=ask.method,
        processes=ask.processes,
        seed=ask.seed,
        budget_s=clock.left_s(share=DECIDE_SHARE),
        listener=ask.listener,
    )
    share = 1.0 if last else routing_share(clock, deciding_s=clock.spent_s() - started)
    ask.listener(Progress("route", 0.0, f"{ask.prefix}choosing what to empty"))
    routed = route_night(
        instance,
        decided.decisions,
        seed=ask.seed,
        budget_s=clock.left_s(share=share),
        iterations=ask.iterations,
        engine=ask.engine,
        listener=ask.listener,
    )
    return Round(decided, routed, claimed_objective_eur(instance, decided, routed), clock.spent_s() - started)


def routing_share(clock: Clock, *, deciding_s: float) -> float:
    """Return the share of the time left that a round's routing takes: all of it where no other round would fit."""
    left = clock.left_s()
    beside_s = ROUND_PER_DECIDING * deciding_s
    return FIRST_SHARE if left is None or (1 - FIRST_SHARE) * left - beside_s / 2 > 2 * beside_s else 1.0


def _fits(last: Round, clock: Clock) -> bool:
    """Return whether another round has at least twice the time that all but routing took in the last."""
    left = clock.left_s()
    return left is None or left > 2 * (last.seconds - last.routed.answer.seconds)


def _learnt(instance: Instance, pickup: PickupEstimate, routed: Routed) -> PickupEstimate:
    """Return prices halfway from those decided with to those the routes revealed: full steps would swing."""
    seen = marginal_pickup(instance, routed.visits, routed.problem, routed.answer)
    return PickupEstimate(cost_eur=(pickup.cost_eur + seen.cost_eur) / 2, co2e_kg=(pickup.co2e_kg + seen.co2e_kg) / 2)


def route_night(
    instance: Instance,
    decisions: pd.DataFrame,
    *,
    seed: int,
    budget_s: float | None,
    iterations: int | None,
    engine: str,
    listener: Listener = silent,
) -> Routed:
    """Forecast tonight's fill for given decisions, then choose and route the visits."""
    visits = forecast_visits(instance, decisions)
    problem = pickup_problem(instance, visits)
    news = routing_news(listener, budget_s)
    # With a budget the engine runs apart, so that it can be stopped in time; without, in place and reproducibly.
    solve = solve_pickup if budget_s is None else solve_in_process
    name = engine_for(problem, engine)
    answer = solve(problem, engine=name, seed=seed, budget_s=budget_s, iterations=iterations, on_progress=news)
    visits, stops, routes = with_routes(instance, visits, problem, answer)
    return Routed(visits, stops, routes, problem, answer, rests_of(problem, answer))


def engine_for(problem: PickupProblem, engine: str) -> str:
    """Return the engine asked for; for `AUTO` the usual one where it honours the problem, else one that does."""
    if engine != AUTO:
        return engine
    try:
        refuse_what_is_lacking(USUAL_ENGINE, to_integers(problem))
    except BackendError:
        return choose_engine(problem).name
    return USUAL_ENGINE


def routing_news(listener: Listener, budget_s: float | None) -> OnProgress:
    """Return what turns the routing engine's progress into news of the night."""
    def tell(news: PickupProgress) -> None:
        done = 0.5 if budget_s is None else min(1.0, news.seconds / budget_s)
        listener(Progress("route", done, f"best routes so far {news.objective_eur:,.2f} EUR", news.objective_eur))

    return tell


def assemble(instance: Instance, best: Round, played: Sequence[Round], *, seconds: float) -> Plan:
    """Put the best round's decisions and routes together, price them through the ledger, and state what was proven."""
    decided, routed = best.decided, best.routed
    ledger = night_ledger(
        instance, decisions=decided.decisions, visits=routed.visits, stops=routed.stops, routes=routed.routes
    )
    by_route = route_answer(routed.answer)
    night_answer = Answer(
        "night",
        joint_status(decided.answer.status, by_route.status),
        best.objective_eur,
        max(night_bound_eur(instance, r.decided) for r in played),
        seconds,
        "decide + route",
        _told(best, played),
    )
    return Plan(
        instance_hash=instance.hash,
        night=instance.night,
        objective_eur=best.objective_eur,
        answers=(decided.answer, by_route, night_answer),
        decisions=decided.decisions,
        visits=routed.visits,
        stops=routed.stops,
        routes=routed.routes,
        ledger=ledger,
        prices=decided.prices,
        comparators=decided.comparators,
        pickup=pickup_table(instance, decided.pickup),
        rests=routed.rests,
        alerts=find_alerts(instance, decided.decisions, routed.visits),
        degraded=degraded_reasons(decided.answer, routed.answer),
    )


def route_answer(routing: PickupAnswer) -> Answer:
    """Return what the routing engine proved as the answer of its stage."""
    return Answer(
        "route",
        routing.status,
        routing.objective_eur,
        routing.bound_eur,
        routing.seconds,
        routing.engine,
        routing.note,
    )


def _told(best: Round, played: Sequence[Round]) -> str:
    costs = ", ".join(f"round {i} {r.objective_eur:,.2f} EUR" for i, r in enumerate(played, start=1))
    gained = played[0].objective_eur - best.objective_eur
    return f"{costs}; learning the routes' prices gained {gained:,.2f} EUR" if len(played) > 1 else costs


def joint_status(*stages: Status) -> Status:
    """Return the status of stages solved one after the other: none proves the whole optimal."""
    worst_first = (Status.FAILED, Status.INFEASIBLE)
    return next((s for s in worst_first if s in stages), Status.FEASIBLE)


def degraded_reasons(decision: Answer, routing: PickupAnswer) -> tuple[str, ...]:
    """Return why a plan is less than was asked for; empty where it is not."""
    reasons = [decision.note] if decision.status == Status.FAILED else []
    if routing.degraded or routing.status == Status.FAILED:
        left = ", ".join(routing.unserved[:SHOWN]) if routing.status == Status.FAILED else ""
        reasons.append(routing.note + (f" Required visits left: {left}." if left else ""))
    return tuple(reasons)


def claimed_objective_eur(instance: Instance, decided: Decided, routed: Routed) -> float:
    """Return what the solvers claim the night costs, without looking at the night's ledger.

    The decisions' objective, with the pickup estimate it was priced with taken out; what the routing engine's own
    routes drive, at the vans' rates and with the carbon of the load really aboard; and the prizes of what is left.
    """
    priced = with_carbon(instance, decision_ledger(instance, decided.decisions, decided.pickup))
    without = with_carbon(instance, decision_ledger(instance, decided.decisions, None))
    estimate_eur = float(priced["cost_eur"].sum() - without["cost_eur"].sum())
    driven_carbon_eur = float(routed.routes["co2e_kg"].sum()) * carbon_eur_per_kg(instance)
    left_eur = float(routed.visits.loc[~routed.visits["visited"].astype(bool), "prize_eur"].sum())
    decided_eur = decided.answer.objective_eur or 0.0
    return float(decided_eur - estimate_eur + _driven_eur(instance, routed.answer) + driven_carbon_eur + left_eur)


def _driven_eur(instance: Instance, answer: PickupAnswer) -> float:
    vans = instance.vehicles.set_index("vehicle_type_id")
    per_km = vans["per_km_eur"].fillna(instance.rates["van_eur_per_km"])
    per_hour = vans["per_hour_eur"].fillna(instance.rates["driver_eur_per_hour"])
    overtime = vans["overtime_per_hour_eur"].fillna(0.0)
    return sum(
        vans["fixed_eur"][r.vehicle_type_id]
        + r.distance_m / 1000 * per_km[r.vehicle_type_id]
        + r.duration_s / 3600 * per_hour[r.vehicle_type_id]
        + r.overtime_s / 3600 * overtime[r.vehicle_type_id]
        for r in answer.routes
    )


def night_bound_eur(instance: Instance, decided: Decided) -> float:
    """Return a cost no plan of this night can be below.

    Any plan costs at least the cheapest decisions with pickup for free, plus the cheapest routes and left points for
    what lies at the points already, carbon and wishes left out: loads and duties only grow with tonight's returns.
    """
    nothing = shaped("decisions", pd.DataFrame(columns=["return_id"]))
    untaxed = instance.policy.carbon.model_copy(update={"price_eur_per_t": 0.0})
    bare = instance.replace(policy=instance.policy.model_copy(update={"carbon": untaxed, "rounds": Rounds()}))
    waiting = to_integers(pickup_problem(bare, forecast_visits(bare, nothing)))
    return decided.bound_without_pickup_eur + to_eur(lower_bound(waiting))


__all__ = ["assemble", "night_bound_eur", "plan_night", "route_night"]
