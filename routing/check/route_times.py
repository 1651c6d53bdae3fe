"""Do the vans keep time? Legs, windows and shifts, recomputed stop by stop."""

from __future__ import annotations

import pandas as pd

from retour.instance import Instance
from routing.check.driven import ENDS, all_places
from routing.check.finding import TIME_TOLERANCE_S, Found, each


def time_moves_forward(instance: Instance, driven: pd.DataFrame) -> Found:
    """No van arrives sooner than it can drive, starts before it arrives, or leaves before it has loaded."""
    if driven.empty or not set(driven["place"]) <= set(all_places(instance).ids):
        return []
    places = all_places(instance)
    position = {p: i for i, p in enumerate(places.ids)}
    here = places.take(driven["place"].map(position).to_numpy())
    before = places.take(driven["previous"].fillna(driven["leaves"]).map(position).to_numpy())
    drive_s = instance.travel.pairs(before, here).duration_s
    left_s = driven.groupby(["route_id", "trip"], sort=False)["departure_s"].shift(1)
    rates, points = instance.rates, instance.points.set_index("point_id")
    stop_s = driven["point_id"].map(points["stop_s"]).fillna(rates["stop_park_s"])
    parcel_s = driven["point_id"].map(points["parcel_s"]).fillna(rates["stop_parcel_s"])
    t = driven.assign(
        earliest=(left_s + drive_s).fillna(driven["arrival_s"]),
        needed=stop_s + parcel_s * (driven["parcels"] + driven["out_parcels"]),
        served=driven["departure_s"] - driven["start_s"],
    )
    return (
        each(
            "too fast",
            t[t["arrival_s"] < t["earliest"] - TIME_TOLERANCE_S],
            "visit_id",
            "{arrival_s:.0f}",
            "{earliest:.0f}",
            "s",
            "Route {route_id} reaches {visit_id} before it can have driven there.",
        )
        + each(
            "starts before arrival",
            t[t["start_s"] < t["arrival_s"] - TIME_TOLERANCE_S],
            "visit_id",
            "{start_s:.0f}",
            "{arrival_s:.0f}",
            "s",
            "Route {route_id} serves {visit_id} before it arrives.",
        )
        + each(
            "service too short",
            t[t["served"] < t["needed"] - TIME_TOLERANCE_S],
            "visit_id",
            "{served:.0f}",
            "{needed:.0f}",
            "s",
            "Route {route_id} spends {served:.0f} s at {visit_id}; it needs {needed:.0f}.",
        )
    )


def open_windows(instance: Instance) -> pd.DataFrame:
    """Return a row per point and window tonight (opens_s, closes_s); a point without rows is open any time."""
    hours = instance.table("hours")
    tonight = hours[hours["weekday"] == instance.night.weekday()]
    points = instance.points
    plain = points[~points["point_id"].isin(hours["point_id"]) & (points["opens"].notna() | points["closes"].notna())]
    both = pd.concat([tonight[["point_id", "opens", "closes"]], plain[["point_id", "opens", "closes"]]])
    return both.fillna({"opens": 0.0, "closes": 2 * 86400.0})


def windows_hold(instance: Instance, driven: pd.DataFrame) -> Found:
    """Every service starts within one of tonight's windows."""
    windows, hours = open_windows(instance), set(instance.tables["hours"]["point_id"])
    guarded = driven[driven["point_id"].isin(windows["point_id"]) | driven["point_id"].isin(hours)]
    pairs = guarded.merge(windows, on="point_id", how="left")
    inside = (pairs["start_s"] >= pairs["opens"] - TIME_TOLERANCE_S) & (
        pairs["start_s"] <= pairs["closes"] + TIME_TOLERANCE_S
    )
    kept = set(pairs.loc[inside, "visit_id"])
    bad = guarded[~guarded["visit_id"].isin(kept)]
    return each(
        "closed",
        bad,
        "visit_id",
        "{start_s:.0f}",
        "an opening hour",
        "s",
        "Route {route_id} serves {visit_id} at second {start_s:.0f} of the day, when it is closed.",
    )


def shifts_hold(instance: Instance, driven: pd.DataFrame, routes: pd.DataFrame) -> Found:
    """Routes lie within the shift, the hub's hours while they are there, and the longest paid time with overtime."""
    vans = instance.vehicles.set_index("vehicle_type_id").reindex(routes["vehicle_type_id"])
    hubs = instance.hubs.set_index("hub_id").reindex(routes["hub_id"]).reset_index(drop=True)
    base = vans["hub_id"].reset_index(drop=True)
    away = {end: vans[end].reset_index(drop=True).mask(lambda at: at == base) for end in ENDS}
    told = routes.reset_index(drop=True).reindex(columns=ENDS)
    opens, closes = hubs["opens"].where(away["starts_at"].isna()), hubs["closes"].where(away["ends_at"].isna())
    astray = [(told[end].fillna("") != away[end].fillna("")).to_numpy() for end in ENDS]
    r = routes.assign(
        opens=pd.concat([vans["shift_start"].reset_index(drop=True), opens], axis=1).max(axis=1).to_numpy(),
        closes=pd.concat([vans["shift_end"].reset_index(drop=True), closes], axis=1).min(axis=1).to_numpy(),
        longest=((vans["max_duration_h"] + vans["max_overtime_h"].fillna(0.0)) * 3600).to_numpy(float),
        astray=astray[0] | astray[1],
        begins=away["starts_at"].fillna(base).to_numpy(object),
        ends=away["ends_at"].fillna(base).to_numpy(object),
        span=routes["end_s"] - routes["start_s"],
        base=vans["hub_id"].to_numpy(object),
    )
    return (
        each(
            "shift start",
            r[r["start_s"] < r["opens"] - TIME_TOLERANCE_S],
            "route_id",
            "{start_s:.0f}",
            "{opens:.0f}",
            "s",
            "Route {route_id} leaves before its shift.",
        )
        + each(
            "shift end",
            r[r["end_s"] > r["closes"] + TIME_TOLERANCE_S],
            "route_id",
            "{end_s:.0f}",
            "{closes:.0f}",
            "s",
            "Route {route_id} is back after its shift.",
        )
        + each(
            "longest shift",
            r[r["span"] > r["longest"] + TIME_TOLERANCE_S],
            "route_id",
            "{span:.0f}",
            "{longest:.0f}",
            "s",
            "Route {route_id} takes {span:.0f} s, longer than the van may.",
        )
        + each(
            "paid time",
            r[(r["span"] - r["duration_s"]).abs() > TIME_TOLERANCE_S],
            "route_id",
            "{duration_s:.0f}",
            "{span:.0f}",
            "s",
            "Route {route_id} pays {duration_s:.0f} s for {span:.0f} s away.",
        )
        + each(
            "base hub",
            r[r["hub_id"] != r["base"]],
            "route_id",
            "{hub_id}",
            "{base}",
            "",
            "Route {route_id} starts at {hub_id}; its van is based at {base}.",
        )
        + each(
            "ends of the night",
            r[r["astray"]],
            "route_id",
            "another place",
            "{begins} to {ends}",
            "",
            "Route {route_id} does not begin at {begins} and end at {ends}, as its van does.",
        )
    )
