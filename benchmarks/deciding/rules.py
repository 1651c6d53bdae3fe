"""Decisions as the market takes them, one return at a time: what they cost, and how long they take."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks.measuring.journal import BUILD, SOLVE, VERIFY, Journal
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from routing.decide.comparators import FIXED_RULES, GREEDY
from routing.decide.deadline import Deadline
from routing.decide.scale.large import laid_out
from routing.decide.scale.rivals import tally


def greedy(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Each return takes its cheapest option that still fits, the dearest return first."""
    _apply(GREEDY, instance, journal)


def fixed(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Nearest point, home warehouse, keep-it below a threshold."""
    _apply(FIXED_RULES, instance, journal)


def _apply(method: str, instance: Instance, journal: Journal) -> None:
    with ExitStack() as opened:
        with journal.stage(BUILD):
            layout, _ = opened.enter_context(laid_out(instance, estimate_pickup(instance)))
        with journal.stage(SOLVE):
            found = tally(layout, method)
        with journal.stage(VERIFY):
            journal.found({"converged": True, "cost_eur": found.cost_eur, "unplaced": found.unplaced})
