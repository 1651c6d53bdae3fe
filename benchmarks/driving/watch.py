"""Run a case in processes of its own and watch them from outside: hard limits on time and memory, whatever they do."""

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

from benchmarks.deciding import journal
from benchmarks.deciding.journal import LOAD, SOLVE
from benchmarks.deciding.memory import held_mb
from benchmarks.deciding.watch import DONE, FAILED, KILLED, LAST_WORDS, ROOT, TOO_LARGE
from benchmarks.driving.case import Case
from benchmarks.driving.refused import REFUSED

GRACE, GRACE_S = 1.1, 2.0
"""Peers look at the clock between steps only; the axe falls when the budget is passed by a tenth and two seconds."""
LOAD_LIMIT_S = 600.0
LOOK_EVERY_S = 0.2


@dataclass
class Watched:
    """A running process, what it tells and where it leaves its plan; `solving_since` is of `time.monotonic`."""

    seed: int
    process: subprocess.Popen[bytes]
    told: Path
    plan: Path
    errors: Path
    started: float = field(default_factory=time.monotonic)
    solving_since: float | None = None
    killed: str = ""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def look(self, *, budget_s: float) -> None:
        """Note when it begins to solve, and end it when it has overrun."""
        now = time.monotonic()
        if self.solving_since is None and {"begins": SOLVE} in self.lines():
            self.solving_since = now
        limit_s = LOAD_LIMIT_S if self.solving_since is None else budget_s * GRACE + GRACE_S
        if now - (self.solving_since or self.started) > limit_s:
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

    def outcome(self, found: dict[str, Any]) -> tuple[str, str]:
        """Return how it ended, and why where that is not clear."""
        if self.killed:
            return self.killed, f"in {LOAD if self.solving_since is None else SOLVE}"
        if self.process.returncode != 0:
            words = self.errors.read_text(encoding="utf-8", errors="replace").strip()[-LAST_WORDS:]
            return FAILED, f"exit {self.process.returncode}: {words}"
        return (REFUSED, found[REFUSED]) if REFUSED in found else (DONE, found.get("note", ""))


def watch(case: Case, subject: Path, *, seeds: Sequence[int], folder: Path, memory_mb: float) -> tuple[
    list[Watched], float
]:  # fmt: skip
    """Run the case once per seed, all at once, until all have ended; return them and the most memory they held."""
    runs = [_start(case, subject, seed=seed, folder=folder) for seed in seeds]
    most_mb = 0.0
    try:
        while any(run.running for run in runs):
            for run in runs:
                if run.running:
                    run.look(budget_s=case.budget_s)
            most_mb = max(most_mb, held_mb(*(run.process.pid for run in runs if run.running)))
            if most_mb > memory_mb:
                for run in runs:
                    run.end(TOO_LARGE)
            time.sleep(LOOK_EVERY_S)
    finally:
        for run in runs:
            if run.running:
                run.end(KILLED)
    return runs, most_mb


def _start(case: Case, subject: Path, *, seed: int, folder: Path) -> Watched:
    named = folder.resolve() / f"{case.name}-run{seed}"
    told, plan, errors = (named.with_name(named.name + suffix) for suffix in (".journal", ".plan", ".err"))
    for file in (told, plan):
        file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.driving.one", case.method, str(subject.resolve()), str(seed)]
    with errors.open("wb") as err:
        process = subprocess.Popen(
            [*command, str(case.budget_s), str(told), str(plan)], cwd=ROOT, stdout=err, stderr=err,
            start_new_session=True,
        )  # fmt: skip
    return Watched(seed, process, told, plan, errors)
