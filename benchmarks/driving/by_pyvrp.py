"""PyVRP the way its own users run it: read, solve with a maximum run time, default parameters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.driving.subject import ForPyvrp, Subject
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.telling import Telling

if TYPE_CHECKING:
    import pyvrp


class ByPyvrp:
    """PyVRP's own solver."""

    def refusal(self, subject: Subject) -> str | None:
        """It takes everything there is here."""
        import pyvrp  # noqa: F401  # loaded before the clock starts

        return None

    def run(self, subject: Subject, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Read, solve, and keep the best plan so far through PyVRP's callbacks.

        `MaxRuntime` is given what is left after reading; it starts at the first iteration, so PyVRP may overrun.
        """
        import pyvrp

        task = subject.for_pyvrp()
        params = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=_callbacks(task, telling)))
        result = pyvrp.solve(task.data, stop=pyvrp.stop.MaxRuntime(clock.left_s), seed=seed, params=params)
        cost = task.cost(int(result.cost())) if result.is_feasible() else None
        telling.answer(cost, partial(task.write, result.best))
        telling.found({"iterations": result.num_iterations})

    def warm_up(self, subject: Subject) -> None:
        """It is compiled."""


def _callbacks(task: ForPyvrp, telling: Telling) -> pyvrp.IteratedLocalSearchCallbacks:
    import pyvrp

    costs = pyvrp.CostEvaluator([0] * task.data.num_load_dimensions, 0, 0)

    class Keep(pyvrp.IteratedLocalSearchCallbacks):
        """Tells every better plan that breaks nothing."""

        def on_start(self, ils: pyvrp.IteratedLocalSearch) -> None:
            self.on_best(ils.initial_solution)

        def on_best(self, best: pyvrp.Solution) -> None:
            if best.is_feasible():
                telling.better(task.cost(int(costs.cost(best))), partial(task.write, best))

        def on_iteration(
            self,
            current: pyvrp.Solution,
            candidate: pyvrp.Solution,
            best: pyvrp.Solution,
            cost_evaluator: pyvrp.CostEvaluator,
        ) -> None:
            telling.tick()

    return Keep()


BY_PYVRP = ByPyvrp()
