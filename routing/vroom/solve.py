"""Solve a VROOM problem with our engines and answer in VROOM's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retour.vocabulary import Status
from routing.pickup.engines import AUTO, choose_engine
from routing.pickup.integers import to_eur, to_micro
from routing.pickup.problem import ClockBreak
from routing.pickup.processes import solve_in_process
from routing.pickup.progress import OnProgress, Progress
from routing.pickup.rests import before_leaving_s
from routing.pickup.schedule import Route, ScheduledRoute
from routing.standard.solve import GRACE_S
from routing.vroom.answer import VroomAnswer, vroom_answer
from routing.vroom.problem import VroomProblem
from routing.vroom.reading import break_windows
from routing.vroom.to_pickup import VroomCase, to_case


@dataclass(frozen=True)
class VroomSolved:
    """VROOM's answer, and what our solver says of it; `bound` in VROOM's cost, None where jobs are left out."""

    status: Status
    answer: VroomAnswer
    bound: int | None
    engine: str
    engine_why: str
    iterations: int
    degraded: bool
    note: str

    @property
    def cost(self) -> int:
        """VROOM's cost of all routes."""
        return int(self.answer.record["summary"].get("cost", 0))

    @property
    def gap(self) -> float | None:
        """(cost - bound) / cost, None without a bound or a cost."""
        return None if self.bound is None or not self.cost else max(0.0, (self.cost - self.bound) / self.cost)


def solve_vroom(
    vroom: VroomProblem,
    *,
    engine: str = AUTO,
    seed: int,
    budget_s: float | None = None,
    iterations: int | None = None,
    on_progress: OnProgress | None = None,
) -> VroomSolved:
    """The best plan found in `budget_s` seconds of wall clock or so many iterations; jobs that do not fit are left out.

    Progress tells costs in millionths: its `objective_eur` x 1,000,000 is VROOM's cost. Raises `InputError` for costs
    and limits that cannot be expressed, `BackendError` as `solve_in_process` does. What the answer's own check finds
    broken comes back as FAILED.
    """
    case = to_case(vroom)
    choice = choose_engine(case.problem, name=engine)
    found = solve_in_process(
        case.problem, engine=choice.name, seed=seed, budget_s=budget_s, iterations=iterations,
        on_progress=_in_vroom_cost(case, on_progress), grace_s=GRACE_S,
    )  # fmt: skip
    plan = _plan(case, [route.as_route() for route in found.routes])
    answer = vroom_answer(vroom, plan, breaks=dict(_breaks(case, found.routes)))
    bound = to_micro(found.bound_eur) // case.pricing.micro_per_cost
    return VroomSolved(
        status=Status.FAILED if answer.violations else found.status,
        answer=answer,
        bound=bound if bound > 0 and not answer.record["unassigned"] else None,
        engine=choice.name,
        engine_why=choice.why,
        iterations=found.iterations,
        degraded=found.degraded,
        note=found.note,
    )


def _plan(case: VroomCase, routes: list[Route]) -> list[tuple[int, list[int]]]:
    return [
        (case.vehicles_of[route.vehicle_type_id][route.vehicle_no - 1].words.id, [int(job) for job in route.stop_ids])
        for route in routes
    ]


def _breaks(case: VroomCase, routes: Sequence[ScheduledRoute]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Vehicle ids with their breaks in order: id, and after how many jobs; those not on the way first or last."""
    for route in routes:
        words = case.vehicles_of[route.vehicle_type_id][route.vehicle_no - 1].words
        at = {rest.clock_break: rest.start_s for rest in route.breaks}
        spots = []
        for number, pause in enumerate(words.breaks):
            if number in at:
                spots.append((at[number], sum(stop.start_s <= at[number] for stop in route.stops), pause.id))
            else:
                earliest_s = (words.time_window or (0, 0))[0]
                rule = ClockBreak(pause.service, break_windows(pause, words))
                early = before_leaving_s(rule, earliest_s=earliest_s) <= route.departs_s
                opens = min(opens for opens, _ in rule.windows)
                spots.append((opens, 0 if early else len(route.stops), pause.id))
        yield words.id, [(pause_id, done) for _, done, pause_id in sorted(spots, key=lambda s: (s[1], s[0]))]


def _in_vroom_cost(case: VroomCase, tell: OnProgress | None) -> OnProgress | None:
    """Tell progress without the prizes that stand in for leaving jobs out."""
    if tell is None:
        return None

    def retell(news: Progress) -> None:
        served = {job for route in news.routes for job in route.stop_ids}
        left_out = sum(prize for job, prize in case.prizes.items() if job not in served)
        cost = (to_micro(news.objective_eur) - left_out) // case.pricing.micro_per_cost
        tell(replace(news, objective_eur=to_eur(cost)))

    return retell
