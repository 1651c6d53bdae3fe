"""Decisions typed in, so that what waits where is known by heart."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from retour.plan import shaped

Decide = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def decided() -> Decide:
    """Return a function of `return_id="point process"` (or KEEP, DENIED, LATER) that makes a decisions table."""

    def decide(**choices: str) -> pd.DataFrame:
        return shaped("decisions", pd.DataFrame([_row(r, choice) for r, choice in choices.items()]))

    return decide


def _row(return_id: str, choice: str) -> dict[str, object]:
    if choice in ("DENIED", "LATER"):
        return {"return_id": return_id, "state": choice}
    if choice == "KEEP":
        return {"return_id": return_id, "state": "PLANNED", "outcome": "KEEP"}
    point_id, process_id = choice.split()
    hub_id = "H2" if point_id == "P2" else "H1"
    return {
        "return_id": return_id, "state": "PLANNED", "point_id": point_id, "entry_hub_id": hub_id, "hub_id": hub_id,
        "process_id": process_id, "outcome": process_id.split("-")[1].upper(), "day": 0,
    }  # fmt: skip
