"""The stops of every van as a driver needs them: where, when, what to take, what is aboard then, what to mind."""

from __future__ import annotations

from typing import Any

import pandas as pd

from retour.brought import brought
from service.drivers.rests import Rest, rested_s, rests_at_stops
from service.drivers.windows import window_words
from service.geojson import located_stops
from service.reading.points import HOME_PREFIX
from service.reading.routes import stop_names
from service.reading.words import KINDS, counted
from service.run import Run
from service.text import clock, number

SHORTEST_WAIT_S = 60
TAKEN = ["volume_l", "weight_kg", "hazard_kg"]
STOP_LIST_COLUMNS = [
    "route_id", "vehicle_type_id", "hub_id", "trip", "position", "visit_id", "point_id", "name", "kind", "lat", "lon",
    "window", "arrival_s", "start_s", "departure_s", "wait_s", "service_s", "distance_m", "parcels", "volume_l",
    "weight_kg", "hazard_kg", "out_parcels", "out_kg", "load_parcels", "load_l", "load_kg", "load_hazard_kg",
    "rests_before", "rests_after", "notes",
]  # fmt: skip


def stop_list(run: Run) -> pd.DataFrame:
    """Return STOP_LIST_COLUMNS, a row per stop in driving order.

    `volume_l`, `weight_kg` and `hazard_kg` are taken at the stop, `out_*` is brought there, `load_*` is aboard after
    it; `distance_m` leads to it; times are seconds after midnight, `notes` a list of sentences. `rests_before` and
    `rests_after` are the breaks there, before the work and after it; neither is in `wait_s` or `service_s`.
    """
    stops, rests = located_stops(run), rests_at_stops(run)
    vans = run.table("routes", ["route_id", "vehicle_type_id", "hub_id"])
    taken = run.table("visits", ["visit_id", *TAKEN]).set_index("visit_id")
    board = stops.merge(vans, on="route_id", how="left").assign(
        name=stop_names(run, stops),
        kind=_kinds(run, stops),
        window=stops["point_id"].map(window_words(run)),
        wait_s=stops["start_s"] - stops["arrival_s"] - rested_s(stops, rests, before=True),
        service_s=stops["departure_s"] - stops["start_s"] - rested_s(stops, rests, before=False),
        rests_before=_rests(stops, rests, before=True),
        rests_after=_rests(stops, rests, before=False),
        **{name: stops["visit_id"].map(taken[name]) for name in TAKEN},
        **brought(stops),
    )
    return board.assign(notes=[_notes(stop) for stop in board.itertuples()])[STOP_LIST_COLUMNS]


def _rests(stops: pd.DataFrame, rests: dict[tuple[str, int], list[Rest]], *, before: bool) -> list[list[Rest]]:
    return [
        [rest for rest in rests.get((r, p), ()) if (rest.start_s < start_s) == before]
        for r, p, start_s in zip(stops["route_id"], stops["position"], stops["start_s"], strict=True)
    ]


def _kinds(run: Run, stops: pd.DataFrame) -> pd.Series:
    """Return the sort of each stop in words; for a home, also what is picked up there."""
    kinds = run.input("points", ["point_id", "kind"]).set_index("point_id")["kind"].map(KINDS)
    labels = run.input("item_classes", ["class_id", "label"]).set_index("class_id")["label"]
    classes = run.input("returns", ["return_id", "class_id"]).set_index("return_id")["class_id"]
    home = stops["visit_id"].where(stops["visit_id"].str.startswith(HOME_PREFIX)).str.removeprefix(HOME_PREFIX)
    class_id = home.map(classes)
    return stops["point_id"].map(kinds) + (": " + class_id.map(labels).fillna(class_id)).fillna("")


def _notes(stop: Any) -> list[str]:
    notes = []
    if stop.out_parcels > 0:
        notes.append(f"Bring {counted(int(stop.out_parcels), 'parcel')}, {number(stop.out_kg, 1)} kg.")
    if stop.hazard_kg > 0:
        notes.append(f"Hazardous: {number(stop.hazard_kg, 1)} kg damaged or waste batteries (ADR).")
    if stop.wait_s >= SHORTEST_WAIT_S:
        notes.append(f"Opens at {clock(stop.start_s)}.")
    return notes
