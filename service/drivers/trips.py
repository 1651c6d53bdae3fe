"""When each trip of a van leaves its hub, is back and is unloaded, what it brings out and what home."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.brought import brought

TRIP = ["route_id", "trip"]
TRIP_COLUMNS = [
    *TRIP, "hub_id", "departs_s", "back_s", "unload_from_s", "unloaded_s", "stops", "parcels", "volume_l",
    "weight_kg", "hazard_kg", "out_parcels", "out_kg", "distance_m",
]  # fmt: skip
ROUNDING_S = 1.5


def trip_board(
    routes: pd.DataFrame, stops: pd.DataFrame, hubs: pd.DataFrame, rests: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return TRIP_COLUMNS, a row per trip in driving order, from a run's routes, stops, hubs and breaks.

    A van that ends elsewhere is `back_s` there and not unloaded. Times are whole seconds after midnight. Runs stored
    before stops told `return_s` do not say when a van that drives again was back: the time between its trips,
    unloading aside, is then shared out over the two legs by their length.
    """
    ordered = stops.assign(**brought(stops)).sort_values(["route_id", "position"])
    first = ordered.drop_duplicates(TRIP).set_index(TRIP)
    last = ordered.drop_duplicates(TRIP, keep="last").set_index(TRIP)
    route = routes.set_index("route_id").reindex(last.index.get_level_values("route_id")).set_axis(last.index)
    hub = hubs.set_index("hub_id").reindex(route["hub_id"]).set_axis(last.index)
    drives_again = _next(first["arrival_s"]).notna()
    away = route["ends_at"].notna() & ~drives_again if "ends_at" in route else drives_again & False
    unload_s = np.ceil(hub["unload_s"]).fillna(0).mask(away, 0)
    back_s = last["departure_s"] + _return_s(first, last, route["end_s"] - unload_s, unload_s)
    rested_s, rested_until_s = _at_hub(rests, back_s)
    ready_s = np.maximum(back_s + rested_s, hub["opens"].fillna(0))
    unloaded_s = (ready_s + unload_s).where(drives_again, route["end_s"])
    leaves_s = np.maximum(unloaded_s, rested_until_s)
    per_trip = ordered.groupby(TRIP)
    board = pd.DataFrame(
        {
            "hub_id": route["hub_id"],
            "departs_s": leaves_s.groupby("route_id").shift(1).fillna(route["start_s"]),
            "back_s": back_s,
            "unload_from_s": (unloaded_s - unload_s).clip(lower=back_s),
            "unloaded_s": unloaded_s,
            "stops": per_trip.size(),
            "parcels": last["load_parcels"],
            "volume_l": last["load_l"],
            "weight_kg": last["load_kg"],
            "hazard_kg": last["load_hazard_kg"],
            "out_parcels": per_trip["out_parcels"].sum().astype("int64"),
            "out_kg": per_trip["out_kg"].sum(),
            "distance_m": per_trip["distance_m"].sum() + last["return_m"],
        },
        index=last.index,
    )
    times = dict.fromkeys(["departs_s", "back_s", "unload_from_s", "unloaded_s"], "int64")
    return board.round(dict.fromkeys(times, 0)).astype(times).reset_index()[TRIP_COLUMNS]


def _at_hub(rests: pd.DataFrame | None, back_s: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return per trip the seconds of breaks at the hub before unloading, and when the last one there ends."""
    nothing = back_s * 0.0
    if rests is None or rests.empty:
        return nothing, nothing
    there = rests[rests["position"].isna()].join(back_s.rename("back_s"), on=TRIP)
    early = there[there["start_s"] <= there["back_s"] + ROUNDING_S]
    length = (early["end_s"] - early["start_s"]).groupby([early[c] for c in TRIP]).sum()
    until = there.groupby(TRIP)["end_s"].max()
    return length.reindex(back_s.index).fillna(0.0), until.reindex(back_s.index).fillna(0.0)


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
