"""Decisions as the market takes them, one return at a time: what they cost, and how long they take."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.deciding.journal import BUILD, SOLVE, VERIFY, Journal
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from routing.decide.comparators import fixed_rules, greedy_best_margin
from routing.decide.deadline import Deadline
from routing.decide.problem import Choice, Problem, night_problem, objective_eur


def greedy(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Each return takes its cheapest option that still fits, the dearest return first."""
    _apply(greedy_best_margin, instance, journal)


def fixed(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Nearest point, home warehouse, keep-it below a threshold."""
    _apply(fixed_rules, instance, journal)


def _apply(rule: Callable[[Instance, Problem], Choice], instance: Instance, journal: Journal) -> None:
    with journal.stage(BUILD):
        problem = night_problem(instance, estimate_pickup(instance))
    with journal.stage(SOLVE):
        choice = rule(instance, problem)
    with journal.stage(VERIFY):
        unplaced = int(choice.unplaced.sum())
        journal.found({"converged": True, "cost_eur": objective_eur(problem, choice), "unplaced": unplaced})
