"""Drive every route again, leg by leg: metres, seconds, loads, shifts and cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from network_design.check.finding import Finding, Findings
from network_design.replay.check.claimed import Claimed
from network_design.replay.check.legs import Roads

KEYS = ["round", "period", "night", "hub_id", "route"]
CENT = 0.01
MICRO = 1e-6


@dataclass(frozen=True)
class Driven:
    """A route driven again: its key, its stops, metres and paid seconds, and what it costs, within `slack`."""

    key: tuple[Any, ...]
    stops: list[Any]
    metres: float
    seconds: float
    cost: float
    slack: float

    @property
    def name(self) -> str:
        """Which route it is, in words."""
        round_no, period, night, hub_id, route = self.key
        return f"round {round_no}, period {period}, night {night}, {hub_id}, route {route}"


def driven_routes(claimed: Claimed) -> list[Driven]:
    """Return every route of the table `stops`, driven again."""
    roads = Roads(claimed)
    stops = claimed.tables["stops"].sort_values([*KEYS, "position"], kind="stable").itertuples()
    return [drive(claimed, roads, key, list(own)) for key, own in groupby(stops, key=attrgetter(*KEYS))]


def check_room(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """No tour brings home more parcels or kilograms than a van holds."""
    vans = claimed.vans
    for route in routes:
        for trip in sorted({stop.trip for stop in route.stops}):
            parcels = sum(stop.parcels for stop in route.stops if stop.trip == trip)
            for found, limit, unit in (
                (float(parcels), float(vans.capacity_parcels), "parcels"),
                (parcels * vans.parcel_kg, vans.capacity_kg, "kg"),
            ):
                if found > limit + MICRO:
                    sentence = f"{route.name} brings {found:g} {unit} on one tour; a van holds {limit:g}."
                    yield Finding("van room", route.name, found, limit, unit, sentence)


def check_shifts(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """A van that is not away for days is back and empty within its shift."""
    limit_s = claimed.vans.shift_h * 3600
    for route in routes:
        near = not any(stop.far for stop in route.stops)
        if near and route.seconds > limit_s + len(route.stops) + 1:
            hours = route.seconds / 3600
            sentence = f"{route.name} takes {hours:.2f} h; the shift has {claimed.vans.shift_h:g} h."
            yield Finding("shift", route.name, hours, claimed.vans.shift_h, "h", sentence)


def check_far_stops(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """Only what no van brings home within a shift is fetched by vans that are away for days."""
    limit_s, roads = claimed.vans.shift_h * 3600, Roads(claimed)
    for route in routes:
        for stop in (stop for stop in route.stops if stop.far):
            alone = drive(claimed, roads, route.key, [stop])
            if alone.seconds < limit_s - 2:
                hours = alone.seconds / 3600
                sentence = f"{route.name}: {stop.stop_id} takes {hours:.2f} h alone; a van of the shift can fetch it."
                yield Finding("far stop", route.name, hours, claimed.vans.shift_h, "h", sentence)


def drive(claimed: Claimed, roads: Roads, key: tuple[Any, ...], stops: list[Any]) -> Driven:
    """Return a route driven again from its hub through its stops, trip by trip."""
    vans, metres, seconds, legs = claimed.vans, 0.0, 0.0, 0
    hub, trips = roads.hub(str(key[3])), sorted({stop.trip for stop in stops})
    for trip in trips:
        for a, b in pairwise([hub, *(roads.spot(stop) for stop in stops if stop.trip == trip), hub]):
            leg_m, leg_s = roads.leg(a, b)
            metres, seconds, legs = metres + round(leg_m), seconds + round(leg_s), legs + 1
    standing_s = sum(math.ceil(vans.stop_s + vans.parcel_s * stop.parcels) for stop in stops)
    seconds += standing_s + len(trips) * math.ceil(vans.unload_s)
    cost = vans.fixed_cost + metres / 1000 * vans.cost_per_km + seconds / 3600 * vans.cost_per_h
    # The solver counts whole metres, seconds and millionths: each may be rounded the other way.
    slack = CENT + MICRO * (metres + seconds) + legs * (vans.cost_per_km / 1000 + vans.cost_per_h / 3600)
    return Driven(key, stops, metres, seconds, cost, slack)
