"""Can the vans really drive this? Distances, times and loads recomputed stop by stop."""

from __future__ import annotations

import pandas as pd

from retour.instance import Instance
from retour.travel import Places
from routing.check.finding import (
    DISTANCE_TOLERANCE_M,
    LOAD_TOLERANCE,
    TIME_TOLERANCE_S,
    each,
    place_of,
    violation,
)

Found = list[dict[str, str]]
ENDS = ["starts_at", "ends_at"]  # empty, or absent in older runs: at the van's hub
LOADS = {
    "capacity_parcels": "load_parcels",
    "capacity_l": "load_l",
    "capacity_kg": "load_kg",
    "capacity_hazard_kg": "load_hazard_kg",
}


def check_routes(instance: Instance, visits: pd.DataFrame, stops: pd.DataFrame, routes: pd.DataFrame) -> Found:
    """Return every broken promise of visits, stops and routes."""
    found = fleet_suffices(instance, routes)
    strangers = sorted(set(stops["route_id"]) - set(routes["route_id"]))
    if strangers:
        return found + [
            violation("unknown route", r, r, "a row in routes", "", f"Stops name route {r}, which does not exist.")
            for r in strangers
        ]
    if stops.empty and routes.empty:
        return found
    driven = placed(instance, stops, routes)
    found += right_hub(instance, driven) + legs_are_real(instance, driven) + time_moves_forward(instance, driven)
    found += (
        windows_hold(instance, driven) + loads_fit(instance, driven, visits) + shifts_hold(instance, driven, routes)
    )
    return found + totals_agree(driven, routes)


def fleet_suffices(instance: Instance, routes: pd.DataFrame) -> Found:
    """No more vans and tours of a type than there are."""
    vans = instance.vehicles.set_index("vehicle_type_id")
    found: Found = []
    for kind, group in routes.groupby("vehicle_type_id"):
        have = int(vans["count"].get(kind, 0))
        if len(group) > have:
            found.append(
                violation(
                    "fleet",
                    str(kind),
                    len(group),
                    have,
                    "van",
                    f"{len(group)} vans of type {kind} drive; there are {have}.",
                )
            )
        tours = group[group["trips"] > vans["max_trips"].get(kind, 0)]
        found += each(
            "trips",
            tours,
            "route_id",
            "{trips}",
            str(vans["max_trips"].get(kind, 0)),
            "trip",
            "Route {route_id} makes {trips} tours, more than its van may.",
        )
    return found


