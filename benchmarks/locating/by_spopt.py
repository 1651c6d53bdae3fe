"""spopt's own models of p-median and p-centre, solved by HiGHS through PuLP; where spopt is installed."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import Any

from benchmarks.locating.plan import write_plan
from benchmarks.locating.programs.counted import ALL, nearest_plan
from benchmarks.locating.programs.program import HALF
from benchmarks.locating.question import Question
from benchmarks.locating.solved import CORES, proven
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import BUILD, SOLVE
from benchmarks.measuring.telling import Telling

MODELS = {"pmedian": "PMedian", "pcentre": "PCenter"}


class BySpopt:
    """The location models of PySAL."""

    def refusal(self, question: Question) -> str | None:
        """It is not in the lock (see README.md), and has no model for what is not counted."""
        if question.kind not in MODELS:
            return "spopt has no model of this kind"
        if find_spec("spopt") is None:
            return "spopt is not installed"
        import spopt.locate  # noqa: F401  # while loading, not while solving

        return None

    def run(self, question: Question, problem: Any, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Build from the matrix of distances, as its users do, and solve."""
        import spopt.locate

        with telling.stage(BUILD):
            distance = problem.distances.between(customers=ALL, sites=ALL)
            build = getattr(spopt.locate, MODELS[question.kind]).from_cost_matrix
            p = {"p_facilities": problem.open_count}
            weights = {"weights": problem.weight} if question.kind == "pmedian" else {}
            model = build(distance, **weights, **p)
            _solve(model, problem, seed=seed, clock=clock, telling=telling)


def _solve(model: Any, problem: Any, *, seed: int, clock: Clock, telling: Telling) -> None:
    import pulp

    class InTime(pulp.HiGHS):
        def callSolver(self, lp: Any) -> None:  # noqa: N802  # PuLP's name
            rows, columns = lp.solverModel.getNumRow(), lp.solverModel.getNumCol()
            telling.found({"built_s": clock.spent_s, "rows": rows, "columns": columns})
            lp.solverModel.setOptionValue("time_limit", clock.left_s)
            with telling.stage(SOLVE):
                super().callSolver(lp)

    with suppress(RuntimeError):  # spopt's word for a run without a plan
        model.solve(InTime(msg=False, gapRel=0.0, threads=CORES, random_seed=seed), results=False)
    told = model.problem.solverModel.getInfo()
    telling.found({"bound": proven(told.mip_dual_bound)})
    opened = tuple(k for k, site in enumerate(model.fac_vars) if (site.varValue or 0.0) > HALF)
    if len(opened) == problem.open_count:
        telling.answer(told.objective_function_value, partial(write_plan, nearest_plan(problem, opened)))
    else:
        telling.found({"answered_s": clock.spent_s})


BY_SPOPT = BySpopt()
