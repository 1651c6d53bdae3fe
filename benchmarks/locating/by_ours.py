"""Our solvers, as `retour locate` calls them, with what it keeps back for checking and writing."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.locating.plan import write_plan
from benchmarks.locating.question import Question
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import SOLVE
from benchmarks.measuring.telling import Telling
from network_design.locate.kinds import KINDS
from service.location_file import AFTERWARDS_S, AFTERWARDS_SHARE, LEAST_S


class Ours:
    """The solver that belongs to the kind of problem."""

    def refusal(self, question: Question) -> str | None:
        """It takes every kind there is."""
        return None

    def run(self, question: Question, problem: Any, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Solve, and tell the plan with its bound; nothing is told on the way."""
        with telling.stage(SOLVE):
            kept_s = AFTERWARDS_S + AFTERWARDS_SHARE * clock.budget_s
            budget_s = max(LEAST_S, clock.left_s - kept_s)
            answer = KINDS[question.kind].solver()(problem, seed=seed, budget_s=budget_s)
            telling.found({"bound": answer.bound, "status": str(answer.status)})
            if answer.cost is None:
                telling.found({"answered_s": clock.spent_s})
            else:
                telling.answer(answer.cost, partial(write_plan, answer))


OURS = Ours()
