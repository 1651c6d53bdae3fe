"""From a stored run and a planner's overrides to another stored, checked run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from retour import Instance, load_network
from retour.errors import InputError, Issue, RetourError
from retour.plan import Answer, Plan
from retour.progress import Listener, Progress, silent
from routing.pickup.changes import StopChange
from routing.pickup.overrides import Van, van_of
from routing.pickup.prices import OverridePrice
from routing.replanned import ReplannedNight, replan_night, vans_of_plan
from service.best_so_far import BestSoFar
from service.describe import Asked
from service.listeners import all_of
from service.manifest import OverrideRecord, ReplannedRecord
from service.override_words import LOSE, AskedReplan, OverrideWord, to_overrides, together
from service.planning import store_plan
from service.run import Run
from service.stopwatch import Stopwatch
from service.store import open_run
from service.stored_instance import stored_instance
from service.text import clock
from service.writable import require_writable

MOST_CHANGES = 200  # sentences kept in the manifest


def replan_to_run(
    asked: AskedReplan, *, root: Path, already_s: float = 0.0, listener: Listener = silent
) -> Run:
    """Plan the vans of a stored run again under overrides, check, and store the plan as a new run under `root`.

    The time budget counts from `already_s` seconds before the call. Raises InputError for an unknown run, every unknown
    stop or van and every contradiction at once, InfeasibleError and BackendError, with nothing stored.
    """
    watch, best = Stopwatch(already_s), BestSoFar(already_s)
    listener = all_of(best.listen, listener)
    require_writable(root)
    run = open_run(root, asked.run)
    listener(Progress("load", 0.0, f"reading {run.id}"))
    with watch.step("load"):
        earlier, words = stored_plan(run), words_of(run, asked)
        instance = replanned_instance(run, earlier)
        overrides, vans = to_overrides(words, vans_of_plan(earlier.routes, lost=lost_vans(run)))
    with watch.step("replan"):
        night = replan_night(
            instance, earlier, overrides, vans=vans, engine=asked.engine, seed=asked.seed,
            budget_s=watch.left_s(asked.budget_s), iterations=asked.iterations,
            stability_per_stop_eur=asked.stability_per_stop_eur, listener=listener,
        )  # fmt: skip
    from routing.check import check_plan

    listener(Progress("check", 0.0, "checking every promise"))
    with watch.step("check"):
        violations = check_plan(instance, night.plan)
    return store_plan(
        root, night.plan, _as_asked(run, asked, night), instance, violations, watch, listener, steps=best.steps,
        replanned=record_of(run, words, night, asked),
    )  # fmt: skip


def stored_plan(run: Run) -> Plan:
    """The plan of a run as it was; `InputError` where the run holds no routes or no pickup prices."""
    m = run.manifest
    if m.kind != "plan" or not m.tables["routes"].rows or not m.tables["pickup"].rows:
        raise InputError([Issue("run", None, None, f"{run.id} has no routes to plan again; plan the night first.")])
    tables = {n: run.table(n) for n in m.tables if n != "violations"}
    answers = tuple(
        Answer(a.stage, a.status, a.objective_eur, a.bound_eur, a.seconds, a.engine, a.note) for a in m.answers
    )
    return Plan(
        instance_hash=m.network.hash, night=m.night, objective_eur=m.objective_eur, answers=answers, **tables
    )


def replanned_instance(run: Run, plan: Plan) -> Instance:
    """The night of a run: from its network if that is unchanged, else from the run's own copies.

    A run keeps no road matrix: raises `InputError` where its network is gone and its legs are none of ours.
    """
    record = run.manifest.network
    try:
        instance = load_network(Path(record.path), night=run.manifest.night)
        if instance.hash == record.hash:
            return instance
    except (OSError, RetourError):
        pass
    instance = stored_instance(run)
    if not _same_legs(instance, plan):
        raise InputError([Issue(
            "run", None, None,
            f"{run.id} was driven on the road matrix of {record.path}, which is gone or changed; plan the night again.",
        )])  # fmt: skip
    return instance


def _same_legs(instance: Instance, plan: Plan) -> bool:
    from routing.check.driven import placed
    from routing.check.routes import legs_are_real

    return not legs_are_real(instance, placed(instance, plan.stops, plan.routes))


def words_of(run: Run, asked: AskedReplan) -> tuple[OverrideWord, ...]:
    """The overrides in force: those the run was made under, unless forgotten or replaced, and the new ones."""
    before = run.manifest.replanned
    earlier = () if before is None or asked.anew else before.overrides
    return together([OverrideWord(o.kind, o.stop or "", o.van or "") for o in earlier], asked.words)


def lost_vans(run: Run) -> list[tuple[str, str]]:
    """Names and types of the vans that the run had lost already."""
    before = run.manifest.replanned
    lost = [] if before is None else [o for o in before.overrides if o.kind == LOSE]
    return [(o.van, o.van_type) for o in lost if o.van and o.van_type]


def record_of(
    run: Run, words: tuple[OverrideWord, ...], night: ReplannedNight, asked: AskedReplan
) -> ReplannedRecord:
    """What the new run's manifest says of its making."""
    changes = night.replanned.changes
    return ReplannedRecord(
        run_id=run.id,
        overrides=tuple(map(_override_record, words, night.replanned.prices)),
        price_eur=night.replanned.price_eur,
        price_at_most_eur=night.replanned.price_at_most_eur,
        stability_per_stop_eur=asked.stability_per_stop_eur,
        changed_van=sum(change.changed_van for change in changes),
        reordered=sum(change.reordered and not change.changed_van for change in changes),
        retimed=sum(change.later_s != 0 and not change.changed_van for change in changes),
        changes=tuple(_say(change, night.vans) for change in _weightiest(changes)),
    )


def _override_record(word: OverrideWord, price: OverridePrice) -> OverrideRecord:
    van = van_of(price.override)
    return OverrideRecord(
        kind=word.kind, stop=word.stop or None, van=word.van or None, van_type=van.vehicle_type_id if van else None,
        words=price.words, price_eur=price.price_eur, at_most_eur=price.at_most_eur, note=price.note,
    )  # fmt: skip


def _weightiest(changes: tuple[StopChange, ...]) -> list[StopChange]:
    ordered = sorted(changes, key=lambda c: (not c.changed_van, not c.reordered, -abs(c.later_s), c.stop_id))
    return ordered[:MOST_CHANGES]


def _say(change: StopChange, vans: Mapping[Van, str]) -> str:
    before, after = change.before, change.after
    if before is None or after is None:
        there = after or before
        assert there is not None  # one of the two plans visits it
        verb = "is visited now, by" if after else "is no longer visited; it was by"
        return f"{change.stop_id} {verb} {vans[there.van]}."
    when = f"{clock(before.start_s)} before, {clock(after.start_s)} now"
    if change.changed_van:
        return f"{change.stop_id} goes from {vans[before.van]} to {vans[after.van]}: {when}."
    return f"{change.stop_id} is {'reordered' if change.reordered else 'moved in time'}: {when}."


def _as_asked(run: Run, asked: AskedReplan, night: ReplannedNight) -> Asked:
    return Asked(
        "plan", Path(run.manifest.network.path), asked.seed, asked.budget_s, asked.iterations,
        night.replanned.answer.engine, run.manifest.method,
    )  # fmt: skip
