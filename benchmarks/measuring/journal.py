"""What a measured process tells its watcher, a line of JSON at a time: nothing is lost when it is killed."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LOAD, BUILD, SOLVE, VERIFY = "load", "build", "solve", "verify"
TIMED = (BUILD, SOLVE)
KB_PER_MB = 1024


class Journal:
    """Appends to a file which stage begins, how long it took, the most memory held so far, and what was found."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside as one stage."""
        self._say({"begins": name})
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        self._say({"ends": name, "seconds": seconds} | peaks())

    def found(self, values: dict[str, Any]) -> None:
        """Tell fields of the record."""
        self._say({"found": values})

    def _say(self, line: dict[str, Any]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def peaks() -> dict[str, float]:
    """Return the most memory this process held, and the most any child of it that has ended held, in MB."""
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"peak_own_mb": own / KB_PER_MB, "peak_child_mb": child / KB_PER_MB}


def read(file: Path) -> list[dict[str, Any]]:
    """Return the complete lines told so far."""
    if not file.exists():
        return []
    told = file.read_text(encoding="utf-8")
    return [json.loads(line) for line in told[: told.rfind("\n") + 1].splitlines()]
