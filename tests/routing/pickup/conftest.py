"""Pickup problems on a line: one kilometre is one minute, so every number can be worked by hand."""

import itertools
import math

import numpy as np
import pytest

from routing.pickup import Depot, PickupProblem, Places, Route, Stop, VehicleType, evaluate

HOUR = 3_600


@pytest.fixture
def line():
    """Build a problem on a line: `stops` and `vans` are dicts of what differs from the defaults, `km` where they are.

    Defaults: hub H0 at km 0, open all day, unloading takes nothing; a stop holds 1 parcel and takes 60 s; two vans
    for 10 parcels work 8:00 to 18:00 at 10 euro fixed, 1 euro per km and 36 euro per hour (1 cent per second).
    """
    return build_line


def build_line(stops, *, vans=({},), hubs=({},)):
    """See the fixture `line`."""
    hub_km = [hub.get("km", 0) for hub in hubs]
    km = np.array([*hub_km, *(stop["km"] for stop in stops)], dtype=float)
    apart = np.abs(km[:, None] - km[None, :])
    return PickupProblem(
        places=Places(tuple(f"place{idx}" for idx in range(len(km))), np.zeros(len(km)), km / 111),
        distance_m=np.rint(apart * 1_000).astype(np.int64),
        duration_s=np.rint(apart * 60).astype(np.int64),
        depots=tuple(_depot(idx, hub) for idx, hub in enumerate(hubs)),
        stops=tuple(_stop(idx, len(hubs) + idx, stop) for idx, stop in enumerate(stops)),
        vehicle_types=tuple(_van(van) for van in vans),
    )


def _depot(idx, given):
    given = {"hub_id": f"H{idx}", "opens_s": 0, "closes_s": 48 * HOUR, "unload_s": 0, **given}
    given.pop("km", None)
    return Depot(place_idx=idx, **given)


def _stop(idx, place_idx, given):
    given = {"stop_id": f"P{idx}", "load": (1, 0, 0, 0), "service_s": 60, **given}
    given.pop("km")
    if isinstance(given["load"], int):
        given["load"] = (given["load"], 0, 0, 0)
    return Stop(place_idx=place_idx, **given)


def _van(given):
    capacity = given.get("capacity", 10)
    if not isinstance(capacity, tuple):
        capacity = (capacity, math.inf, math.inf, math.inf)
    defaults = {
        "vehicle_type_id": "van",
        "hub_id": "H0",
        "count": 2,
        "shift_start_s": 8 * HOUR,
        "shift_end_s": 18 * HOUR,
        "max_duration_s": math.inf,
        "fixed_eur": 10.0,
        "per_km_eur": 1.0,
        "per_hour_eur": 36.0,
    }
    return VehicleType(**{**defaults, **given, "capacity": capacity})


@pytest.fixture(scope="session")
def random_problem():
    """Build a small random problem from a numpy generator: two hubs, mixed vans, windows, prizes, several trips."""
    return build_random_line


def build_random_line(rng, *, stops=4):
    """See the fixture `random_problem`."""

    def window():
        opens = int(rng.integers(8, 13)) * HOUR
        return opens, opens + int(rng.integers(0, 2)) * HOUR + 900

    def one_stop():
        return {
            "km": float(rng.integers(-20, 60)),
            "load": (int(rng.integers(1, 6)), 0, 0, float(rng.integers(0, 2))),
            "service_s": int(rng.integers(0, 600)),
            "windows": tuple(window() for _ in range(int(rng.integers(0, 3)))),
            "required": bool(rng.random() < 0.6),
            "prize_eur": float(rng.integers(0, 90)),
            "hub_id": [None, "H0", "H1"][int(rng.integers(0, 3))],
        }

    vans = [
        {"vehicle_type_id": "van", "capacity": (7, math.inf, math.inf, 1.0), "max_trips": 2},
        {"vehicle_type_id": "far", "hub_id": "H1", "count": 1, "capacity": 6, "fixed_eur": 25, "max_duration_s": 9_000},
        {"vehicle_type_id": "bike", "hub_id": "H1", "count": 1, "capacity": 3, "fixed_eur": 0, "max_distance_m": 9e4},
    ]
    hubs = [{"unload_s": 300}, {"km": 40, "unload_s": 120, "opens_s": 9 * HOUR}]
    return build_line([one_stop() for _ in range(stops)], vans=vans, hubs=hubs)


@pytest.fixture(scope="session")
def try_plans():
    """The least objective in micro-euro by trying every plan of a small problem; None when none serves what it must."""
    return try_every_plan


def try_every_plan(problem):
    """See the fixture `try_plans`."""
    ids = [stop.stop_id for stop in problem.stops]
    vans = [(kind, number) for kind in problem.vehicle_types for number in range(1, kind.count + 1)]
    best_route = {
        (kind.vehicle_type_id, chosen): _cheapest_route(problem, kind, chosen)
        for kind in problem.vehicle_types
        for size in range(len(ids) + 1)
        for chosen in itertools.combinations(ids, size)
    }
    totals = []
    for owners in itertools.product(range(len(vans) + 1), repeat=len(ids)):
        shares = [tuple(i for i, owner in zip(ids, owners, strict=True) if owner == no) for no in range(len(vans))]
        left = [stop for stop, owner in zip(problem.stops, owners, strict=True) if owner == len(vans)]
        costs = [best_route[kind.vehicle_type_id, share] for (kind, _), share in zip(vans, shares, strict=True)]
        if None not in costs and not any(stop.required for stop in left):
            totals.append(sum(costs) + sum(round(stop.prize_eur * 1_000_000) for stop in left))
    return min(totals, default=None)


def _cheapest_route(problem, kind, chosen):
    if not chosen:
        return 0
    costs = []
    for order in itertools.permutations(chosen):
        for trips in _splits(order):
            schedule = evaluate(problem, [Route(kind.vehicle_type_id, 1, trips)])
            if all(breach.rule == "required" for breach in schedule.breaches):
                costs.append(schedule.routes[0].cost_micro)
    return min(costs, default=None)


def _splits(order):
    """Every way to cut an order into trips."""
    for cuts in itertools.product((False, True), repeat=len(order) - 1):
        trips, trip = [], [order[0]]
        for stop_id, cut in zip(order[1:], cuts, strict=True):
            if cut:
                trips.append(tuple(trip))
                trip = []
            trip.append(stop_id)
        yield (*trips, tuple(trip))

