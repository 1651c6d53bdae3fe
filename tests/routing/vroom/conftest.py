"""A small VROOM problem with matrices, every kind of key in it."""

import copy
import json

import pytest

from routing.vroom import read_vroom

# Places on a line, a minute and 600 m apart: 0 is the depot, 1 to 4 hold jobs 11 to 14.
MINUTES = [[60 * abs(a - b) for b in range(5)] for a in range(5)]
METRES = [[600 * abs(a - b) for b in range(5)] for a in range(5)]
PROBLEM = {
    "vehicles": [
        {"id": 1, "start_index": 0, "end_index": 0, "capacity": [5], "time_window": [0, 2000], "skills": [7]},
        {"id": 2, "start_index": 0, "end_index": 0, "capacity": [5], "time_window": [0, 2000]},
        {"id": 3, "start_index": 0, "end_index": 0, "capacity": [5], "time_window": [0, 2000]},
    ],
    "jobs": [
        {"id": 11, "location_index": 1, "pickup": [2], "service": 30, "time_windows": [[0, 100], [500, 600]]},
        {"id": 12, "location_index": 2, "delivery": [2], "service": 30, "skills": [7]},
        {"id": 13, "location_index": 3, "delivery": [3], "setup": 10, "service": 20},
        {"id": 14, "location_index": 4, "pickup": [3], "priority": 5},
    ],
    "matrices": {"car": {"durations": MINUTES, "distances": METRES}},
}


@pytest.fixture
def line(tmp_path):
    """Read the problem after `change` has been let loose on it."""

    def read(change=lambda problem: None, **options):
        problem = copy.deepcopy(PROBLEM)
        change(problem)
        path = tmp_path / "line.json"
        path.write_text(json.dumps(problem), encoding="utf-8")
        return read_vroom(path, **options)

    return read
