"""Manifests to print: a sheet per van that its driver follows, fills in and signs."""

from __future__ import annotations

from collections.abc import Sequence

from service.drivers.vans import Van
from service.manifest import Manifest
from service.templating import template

LOADS = ("parcels", "volume_l", "weight_kg", "hazard_kg")
TIMES = ("wait_s", "service_s")


def manifests_html(manifest: Manifest, vans: Sequence[Van]) -> str:
    """Return one HTML page, a printed sheet per van."""
    return template("manifests.html.j2").render(m=manifest, vans=[(van, totals(van)) for van in vans])


def totals(van: Van) -> dict[str, float]:
    """Return what a van brings home on all its trips (LOADS), and its time at doors (TIMES, seconds)."""
    loads = {name: sum(getattr(trip.row, name) for trip in van.trips) for name in LOADS}
    return loads | {name: sum(getattr(stop, name) for stop in van.stops) for name in TIMES}
