"""What every van does from minute to minute: driving, waiting, loading at a stop, unloading at its hub."""

from __future__ import annotations

from typing import Any

import pandas as pd

from service.drivers.rests import place_names
from service.drivers.stop_list import stop_list
from service.drivers.trips import TRIP, trip_board
from service.drivers.windows import ANY_TIME
from service.reading.words import counted
from service.run import Run
from service.text import clock, number

DRIVING, WAITING, LOADING, UNLOADING, CLOSED = "driving", "waiting", "at a stop", "unloading", "outside its window"
RESTING = "break"
ACTIVITIES = (DRIVING, WAITING, LOADING, UNLOADING, CLOSED, RESTING)
CLOSED_RULE = "closed"  # what the checker calls a service that starts outside every window
TIMELINE_COLUMNS = ["route_id", "hub_id", "trip", "activity", "start_s", "end_s", "says"]


def timeline(run: Run) -> pd.DataFrame:
    """Return TIMELINE_COLUMNS, a row per piece of a van's time, by van and time; no piece is empty.

    Times are seconds after midnight; `says` is a fact a line: the stop, its ETA, what is aboard then. A service that
    the checker found outside its window is CLOSED instead of LOADING.
    """
    stops, routes, rests, names = stop_list(run), run.table("routes"), run.table("rests"), place_names(run)
    trips = _with_ends(trip_board(routes, run.table("stops"), run.input("hubs"), rests), routes, names)
    pieces = pd.concat([*_at_stops(stops, trips, _closed(run)), *_homewards(stops, trips)])
    if len(rests):
        pieces = pd.concat([_less(pieces, rests), _resting(rests, stops, routes, names)])
    real = pieces[pieces["end_s"] > pieces["start_s"]]
    return real.sort_values(["route_id", "start_s"], kind="stable", ignore_index=True)[TIMELINE_COLUMNS]


def of_hub(pieces: pd.DataFrame, hub_id: str | None) -> pd.DataFrame:
    """Return the pieces of one hub's vans; None: of all."""
    return pieces if hub_id is None else pieces[pieces["hub_id"] == hub_id]


def _closed(run: Run) -> set[str]:
    broken = run.table("violations", ["rule", "ids"])
    return set(broken.loc[broken["rule"] == CLOSED_RULE, "ids"])


def _at_stops(stops: pd.DataFrame, trips: pd.DataFrame, closed: set[str]) -> list[pd.DataFrame]:
    """Return the drive to every stop, the wait before its door, and the time there."""
    left_s = stops.groupby(TRIP)["departure_s"].shift(1)
    hub_left_s = stops[TRIP].merge(trips, on=TRIP, how="left")["departs_s"]
    says = [_says(stop) for stop in stops.itertuples()]
    way = [_says_of_way(stop) for stop in stops.itertuples()]
    there = stops["visit_id"].isin(closed).map({True: CLOSED, False: LOADING})
    return [
        stops.assign(activity=DRIVING, start_s=left_s.fillna(hub_left_s), end_s=stops["arrival_s"], says=way),
        stops.assign(activity=WAITING, start_s=stops["arrival_s"], end_s=stops["start_s"], says=says),
        stops.assign(activity=there, end_s=stops["departure_s"], says=says),
    ]


def _brings(stop: Any) -> str:
    return f", brings {int(stop.out_parcels)}" if stop.out_parcels > 0 else ""


def _says(stop: Any) -> str:
    lines = [
        f"{stop.position} {stop.name}",
        f"ETA {clock(stop.arrival_s)}, leaves {clock(stop.departure_s)}",
        f"takes {counted(int(stop.parcels), 'parcel')}{_brings(stop)}",
        f"aboard then {int(stop.load_parcels)}, {number(stop.load_l)} l, {number(stop.load_kg, 1)} kg",
    ]
    return "\n".join([*lines, *([f"open {stop.window}"] if stop.window != ANY_TIME else [])])


def _says_of_way(stop: Any) -> str:
    return f"to {stop.position} {stop.name}\nETA {clock(stop.arrival_s)}, {number(stop.distance_m / 1000, 1)} km"


def _with_ends(trips: pd.DataFrame, routes: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return the trips with what people call the place where each ends, and whether it is another than the hub."""
    ends = trips["route_id"].map(routes.set_index("route_id")["ends_at"])
    away = ends.notna() & ~trips["route_id"].duplicated(keep="last")
    return trips.assign(away=away, ends=ends.where(away, trips["hub_id"]).map(names))


def _less(pieces: pd.DataFrame, rests: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces less what of them is a break."""
    for rest in rests.itertuples():
        cut = (
            (pieces["route_id"] == rest.route_id) & (pieces["activity"] != DRIVING)
            & (pieces["start_s"] < rest.end_s) & (pieces["end_s"] > rest.start_s)
        )  # fmt: skip
        before = pieces[cut].assign(end_s=pieces.loc[cut, "end_s"].clip(upper=rest.start_s))
        after = pieces[cut].assign(start_s=pieces.loc[cut, "start_s"].clip(lower=rest.end_s))
        pieces = pd.concat([pieces[~cut], before, after], ignore_index=True)
    return pieces


def _resting(
    rests: pd.DataFrame, stops: pd.DataFrame, routes: pd.DataFrame, names: dict[str, str]
) -> pd.DataFrame:
    """Return the breaks; `says` tells where."""
    at = rests.merge(stops[["route_id", "position", "name"]], on=["route_id", "position"], how="left")
    where = at["name"].fillna(at["place_id"].map(names)).fillna(at["place_id"])
    minutes = ((at["end_s"] - at["start_s"]) / 60).round().astype(int)
    says = [f"{m} min at {place}" for m, place in zip(minutes, where, strict=True)]
    hubs = at["route_id"].map(routes.set_index("route_id")["hub_id"])
    return at.assign(activity=RESTING, hub_id=hubs, says=says)


def _homewards(stops: pd.DataFrame, trips: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the drive back from every trip, the unloading, and the waits before it and before the next trip."""
    leaves_s = trips.groupby("route_id")["departs_s"].shift(-1).fillna(trips["unloaded_s"])
    left_s = trips.merge(stops.groupby(TRIP, as_index=False)["departure_s"].max(), on=TRIP)["departure_s"]
    way = [f"back to {t.ends}\nETA {clock(t.back_s)}" for t in trips.itertuples()]
    says = [
        f"{t.ends}\nback {clock(t.back_s)}, unloaded {clock(t.unloaded_s)}\n"
        f"brings {counted(int(t.parcels), 'parcel')}, {number(t.volume_l)} l, {number(t.weight_kg, 1)} kg"
        for t in trips.itertuples()
    ]
    return [
        trips.assign(activity=DRIVING, start_s=left_s, end_s=trips["back_s"], says=way),
        trips.assign(activity=WAITING, start_s=trips["back_s"], end_s=trips["unload_from_s"], says=says),
        trips.assign(activity=UNLOADING, start_s=trips["unload_from_s"], end_s=trips["unloaded_s"], says=says),
        trips.assign(activity=WAITING, start_s=trips["unloaded_s"], end_s=leaves_s, says=says),
    ]
