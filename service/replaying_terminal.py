"""What a replay tells: plain values for machines, and a summary for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
from rich.console import Console

from network_design.replay.tables import REPLAY_TABLES
from service.replaying_manifest import ReplayManifest
from service.replaying_store import ReplayRun
from service.studies.terminal import plain_rows
from service.terminal_tables import Shown, print_table
from service.text import number, percent

LONG_TABLES = ("nights", "stops", "changes", "violations")
MOST_ROWS, MOST_FAR, MOST_CHANGES = 40, 3, 8
DECIDED = {"OPENED": "is open now", "CLOSED": "is open no more", "RESIZED": "has another size"}
Cells = dict[str, tuple[str, Callable[[Any], str]]]
"""Columns shown: heading, and how a cell is written."""


def replay_record(run: ReplayRun, *, seconds: float, peak_mb: float, exit_code: int) -> dict[str, Any]:
    """Return a stored replay as the plain values of `--json`: its short tables too, the long ones lie in the run.

    `bound` and `gap` are null: nothing is proven of a design whose collection is priced by routes.
    """
    m = run.manifest
    told = {name: plain_rows(run.table(name)) for name in REPLAY_TABLES if name not in LONG_TABLES}
    return {
        "status": str(m.status), "cost": m.cost, "bound": None, "gap": None, "seconds": round(seconds, 3),
        "peak_mb": peak_mb, "feasible": m.feasible, "violations": plain_rows(run.table("violations")),
        "surrogate": m.surrogate, "routed_first": m.routed_first, "routed": m.routed, "half_width": m.half_width,
        "routed_bound": m.bound, "factor": m.routed_first / m.surrogate if m.surrogate else None,
        "kept_round": m.kept_round, "kept_id": m.kept_id, "settled": m.settled, "note": m.note,
        "troubles": m.troubles, "assumed": m.assumed, **told,
        "currency": m.network.currency, "run": str(run.path), "run_id": run.id, "design_id": m.design_id,
        "corrected": None if m.corrected is None else str(run.path / m.corrected), "network": m.network.name,
        "input_hash": m.network.hash, "seed": m.seed, "time_budget_s": m.budget_s, "exit_code": exit_code,
    }  # fmt: skip


def show_replay(run: ReplayRun, *, seconds: float) -> None:
    """Print what the rates charge, what the routes cost, how far they are apart, and where it is stored."""
    m, console = run.manifest, Console(highlight=False)
    unit = m.network.currency
    console.print(
        f"[bold]{m.network.name}[/]: {m.nights} nights of {m.network.periods} periods, design {m.design_id}",
        soft_wrap=True,
    )
    for sentence in m.assumed:
        console.print(f"[dim]{sentence}", soft_wrap=True)
    _print_table(console, f"Rounds, {unit}, discounted", run.table("rounds"), ROUNDS)
    hubs = _of_round(run, "hubs")
    _print_table(console, f"Hubs of round {m.kept_round}, {unit} per period", hubs, HUBS)
    _print_table(console, f"A night at the hubs of round {m.kept_round}, and t CO2e per period", hubs, HUB_NIGHTS)
    factors = run.table("factors")
    last = factors[factors["round"] == factors["round"].max()]
    _print_table(console, "Routes over rates", last, FACTORS)
    for sentence in _sentences(run):
        console.print(sentence, soft_wrap=True)
    verdict = "[green]no broken promise" if m.feasible else f"[red]{m.violations} broken promises"
    console.print(f"[dim]checked [/] {verdict}")
    console.print(f"Stored in {number(seconds, 1)} s: {run.path}", soft_wrap=True)


def _whole(value: Any) -> str:
    return "" if pd.isna(value) else number(float(value))


def _times(value: Any) -> str:
    return "" if pd.isna(value) else number(float(value), 2)


def _tenths(value: Any) -> str:
    return "" if pd.isna(value) else number(float(value), 1)


def _share(value: Any) -> str:
    return "" if pd.isna(value) else percent(float(value), 1)


ROUNDS: Cells = {
    "round": ("round", str), "believed": ("rates say", _whole), "routed": ("routes say", _whole),
    "half_width": ("+-", _whole), "off": ("rates off by", _share), "cost": ("whole design, by routes", _whole),
    "dearer": ("dearer than round 1", _whole), "dearer_half_width": ("+-", _whole),
    "kept": ("", lambda kept: "kept" if kept else ""),
}  # fmt: skip
HUBS: Cells = {
    "period": ("period", str), "hub_id": ("hub", str), "amount_t": ("t", _whole), "surrogate": ("rates say", _whole),
    "routed": ("routes say", _whole), "half_width": ("+-", _whole), "factor": ("times", _times),
}  # fmt: skip
HUB_NIGHTS: Cells = {
    "period": ("period", str), "hub_id": ("hub", str), "stops_a_night": ("stops", _tenths),
    "vans_a_night": ("vans", _tenths), "km_a_night": ("km", _whole), "surrogate_co2e_t": ("CO2e, rates say", _tenths),
    "co2e_t": ("CO2e, routes say", _tenths),
}  # fmt: skip
FACTORS: Cells = {
    "hub_id": ("hub", lambda hub: hub or "all"), "from_km": ("from km", _whole), "to_km": ("to km", _whole),
    "measured": ("measured", _times), "error": ("error", _times), "weight": ("weight", _share),
    "factor": ("factor", _times),
}  # fmt: skip
WORDS = ("hub_id", "kept")


def _print_table(console: Console, title: str, frame: pd.DataFrame, cells: Cells) -> None:
    shown = frame.head(MOST_ROWS)
    columns = [
        Shown(heading, [write(cell) for cell in shown[name]], figures=name not in WORDS)
        for name, (heading, write) in cells.items()
    ]
    print_table(console, columns, title=title)


def _of_round(run: ReplayRun, name: str) -> pd.DataFrame:
    """Return the rows of a table that are of the kept design."""
    table = run.table(name)
    return table[table["round"] == run.manifest.kept_round]


def _sentences(run: ReplayRun) -> Iterator[str]:
    m = run.manifest
    yield _confronted(m)
    yield from _far(run)
    yield from _changed(run)
    if m.kept_round > 1:
        yield _kept(run)
    yield from [m.note] if m.note else []
    yield from m.troubles
    if m.corrected is not None:
        yield f"Network with corrected rates: {run.path / m.corrected}"
    if m.rounds == 1 and m.corrected is not None:
        yield "`--rounds 4` designs with corrected rates and replays again."


def _confronted(m: ReplayManifest) -> str:
    said = f"The design's rates charge {number(m.surrogate)} {m.network.currency} for collection; "
    times = f", {number(m.routed_first / m.surrogate, 2)} times as much" if m.surrogate else ""
    return f"{said}its routes cost {number(m.routed_first)}{times}."


def _kept(run: ReplayRun) -> str:
    m, rounds = run.manifest, run.table("rounds").set_index("round")
    saved, near = -rounds.loc[m.kept_round, "dearer"], rounds.loc[m.kept_round, "dearer_half_width"]
    within = "" if pd.isna(near) else f" +- {number(float(near))}"
    cheaper = f"{number(float(saved))}{within} {m.network.currency} cheaper than the stored one"
    return f"Cheapest with its routes: round {m.kept_round}, design {m.kept_id}, {cheaper}."


def _far(run: ReplayRun) -> Iterator[str]:
    """Say which ways of the kept design no van drives within a shift."""
    m = run.manifest
    stops, places = _of_round(run, "stops"), _of_round(run, "places")
    far = stops[stops["far"].astype(bool)].groupby(["place_id", "hub_id"], as_index=False)["cost"].sum()
    if far.empty:
        return
    ways = places.drop_duplicates(["place_id", "hub_id"])[["place_id", "hub_id", "distance_km"]]
    first = far.merge(ways, on=["place_id", "hub_id"]).sort_values("cost", ascending=False).head(MOST_FAR)
    named = ", ".join(f"{r.place_id} to {r.hub_id} ({number(float(r.distance_km))} km)" for r in first.itertuples())
    share = percent(float(far["cost"].sum() / stops["cost"].sum()))
    yield (
        f"No van is back within a shift of {m.vans['shift_h']:g} h from {len(far)} of its ways, {named}"
        f"{' and more' if len(far) > MOST_FAR else ''}: they are driven in several days and cost {share} of the routes."
    )


def _changed(run: ReplayRun) -> Iterator[str]:
    """Say what later rounds open, close and resize, a line per place."""
    changes = run.table("changes")
    places = changes[changes["what"] != "MOVED"].drop_duplicates(["round", "what", "place_id"])
    for row in places.head(MOST_CHANGES).itertuples():
        yield f"Round {row.round}: {row.place_id} {DECIDED[str(row.what)]} (from period {row.period} on)."
    if len(places) > MOST_CHANGES:
        yield f"and {len(places) - MOST_CHANGES} more places (changes.csv tells all)."
