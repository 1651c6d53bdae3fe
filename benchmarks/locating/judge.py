"""What counts of a plan: its cost as the independent checker prices it, and what the bound told with it proves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from benchmarks.locating.plan import read_plan
from benchmarks.locating.question import Question, costs_are_whole
from network_design.locate.kinds import KINDS

CLAIM = "cost"  # the rule that compares with what an answer says it costs, which nobody is asked here
CLOSE = 1e-6  # relative: what sums and solvers leave uncertain
NOISE, NOISE_SHARE = 1e-6, 1e-9  # what a bound may be too high by in its last digits, and is not rounded up for


@dataclass(frozen=True)
class Judged:
    """The cost of a plan (None where it cannot be told), the bound (None without one), a sentence per broken rule."""

    cost: float | None
    bound: float | None
    violations: tuple[str, ...]


def judge(question: Question, plan: Path, bound: float | None) -> Judged:
    """Read a plan back, price it anew and check it; a bound above the plan's own cost is a broken promise, too.

    Where every plan costs a whole number the bound is rounded up to one, whoever told it.
    """
    problem = question.read()
    least = rounded(bound, whole=costs_are_whole(problem))
    if not plan.exists():
        return Judged(None, least, ())
    checked = KINDS[question.kind].checker()(problem, read_plan(plan, cost=0.0))
    broken = [violation["message"] for violation in checked.violations if violation["rule"] != CLAIM]
    if checked.cost is not None and least is not None and least > checked.cost + CLOSE * max(1.0, abs(checked.cost)):
        broken.append(f"The bound told, {least:,.10g}, lies above the cost of the plan, {checked.cost:,.10g}.")
    return Judged(checked.cost, least, tuple(broken))


def rounded(bound: float | None, *, whole: bool) -> float | None:
    """Return the bound, rounded up where costs are whole numbers, but not for noise in its last digits."""
    if bound is None or not whole:
        return bound
    return float(math.ceil(bound - NOISE - NOISE_SHARE * abs(bound)))