def placed(instance: Instance, stops: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    """Return stops in order with their route's van and hub, the previous place, where their trip begins and ends."""
    out = stops.sort_values(["route_id", "position"], kind="stable").merge(
        routes.reindex(columns=["route_id", "vehicle_type_id", "hub_id", *ENDS]), on="route_id", how="left"
    )
    trips = out.groupby("route_id")["trip"]
    begins, ends = out["trip"] == trips.transform("min"), out["trip"] == trips.transform("max")
    out["leaves"] = out["starts_at"].where(begins).fillna(out["hub_id"])
    out["returns_to"] = out["ends_at"].where(ends).fillna(out["hub_id"])
    out["place"] = place_of(out["visit_id"])
    out["previous"] = out.groupby(["route_id", "trip"], sort=False)["place"].shift(1)
    out["last"] = ~out.duplicated(["route_id", "trip"], keep="last")
    return out.reset_index(drop=True)


def _places(instance: Instance) -> Places:
    returns = instance.returns
    home = returns[returns["lat"].notna()]
    homes = instance.locate("home:" + home["return_id"], home["lat"], home["lon"])
    return instance.places("points").plus(instance.places("hubs")).plus(instance.places("garages")).plus(homes)


def right_hub(instance: Instance, driven: pd.DataFrame) -> Found:
    """Parcels of a point go to the point's hub."""
    due = driven.assign(due=driven["point_id"].map(instance.points.set_index("point_id")["hub_id"]))
    return each(
        "wrong hub",
        due[due["due"] != due["hub_id"]],
        "visit_id",
        "{hub_id}",
        "{due}",
        "",
        "Route {route_id} takes {visit_id} to {hub_id}; it belongs to {due}.",
    )


def legs_are_real(instance: Instance, driven: pd.DataFrame) -> Found:
    """Every leg is as long as travel says, and long enough in time."""
    if driven.empty:
        return []
    places = _places(instance)
    position = {p: i for i, p in enumerate(places.ids)}
    unknown = driven[~driven["place"].isin(position)]
    if len(unknown):
        return each(
            "unknown place",
            unknown,
            "visit_id",
            "{place}",
            "a known place",
            "",
            "A van stops at {place}, which is no point or customer of tonight.",
        )
    here = places.take(driven["place"].map(position).to_numpy())
    before = places.take(driven["previous"].fillna(driven["leaves"]).map(position).to_numpy())
    home = places.take(driven["returns_to"].map(position).to_numpy())
    there, back = instance.travel.pairs(before, here), instance.travel.pairs(here, home)
    legs = driven.assign(real_m=there.distance_m, real_back=back.distance_m * driven["last"])
    off = legs[(legs["distance_m"] - legs["real_m"]).abs() > DISTANCE_TOLERANCE_M]
    off_back = legs[(legs["return_m"] - legs["real_back"]).abs() > DISTANCE_TOLERANCE_M]
    return each(
        "leg distance",
        off,
        "visit_id",
        "{distance_m:.0f}",
        "{real_m:.0f}",
        "m",
        "Route {route_id} drives {distance_m:.0f} m to {visit_id}; travel says {real_m:.0f}.",
    ) + each(
        "return distance",
        off_back,
        "visit_id",
        "{return_m:.0f}",
        "{real_back:.0f}",
        "m",
        "Route {route_id} returns {return_m:.0f} m from {visit_id}; travel says {real_back:.0f}.",
    )


def time_moves_forward(instance: Instance, driven: pd.DataFrame) -> Found:
    """No van arrives sooner than it can drive, starts before it arrives, or leaves before it has loaded."""
    if driven.empty or not set(driven["place"]) <= set(_places(instance).ids):
        return []
    places = _places(instance)
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
        needed=stop_s + parcel_s * driven["parcels"],
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


def loads_fit(instance: Instance, driven: pd.DataFrame, visits: pd.DataFrame) -> Found:
    """Loads add up stop by stop, match the visits, and never exceed the van."""
    vans = instance.vehicles.set_index("vehicle_type_id")
    found: Found = []
    summed = driven.groupby(["route_id", "trip"], sort=False)["parcels"].cumsum()
    wrong = driven.assign(summed=summed)[summed != driven["load_parcels"]]
    found += each(
        "load sum",
        wrong,
        "visit_id",
        "{load_parcels:.0f}",
        "{summed:.0f}",
        "parcel",
        "Route {route_id} carries {load_parcels:.0f} parcels after {visit_id}; its stops add up to {summed:.0f}.",
    )
    taken = driven.groupby("place")["parcels"].sum()
    waiting = visits[visits["visited"].astype(bool)].assign(place=lambda v: place_of(v["visit_id"]))
    waiting = waiting.groupby("place")["parcels"].sum()
    for place in waiting.index[waiting != taken.reindex(waiting.index).fillna(0)]:
        found.append(
            violation(
                "load at stop",
                place,
                taken.get(place, 0),
                waiting[place],
                "parcel",
                f"{taken.get(place, 0):g} parcels are taken at {place}; {waiting[place]:g} wait there.",
            )
        )
    for capacity, load in LOADS.items():
        room = driven["vehicle_type_id"].map(vans[capacity])
        bad = driven.assign(room=room, load=driven[load])[driven[load] > room + LOAD_TOLERANCE]
        found += each(
            f"van {capacity}",
            bad,
            "visit_id",
            "{load:g}",
            "{room:g}",
            capacity.removeprefix("capacity_"),
            "Route {route_id} carries {load:g} after {visit_id}; the van holds {room:g}.",
        )
    return found


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


def totals_agree(driven: pd.DataFrame, routes: pd.DataFrame) -> Found:
    """Distance and parcels of a route are the sums of its stops; its ends enclose them."""
    sums = (
        driven.assign(m=driven["distance_m"] + driven["return_m"])
        .groupby("route_id")
        .agg(
            m=("m", "sum"),
            parcels=("parcels", "sum"),
            first=("arrival_s", "min"),
            last=("departure_s", "max"),
            legs=("m", "size"),
        )
    )
    r = routes.merge(sums, left_on="route_id", right_index=True, how="left", suffixes=("", "_sum"))
    empty = r[r["m"].isna()]
    r = r[r["m"].notna()]
    return (
        each("empty route", empty, "route_id", "0", "at least one stop", "stop", "Route {route_id} has no stops.")
        + each(
            "route distance",
            r[(r["distance_m"] - r["m"]).abs() > DISTANCE_TOLERANCE_M * r["legs"]],
            "route_id",
            "{distance_m:.0f}",
            "{m:.0f}",
            "m",
            "Route {route_id} states {distance_m:.0f} m; its legs add up to {m:.0f}.",
        )
        + each(
            "route parcels",
            r[r["parcels"] != r["parcels_sum"]],
            "route_id",
            "{parcels:.0f}",
            "{parcels_sum:.0f}",
            "parcel",
            "Route {route_id} states {parcels:.0f} parcels; its stops add up to {parcels_sum:.0f}.",
        )
        + each(
            "route ends",
            r[(r["start_s"] > r["first"] + TIME_TOLERANCE_S) | (r["end_s"] < r["last"] - TIME_TOLERANCE_S)],
            "route_id",
            "{start_s:.0f}-{end_s:.0f}",
            "{first:.0f}-{last:.0f}",
            "s",
            "Route {route_id} does not enclose its stops in time.",
        )
    )
