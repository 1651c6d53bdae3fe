"""Clock times of a night as moments: GPX wants UTC, tables say seconds after the night's midnight."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo


def local_time(night: date, seconds: float) -> datetime:
    """Return the moment on the network's own clock, without a zone."""
    return datetime.combine(night, time()) + timedelta(seconds=round(seconds))


def utc_time(night: date, seconds: float, zone: tzinfo) -> datetime:
    """Return the moment in UTC of a clock time in `zone`."""
    return local_time(night, seconds).replace(tzinfo=zone).astimezone(UTC)


def zone_at(country: str, *, lat: float, lon: float) -> tzinfo:
    """Return the time zone of a place in `country` (two letters): of its zones the one whose city is nearest.

    A country that the IANA tables do not know is on UTC.
    """
    zones = _zones().get(country, [])
    squeeze = math.cos(math.radians(lat))
    nearest = min(zones, key=lambda z: math.hypot(z[0] - lat, (z[1] - lon) * squeeze), default=None)
    return ZoneInfo(nearest[2]) if nearest else UTC


@cache
def _zones() -> dict[str, list[tuple[float, float, str]]]:
    """Latitude, longitude and name of every zone by country, from the IANA table."""
    found: dict[str, list[tuple[float, float, str]]] = {}
    for line in (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            country, place, name, *_ = line.split("\t")
            cut = max(place.rfind("+"), place.rfind("-"))
            found.setdefault(country, []).append((_degrees(place[:cut], 2), _degrees(place[cut:], 3), name))
    return found


def _degrees(packed: str, digits: int) -> float:
    """Read `+4852` or `-0734400`: sign, degrees of so many digits, minutes, perhaps seconds."""
    sign, whole, rest = packed[0], packed[1 : digits + 1], packed[digits + 1 :].ljust(4, "0")
    degrees = int(whole) + int(rest[:2]) / 60 + int(rest[2:]) / 3600
    return -degrees if sign == "-" else degrees
