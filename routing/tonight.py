"""From visits to the pickup problem of `routing.pickup`, and from its answer back to the plan's tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import count

import numpy as np
import pandas as pd

from retour.brought import OUT_PARCELS, brought
from retour.indexed import positions
from retour.instance import Instance
from retour.ledger import route_co2e_kg, route_ledger
from retour.plan import shaped
from retour.pricing import carbon_eur_per_kg
from retour.travel import Places as TravelPlaces
from routing.consolidate.access import LATEST_S, elsewhere, needs_of, obstacles, vans_tonight, windows_tonight
from routing.consolidate.duty import what_leaving_costs
from routing.consolidate.split import CAPACITIES
from routing.marginal import insertion_eur, van_rates
from routing.pickup.answer import PickupAnswer
from routing.pickup.overrides import Van
from routing.pickup.problem import Break, Depot, PickupProblem, Places, Stop, VehicleType, Wishes
from routing.pickup.schedule import ScheduledBreak, ScheduledRoute
from routing.pickup.unserved import explain_unserved

HOME = "home:"
EXPLAINED = 12  # visits left that are looked at in detail, in every round of a night
EMPTIED, LEFT, LEFT_ALTHOUGH = "emptied: ", "left: ", "; left although required: "
LEFT_TO_OTHERS = "left, since the vans' time or room goes to others: "
Row = dict[str, object]


def pickup_problem(instance: Instance, visits: pd.DataFrame) -> PickupProblem:
    """Return the night's pickup problem: places are the hubs with vans, garages and hubs where vans begin or end
    away from their own, then one per visit that a van can make.

    A visit becomes one stop of the same id, worth its prize, for the vans of its hub that offer what the point needs;
    service takes the point's stop_s and parcel_s per parcel. A kilometre costs the van's rate plus the carbon of its
    mean load, whereas the ledger prices the carbon of the load really aboard: half a cent per kilometre at most.
    """
    vans = vans_tonight(instance)
    hubs = [h for h in instance.hubs["hub_id"] if h in set(vans["hub_id"])]
    reachable = visits[obstacles(instance, visits) == ""]
    ends = list(dict.fromkeys([*vans["starts_at"].dropna(), *vans["ends_at"].dropna()]))
    away = elsewhere(instance, ends)
    places = _places(instance, hubs, away, reachable)
    legs = instance.travel.matrix(places)
    return PickupProblem(
        places=Places(places.ids, places.lat, places.lon),
        distance_m=np.rint(legs.distance_m).astype(np.int64),
        duration_s=np.rint(legs.duration_s).astype(np.int64),
        depots=tuple(_depots(instance, hubs)),
        stops=tuple(_stops(instance, reachable, vans, first_place=len(hubs) + len(ends))),
        vehicle_types=tuple(_vehicle_types(instance, vans, {p: len(hubs) + i for i, p in enumerate(ends)})),
        wishes=_wishes(instance),
    )


def _places(
    instance: Instance, hubs: list[str], away: TravelPlaces, visits: pd.DataFrame
) -> TravelPlaces:
    """Return the hubs, other ends of nights, then each visit's point or, for a home pickup, its customer.

    Customers have the network's road character.
    """
    at = positions(pd.Series(hubs, dtype=object), instance.tables["hubs"]["hub_id"])
    points = instance.places("points").take(positions(visits["point_id"], instance.tables["points"]["point_id"]))
    returns = instance.tables["returns"]
    located = HOME + returns.loc[returns["lat"].notna(), "return_id"].astype(object)
    home = visits["visit_id"].isin(located).to_numpy(bool)
    customer = returns.set_index(HOME + returns["return_id"].astype(object)).loc[visits.loc[home, "visit_id"]]
    doors = instance.locate(visits.loc[home, "visit_id"], customer["lat"], customer["lon"])
    ids = tuple(visits["visit_id"].where(home, visits["point_id"]))
    both = {f: getattr(points, f).copy() for f in ("lat", "lon", "circuity", "speed_kmh")}
    for name, values in both.items():
        values[home] = getattr(doors, name)
    return instance.places("hubs").take(at).plus(away).plus(TravelPlaces(ids, **both))


def _depots(instance: Instance, hubs: list[str]) -> Iterator[Depot]:
    table = instance.hubs.set_index("hub_id").reindex(hubs).fillna({"opens": 0, "closes": LATEST_S})
    for place_idx, (hub_id, hub) in enumerate(table.iterrows()):
        yield Depot(str(hub_id), place_idx, int(hub["opens"]), int(hub["closes"]), math.ceil(hub["unload_s"]))


def _wishes(instance: Instance) -> Wishes:
    """Return what the policy wants of rounds besides low cost."""
    rounds = instance.policy.rounds
    return Wishes(rounds.balance_per_hour_eur, rounds.compactness_per_km_eur)


def _stops(instance: Instance, visits: pd.DataFrame, vans: pd.DataFrame, *, first_place: int) -> Iterator[Stop]:
    windows, points = windows_tonight(instance), instance.indexed.points
    c = positions(visits["point_id"], instance.tables["points"]["point_id"])
    needs, same_van = needs_of(instance, visits["point_id"]), instance.tables["points"]["same_van"]
    allowed = {needed: _offering(vans, needed) for needed in set(needs)}
    handled = visits["parcels"].to_numpy(float) + brought(visits)[OUT_PARCELS].to_numpy()
    service_s = np.ceil(points.stop_s[c] + points.parcel_s[c] * handled)
    for i, visit in enumerate(visits.assign(**brought(visits)).to_dict("records")):
        yield Stop(
            stop_id=visit["visit_id"],
            place_idx=first_place + i,
            load=(visit["parcels"], visit["volume_l"], visit["weight_kg"], visit["hazard_kg"]),
            delivery=(visit["out_parcels"], visit["out_l"], visit["out_kg"], 0.0),
            service_s=int(service_s[i]),
            windows=windows[visit["point_id"]] or (),
            required=bool(visit["required"]),
            prize_eur=visit["prize_eur"],
            hub_id=visit["hub_id"],
            vehicle_type_ids=allowed[needs[i]],
            same_van=None if pd.isna(group := same_van.iloc[c[i]]) else str(group),
        )


def _offering(vans: pd.DataFrame, needs: frozenset[str]) -> frozenset[str] | None:
    """Return the van types that offer all of it, None where every type may come."""
    if not needs:
        return None
    fits = [needs <= offers for offers in vans["offers"]]
    return frozenset(vans.loc[fits, "vehicle_type_id"].astype(str))


def _vehicle_types(instance: Instance, vans: pd.DataFrame, away: Mapping[str, int]) -> Iterator[VehicleType]:
    """Yield the van types; `away` gives the places where nights begin or end other than at the van's hub."""
    rates, carbon = van_rates(instance), carbon_eur_per_kg(instance)
    breaks = instance.tables["breaks"]
    for van in vans.to_dict("records"):
        rate = rates.loc[van["vehicle_type_id"]]
        yield VehicleType(
            vehicle_type_id=van["vehicle_type_id"],
            hub_id=van["hub_id"],
            count=int(van["count"]),
            capacity=tuple(_limit(van[c]) for c in CAPACITIES),
            shift_start_s=int(van["shift_start"]),
            shift_end_s=int(van["shift_end"]),
            max_duration_s=_limit(van["max_duration_h"] * 3600),
            fixed_eur=float(rate["fixed_eur"]),
            per_km_eur=float(rate["per_km_eur"] + carbon * rate["kg_per_km"]),
            per_hour_eur=float(rate["per_hour_eur"]),
            max_trips=int(van["max_trips"]),
            start_place_idx=away.get(van["starts_at"]),
            end_place_idx=away.get(van["ends_at"]),
            max_overtime_s=math.floor(_or_none(van["max_overtime_h"]) * 3600),
            overtime_per_hour_eur=_or_none(van["overtime_per_hour_eur"]),
            breaks=tuple(_breaks(breaks[breaks["vehicle_type_id"] == van["vehicle_type_id"]])),
        )


