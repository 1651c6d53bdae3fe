"""Pickup problems on a line: one kilometre is one minute, so every number can be worked by hand."""

import itertools
import math

import numpy as np
import pytest

from routing.pickup import Depot, PickupProblem, Places, Route, Stop, VehicleType, evaluate
from routing.pickup.problem import NO_WISHES, Break, Wishes

HOUR = 3_600


@pytest.fixture(scope="session")
def line():
    """Build a problem on a line: `stops` and `vans` are dicts of what differs from the defaults, `km` where they are.

    Defaults: hub H0 at km 0, open all day, unloading takes nothing; a stop holds 1 parcel and takes 60 s; two vans
    for 10 parcels work 8:00 to 18:00 at 10 euro fixed, 1 euro per km and 36 euro per hour (1 cent per second).
    """
    return build_line


def build_line(stops, *, vans=({},), hubs=({},), wishes=NO_WISHES, elsewhere_km=()):
    """See the fixture `line`; places elsewhere come last."""
    hub_km = [hub.get("km", 0) for hub in hubs]
    km = np.array([*hub_km, *(stop["km"] for stop in stops), *elsewhere_km], dtype=float)
    apart = np.abs(km[:, None] - km[None, :])
    return PickupProblem(
        places=Places(tuple(f"place{idx}" for idx in range(len(km))), np.zeros(len(km)), km / 111),
        distance_m=np.rint(apart * 1_000).astype(np.int64),
        duration_s=np.rint(apart * 60).astype(np.int64),
        depots=tuple(_depot(idx, hub) for idx, hub in enumerate(hubs)),
        stops=tuple(_stop(idx, len(hubs) + idx, stop) for idx, stop in enumerate(stops)),
        vehicle_types=tuple(_van(van) for van in vans),
        wishes=wishes,
    )


def _depot(idx, given):
    given = {"hub_id": f"H{idx}", "opens_s": 0, "closes_s": 48 * HOUR, "unload_s": 0, **given}
    given.pop("km", None)
    return Depot(place_idx=idx, **given)


def _stop(idx, place_idx, given):
    given = {"stop_id": f"P{idx}", "load": (1, 0, 0, 0), "service_s": 60, **given}
    given.pop("km")
    for name in ("load", "delivery"):
        if isinstance(given.get(name), int):
            given[name] = (given[name], 0, 0, 0)
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
def rich_problem():
    """Build a small random problem that uses every feature; `skip` names the fields to leave out."""
    return build_rich_line


def build_rich_line(rng, *, stops=4, skip=()):
    """See the fixture `rich_problem`."""
    optional_groups = {"a": bool(rng.random() < 0.5), "b": bool(rng.random() < 0.5)}

    def one_stop():
        group = [None, None, "a", "b"][int(rng.integers(0, 4))]
        opens = int(rng.integers(8, 13)) * HOUR
        given = {
            "km": float(rng.integers(-20, 40)),
            "load": int(rng.integers(0, 5)),
            "delivery": int(rng.integers(0, 5)),
            "service_s": int(rng.integers(0, 600)),
            "windows": [(), (), ((opens, opens + 2 * HOUR),)][int(rng.integers(0, 3))],
            "required": bool(rng.random() < 0.5) if group is None else optional_groups[group],
            "prize_eur": float(rng.integers(0, 90)),
            "release_s": [0, 0, int(rng.integers(8, 11)) * HOUR][int(rng.integers(0, 3))],
            "vehicle_type_ids": [None, None, frozenset({"van"}), frozenset({"far", "bike"})][int(rng.integers(0, 4))],
            "alternative_of": group,
            "same_van": [None, None, "together"][int(rng.integers(0, 3))],
        }
        return {name: value for name, value in given.items() if name not in skip}

    wishes = Wishes(
        balance_per_hour_eur=float(rng.integers(0, 2)) * 9,
        compactness_per_km_eur=float(rng.integers(0, 2)),
        stability_per_stop_eur=float(rng.integers(0, 2)) * 7,
        earlier_vans={"P0": ("van", 2), "P1": ("far", 1), "P2": ("van", 2), "gone": ("van", 1)},
    )
    places = 2 + stops
    vans = [
        {"vehicle_type_id": "van", "capacity": 6, "max_trips": 2, "max_duration_s": 9_000, "max_overtime_s": 3_600,
         "overtime_per_hour_eur": 18, "linehaul_first": bool(rng.random() < 0.3),
         "breaks": (Break(900, 5_400),) if rng.random() < 0.5 else ()},
        {"vehicle_type_id": "far", "hub_id": "H1", "count": 1, "capacity": 7, "fixed_eur": 25,
         "end_place_idx": places + 1, "max_trips": 2},
        {"vehicle_type_id": "bike", "hub_id": "H0", "count": 1, "capacity": 4, "fixed_eur": 0,
         "start_place_idx": places, "shift_start_s": 7 * HOUR, "max_distance_m": 9e4},
    ]  # fmt: skip
    hubs = [{"unload_s": 300}, {"km": 30, "unload_s": 120, "opens_s": 9 * HOUR, "closes_s": 12 * HOUR}]
    kept = [{name: value for name, value in van.items() if name not in skip} for van in vans]
    return build_line(
        [one_stop() for _ in range(stops)],
        vans=kept,
        hubs=hubs,
        wishes=NO_WISHES if "wishes" in skip else wishes,
        elsewhere_km=(12, -6),
    )


@pytest.fixture(scope="session")
def try_plans():
    """The least objective in micro-euro by trying every plan of a small problem; None when none serves what it must."""
    return try_every_plan


def try_every_plan(problem, *, honours=lambda owner: True):
    """See the fixture `try_plans`; `honours` is asked of the van (type id, number) of every visited stop."""
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
        named = ((i, vans[no]) for i, no in zip(ids, owners, strict=True) if no < len(vans))
        if not honours({stop_id: (kind.vehicle_type_id, number) for stop_id, (kind, number) in named}):
            continue
        shares = [tuple(i for i, owner in zip(ids, owners, strict=True) if owner == no) for no in range(len(vans))]
        routes = [
            (best_route[kind.vehicle_type_id, share], number)
            for (kind, number), share in zip(vans, shares, strict=True)
            if share
        ]
        if all(route is not None for route, _ in routes):
            schedule = evaluate(problem, [Route(type_id, number, trips) for (type_id, trips), number in routes])
            totals += [schedule.objective_micro] if schedule.feasible else []
    return min(totals, default=None)


def _cheapest_route(problem, kind, chosen):
    """Type and trips of the cheapest route of one van over the stops; None when each breaks a limit of the van."""
    of_the_plan = {"required", "same_van", "alternatives"}
    found = []
    for order in itertools.permutations(chosen):
        for trips in _splits(order) if order else ():
            schedule = evaluate(problem, [Route(kind.vehicle_type_id, 1, trips)])
            if {breach.rule for breach in schedule.breaches} <= of_the_plan:
                found.append((schedule.routes[0].cost_micro, trips))
    return (kind.vehicle_type_id, min(found)[1]) if found else None


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

