"""What one stop more or less costs on tonight's routes.

A served stop saves its detour when it is taken out; an unserved one adds the cheapest detour. Both keep the order of
all other stops and look at neither windows nor room, so they are planning values: what the routes really cost stands
in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from retour.brought import OUT_PARCELS, brought
from retour.facts import emission_lines
from retour.indexed import positions
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from retour.pricing import PickupEstimate
from routing.pickup.answer import PickupAnswer
from routing.pickup.problem import Depot, Matrix, PickupProblem, Stop, VehicleType
from routing.pickup.schedule import ScheduledRoute


class Detour(NamedTuple):
    """What one stop takes: metres and seconds of one type of van, and 1 van if it is alone on its route."""

    stop_id: str
    vehicle_type_id: str
    metres: int
    seconds: int
    vans: int


class _Gap(NamedTuple):
    """A leg that is driven, or an unused van's from its start to its end: where one more stop could be put."""

    hub_id: str
    vehicle_type_id: str
    start: int
    end: int
    extra_s: int
    vans: int


def marginal_pickup(
    instance: Instance, visits: pd.DataFrame, problem: PickupProblem, answer: PickupAnswer
) -> PickupEstimate:
    """Return the routed price of a parcel at every point, to decide with: what its stops save or add, per parcel
    taken or brought there.

    Carbon is left out of the cost and given in kg at the van's mean load. Points without a stop in the problem keep
    the price of `estimate_pickup`.
    """
    detours = pd.DataFrame([*served_detours(problem, answer), *insertions(problem, answer)], columns=Detour._fields)
    rates = van_rates(instance).reindex(detours["vehicle_type_id"]).reset_index(drop=True)
    km, hours = detours["metres"] / 1000, detours["seconds"] / 3600
    known = visits.assign(parcels=visits["parcels"] + brought(visits)[OUT_PARCELS]).set_index("visit_id")
    priced = known.reindex(detours["stop_id"])[["point_id", "parcels"]].reset_index(drop=True)
    priced["cost_eur"] = km * rates["per_km_eur"] + hours * rates["per_hour_eur"] + detours["vans"] * rates["fixed_eur"]
    priced["co2e_kg"] = km * rates["kg_per_km"]
    by_point = priced.groupby("point_id")[["parcels", "cost_eur", "co2e_kg"]].sum().clip(lower=0)
    idx = positions(pd.Series(by_point.index), instance.tables["points"]["point_id"])
    estimate = estimate_pickup(instance)
    cost_eur, co2e_kg = estimate.cost_eur.copy(), estimate.co2e_kg.copy()
    cost_eur[idx], co2e_kg[idx] = by_point["cost_eur"] / by_point["parcels"], by_point["co2e_kg"] / by_point["parcels"]
    return PickupEstimate(cost_eur, co2e_kg)


def van_rates(instance: Instance) -> pd.DataFrame:
    """Return by vehicle_type_id: fixed_eur, per_km_eur (carbon left out), per_hour_eur, kg_per_km at mean load."""
    vans = instance.vehicles.set_index("vehicle_type_id")
    return pd.DataFrame({
        "fixed_eur": vans["fixed_eur"],
        "per_km_eur": vans["per_km_eur"].fillna(instance.rates["van_eur_per_km"]),
        "per_hour_eur": vans["per_hour_eur"].fillna(instance.rates["driver_eur_per_hour"]),
        "kg_per_km": vans["emission_line"].map(emission_lines()["kg_per_km_mean"]).astype(float),
    })  # fmt: skip


def served_detours(problem: PickupProblem, answer: PickupAnswer) -> list[Detour]:
    """Return what every served stop saves when it alone is taken out, in the order of the routes."""
    stops = {stop.stop_id: stop for stop in problem.stops}
    return [detour for route in answer.routes for detour in _saved(problem, stops, route)]


def _saved(problem: PickupProblem, stops: dict[str, Stop], route: ScheduledRoute) -> Iterator[Detour]:
    depot, trips = _depot(problem, route.vehicle_type_id), route.as_route().trips
    for trip, (start, end) in zip(trips, _ends(problem, route, len(trips)), strict=True):
        path = [start, *(stops[s].place_idx for s in trip), end]
        last = len(trip) == 1
        for before, here, after, stop_id in zip(path, path[1:], path[2:], trip, strict=False):
            metres, seconds = (int(m[before, here] + m[here, after] - m[before, after]) for m in _matrices(problem))
            seconds += stops[stop_id].service_s + last * depot.unload_s
            yield Detour(stop_id, route.vehicle_type_id, metres, seconds, int(last and len(trips) == 1))


