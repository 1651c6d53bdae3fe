"""Explain one return of a stored run, from the run alone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from retour.errors import InputError, Issue
from retour.pickup_estimate import stored_pickup
from routing.decide.explanation import Explanation, explain_return
from service.run import Run
from service.stored_instance import stored_instance


def explain_stored(run: Run, return_id: str) -> Explanation:
    """Return the explanation of one return of a run.

    Raises InputError naming close matches where the run has no such return, and where the run was stored without the
    pickup prices its decisions were taken with.
    """
    if "pickup" not in run.manifest.tables:
        says = f"run {run.id} keeps no pickup prices (an older version stored it); plan the night again to explain it."
        raise InputError([Issue("pickup", None, None, says)])
    instance = stored_instance(run, [return_id])
    decision = run.query("SELECT * FROM decisions WHERE return_id = ?", [return_id]).iloc[0]
    try:
        return explain_return(instance, run.table("prices"), decision, stored_pickup(instance, run.table("pickup")))
    except KeyError as error:
        raise InputError([Issue("decisions", None, None, f"{error.args[0]}; plan the night again.")]) from None


def explanation_record(run: Run, explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as the plain values of `--json`."""
    head = {"status": "DONE", "run": run.id, "night": run.manifest.night.isoformat()}
    return head | asdict(explanation)
