"""Run a case in a process of its own and watch it from outside: hard limits on time and memory, whatever it does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.deciding.case import Case
from benchmarks.measuring import journal
from benchmarks.measuring.journal import LOAD, TIMED, VERIFY
from benchmarks.measuring.machine import ROOT
from benchmarks.measuring.memory import held_mb
from benchmarks.measuring.outcomes import DONE, FAILED, KILLED, NOT_DONE, TOO_LARGE

LOOK_EVERY_S = 0.5
"""To add up the memory of several processes takes the kernel some 10 ms per GB, which must not slow them down."""
GRACE = 1.1
"""Solvers look at the clock between steps only; the axe falls when the limit is passed by a tenth and ten seconds."""
GRACE_S = 10.0
LAST_WORDS = 300


@dataclass
class _Watched:
    """A running process: when its present stage began, and the most memory seen before verification."""

    process: subprocess.Popen[bytes]
    told: Path
    stage: str = LOAD
    since_s: float = field(default_factory=time.monotonic)
    most_mb: float = 0.0

    def look(self) -> None:
        """Note which stage it is in, and the memory it holds until its answer is found."""
        begun = [line["begins"] for line in journal.read(self.told) if "begins" in line]
        stage = begun[-1] if begun else LOAD
        if stage != self.stage and {self.stage, stage} != set(TIMED):
            self.since_s = time.monotonic()
        self.stage = stage
        if stage != VERIFY:
            self.most_mb = max(self.most_mb, held_mb(self.process.pid))

    @property
    def in_stage_s(self) -> float:
        """Seconds since loading, deciding or verifying began; building and solving count together."""
        return time.monotonic() - self.since_s


def measure(case: Case, network: Path, *, folder: Path, memory_mb: float) -> dict[str, Any]:
    """Return the record of one case. Journal and standard error are kept in `folder`, under the case's name."""
    told, errors = folder.resolve() / f"{case.name}.journal", folder / f"{case.name}.err"
    told.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.deciding.one", case.method, str(network.resolve()), str(case.seed)]
    with errors.open("wb") as err:
        process = subprocess.Popen(
            [*command, str(case.limit_s), str(told)], cwd=ROOT, stdout=err, stderr=err, start_new_session=True
        )
        watched = _Watched(process, told)
        killed = _wait(watched, limit_s=case.limit_s * GRACE + GRACE_S, memory_mb=memory_mb)
    return case.as_record() | _record(watched, killed, errors)


def _wait(watched: _Watched, *, limit_s: float, memory_mb: float) -> dict[str, Any]:
    """Wait for the end and return nothing, or kill the process and return why."""
    try:
        while watched.process.poll() is None:
            watched.look()
            if watched.in_stage_s > limit_s:
                return {"outcome": KILLED, "note": f"killed in {watched.stage} after {watched.in_stage_s:.0f} s"}
            if watched.most_mb > memory_mb:
                return {"outcome": TOO_LARGE, "note": f"{watched.stage} took more than {memory_mb:.0f} MB"}
            time.sleep(LOOK_EVERY_S)
        return {}
    finally:
        _end(watched.process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the process and its children: they are a group of their own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()


def _record(watched: _Watched, killed: dict[str, Any], errors: Path) -> dict[str, Any]:
    lines = journal.read(watched.told)
    seconds = {line["ends"]: line["seconds"] for line in lines if "ends" in line}
    peaks = [line["peak_own_mb"] for line in lines if "ends" in line and line["ends"] != VERIFY]
    record: dict[str, Any] = {f"{stage}_s": s for stage, s in seconds.items()}
    for line in lines:
        record |= line.get("found", {})
    if set(TIMED) & seconds.keys() and not killed:
        record["seconds"] = sum(seconds.get(stage, 0.0) for stage in TIMED)
    record["peak_mb"] = max([watched.most_mb, *peaks])
    return record | (killed or _outcome(watched.process.returncode, record, errors))


def _outcome(returncode: int, record: dict[str, Any], errors: Path) -> dict[str, Any]:
    if returncode != 0:
        words = errors.read_text(encoding="utf-8", errors="replace").strip()[-LAST_WORDS:]
        return {"outcome": FAILED, "note": f"exit {returncode}: {words}"}
    return {"outcome": DONE if record.get("converged") else NOT_DONE}
