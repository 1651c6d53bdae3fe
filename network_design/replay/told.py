"""Routed nights and factors as tables: a row per hub's night, per stop, per factor known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from network_design.replay.nights import RoutedNight
from network_design.replay.tables import shaped
from network_design.replay.touring import LONG_VAN
from network_design.surrogate.factors import ANY_BAND, CELL, Factors
from retour.vocabulary import Status

Row = dict[str, Any]


def nights_table(routed: Sequence[RoutedNight], *, round_no: int) -> pd.DataFrame:
    """Return the table `nights`."""
    return shaped("nights", pd.DataFrame([_night(each, round_no) for each in routed]))


def stops_table(routed: Sequence[RoutedNight], *, round_no: int) -> pd.DataFrame:
    """Return the table `stops`."""
    return shaped("stops", pd.DataFrame([row for each in routed for row in _stops(each, round_no)]))


def factors_table(factors: Factors, measured: pd.DataFrame, *, round_no: int) -> pd.DataFrame:
    """Return the table `factors`: every factor known after a round, and what was measured of it in that round."""
    now = measured.drop(columns="factor").replace({"error": {np.inf: np.nan}})
    rows = factors.known.merge(now, on=CELL, how="left").sort_values(CELL, ignore_index=True)
    ends = np.array([0.0, *factors.bands_km, np.nan])
    band = rows["band"].to_numpy(np.int64)
    of_all = band == ANY_BAND
    start, end = (np.where(of_all, np.nan, ends[np.maximum(band, 0) + further]) for further in (0, 1))
    return shaped("factors", rows.assign(round=round_no, from_km=start, to_km=end))


def _night(each: RoutedNight, round_no: int) -> Row:
    night, routes = each.night, () if each.answer is None else each.answer.routes
    return {
        "round": round_no, "period": night.period, "night": night.night, "hub_id": night.hub_id,
        "stops": len(night.visits), "far_stops": each.far_stops, "parcels": sum(v.parcels for v in night.visits),
        "vans": len(routes), "distance_km": sum(r.distance_m for r in routes) / 1000,
        "hours": sum(r.duration_s for r in routes) / 3600, "cost": each.cost, "bound": each.bound,
        "status": str(Status.OPTIMAL if each.answer is None else each.answer.status),
    }  # fmt: skip


def _stops(each: RoutedNight, round_no: int) -> Iterator[Row]:
    night, visits = each.night, {visit.stop_id: visit for visit in each.night.visits}
    for route_no, route in enumerate(() if each.answer is None else each.answer.routes, start=1):
        for position, stop in enumerate(route.stops, start=1):
            visit = visits[stop.stop_id]
            yield {
                "round": round_no, "period": night.period, "night": night.night, "hub_id": night.hub_id,
                "route": route_no, "trip": stop.trip_no, "position": position, "stop_id": stop.stop_id,
                "place_id": visit.place_id, "lat": visit.lat, "lon": visit.lon, "parcels": visit.parcels,
                "far": route.vehicle_type_id == LONG_VAN, "cost": each.stop_cost[stop.stop_id],
            }  # fmt: skip
