"""Explain one return of a stored run, from the run alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from retour.eligibility import PLANNED
from retour.errors import InputError, Issue
from retour.pickup_estimate import stored_pickup
from routing.decide.explain_return import explain_return
from routing.decide.explanation import Explanation
from service.run import Run
from service.stored_instance import stored_instance

CENT_EUR = 0.01


def explain_stored(run: Run, return_id: str) -> Explanation:
    """Return the explanation of one return of a run.

    Raises InputError naming close matches where the run has no such return, and where the run was stored without the
    pickup prices its decisions were taken with, or is priced otherwise now.
    """
    kept = run.manifest.tables.get("pickup")
    if kept is None or not kept.rows:
        raise _not_explained(run, "it keeps no pickup prices (an older version stored it)")
    instance = stored_instance(run, [return_id])
    decision = run.query("SELECT * FROM decisions WHERE return_id = ?", [return_id]).iloc[0]
    try:
        told = explain_return(instance, run.table("prices"), decision, stored_pickup(instance, run.table("pickup")))
    except KeyError as error:
        raise _not_explained(run, str(error.args[0])) from None
    if decision["state"] == PLANNED and abs(told.cost_eur - decision["cost_eur"]) > CENT_EUR:
        raise _not_explained(run, f"{return_id} is priced otherwise than when the run was stored")
    return told


def _not_explained(run: Run, why: str) -> InputError:
    return InputError([Issue("run", None, None, f"{run.id} cannot be explained: {why}; plan the night again.")])


def explanation_record(run: Run, explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as the plain values of `--json`."""
    head = {"status": "DONE", "run": run.id, "night": run.manifest.night.isoformat()}
    return head | asdict(explanation)
