"""From a stored design to a stored, checked replay: the one function behind `retour replay`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from network_design.replay.reading import load_vans
from network_design.replay.roads import load_roads
from network_design.replay.settings import Vans
from network_design.surrogate.tours import Tours, tours_of
from retour.design import DesignInstance
from retour.progress import Listener, Progress, silent
from retour.travel import Travel
from service.designing_compare import stored_instance
from service.replaying_asked import AskedReplay, open_design
from service.stopwatch import Stopwatch
from service.writable import require_writable

if TYPE_CHECKING:
    from service.replaying_store import ReplayRun

log = structlog.get_logger()
RATES_IN = "EUR"
MOST_MODES = 3


def replay_to_run(asked: AskedReplay, *, root: Path, already_s: float = 0.0, listener: Listener = silent) -> ReplayRun:
    """Replay a stored design, check nights and designs, store all under `root`.

    `asked.budget_s` is for all of it and counts from `already_s` seconds before the call. Raises InputError,
    InfeasibleError or BackendError with nothing stored.
    """
    watch = Stopwatch(already_s)
    require_writable(root)
    with watch.step("load"):
        run = open_design(root, asked.run)
        listener(Progress("load", 0.0, f"reading {run.path}"))
        instance, vans = stored_instance(run), load_vans(asked.vans)
        roads = load_roads(asked.roads, instance.tables["places"]["place_id"])
        opened, flows = run.table("opened"), run.table("flows")
        tours = tours_of(instance, flows, asked.modes)

    from network_design.replay.nights import Asked  # solvers load slowly: bad input is told first
    from network_design.replay.replaying import Sample
    from network_design.replay.rounds import replay_rounds, stored_candidate
    from service.replaying_store import publish_replay

    with watch.step("replay"):
        first = stored_candidate(instance, opened=opened, flows=flows, total=run.manifest.ledger_total, tours=tours)
        found = replay_rounds(
            instance, first, tours=tours, sample=Sample(asked.nights, asked.seed, vans, Travel.from_table(roads)),
            asked=Asked(asked.seed, asked.engine, asked.iterations), rounds=asked.rounds, tolerance=asked.tolerance,
            budget_s=watch.left_s(asked.budget_s), listener=listener,
        )  # fmt: skip
    listener(Progress("store", 0.0, "checking and writing every night"))
    stored = publish_replay(
        root, run, instance, found, asked=asked, vans=vans, roads=roads,
        assumed=_assumed(instance, tours, vans, legs=len(roads)), seconds=watch.seconds,
    )  # fmt: skip
    log.info("replay stored", run=stored.id, rounds=len(found.rounds), feasible=stored.manifest.feasible)
    return stored


def _assumed(instance: DesignInstance, tours: Tours, vans: Vans, *, legs: int) -> list[str]:
    """Return what was taken for granted, a sentence each."""
    ends = "to hubs" if tours.to_hubs else "to wherever they go"
    said = [
        f"Tours are what goes from points and zones by {_some(tours.modes)} {ends}.",
        f"{'Roads without a leg of their own' if legs else 'Roads'} are "
        f"{vans.circuity or instance.settings.circuity:g} x the great circle, at {vans.speed_kmh:g} km/h.",
    ]
    currency = instance.settings.currency
    if currency != RATES_IN and not {"fixed_cost", "cost_per_km", "cost_per_h"} <= vans.model_fields_set:
        said.append(f"Rates left out of the vans are figures in {RATES_IN}, read as {currency}; give your own.")
    return said


def _some(modes: tuple[str, ...]) -> str:
    """Return the first few names, and how many more there are."""
    more = len(modes) - MOST_MODES
    return ", ".join(modes[:MOST_MODES]) + (f" and {more} more" if more > 0 else "")
