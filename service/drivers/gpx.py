"""A van's route for a navigation device: one GPX route, its points in driving order, hubs included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Any

from service.drivers.clock import utc_time
from service.drivers.vans import Trip, Van
from service.drivers.windows import ANY_TIME
from service.reading.words import counted
from service.text import clock, number

if TYPE_CHECKING:
    from gpxpy.gpx import GPXRoutePoint


def van_gpx(van: Van, *, night: date, zone: tzinfo) -> str:
    """Return the GPX 1.1 document of one van whose clock is that of `zone`.

    Points carry the time of arrival in UTC (of leaving for the start); their descriptions repeat it on the local clock.
    """
    from gpxpy import gpx

    document = gpx.GPX()
    document.creator = "Retour"
    drawn = gpx.GPXRoute(name=f"Van {van.route.route_id}, {night:%-d %B %Y}", description=_says(van.route))
    drawn.points = [_point(call, night, zone) for call in _calls(van)]
    document.routes.append(drawn)
    return document.to_xml(version="1.1") + "\n"


def _says(route: Any) -> str:
    trips = f"{counted(int(route.trips), 'trip')}, " if route.trips > 1 else ""
    return (
        f"{trips}{counted(int(route.stops), 'stop')}, {counted(int(route.parcels), 'parcel')}, "
        f"{clock(route.start_s)} to {clock(route.end_s)}, {number(route.distance_m / 1000, 1)} km"
    )


def _calls(van: Van) -> Iterator[dict[str, Any]]:
    """Yield every place where the van stands, in order: the hub (or its start), each stop, the hub after each trip."""
    leaves_s, start = van.trips[0].row.departs_s, van.start
    says = f"{clock(leaves_s)}, leave{_with(van.trips[0])}"
    yield {**_at(start), "name": f"{start['name']}: start", "at_s": leaves_s, "says": says}
    for trip in van.trips:
        for stop in trip.stops:
            yield {"lat": stop.lat, "lon": stop.lon, "symbol": "stop", "name": f"{stop.position} {stop.name}",
                   "at_s": stop.arrival_s, "says": _at_stop(stop)}  # fmt: skip
        last = trip is van.trips[-1]
        what = "end" if last else f"unload after trip {trip.row.trip}"
        where = van.end if last else van.hub
        says = _at_end(trip, aboard=last and van.ends_elsewhere)
        yield {**_at(where), "name": f"{trip.ends}: {what}", "at_s": trip.row.back_s, "says": says}


def _with(trip: Trip) -> str:
    brings = int(trip.row.out_parcels)
    return f" with {counted(brings, 'parcel')} to bring" if brings else ""


def _at(place: Any) -> dict[str, Any]:
    return {"lat": place.lat, "lon": place.lon, "symbol": "hub"}


def _at_end(trip: Trip, *, aboard: bool) -> str:
    """Say what happens at the end of a trip; what is `aboard` where the night ends elsewhere stays there."""
    row, parcels = trip.row, counted(int(trip.row.parcels), "parcel")
    rests = "".join(f", break {rest}" for rest in trip.rests)
    if aboard:
        return f"{clock(row.back_s)}, {parcels} still aboard{rests}"
    return f"{clock(row.back_s)}, unload {parcels}, done {clock(row.unloaded_s)}{rests}"


def _at_stop(stop: Any) -> str:
    kilos = f"{number(stop.load_l)} l, {number(stop.load_kg, 1)} kg"
    takes = f"{clock(stop.arrival_s)}, take {counted(int(stop.parcels), 'parcel')}"
    opening = "" if stop.window == ANY_TIME else f", open {stop.window}"
    rests = [f"Break {rest}." for rest in (*stop.rests_before, *stop.rests_after)]
    return " ".join([f"{takes}, then {stop.load_parcels} aboard ({kilos}){opening}.", *stop.notes, *rests])


def _point(call: dict[str, Any], night: date, zone: tzinfo) -> GPXRoutePoint:
    from gpxpy import gpx

    return gpx.GPXRoutePoint(
        latitude=round(call["lat"], 6), longitude=round(call["lon"], 6), time=utc_time(night, call["at_s"], zone),
        name=call["name"], description=call["says"], type=call["symbol"],
    )  # fmt: skip
