"""Run processes and watch them from outside: hard limits on time and memory, whatever they do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measuring import journal
from benchmarks.measuring.journal import LOAD, TIMED
from benchmarks.measuring.machine import ROOT
from benchmarks.measuring.memory import held_mb
from benchmarks.measuring.outcomes import DONE, FAILED, KILLED, REFUSED, TOO_LARGE

GRACE, GRACE_S = 1.1, 2.0
"""Peers look at the clock between steps only; the axe falls when the budget is passed by a tenth and two seconds."""
LOAD_LIMIT_S = 600.0
LOOK_EVERY_S = 0.2
LAST_WORDS = 300


@dataclass
class Watched:
    """A running process, what it tells and where it leaves its plan; `timed_since` is of `time.monotonic`."""

    seed: int
    process: subprocess.Popen[bytes]
    told: Path
    plan: Path
    errors: Path
    started: float = field(default_factory=time.monotonic)
    timed_since: float | None = None
    killed: str = ""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def look(self, *, budget_s: float) -> None:
        """Note when the stages that count begin, and end it when it has overrun."""
        now = time.monotonic()
        if self.timed_since is None and self.stage in TIMED:
            self.timed_since = now
        limit_s = LOAD_LIMIT_S if self.timed_since is None else budget_s * GRACE + GRACE_S
        if now - (self.timed_since or self.started) > limit_s:
            self.end(KILLED)

    def end(self, why: str) -> None:
        """End it and its children: they are a group of their own."""
        self.killed = self.killed or why
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait()

    def lines(self) -> list[dict[str, Any]]:
        """Return what it told so far."""
        return journal.read(self.told)

    @property
    def stage(self) -> str:
        """The stage that it began last."""
        return next((line["begins"] for line in reversed(self.lines()) if "begins" in line), LOAD)

    def outcome(self, found: dict[str, Any]) -> tuple[str, str]:
        """Return how it ended, and why where that is not clear."""
        if self.killed:
            return self.killed, f"in {self.stage}"
        if self.process.returncode != 0:
            words = self.errors.read_text(encoding="utf-8", errors="replace").strip()[-LAST_WORDS:]
            return FAILED, f"exit {self.process.returncode}: {words}"
        return (REFUSED, found[REFUSED]) if REFUSED in found else (DONE, found.get("note", ""))


def start(module: str, words: Sequence[str], *, named: Path, seed: int) -> Watched:
    """Start a module with these words, its journal and its plan; both and its errors are named after `named`."""
    told, plan, errors = (named.with_name(named.name + suffix) for suffix in (".journal", ".plan", ".err"))
    for file in (told, plan):
        file.unlink(missing_ok=True)
    command = [sys.executable, "-m", module, *words, str(told), str(plan)]
    with errors.open("wb") as err:
        process = subprocess.Popen(command, cwd=ROOT, stdout=err, stderr=err, start_new_session=True)
    return Watched(seed, process, told, plan, errors)


def watch(runs: Sequence[Watched], *, budget_s: float, memory_mb: float) -> float:
    """Watch what was started until all have ended, or end it; return the most memory that all held together, in MB."""
    most_mb = 0.0
    try:
        while any(run.running for run in runs):
            for run in runs:
                if run.running:
                    run.look(budget_s=budget_s)
            most_mb = max(most_mb, held_mb(*(run.process.pid for run in runs if run.running)))
            if most_mb > memory_mb:
                for run in runs:
                    run.end(TOO_LARGE)
            time.sleep(LOOK_EVERY_S)
    finally:
        for run in runs:
            if run.running:
                run.end(KILLED)
    return most_mb