def insertions(problem: PickupProblem, answer: PickupAnswer) -> list[Detour]:
    """Return the cheapest detour for every unserved stop of a hub with vans, in the order of the problem."""
    served = {stop.stop_id for route in answer.routes for stop in route.stops}
    gaps = pd.DataFrame([*_driven(problem, answer), *_unused(problem, answer)], columns=_Gap._fields)
    rates = pd.DataFrame(
        [(v.vehicle_type_id, v.fixed_eur, v.per_km_eur, v.per_hour_eur) for v in problem.vehicle_types],
        columns=["vehicle_type_id", "fixed_eur", "per_km_eur", "per_hour_eur"],
    )
    of_hub = dict(list(gaps.merge(rates, on="vehicle_type_id").groupby("hub_id")))
    left = [s for s in problem.stops if s.stop_id not in served and s.hub_id in of_hub]
    return [_cheapest(problem, stop, of_hub[stop.hub_id]) for stop in left]


def insertion_eur(problem: PickupProblem, answer: PickupAnswer) -> dict[str, float]:
    """Return for every unserved stop what its cheapest detour adds, EUR at the problem's rates."""
    kinds = {v.vehicle_type_id: v for v in problem.vehicle_types}
    return {d.stop_id: _detour_eur(d, kinds[d.vehicle_type_id]) for d in insertions(problem, answer)}


def _detour_eur(detour: Detour, kind: VehicleType) -> float:
    driven_eur = detour.metres / 1000 * kind.per_km_eur + detour.seconds / 3600 * kind.per_hour_eur
    return driven_eur + detour.vans * kind.fixed_eur


def _cheapest(problem: PickupProblem, stop: Stop, gaps: pd.DataFrame) -> Detour:
    here, start, end = stop.place_idx, gaps["start"].to_numpy(), gaps["end"].to_numpy()
    metres, seconds = (m[start, here] + m[here, end] - m[start, end] for m in _matrices(problem))
    seconds = seconds + stop.service_s + gaps["extra_s"].to_numpy()
    driven_eur = metres / 1000 * gaps["per_km_eur"] + seconds / 3600 * gaps["per_hour_eur"]
    i = int(np.argmin((driven_eur + gaps["vans"] * gaps["fixed_eur"]).to_numpy()))
    return Detour(
        stop.stop_id, gaps["vehicle_type_id"].iloc[i], int(metres[i]), int(seconds[i]), int(gaps["vans"].iloc[i])
    )


def _driven(problem: PickupProblem, answer: PickupAnswer) -> Iterator[_Gap]:
    place = {stop.stop_id: stop.place_idx for stop in problem.stops}
    for route in answer.routes:
        depot, trips = _depot(problem, route.vehicle_type_id), route.as_route().trips
        for trip, (first, last) in zip(trips, _ends(problem, route, len(trips)), strict=True):
            for start, end in pairwise([first, *(place[s] for s in trip), last]):
                yield _Gap(depot.hub_id, route.vehicle_type_id, start, end, extra_s=0, vans=0)


def _unused(problem: PickupProblem, answer: PickupAnswer) -> Iterator[_Gap]:
    for kind in problem.vehicle_types:
        used = sum(route.vehicle_type_id == kind.vehicle_type_id for route in answer.routes)
        if used < kind.count:
            depot = _depot(problem, kind.vehicle_type_id)
            start, end = _begin_and_end(kind, depot)
            yield _Gap(kind.hub_id, kind.vehicle_type_id, start, end, depot.unload_s, 1)


def _ends(problem: PickupProblem, route: ScheduledRoute, trips: int) -> list[tuple[int, int]]:
    """Return the places where each trip of a route begins and ends."""
    depot = _depot(problem, route.vehicle_type_id)
    kind = next(v for v in problem.vehicle_types if v.vehicle_type_id == route.vehicle_type_id)
    start, end = _begin_and_end(kind, depot)
    hub = depot.place_idx
    return [(start if i == 0 else hub, end if i == trips - 1 else hub) for i in range(trips)]


def _begin_and_end(kind: VehicleType, depot: Depot) -> tuple[int, int]:
    """Return the places where a van of this type begins and ends its night."""
    start, end = kind.start_place_idx, kind.end_place_idx
    return depot.place_idx if start is None else start, depot.place_idx if end is None else end


def _depot(problem: PickupProblem, vehicle_type_id: str) -> Depot:
    hub_id = next(v.hub_id for v in problem.vehicle_types if v.vehicle_type_id == vehicle_type_id)
    return next(d for d in problem.depots if d.hub_id == hub_id)


def _matrices(problem: PickupProblem) -> tuple[Matrix, Matrix]:
    return problem.distance_m, problem.duration_s
