"""PuLP's models, solved by HiGHS and by the CBC that comes with it.

Of its ways to build a model the quickest is taken: expressions from pairs, no sums. What is proven is read from the
HiGHS object and from CBC's own log: PuLP calls a run `Optimal` that was stopped by its limit.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.locating.by_highs import tell_highs
from benchmarks.locating.programs.of import program_of
from benchmarks.locating.programs.program import FloatArray, Program
from benchmarks.locating.question import Question
from benchmarks.locating.solved import CORES, tell_built, tell_solved
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import BUILD, SOLVE
from benchmarks.measuring.telling import Telling

if TYPE_CHECKING:
    import pulp

OPTIMAL = re.compile(r"^Result - Optimal solution found$", re.MULTILINE)
OBJECTIVE = re.compile(r"^Objective value:\s+(\S+)$", re.MULTILINE)
PROVEN = re.compile(r"^Lower bound:\s+(\S+)$|best possible (\S+)", re.MULTILINE)


class _ByPulp:
    """What both have in common."""

    def refusal(self, question: Question) -> str | None:
        """It takes every program."""
        import pulp  # noqa: F401  # while loading, not while solving

        return None

    def run(self, question: Question, problem: Any, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Build the model, hand it over, solve."""
        with telling.stage(BUILD):
            program = program_of(question.kind, problem)
            model = to_pulp(program)
            self.solve(model, program, seed=seed, clock=clock, telling=telling)

    def solve(self, model: pulp.LpProblem, program: Program, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Solve; the stage begins when the solver has its model."""
        raise NotImplementedError


class ByHighs(_ByPulp):
    """PuLP with HiGHS in the same process."""

    def solve(self, model: pulp.LpProblem, program: Program, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Give HiGHS what time is left when it has the model: PuLP hands it over row by row."""
        import pulp

        class InTime(pulp.HiGHS):
            def callSolver(self, lp: Any) -> None:  # noqa: N802  # PuLP's name
                tell_built(program, clock=clock, telling=telling)
                lp.solverModel.setOptionValue("time_limit", clock.left_s)
                with telling.stage(SOLVE):
                    super().callSolver(lp)
                    tell_highs(lp.solverModel, program, clock=clock, telling=telling)

        model.solve(InTime(msg=False, gapRel=0.0, threads=CORES, random_seed=seed))


class ByCbc(_ByPulp):
    """PuLP with the CBC in its package, a process of its own that reads a file."""

    def solve(self, model: pulp.LpProblem, program: Program, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Give CBC what time is left when its file has been written, which is when PuLP asks for the limit."""
        import pulp

        class InTime(pulp.PULP_CBC_CMD):
            @property
            def timeLimit(self) -> float:  # noqa: N802  # PuLP's name
                return clock.left_s

            @timeLimit.setter
            def timeLimit(self, seconds: float) -> None:  # noqa: N802
                """Nothing to keep: the clock is asked."""

        log = telling.beside(".log")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # CBC leaves PuLP's package with its next version
            solver = InTime(msg=False, threads=CORES, options=[f"randomCbcSeed {seed}"], logPath=str(log))
        tell_built(program, clock=clock, telling=telling)
        with telling.stage(SOLVE):
            model.solve(solver)
            words = log.read_text(encoding="utf-8", errors="replace")
            cost, bound = _number(OBJECTIVE, words), cbc_bound(words)
            values = _values(model) if np.isfinite(cost) else None  # without a plan PuLP may still say it has one
            tell_solved(program, values, cost=cost, bound=bound, clock=clock, telling=telling)


def to_pulp(program: Program) -> pulp.LpProblem:
    """Return the program as a PuLP model; PuLP sorts variables by name, so that names keep their order."""
    import pulp

    model = pulp.LpProblem("locate", pulp.LpMinimize)
    upper = [None if np.isinf(most) else float(most) for most in program.upper]
    kinds = [pulp.LpInteger if whole else pulp.LpContinuous for whole in program.whole]
    variables = [
        pulp.LpVariable(f"v{k:09}", 0, most, kind) for k, (most, kind) in enumerate(zip(upper, kinds, strict=True))
    ]
    model.addVariables(variables)
    model.setObjective(pulp.LpAffineExpression(list(zip(variables, program.cost.tolist(), strict=True))))
    matrix = program.matrix
    for row, (start, end) in enumerate(zip(matrix.indptr[:-1].tolist(), matrix.indptr[1:].tolist(), strict=True)):
        columns, values = matrix.indices[start:end].tolist(), matrix.data[start:end].tolist()
        terms = [(variables[k], value) for k, value in zip(columns, values, strict=True)]
        for sense, limit in _sides(float(program.row_lower[row]), float(program.row_upper[row])):
            model.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, rhs=limit))
    return model


def _sides(lower: float, upper: float) -> list[tuple[int, float]]:
    """Return the senses and limits of a row as PuLP counts them: -1 at most, 0 equal, 1 at least."""
    if lower == upper:
        return [(0, upper)]
    return [(sense, limit) for sense, limit in ((1, lower), (-1, upper)) if np.isfinite(limit)]


def _values(model: pulp.LpProblem) -> FloatArray:
    """Return the values of all variables, in the order of the program."""
    by_number = {int(variable.name[1:]): variable.varValue for variable in model.variables()}
    return np.array([by_number[k] or 0.0 for k in range(len(by_number))])


def cbc_bound(log: str) -> float:
    """Return what CBC proved, by its log; minus infinity where it says nothing.

    `Lower bound` is told where it stopped early, the objective where it proved the optimum to its own tolerance;
    else the last `best possible` counts.
    """
    if OPTIMAL.search(log):
        return _number(OBJECTIVE, log)
    told = [lower or possible for lower, possible in PROVEN.findall(log)]
    return float(told[-1]) if told else -np.inf


def _number(pattern: re.Pattern[str], words: str) -> float:
    found = pattern.search(words)
    return float(found[1]) if found else -np.inf


HIGHS, CBC = ByHighs(), ByCbc()
