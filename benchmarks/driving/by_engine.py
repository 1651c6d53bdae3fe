"""Engines behind our own interface, each in the process that the product runs it in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from benchmarks.driving.subject import Subject
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.telling import Telling
from retour.errors import BackendError
from routing.pickup.engines import ENGINES, refuse_what_is_lacking
from routing.pickup.features import Feature
from routing.pickup.integers import to_integers, to_micro
from routing.pickup.processes import solve_in_process
from routing.pickup.progress import Progress
from routing.standard.solve import GRACE_S

WARM_UP_ITERATIONS = 50


@dataclass(frozen=True)
class ByEngine:
    """An engine of ours, or one that is reached through our interface."""

    engine: str

    def refusal(self, subject: Subject) -> str | None:
        """Return what the engine lacks for the subject."""
        asked = ENGINES[self.engine]
        if asked.honours == frozenset(Feature) and asked.most_places is None:
            return None
        try:
            refuse_what_is_lacking(self.engine, to_integers(subject.pickup()))
        except BackendError as error:
            return str(error)
        return None

    def run(self, subject: Subject, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Plan, and tell every plan that the engine reports."""

        def tell(news: Progress) -> None:
            telling.better(subject.cost(to_micro(news.objective_eur)), partial(subject.write, news.routes))

        problem = subject.pickup()
        answer = solve_in_process(
            problem, engine=self.engine, seed=seed, budget_s=clock.left_s, on_progress=tell, grace_s=GRACE_S
        )
        routes = [route.as_route() for route in answer.routes]
        telling.answer(subject.cost(to_micro(answer.objective_eur)), partial(subject.write, routes))
        telling.found({"iterations": answer.iterations, "note": answer.note})

    def warm_up(self, subject: Subject) -> None:
        """Run a few iterations."""
        solve_in_process(subject.pickup(), engine=self.engine, seed=0, iterations=WARM_UP_ITERATIONS)


RETOUR, ORTOOLS = ByEngine("retour"), ByEngine("ortools")