def _breaks(rules: pd.DataFrame) -> Iterator[Break]:
    for rule in rules.itertuples():
        yield Break(math.ceil(rule.duration_min * 60), math.floor(rule.within_h * 3600))


def _or_none(value: float) -> float:
    return 0.0 if math.isnan(value) else float(value)


def _limit(value: float) -> float:
    return math.inf if math.isnan(value) else float(value)


def with_routes(
    instance: Instance,
    visits: pd.DataFrame,
    problem: PickupProblem,
    answer: PickupAnswer,
    *,
    names: Mapping[Van, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the result tables (visits, stops, routes): who empties what, when, and why the rest is left.

    Routes are R001, R002, ... by hub, van type and van; vans in `names` keep theirs.
    Costs and emissions come from the ledger.
    """
    hub_of = {v.vehicle_type_id: v.hub_id for v in problem.vehicle_types}
    name_of = route_names(problem, answer, names or {})
    named = [(name_of[Van(route.vehicle_type_id, route.vehicle_no)], route) for route in answer.routes]
    named.sort(key=lambda pair: (len(pair[0]), pair[0]))
    stops = shaped("stops", _stop_rows(visits, named))
    driven = pd.DataFrame([_route_row(n, r, hub_of) for n, r in named])
    if len(driven):
        vans = vans_tonight(instance).set_index("vehicle_type_id")[["starts_at", "ends_at"]]
        driven = driven.join(vans, on="vehicle_type_id")
    routes = _priced(instance, shaped("routes", driven), stops)
    return _told(visits, problem, answer, name_of), stops, routes


def route_names(problem: PickupProblem, answer: PickupAnswer, names: Mapping[Van, str]) -> dict[Van, str]:
    """Return the names of all vans that drive: those given, and R001, R002, ... by hub, van type and van."""
    hub_of = {v.vehicle_type_id: v.hub_id for v in problem.vehicle_types}
    vans = [Van(route.vehicle_type_id, route.vehicle_no) for route in answer.routes]
    taken = set(names.values())
    fresh = (name for i in count(1) if (name := f"R{i:03d}") not in taken)
    ordered = sorted(vans, key=lambda van: (hub_of[van.vehicle_type_id], van))
    return {van: names.get(van) or next(fresh) for van in ordered}


def _stop_rows(visits: pd.DataFrame, named: list[tuple[str, ScheduledRoute]]) -> pd.DataFrame:
    known = visits.assign(**brought(visits)).set_index("visit_id")[["point_id", "parcels", "out_parcels", "out_kg"]]
    rows = [row for name, route in named for row in _route_stops(name, route)]
    frame = pd.DataFrame(rows)
    return frame.join(known, on="visit_id") if rows else frame


def _route_stops(name: str, route: ScheduledRoute) -> Iterator[Row]:
    """Yield the stops of a route; the last of each trip carries the way back to the hub."""
    trips = {trip.trip_no: trip for trip in route.trips}
    last = {stop.trip_no: stop.stop_id for stop in route.stops}
    for position, stop in enumerate(route.stops, start=1):
        parcels, litres, kilos, hazard_kg = stop.load_after
        trip = trips[stop.trip_no]
        ends_trip = last[stop.trip_no] == stop.stop_id
        yield {
            "route_id": name,
            "position": position,
            "trip": stop.trip_no,
            "visit_id": stop.stop_id,
            "arrival_s": stop.arrival_s,
            "start_s": stop.start_s,
            "departure_s": stop.departure_s,
            "distance_m": float(stop.leg_distance_m),
            "return_m": float(trip.leg_distance_m) if ends_trip else 0.0,
            "return_s": trip.leg_duration_s if ends_trip else 0,
            "load_parcels": round(parcels),
            "load_l": litres,
            "load_kg": kilos,
            "load_hazard_kg": hazard_kg,
        }


def _route_row(name: str, route: ScheduledRoute, hub_of: dict[str, str]) -> Row:
    return {
        "route_id": name,
        "vehicle_type_id": route.vehicle_type_id,
        "hub_id": hub_of[route.vehicle_type_id],
        "trips": len(route.trips),
        "stops": len(route.stops),
        "parcels": round(sum(trip.load[0] for trip in route.trips)),
        "start_s": route.departs_s,
        "end_s": route.returns_s,
        "duration_s": route.duration_s,
        "distance_m": float(route.distance_m),
        "rest_s": sum(rest.end_s - rest.start_s for rest in route.breaks),
        "overtime_s": route.overtime_s,
    }


def rests_of(problem: PickupProblem, answer: PickupAnswer, names: Mapping[Van, str] | None = None) -> pd.DataFrame:
    """Return the result table `rests` of an answer; `names` as in `with_routes`."""
    name_of = route_names(problem, answer, names or {})
    rows = [
        {"route_id": name_of[Van(route.vehicle_type_id, route.vehicle_no)], "rest": number, "trip": rest.trip_no,
         "position": _where(route, rest), "place_id": rest.place_id, "start_s": rest.start_s, "end_s": rest.end_s}
        for route in answer.routes
        for number, rest in enumerate(route.breaks, start=1)
    ]  # fmt: skip
    found = shaped("rests", pd.DataFrame(rows))
    return found.sort_values(["route_id", "rest"], key=_by_name, kind="stable", ignore_index=True)


def _by_name(values: pd.Series) -> pd.Series:
    return values.str.rjust(values.str.len().max()) if values.name == "route_id" and len(values) else values


def _where(route: ScheduledRoute, rest: ScheduledBreak) -> int | None:
    """The position of the stop where a rest is taken; None after the trip's last."""
    return next(
        (
            position
            for position, stop in enumerate(route.stops, start=1)
            if stop.trip_no == rest.trip_no and stop.arrival_s <= rest.start_s and rest.end_s <= stop.departure_s
        ),
        None,
    )


def _priced(instance: Instance, routes: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """Return the routes with cost and emissions as the ledger counts them."""
    booked = route_ledger(instance, routes, stops).groupby("subject_id")["cost_eur"].sum()
    return routes.assign(
        cost_eur=routes["route_id"].map(booked).fillna(0.0).astype(float),
        co2e_kg=route_co2e_kg(instance, routes, stops),
    )


def _told(
    visits: pd.DataFrame, problem: PickupProblem, answer: PickupAnswer, names: Mapping[Van, str]
) -> pd.DataFrame:
    """Return the visits with `visited` and the final `why`: what speaks for a visit, or against it."""
    served = {stop.stop_id for route in answer.routes for stop in route.stops}
    asked = {stop.stop_id for stop in problem.stops}
    extra_eur = insertion_eur(problem, answer)
    left = {u.stop_id: u for u in explain_unserved(problem, answer, most=EXPLAINED, names=names)}

    def why_of(visit: Row) -> str:
        visit_id, worth = str(visit["visit_id"]), str(visit["why"])
        if visit_id not in asked or (visit["required"] and visit_id in served):
            return worth
        found = left.get(visit_id)
        if visit["required"]:
            return worth if found is None else f"{worth}{LEFT_ALTHOUGH}{found.reason}"
        if found is not None and found.detailed and found.insertion_eur is None:
            return f"{LEFT}{found.reason}"
        extra = extra_eur.get(visit_id) if found is None or found.insertion_eur is None else found.insertion_eur
        return _why(worth, float(str(visit["prize_eur"])), visit_id in served, extra)

    why = [why_of(visit) for visit in visits.to_dict("records")]
    return visits.assign(visited=visits["visit_id"].isin(served), why=why)


def worth_again(visits: pd.DataFrame) -> pd.DataFrame:
    """Return the visits of a plan as they were before it: `why` says again what speaks for each, nothing is visited."""
    why = [
        _worth(v) if not v["required"] else str(v["why"]).split(LEFT_ALTHOUGH)[0]
        for v in visits.to_dict("records")
    ]
    return visits.assign(why=why, visited=False)


def _worth(visit: Row) -> str:
    told = str(visit["why"])
    if not told.startswith((EMPTIED, LEFT, LEFT_TO_OTHERS)):
        return told
    refused, waiting_eur, prize_eur = (float(str(visit[c])) for c in ("expected_refused", "waiting_eur", "prize_eur"))
    return what_leaving_costs(refused=refused, waiting_eur=waiting_eur, prize_eur=prize_eur)


def _why(worth: str, prize_eur: float, visited: bool, extra_eur: float | None) -> str:
    if visited:
        return f"{EMPTIED}{worth}"
    if extra_eur is not None and extra_eur > prize_eur:
        return f"{LEFT}emptying it would cost about {extra_eur:.2f} EUR, leaving it costs {prize_eur:.2f} EUR"
    return f"{LEFT_TO_OTHERS}{worth}"
