"""Can the vans really drive this? Distances, times and loads recomputed stop by stop."""

from __future__ import annotations

import pandas as pd

from retour.brought import brought
from retour.instance import Instance
from routing.check.driven import BROUGHT, all_places, placed
from routing.check.finding import (
    DISTANCE_TOLERANCE_M,
    LOAD_TOLERANCE,
    TIME_TOLERANCE_S,
    Found,
    each,
    place_of,
    violation,
)
from routing.check.route_times import shifts_hold, time_moves_forward, windows_hold
from routing.check.suited import groups_ride_together, vans_offer_what_is_needed

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
    found += vans_offer_what_is_needed(instance, driven) + groups_ride_together(instance, driven)
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
    places = all_places(instance)
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


def loads_fit(instance: Instance, driven: pd.DataFrame, visits: pd.DataFrame) -> Found:
    """Loads add up stop by stop, match the visits, and never exceed the van."""
    vans = instance.vehicles.set_index("vehicle_type_id")
    found: Found = brought_fits(instance, driven, visits)
    trips = driven.groupby(["route_id", "trip"], sort=False)
    summed = trips["parcels"].cumsum() + trips["out_parcels"].transform("sum") - trips["out_parcels"].cumsum()
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


def brought_fits(instance: Instance, driven: pd.DataFrame, visits: pd.DataFrame) -> Found:
    """What a trip brings is what its visits get, and fits the van when it leaves."""
    vans = instance.vehicles.set_index("vehicle_type_id")
    out = brought(visits.drop_duplicates("visit_id").set_index("visit_id")).add_suffix("_due")
    due = driven[["route_id", "trip", "vehicle_type_id", "visit_id", *BROUGHT]]
    due = due.join(out, on="visit_id")
    off = (due["out_parcels"] != due["out_parcels_due"]) | ((due["out_kg"] - due["out_kg_due"]).abs() > LOAD_TOLERANCE)
    found = each(
        "brought to stop",
        due[off],
        "visit_id",
        "{out_parcels:.0f}",
        "{out_parcels_due:.0f}",
        "parcel",
        "Route {route_id} brings {out_parcels:.0f} parcels ({out_kg:g} kg) to {visit_id}; {out_parcels_due:.0f} "
        "({out_kg_due:g} kg) are due.",
    )
    aboard = due.groupby(["route_id", "trip", "vehicle_type_id"], as_index=False)[[*out.columns]].sum()
    for load, capacity in zip(out.columns, LOADS, strict=False):
        room = aboard["vehicle_type_id"].map(vans[capacity])
        found += each(
            f"van {capacity} when it leaves",
            aboard.assign(load=aboard[load], room=room)[aboard[load] > room + LOAD_TOLERANCE],
            "route_id",
            "{load:g}",
            "{room:g}",
            capacity.removeprefix("capacity_"),
            "Route {route_id} leaves on trip {trip} with {load:g}; the van holds {room:g}.",
        )
    return found


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
