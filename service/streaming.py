"""Nights too long for memory: their returns stay in files, decided, checked and priced one partition at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from retour import Instance
from retour.errors import InputError, Issue
from retour.gate.streamed import returns_to_stream, stream_network
from retour.ledger import return_ledgers, shortfall_ledger, site_items, with_carbon
from retour.ledger_rows import activity_sums
from retour.pickup_estimate import estimate_pickup, pickup_table
from retour.plan import Plan, shaped
from retour.pricing import PickupEstimate
from retour.progress import Listener, Progress, silent
from retour.tables import RESULT_TABLES
from routing.check import Checked, check_part, check_parts
from routing.decide.scale.scatter import Scattered, scatter
from routing.decide.scale.stream import StreamDecided, decide_streamed
from service.describe import Asked
from service.kpis import return_counts
from service.manifest import Kpi
from service.planning import processes_of, store_plan
from service.run import Run
from service.stopwatch import Stopwatch
from service.store import LongTables, scratch_folder
from service.tablefiles import table_writer
from service.writable import require_writable

DECISIONS = "decisions"


@dataclass(frozen=True)
class Examined:
    """A partition's decisions, what the checker found in them and what they cost by activity; parts add up."""

    decisions: pd.DataFrame = field(repr=False)
    checked: Checked
    activities: pd.DataFrame
    items: pd.Series
    counts: dict[str, Kpi]


@dataclass(frozen=True)
class Examine:
    """Checks and prices the decisions of a partition where they are."""

    pickup: PickupEstimate

    def __call__(self, instance: Instance, decisions: pd.DataFrame) -> Examined:
        """Return the decisions with what they break, cost and count."""
        activities = _sum([activity_sums(piece) for piece in return_ledgers(instance, decisions, self.pickup)])
        counts = return_counts(decisions, shaped("ledger", pd.DataFrame())) | _late(activities)
        items = site_items(instance, decisions)
        return Examined(decisions, check_part(instance, decisions), activities, items, counts)


class Tally:
    """Takes in examined partitions: writes their decisions, and adds up the rest."""

    def __init__(self, write: Callable[[pd.DataFrame], None], listener: Listener, rows: int) -> None:
        """Write decisions with `write` and tell how many of `rows` there are."""
        self._write, self._listener, self._rows, self._seen = write, listener, rows, 0
        self.checked = Checked()
        self.activities: list[pd.DataFrame] = []
        self.items: list[pd.Series] = []
        self.counts: dict[str, Kpi] = {}

    def take(self, part: Examined) -> None:
        """Take in the next partition."""
        self._write(part.decisions)
        self.checked += part.checked
        self.activities = [_sum([*self.activities, part.activities])]
        self.items = [sum(self.items, start=part.items)]
        self.counts = {name: (self.counts.get(name) or 0) + (count or 0) for name, count in part.counts.items()}
        self._seen += len(part.decisions)
        self._listener(Progress("decide", 0.8 + 0.15 * self._seen / self._rows, f"{self._seen} decisions written"))

    def ledger(self, instance: Instance) -> pd.DataFrame:
        """Return the night's ledger summed by activity, contract shortfalls and carbon with it."""
        summed = _sum(self.activities).reset_index()
        rows = summed.assign(subject="network", subject_id="all", rate_eur=summed["cost_eur"] / summed["quantity"])
        short = shortfall_ledger(instance, self.items[0])
        return with_carbon(instance, shaped("ledger", pd.concat([rows, short], ignore_index=True)))


def stream_to_run(
    asked: Asked, *, root: Path, night: date | None = None, already_s: float = 0.0, listener: Listener = silent
) -> Run:
    """Decide the returns of a network folder without holding them all; check, store. Errors as `decide_to_run`.

    Returns must be in returns.parquet. Files of the partitions lie in the store meanwhile, where workers of a cluster
    must be able to read them. The stored ledger is summed by activity.
    """
    watch = Stopwatch(already_s)
    require_writable(root)
    _require_parquet(asked.network)
    with scratch_folder(root) as folder:
        listener(Progress("load", 0.0, f"reading {asked.network}"))
        with watch.step("load"):
            scattered = scatter(stream_network(asked.network, night=night), folder.absolute(), listener=listener)
        files = folder / f"{DECISIONS}.parquet", folder / f"{DECISIONS}.csv"
        with watch.step("decide"), table_writer(RESULT_TABLES[DECISIONS], parquet=files[0], csv=files[1]) as write:
            tally = Tally(write, listener, scattered.rows)
            decided = _decided(asked, scattered, tally, watch, listener)
        with watch.step("check"):
            found = check_parts(scattered.instance, [tally.checked])
        long = LongTables(files, scattered.returns, tally.counts)
        violations, plan = shaped("violations", pd.DataFrame(found)), _plan(scattered, decided, tally)
        return store_plan(root, plan, asked, scattered.instance, violations, watch, listener, long=long)


def _decided(asked: Asked, scattered: Scattered, tally: Tally, watch: Stopwatch, listener: Listener) -> StreamDecided:
    pickup = estimate_pickup(scattered.instance)
    return decide_streamed(
        scattered, report=Examine(pickup), take=tally.take, pickup=pickup, processes=processes_of(asked),
        cluster=asked.cluster, budget_s=watch.left_s(asked.budget_s), listener=listener,
    )  # fmt: skip


def _plan(scattered: Scattered, decided: StreamDecided, tally: Tally) -> Plan:
    nothing = {name: shaped(name, pd.DataFrame()) for name in (DECISIONS, "visits", "stops", "routes")}
    return Plan(
        instance_hash=scattered.hash, night=scattered.instance.night, answers=(decided.answer,),
        objective_eur=decided.answer.objective_eur or 0.0, ledger=tally.ledger(scattered.instance),
        prices=decided.prices, comparators=decided.comparators,
        pickup=pickup_table(scattered.instance, decided.pickup), **nothing,
    )  # fmt: skip


def _late(activities: pd.DataFrame) -> dict[str, Kpi]:
    late = activities[activities.index.get_level_values("activity") == "late refund"]
    return {"refunds_late": int(late["rows"].sum()), "refunds_late_days": float(late["quantity"].sum())}


def _sum(activities: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(activities).groupby(level=["activity", "unit"]).sum()


def _require_parquet(network: Path) -> None:
    if not returns_to_stream(network):
        message = "is missing or empty; a night is decided from files when its returns are in Parquet"
        raise InputError([Issue("returns.parquet", None, None, message)])
