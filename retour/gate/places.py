"""Checks on places: coordinates, names, opening times, compartments and sizes."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from retour.clock import clock
from retour.errors import Issue
from retour.gate.draft import Draft, Rule
from retour.tables import INPUT_TABLES
from retour.travel import great_circle_m
from retour.vocabulary import PointKind

FAR_M = 1_000_000
NEAR_M = 500_000
OVERFULL_SHARE = 2.0
FIXED_PLACES = ("points", "hubs", "sites", "garages")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check_swapped_coordinates(draft: Draft) -> list[Issue]:
    """No place lies over 1000 km from the others that would lie among them with latitude and longitude swapped."""
    centre = pd.DataFrame([_on_earth(draft.tables[t]).median() for t in FIXED_PLACES]).median()
    found = []
    for name in (*FIXED_PLACES, "returns"):
        frame = draft.tables[name]
        lat, lon = frame["lat"].to_numpy(float), frame["lon"].to_numpy(float)
        away_m = great_circle_m(lat, lon, centre["lat"], centre["lon"])
        swapped_m = great_circle_m(lon, lat, centre["lat"], centre["lon"])
        bad = frame[(away_m > FAR_M) & (swapped_m < NEAR_M)]
        found += draft.issues(
            name, "lat", bad,
            lambda row: f"latitude {row.lat:g} and longitude {row.lon:g} lie over {FAR_M / 1000:.0f} km from the other "
            "places, but among them when swapped; swap the two",
        )  # fmt: skip
    return found


def check_zero_coordinates(draft: Draft) -> list[Issue]:
    """No place lies at latitude 0, longitude 0: that is a missing value in the Gulf of Guinea."""
    found = []
    for name in (*FIXED_PLACES, "returns"):
        frame = draft.tables[name]
        bad = frame[(frame["lat"] == 0) & (frame["lon"] == 0)]
        found += draft.issues(
            name, "lat", bad, lambda row: "latitude 0 and longitude 0 lie in the sea; give the real coordinates"
        )
    return found


def check_shared_names(draft: Draft) -> list[Issue]:
    """A name stands for one place: lanes, vehicles and travel join places by it."""
    found = []
    for position, name in enumerate(FIXED_PLACES):
        key = INPUT_TABLES[name].key[0]
        for earlier in FIXED_PLACES[:position]:
            ids = draft.tables[name][key]
            bad = draft.tables[name][ids.isin(draft.keys(earlier)) & ids.notna()]
            found += draft.issues(name, key, bad, _shared(earlier))
    return found


def check_closing_before_opening(draft: Draft) -> list[Issue]:
    """Opening hours end after they start; what ends after midnight is written 25:00, 26:00, ..."""
    found = []
    for name in ("points", "hubs", "hours"):
        frame = draft.tables[name]
        bad = frame[frame["closes"] <= frame["opens"]]
        found += draft.issues(
            name, "closes", bad,
            lambda row: f"closes at {clock(row.closes)} but opens at {clock(row.opens)}; it must close later "
            "(2 in the morning is 26:00)",
        )  # fmt: skip
    return found


def check_overlapping_hours(draft: Draft) -> list[Issue]:
    """Two windows of one point on one weekday do not overlap."""
    hours = draft.tables["hours"].sort_values(["point_id", "weekday", "opens"], kind="stable")
    until = hours.groupby(["point_id", "weekday"])["closes"].shift()
    bad = hours.assign(until=until)[(hours["opens"] < until) & hours["weekday"].between(0, 6)].sort_index()
    return draft.issues(
        "hours", "opens", bad,
        lambda row: f"{WEEKDAYS[int(row.weekday)]} from {clock(row.opens)} overlaps the window of {row.point_id!r} "
        f"until {clock(row.until)}; merge the two",
    )  # fmt: skip


def check_compartments_of_other_kinds(draft: Draft) -> list[Issue]:
    """Only lockers have compartments."""
    boxes = draft.tables["compartments"]
    kind = boxes["point_id"].map(draft.lookup("points", "kind"))
    bad = boxes.assign(kind=kind)[kind.notna() & (kind != PointKind.LOCKER)]
    return draft.issues(
        "compartments", "point_id", bad,
        lambda row: f"{row.point_id!r} is a {row.kind}, only a LOCKER has compartments; remove the row or fix the kind",
    )  # fmt: skip


def check_lockers_without_room(draft: Draft) -> list[Issue]:
    """A locker listed with compartments has at least one."""
    boxes = draft.tables["compartments"]
    total = boxes.groupby("point_id")["count"].transform("sum")
    bad = boxes[total == 0].drop_duplicates("point_id")
    return draft.issues(
        "compartments", "count", bad, lambda row: f"locker {row.point_id!r} has 0 compartments in all; give its counts"
    )


def check_overfull_points(draft: Draft) -> list[Issue]:
    """No more than twice what a point holds lies there: that is a wrong count, not a busy night."""
    points, boxes, fill = draft.tables["points"], draft.tables["compartments"], draft.tables["fill"]
    held = draft.lookup("points", "capacity_parcels") if len(points) else pd.Series(dtype=float)
    held = held.fillna(boxes.groupby("point_id")["count"].sum())
    waiting = fill.groupby("point_id")["parcels"].transform("sum")
    limit = fill["point_id"].map(held).astype(float)  # of no row at all it would be text
    overfull = (limit >= 0) & (waiting > OVERFULL_SHARE * limit)
    bad = fill.assign(waiting=waiting, held=limit)[overfull].drop_duplicates("point_id")
    return draft.issues(
        "fill", "parcels", bad,
        lambda row: f"{row.waiting:.0f} parcels wait at {row.point_id!r}, which holds {row.held:.0f}; more than "
        f"{OVERFULL_SHARE:.0%} cannot be: correct the count or the capacity",
    )  # fmt: skip


def check_size_order(draft: Draft) -> list[Issue]:
    """Sizes go from small to large, in volume and in weight, and no two are alike."""
    sizes = draft.tables["sizes"]
    before = sizes.shift()
    smaller = (sizes["volume_l"] <= before["volume_l"]) | (sizes["max_weight_kg"] < before["max_weight_kg"])
    bad = sizes.assign(last=before["size"], last_l=before["volume_l"], last_kg=before["max_weight_kg"])[smaller]
    return draft.issues(
        "sizes", "volume_l", bad,
        lambda row: f"size {row.size!r} ({row.volume_l:g} litres, {row.max_weight_kg:g} kg) follows {row.last!r} "
        f"({row.last_l:g} litres, {row.last_kg:g} kg); list sizes from small to large",
    )  # fmt: skip


RULES = (
    Rule(check_swapped_coordinates, (*FIXED_PLACES, "returns")),
    Rule(check_zero_coordinates),
    Rule(check_shared_names, FIXED_PLACES),
    Rule(check_closing_before_opening),
    Rule(check_overlapping_hours, ("hours",)),
    Rule(check_compartments_of_other_kinds, ("compartments", "points")),
    Rule(check_lockers_without_room, ("compartments",)),
    Rule(check_overfull_points, ("points", "compartments", "fill")),
    Rule(check_size_order, ("sizes",)),
)


def _on_earth(places: pd.DataFrame) -> pd.DataFrame:
    """Return the coordinates, missing where no place can be: a typing error must not move the centre."""
    coordinates = places[["lat", "lon"]]
    return coordinates.where(coordinates.abs() <= 180)


def _shared(other: str) -> Callable[[object], str]:
    return lambda row: f"{row[1]!r} is a name in {other} too; points, hubs, sites and garages need different names"  # type: ignore[index]
