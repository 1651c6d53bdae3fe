"""When each trip of a van leaves its hub, is back and is unloaded, and what it brings home."""

from __future__ import annotations

import numpy as np
import pandas as pd

TRIP = ["route_id", "trip"]
TRIP_COLUMNS = [
    *TRIP, "hub_id", "departs_s", "back_s", "unloaded_s", "stops", "parcels", "volume_l", "weight_kg", "hazard_kg",
    "distance_m",
]  # fmt: skip


def trip_board(routes: pd.DataFrame, stops: pd.DataFrame, hubs: pd.DataFrame) -> pd.DataFrame:
    """Return TRIP_COLUMNS, a row per trip in driving order, from a run's routes, stops and hubs.

    Times are whole seconds after midnight. Runs stored before stops told `return_s` do not say when a van that drives
    again was back: the time between its trips, unloading aside, is then shared out over the two legs by their length.
    """
    ordered = stops.sort_values(["route_id", "position"])
    first = ordered.drop_duplicates(TRIP).set_index(TRIP)
    last = ordered.drop_duplicates(TRIP, keep="last").set_index(TRIP)
    route = routes.set_index("route_id").reindex(last.index.get_level_values("route_id")).set_axis(last.index)
    unload_s = np.ceil(route["hub_id"].map(hubs.set_index("hub_id")["unload_s"])).fillna(0)
    back_s = last["departure_s"] + _return_s(first, last, route["end_s"] - unload_s, unload_s)
    drives_again = _next(first["arrival_s"]).notna()
    unloaded_s = (back_s + unload_s).where(drives_again, route["end_s"])
    per_trip = ordered.groupby(TRIP)
    board = pd.DataFrame(
        {
            "hub_id": route["hub_id"],
            "departs_s": unloaded_s.groupby("route_id").shift(1).fillna(route["start_s"]),
            "back_s": back_s,
            "unloaded_s": unloaded_s,
            "stops": per_trip.size(),
            "parcels": last["load_parcels"],
            "volume_l": last["load_l"],
            "weight_kg": last["load_kg"],
            "hazard_kg": last["load_hazard_kg"],
            "distance_m": per_trip["distance_m"].sum() + last["return_m"],
        },
        index=last.index,
    )
    times = dict.fromkeys(["departs_s", "back_s", "unloaded_s"], "int64")
    return board.round(dict.fromkeys(times, 0)).astype(times).reset_index()[TRIP_COLUMNS]


def _return_s(first: pd.DataFrame, last: pd.DataFrame, ends_s: pd.Series, unload_s: pd.Series) -> pd.Series:
    """Return the seconds from each trip's last stop to the hub; `ends_s` is when a van is back for good."""
    between_s = _next(first["arrival_s"]) - last["departure_s"] - unload_s
    legs_m = last["return_m"] + _next(first["distance_m"])
    shared = between_s * (last["return_m"] / legs_m.where(legs_m > 0)).fillna(0.5)
    guessed = shared.where(between_s.notna(), ends_s - last["departure_s"]).clip(lower=0)
    return last["return_s"].astype(float).fillna(guessed) if "return_s" in last else guessed


def _next(values: pd.Series) -> pd.Series:
    """Return what the next trip of the same van says; missing for its last."""
    return values.groupby("route_id").shift(-1)
