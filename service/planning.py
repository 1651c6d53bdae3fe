"""From a network folder to a stored, checked run: the one function behind the command, the batch and the app."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import structlog

from retour import Instance, load_network
from retour.ledger import decision_ledger, with_carbon
from retour.pickup_estimate import pickup_table
from retour.plan import Plan, shaped
from retour.progress import Listener, Progress, silent
from service.best_so_far import BestSoFar, Step
from service.describe import Asked
from service.listeners import all_of
from service.manifest import ReplannedRecord
from service.run import Run
from service.stopwatch import Stopwatch
from service.store import LongTables, publish
from service.writable import require_writable

log = structlog.get_logger()


def plan_to_run(
    asked: Asked, *, root: Path, night: date | None = None, already_s: float = 0.0, listener: Listener = silent
) -> Run:
    """Plan one night of a network, check it, store it under `root`.

    `asked.budget_s` is for all of it and counts from `already_s` seconds before the call. Raises InputError,
    InfeasibleError or BackendError with nothing stored. A plan that is less than was asked for is stored, and its
    manifest's `degraded` says why.
    """
    watch, best = Stopwatch(already_s), BestSoFar(already_s)
    listener = all_of(best.listen, listener)
    require_writable(root)
    instance = _load(asked, night, watch, listener)
    from routing.check import check_plan  # solvers load slowly: bad input is told first
    from routing.night import plan_night

    with watch.step("plan"):
        plan = plan_night(
            instance, seed=asked.seed, budget_s=watch.left_s(asked.budget_s), iterations=asked.iterations,
            engine=asked.engine, method=asked.method, processes=processes_of(asked), listener=listener,
        )  # fmt: skip
    listener(Progress("check", 0.0, "checking every promise"))
    with watch.step("check"):
        violations = check_plan(instance, plan)
    return store_plan(root, plan, asked, instance, violations, watch, listener, steps=best.steps)


def decide_to_run(
    asked: Asked, *, root: Path, night: date | None = None, already_s: float = 0.0, listener: Listener = silent
) -> Run:
    """Decide where the returns of one night go, without routes; check, store. Budget and errors as `plan_to_run`.

    A night too long for memory is decided from its files (`service.streaming`), or whenever `asked.stream` says so.
    """
    if asked.stream:
        from service.streaming import stream_to_run

        return stream_to_run(asked, root=root, night=night, already_s=already_s, listener=listener)
    watch = Stopwatch(already_s)
    require_writable(root)
    instance = _load(asked, night, watch, listener)
    from routing.check import check_decided
    from routing.decide import decide

    with watch.step("decide"):
        decided = decide(
            instance, method=asked.method, processes=processes_of(asked), cluster=asked.cluster, seed=asked.seed,
            budget_s=watch.left_s(asked.budget_s), listener=listener,
        )  # fmt: skip
    listener(Progress("check", 0.0, "checking every promise"))
    with watch.step("check"):
        violations = shaped("violations", pd.DataFrame(check_decided(instance, decided.decisions)))
    with watch.step("price"):
        ledger = with_carbon(instance, decision_ledger(instance, decided.decisions, decided.pickup))
    plan = Plan(
        instance_hash=instance.hash, night=instance.night, objective_eur=decided.answer.objective_eur or 0.0,
        answers=(decided.answer,), decisions=decided.decisions, visits=_nothing("visits"), stops=_nothing("stops"),
        routes=_nothing("routes"), ledger=ledger, prices=decided.prices, comparators=decided.comparators,
        pickup=pickup_table(instance, decided.pickup),
    )  # fmt: skip
    return store_plan(root, plan, asked, instance, violations, watch, listener)


def processes_of(asked: Asked) -> int:
    """Return how many processes work side by side: as many as asked for, else one per core."""
    return asked.processes or os.cpu_count() or 1


def _load(asked: Asked, night: date | None, watch: Stopwatch, listener: Listener) -> Instance:
    listener(Progress("load", 0.0, f"reading {asked.network}"))
    with watch.step("load"):
        return load_network(asked.network, night=night)


def _nothing(name: str) -> pd.DataFrame:
    return shaped(name, pd.DataFrame())


def store_plan(
    root: Path, plan: Plan, asked: Asked, instance: Instance, violations: pd.DataFrame, watch: Stopwatch,
    listener: Listener, *, long: LongTables | None = None, steps: Sequence[Step] = (),
    replanned: ReplannedRecord | None = None,
) -> Run:  # fmt: skip
    """Store a checked plan and tell."""
    listener(Progress("store", 0.0, "writing tables, map and report"))
    run = publish(
        root, plan, asked=asked, instance=instance, violations=violations, seconds=watch.seconds, long=long,
        steps=steps, replanned=replanned,
    )  # fmt: skip
    log.info("run stored", run=run.id, status=str(plan.status), feasible=violations.empty, degraded=plan.degraded)
    listener(Progress("store", 1.0, run.id))
    return run
