"""Whether p sites can have every customer within a radius: a question with two proofs."""

from __future__ import annotations

import numpy as np

from network_design.locate.covering.solve import cover
from network_design.locate.distances import DistanceProblem, IntArray
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.incumbent import Incumbent

ANY_LEFT = 1e-6  # a bound above this on the number of customers left out says that one is


class Question(Incumbent):
    """Counts customers left out: 0 is a yes, a bound above 0 a no."""

    @property
    def enough(self) -> float:
        """A bound above this is a no."""
        return ANY_LEFT

    @property
    def is_proven(self) -> bool:
        """Whether the question is answered."""
        return self.cost == 0 or self.bound > 0

    @property
    def answer(self) -> bool | None:
        """True for yes, False for no, None where time was too short."""
        return True if self.cost == 0 else False if self.bound > 0 else None


def all_within(
    problem: DistanceProblem, *, radius: float, begin: IntArray, seed: int, halt: Halt
) -> tuple[bool | None, IntArray]:
    """Return whether so many sites can cover everybody (None: not known in time), and the best plan found."""
    question = Question(whole=True, started=0.0)
    cover(problem, question, halt, radius=radius, weight=np.ones(problem.customers), begin=begin, seed=seed)
    return question.answer, question.open_sites
