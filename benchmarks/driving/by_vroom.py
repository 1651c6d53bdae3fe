"""VROOM on our export of the problem, on all cores, as thoroughly as it can within the time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.driving.subject import Subject
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.outcomes import RefusedError
from benchmarks.measuring.telling import Telling
from retour.errors import InputError
from routing.pickup.schedule import Route
from routing.vroom.export import PROFILE, VroomExport, to_vroom

MOST_PLACES = 3_000  # its matrices come as Python lists: 1 GB
EXPLORATION = 5  # the most there is
SETTLING_S = 0.2  # for reading its answer


class ByVroom:
    """VROOM through its Python package."""

    def refusal(self, subject: Subject) -> str | None:
        """It must be installed, and the matrices must not be too large."""
        if find_spec("vroom") is None:
            return "pyvroom is not installed (dependency group `benchmarks`)."
        import vroom  # noqa: F401  # loaded before the clock starts

        if subject.places > MOST_PLACES:
            return f"VROOM needs a matrix of all {subject.places:,} places; it is asked for at most {MOST_PLACES:,}."
        return None

    def run(self, subject: Subject, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Export, solve and read the answer back; it draws nothing from a seed, and tells nothing on the way."""
        try:
            export = to_vroom(subject.pickup())
        except InputError as error:
            raise RefusedError(_lacking(error)) from None
        answer = _solved(export, clock)
        telling.answer(None, partial(subject.write, list(_routes(export, answer))))
        telling.found({"note": f"{len(answer['unassigned'])} left out" if answer["unassigned"] else ""})

    def warm_up(self, subject: Subject) -> None:
        """It is compiled."""


def _lacking(error: InputError) -> str:
    """Return what VROOM lacks, each thing once."""
    said = dict.fromkeys(issue.message.rstrip(".") for issue in error.issues)
    return f"{'; '.join(said)}."


def _solved(export: VroomExport, clock: Clock) -> dict[str, Any]:
    """Return VROOM's answer; matrices are handed over as arrays, the rest as its JSON."""
    import vroom

    matrices = export.record["matrices"][PROFILE]
    problem = vroom.Input()
    problem._from_json(json.dumps({key: value for key, value in export.record.items() if key != "matrices"}), False)
    problem.set_durations_matrix(PROFILE, np.array(matrices["durations"], dtype=np.uint32))
    problem.set_distances_matrix(PROFILE, np.array(matrices["distances"], dtype=np.uint32))
    left = timedelta(seconds=max(0.0, clock.left_s - SETTLING_S))
    answer = problem.solve(EXPLORATION, nb_threads=os.cpu_count() or 1, timeout=left)
    return dict(answer.to_dict())


def _routes(export: VroomExport, answer: dict[str, Any]) -> Iterator[Route]:
    for route in answer["routes"]:
        vehicle_type_id, number = export.vans[route["vehicle"] - 1]
        jobs = (step["id"] for step in route["steps"] if step["type"] not in ("start", "end"))
        yield Route(vehicle_type_id, number, (tuple(export.stop_ids[job - 1] for job in jobs),))


BY_VROOM = ByVroom()
