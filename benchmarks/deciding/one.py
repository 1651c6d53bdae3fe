"""One measurement in a process of its own: load the night, run the method, tell the journal.

    python -m benchmarks.deciding.one METHOD NETWORK SEED LIMIT_S JOURNAL
"""  # fmt: skip

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.deciding.methods import METHODS
from benchmarks.measuring.journal import LOAD, Journal
from retour import load_network
from retour.eligibility import PLANNED, eligibility
from routing.decide.deadline import Deadline


def run(method: str, network: Path, *, seed: int, limit_s: float, journal: Journal) -> None:
    """Measure one method on one night; the limit counts from when the night is loaded."""
    with journal.stage(LOAD):
        instance = load_network(network)
    planned = int((eligibility(instance)["state"] == PLANNED).sum())
    journal.found({"planned": planned, "points": len(instance.points)})
    METHODS[method].run(instance, seed=seed, deadline=Deadline(limit_s), journal=journal)


if __name__ == "__main__":
    name, folder, number, seconds, told = sys.argv[1:]
    run(name, Path(folder), seed=int(number), limit_s=float(seconds), journal=Journal(Path(told)))
