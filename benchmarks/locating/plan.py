"""A plan on disk: what a method answers, written in its own process and read back by the harness."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from network_design.locate.answer import LocationAnswer
from retour.vocabulary import Status
from routing.standard.solution import write_whole


def write_plan(answer: LocationAnswer, path: Path) -> None:
    """Write what is open and who is served from where, whole or not at all; numbered from 0."""
    assignment = None if answer.assignment is None else np.asarray(answer.assignment).tolist()
    plan = {
        "open_sites": [int(site) for site in answer.open_sites],
        "assignment": assignment,
        "flows": {echelon: np.asarray(rows).tolist() for echelon, rows in answer.flows.items()},
        "routes": [[int(depot), [int(each) for each in customers]] for depot, customers in answer.routes],
    }
    write_whole(path, json.dumps(plan))


def read_plan(path: Path, *, cost: float) -> LocationAnswer:
    """Return the plan in a file, as an answer that says it costs `cost` and proves nothing."""
    plan: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return LocationAnswer(
        Status.FEASIBLE,
        cost=cost,
        bound=None,
        open_sites=tuple(plan["open_sites"]),
        assignment=None if plan["assignment"] is None else np.array(plan["assignment"], dtype=np.int64),
        flows={echelon: np.array(rows, dtype=float).reshape(-1, 3) for echelon, rows in plan["flows"].items()},
        routes=tuple((depot, tuple(customers)) for depot, customers in plan["routes"]),
    )
