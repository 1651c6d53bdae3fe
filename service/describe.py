"""From a plan to its manifest: what `run.json` says."""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import pandas as pd

from retour.instance import Instance
from retour.plan import Answer, Plan, relative_gap
from service.kpis import plan_kpis
from service.manifest import AnswerRecord, FileRecord, Kpi, Manifest, NetworkRecord, ReplannedRecord

LIBRARIES = ("highspy", "numpy", "ortools", "pandas", "pulp", "pyarrow", "pyvrp", "scipy")
KIB_PER_MB = 1000 / 1.024


@dataclass(frozen=True)
class Asked:
    """What a plan was asked for: everything needed to ask for it again. `budget_s` seconds, None without a limit;
    `processes` None: one per core; `cluster` the address of a Dask scheduler; `stream` leaves returns in their file."""

    kind: Literal["plan", "decide"]
    network: Path
    seed: int
    budget_s: float | None = None
    iterations: int | None = None
    engine: str = "pyvrp"
    method: str = "auto"
    processes: int | None = None
    cluster: str | None = None
    stream: bool = False


def manifest(
    plan: Plan,
    *,
    run_id: str,
    asked: Asked,
    instance: Instance,
    violations: pd.DataFrame,
    seconds: Mapping[str, float],
    tables: Mapping[str, FileRecord],
    inputs: Mapping[str, FileRecord],
    counts: Mapping[str, Kpi] | None = None,
    replanned: ReplannedRecord | None = None,
) -> Manifest:
    """Return the manifest of one plan; `seconds` are the wall times of what the doors did around the solvers.

    `counts` (see `return_counts`) are given where the plan does not hold its decisions.
    """
    bound_eur = whole_bound_eur(plan)
    return Manifest(
        id=run_id, kind=asked.kind, night=plan.night, created_at=datetime.now(UTC), network=_network(asked, instance),
        versions=versions(), seed=asked.seed, budget_s=asked.budget_s, iterations=asked.iterations,
        engine=_engine(plan, asked), method=_method(plan, asked), status=plan.status, feasible=violations.empty,
        violations=len(violations), objective_eur=plan.objective_eur, ledger_total_eur=plan.ledger_total_eur,
        bound_eur=bound_eur, gap=relative_gap(plan.objective_eur, bound_eur),
        answers=tuple(_answer(a) for a in plan.answers), kpis=plan_kpis(plan, counts), seconds=dict(seconds),
        peak_mb=peak_mb(), alerts=plan.alerts, degraded=_degraded(plan, violations), tables=dict(tables),
        inputs=dict(inputs), replanned=replanned,
    )  # fmt: skip


def whole_bound_eur(plan: Plan) -> float | None:
    """Return what the whole objective cannot fall below, EUR.

    A plan with one stage has that stage's bound. Stages solved one after the other each have their own bound, and
    those do not add up to a bound of the whole: None, unless one answer is about the whole night.
    """
    if len(plan.answers) == 1:
        return plan.answers[0].bound_eur
    return next((a.bound_eur for a in plan.answers if a.stage == "night"), None)


def versions() -> dict[str, str]:
    """Return the versions of the product, of Python and of the libraries that shape a plan."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"retour": version("retour"), "python": sys.version.split()[0], **libraries}


def peak_mb() -> float:
    """Return the most memory this process and its children held so far, MB."""
    kib = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(kib / KIB_PER_MB, 1)


def _network(asked: Asked, instance: Instance) -> NetworkRecord:
    own = instance.settings
    return NetworkRecord(
        name=own.name, path=str(asked.network), hash=instance.hash, description=own.description,
        attribution=own.attribution,
    )  # fmt: skip


def _method(plan: Plan, asked: Asked) -> str:
    """Return how the returns were decided, where the choice was left open."""
    return next((a.engine for a in plan.answers if a.stage == "decide"), asked.method)


def _engine(plan: Plan, asked: Asked) -> str:
    """Return the engine that routed, where it was left open."""
    if asked.engine != "auto":
        return asked.engine
    return next((a.engine for a in plan.answers if a.stage == "route"), asked.engine)


def _answer(answer: Answer) -> AnswerRecord:
    return AnswerRecord(
        stage=answer.stage, status=answer.status, objective_eur=answer.objective_eur, bound_eur=answer.bound_eur,
        gap=answer.gap, seconds=answer.seconds, engine=answer.engine, note=answer.note,
    )  # fmt: skip


def _degraded(plan: Plan, violations: pd.DataFrame) -> tuple[str, ...]:
    if violations.empty:
        return plan.degraded
    first = violations["message"].iloc[0]
    return (*plan.degraded, f"The checker found {len(violations)} broken promises; the first: {first}")
