"""From running a case to its record: every plan is read back and judged, the best feasible one counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.driving.case import Case
from benchmarks.driving.read import read_subject
from benchmarks.driving.subject import Subject
from benchmarks.measuring.outcomes import DONE
from benchmarks.measuring.records import Record
from benchmarks.measuring.watched import Watched, start, watch
from retour.errors import InputError

SHOWN = 3


def measure(case: Case, file: Path, *, runs: int, folder: Path, memory_mb: float) -> Record:
    """Return the record of a case that is run so many times side by side, each with a seed of its own."""
    seeds = [case.seed * runs + number for number in range(runs)]
    watched = [_start(case, file, seed=seed, folder=folder) for seed in seeds]
    most_mb = watch(watched, budget_s=case.budget_s, memory_mb=memory_mb)
    subject = read_subject(file)
    told = [_run(run, subject) for run in watched]
    return case.as_record() | _joined(told) | {"peak_mb": most_mb, "runs": told}


def _start(case: Case, file: Path, *, seed: int, folder: Path) -> Watched:
    words = [case.method, str(file.resolve()), str(seed), str(case.budget_s)]
    return start("benchmarks.driving.one", words, named=folder.resolve() / f"{case.name}-run{seed}", seed=seed)


def _run(run: Watched, subject: Subject) -> dict[str, Any]:
    """Return what one run did: how it ended, and what the checker says of its last plan, even if it was killed."""
    lines, found = run.lines(), dict[str, Any]()
    for line in lines:
        found |= line.get("found", {})
    outcome, note = run.outcome(found)
    return {
        "seed": run.seed,
        "outcome": outcome,
        "note": note,
        "seconds": found.get("answered_s"),
        "iterations": found.get("iterations"),
        "trace": [(line["at_s"], line["cost"]) for line in lines if "at_s" in line],
        **(_judged(run.plan, subject) if run.plan.exists() else {"cost": None, "feasible": False, "violations": []}),
    }


def _judged(plan: Path, subject: Subject) -> dict[str, Any]:
    try:
        judged = subject.judge(plan)
    except InputError as error:
        return {"cost": None, "feasible": False, "violations": [str(error)]}
    return {
        "cost": judged.cost,
        "feasible": judged.cost is not None and not judged.violations,
        "violations": list(judged.violations[:SHOWN]),
    }


def _joined(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one record of all runs: the least feasible cost, the last answer, the best over time."""
    costs = [run["cost"] for run in runs if run["feasible"]]
    ended = next((run for run in runs if run["outcome"] == DONE), runs[0])
    answered = [run["seconds"] for run in runs if run["seconds"] is not None]
    return {
        "outcome": ended["outcome"],
        "note": " ".join(dict.fromkeys(run["note"] for run in runs if run["note"])),
        "cost": min(costs, default=None),
        "plans": sum(run["cost"] is not None or bool(run["violations"]) for run in runs),
        "feasible": len(costs),
        "seconds": max(answered) if len(answered) == len(runs) else None,
        "trace": best_over_time([pair for run in runs for pair in run.pop("trace")]),
    }


def best_over_time(told: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return when the best of all runs became better, and its cost from then on."""
    better: list[tuple[float, float]] = []
    for at_s, cost in sorted(told):
        if not better or cost < better[-1][1]:
            better.append((round(at_s, 3), cost))
    return better
