"""Our own methods through their public door, `routing.decide.decide`, judged by the independent checker."""

from __future__ import annotations

from benchmarks.deciding.journal import SOLVE, VERIFY, Journal
from retour.errors import BackendError
from retour.instance import Instance
from retour.vocabulary import Status
from routing.check import check_decided
from routing.decide import Decided, decide
from routing.decide.deadline import Deadline

SHARE_FOR_DECIDING = 0.95


def exact(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Decide to the proven optimum, or as far as the time goes."""
    try:
        with journal.stage(SOLVE):
            decided = decide(instance, method="exact", seed=seed, budget_s=deadline.left_s * SHARE_FOR_DECIDING)
    except BackendError as error:
        journal.found({"converged": False, "note": str(error)})
        return
    _report(instance, decided, journal)
    journal.found({"converged": decided.answer.status is Status.OPTIMAL})


def _report(instance: Instance, decided: Decided, journal: Journal) -> None:
    answer = decided.answer
    journal.found({
        "cost_eur": answer.objective_eur, "bound_eur": answer.bound_eur, "decided_s": answer.seconds,
        "note": str(answer.status),
    })  # fmt: skip
    with journal.stage(VERIFY):
        journal.found({"violations": len(check_decided(instance, decided.decisions))})
