"""Our own methods through their public door, `routing.decide.decide`, judged by the independent checker."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.measuring.journal import SOLVE, VERIFY, Journal
from retour.errors import BackendError
from retour.instance import Instance
from routing.check import check_decided
from routing.decide import Decided, decide
from routing.decide.deadline import Deadline

SHARE_FOR_DECIDING = 0.95
GAP_WANTED = 1e-4
"""A certificate of 0.01 % is what is promised for large nights; less than that counts as not finished."""


def exact(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Decide to the proven optimum, or as far as the time goes."""
    _measured(partial(decide, instance, method="exact", seed=seed), instance, deadline=deadline, journal=journal)


def prices(instance: Instance, *, processes: int, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Decide by prices, on so many processes."""
    run = partial(decide, instance, method="prices", processes=processes, seed=seed)
    _measured(run, instance, deadline=deadline, journal=journal)


def _measured(
    decide_within: Callable[..., Decided], instance: Instance, *, deadline: Deadline, journal: Journal
) -> None:
    """Tell the journal what deciding takes and finds; `decide_within` takes the seconds allowed as `budget_s`."""
    try:
        with journal.stage(SOLVE):
            decided = decide_within(budget_s=deadline.left_s * SHARE_FOR_DECIDING)
    except BackendError as error:
        journal.found({"converged": False, "note": str(error)})
        return
    answer = decided.answer
    journal.found({
        "cost_eur": answer.objective_eur, "bound_eur": answer.bound_eur, "decided_s": answer.seconds,
        "converged": answer.gap is not None and answer.gap <= GAP_WANTED, "note": str(answer.status),
    })  # fmt: skip
    with journal.stage(VERIFY):
        journal.found({"violations": len(check_decided(instance, decided.decisions))})
