"""From running a case to its record: the plan is read back and judged, whatever its method says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.locating.case import Case
from benchmarks.locating.judge import judge
from benchmarks.locating.question import Question
from benchmarks.measuring.journal import BUILD
from benchmarks.measuring.outcomes import KILLED, TOO_LARGE
from benchmarks.measuring.records import Record
from benchmarks.measuring.watched import Watched, start, watch

NOT_BUILT = "not built"
"""The outcome of a method whose solver never got its model: time or memory was used up before."""
SHOWN = 3
TOLD = ("built_s", "rows", "columns", "nonzeros", "status")


def measure(case: Case, question: Question, *, folder: Path, memory_mb: float) -> Record:
    """Run the case in a process of its own, and return its record."""
    words = [case.method, question.words(), str(case.seed), str(case.budget_s)]
    run = start("benchmarks.locating.one", words, named=folder.resolve() / case.name, seed=case.seed)
    watched_mb = watch([run], budget_s=case.budget_s, memory_mb=memory_mb)
    lines, found = run.lines(), dict[str, Any]()
    for line in lines:
        found |= line.get("found", {})
    judged = judge(question, run.plan, found.get("bound"))
    own_mb = max((line["peak_own_mb"] for line in lines if "peak_own_mb" in line), default=0.0)
    return case.as_record() | ended(run, found, budget_s=case.budget_s, memory_mb=memory_mb) | {
        "cost": None if judged.violations else judged.cost,
        "bound": judged.bound,
        "feasible": judged.cost is not None and not judged.violations,
        "violations": list(judged.violations[:SHOWN]),
        "seconds": found.get("answered_s"),
        "peak_mb": max(watched_mb, own_mb),  # between two looks memory may rise and fall
        **{field: found[field] for field in TOLD if field in found},
    }  # fmt: skip


def ended(run: Watched, found: dict[str, Any], *, budget_s: float, memory_mb: float) -> dict[str, str]:
    """Return the outcome and why; what its solver never got to see is said to be not built."""
    outcome, note = run.outcome(found)
    if outcome in (KILLED, TOO_LARGE) and run.stage == BUILD:
        why = f"after {budget_s:g} s" if outcome == KILLED else f"in {memory_mb:,.0f} MB"
        return {"outcome": NOT_BUILT, "note": f"the solver had no model {why}"}
    return {"outcome": outcome, "note": note}
