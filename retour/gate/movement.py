"""Checks on what connects places: hubs and vans, lanes, shifts, the road matrix, rates and emission lines."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.clock import clock
from retour.errors import Issue
from retour.facts import emission_lines, rates
from retour.gate.draft import Draft, Rule
from retour.gate.text import did_you_mean
from retour.tables import INPUT_TABLES
from retour.travel import great_circle_m
from retour.vocabulary import EmptiedBy, PointKind

DAY_S = 86_400
SHORTEST_ROAD_SHARE = 0.8
SNAP_M = 300
FASTEST_KMH = 200
LONGEST_BREAK_MIN = INPUT_TABLES["breaks"].column("duration_min").high or 0
PLACES = ("points", "hubs", "sites", "garages")


def check_van_points_without_hub(draft: Draft) -> list[Issue]:
    """A point that our vans empty says which hub they come from."""
    points = draft.tables["points"]
    bad = points[(points["emptied_by"] == EmptiedBy.VAN) & points["hub_id"].isna()]
    return draft.issues(
        "points", "hub_id", bad,
        lambda row: f"point {row.point_id!r} is emptied by VAN but the cell is empty; name its hub or write CARRIER",
    )  # fmt: skip


def check_hubs_without_vans(draft: Draft) -> list[Issue]:
    """A hub that empties points has a van tonight."""
    points, hubs, vehicles = draft.tables["points"], draft.tables["hubs"], draft.tables["vehicles"]
    served = points.loc[points["emptied_by"] == EmptiedBy.VAN, "hub_id"].value_counts()
    manned = hubs["hub_id"].isin(vehicles.loc[vehicles["count"] != 0, "hub_id"])
    bad = hubs.assign(served=hubs["hub_id"].map(served))[hubs["hub_id"].isin(served.index) & ~manned]
    return draft.issues(
        "hubs", "hub_id", bad,
        lambda row: f"hub {row.hub_id!r} empties {row.served:.0f} points but has 0 vans; "
        "add a row to vehicles, raise its count, or let a CARRIER empty the points",
    )  # fmt: skip


def check_needs_no_van_offers(draft: Draft) -> list[Issue]:
    """What a point needs is offered by a van type of its hub; how many drive tonight is another matter."""
    points, vans = draft.tables["points"], draft.tables["vehicles"]
    offers = {hub: [set(o) for o in kinds] for hub, kinds in vans.groupby("hub_id")["offers"]}
    everything = sorted({word for kinds in offers.values() for offered in kinds for word in offered})
    driven = points[(points["emptied_by"] == EmptiedBy.VAN) & points["hub_id"].isin(list(offers))]
    unmet = [
        bool(needs) and not any(set(needs) <= offered for offered in offers[hub])
        for hub, needs in zip(driven["hub_id"], driven["needs"], strict=True)
    ]
    return draft.issues(
        "points", "needs", driven[np.array(unmet, dtype=bool)],
        lambda row: f"found {';'.join(row.needs)}, but no van type of hub {row.hub_id!r} offers "
        f"{'it' if len(row.needs) == 1 else 'all of it'}; add it to vehicles.offers or remove it here"
        f"{next(filter(None, (did_you_mean(w, everything) for w in row.needs if w not in everything)), '')}",
    )  # fmt: skip


def check_groups_of_several_hubs(draft: Draft) -> list[Issue]:
    """Points that one van must empty belong to one hub, whose vans can."""
    points = draft.tables["points"]
    driven = points[(points["emptied_by"] == EmptiedBy.VAN) & points["same_van"].notna() & points["hub_id"].notna()]
    first = driven.groupby("same_van")["hub_id"].transform("first")
    return draft.issues(
        "points", "same_van", driven.assign(first=first)[driven["hub_id"] != first],
        lambda row: f"group {row.same_van!r} has points of hub {row.first!r} and, here, of {row.hub_id!r}; one van "
        "empties a group: keep a group to one hub",
    )  # fmt: skip


def check_deliveries_no_van_makes(draft: Draft) -> list[Issue]:
    """Parcels are brought to points that our vans empty."""
    brought = draft.tables["deliveries"]
    by, kind = (brought["point_id"].map(draft.lookup("points", c)) for c in ("emptied_by", "kind"))
    bad = brought.assign(by=by, kind=kind)[(by == EmptiedBy.CARRIER) | (kind == PointKind.HOME)]
    return draft.issues(
        "deliveries", "point_id", bad,
        lambda row: f"{row.point_id!r} is {'a HOME zone' if row.kind == PointKind.HOME else 'emptied by CARRIER'}; "
        "vans bring parcels to points that they empty: remove the row or let a VAN empty the point",
    )  # fmt: skip


def check_shifts(draft: Draft) -> list[Issue]:
    """A shift ends after it starts, within 24 hours."""
    vehicles = draft.tables["vehicles"]
    length = vehicles["shift_end"] - vehicles["shift_start"]
    bad = vehicles[(length <= 0) | (length > DAY_S)]
    return draft.issues(
        "vehicles", "shift_end", bad,
        lambda row: f"the shift of {row.vehicle_type_id!r} runs from {clock(row.shift_start)} to "
        f"{clock(row.shift_end)}; it must end later than it starts, within 24 hours (2 in the morning is 26:00)",
    )  # fmt: skip


def check_durations(draft: Draft) -> list[Issue]:
    """The longest paid time fits into the shift."""
    vehicles = draft.tables["vehicles"]
    hours = (vehicles["shift_end"] - vehicles["shift_start"]) / 3600
    bad = vehicles.assign(hours=hours)[(hours > 0) & (vehicles["max_duration_h"] > hours)]
    return draft.issues(
        "vehicles", "max_duration_h", bad,
        lambda row: f"found {row.max_duration_h:g} h but the shift lasts {row.hours:g} h; shorten it or leave it empty",
    )  # fmt: skip


def check_overtime_without_limit(draft: Draft) -> list[Issue]:
    """Overtime begins after the longest usual time, so that must be stated."""
    vehicles = draft.tables["vehicles"]
    bad = vehicles[(vehicles["max_overtime_h"] > 0) & vehicles["max_duration_h"].isna()]
    return draft.issues(
        "vehicles", "max_overtime_h", bad,
        lambda row: f"found {row.max_overtime_h:g} h of overtime, but max_duration_h of {row.vehicle_type_id!r}, after "
        "which it begins, is empty; give max_duration_h or leave this empty",
    )  # fmt: skip


def check_overtime_priced_alone(draft: Draft) -> list[Issue]:
    """A price of overtime goes with hours of it."""
    vehicles = draft.tables["vehicles"]
    bad = vehicles[(vehicles["overtime_per_hour_eur"] > 0) & ~(vehicles["max_overtime_h"] > 0)]
    return draft.issues(
        "vehicles", "overtime_per_hour_eur", bad,
        lambda row: f"found {row.overtime_per_hour_eur:g} EUR/h, but {row.vehicle_type_id!r} may work no overtime; "
        "give max_overtime_h or leave this empty",
    )  # fmt: skip


def check_breaks_longer_than_stretches(draft: Draft) -> list[Issue]:
    """A break is shorter than the time after which it is due: minutes and hours are not mixed up."""
    breaks = draft.tables["breaks"]
    said = breaks["duration_min"].between(1, LONGEST_BREAK_MIN)  # beyond it the limit of the column is told
    bad = breaks[said & (breaks["duration_min"] >= breaks["within_h"] * 60)]
    return draft.issues(
        "breaks", "duration_min", bad,
        lambda row: f"found a break of {row.duration_min:g} min within {row.within_h:g} h ({row.within_h * 60:g} min); "
        "it must be shorter than that: give duration_min in minutes and within_h in hours",
    )  # fmt: skip


def check_carrier_points_without_lane(draft: Draft) -> list[Issue]:
    """A point that a carrier empties has a lane to a hub."""
    points, lanes = draft.tables["points"], draft.tables["lanes"]
    leaving = lanes.loc[lanes["to_id"].isin(draft.keys("hubs")), "from_id"]
    bad = points[(points["emptied_by"] == EmptiedBy.CARRIER) & ~points["point_id"].isin(leaving)]
    return draft.issues(
        "points", "emptied_by", bad,
        lambda row: f"point {row.point_id!r} is emptied by CARRIER but no lane leads from it to a hub; "
        "add one to lanes or write VAN",
    )  # fmt: skip


def check_hubs_without_way_to_a_site(draft: Draft) -> list[Issue]:
    """What reaches a hub can go on to a site, at most over one more hub."""
    hubs, lanes = draft.tables["hubs"], draft.tables["lanes"]
    hub_ids = draft.keys("hubs")
    to_site = set(lanes.loc[lanes["to_id"].isin(draft.keys("sites")), "from_id"])
    to_hub = lanes["from_id"].isin(hub_ids) & lanes["to_id"].isin(to_site)
    way_out = to_site | set(lanes.loc[to_hub, "from_id"])
    bad = hubs[hubs["hub_id"].isin(_fed_hubs(draft)) & ~hubs["hub_id"].isin(way_out)]
    return draft.issues(
        "hubs", "hub_id", bad,
        lambda row: f"points feed hub {row.hub_id!r} but no lane leads on from it to a site; add one to lanes",
    )  # fmt: skip


def check_lane_ends(draft: Draft) -> list[Issue]:
    """A lane leads from a point to a hub, from hub to hub or from hub to site."""
    lanes = draft.tables["lanes"]
    circle = lanes["from_id"] == lanes["to_id"]
    beyond = draft.keys("sites").difference(draft.keys("hubs"))
    direct = lanes["from_id"].isin(draft.keys("points")) & lanes["to_id"].isin(beyond)
    return draft.issues(
        "lanes", "to_id", lanes[circle], lambda row: f"the lane leads from {row.from_id!r} to itself; correct an end"
    ) + draft.issues(
        "lanes", "to_id", lanes[direct],
        lambda row: f"the lane leads from point {row.from_id!r} straight to site {row.to_id!r}; it must lead to a hub",
    )  # fmt: skip


def check_sites_without_process(draft: Draft) -> list[Issue]:
    """A site carries something out."""
    sites = draft.tables["sites"]
    bad = sites[~sites["site_id"].isin(draft.tables["processes"]["site_id"])]
    return draft.issues(
        "sites", "site_id", bad,
        lambda row: f"site {row.site_id!r} has no process; add one to processes or remove the site",
    )  # fmt: skip


def check_emission_lines(draft: Draft) -> list[Issue]:
    """Every vehicle line is one whose emissions are known."""
    lines = emission_lines().index
    found = []
    for name in ("vehicles", "lanes"):
        frame = draft.tables[name]
        bad = frame[frame["emission_line"].notna() & ~frame["emission_line"].isin(lines)]
        found += draft.issues(
            name, "emission_line", bad,
            lambda row: f"found {row.emission_line!r}; must be one of {', '.join(lines)}"
            + did_you_mean(row.emission_line, lines),
        )  # fmt: skip
    return found


def check_unknown_rates(draft: Draft) -> list[Issue]:
    """A network's own rate replaces a built-in one."""
    own, known = draft.tables["rates"], rates().index
    bad = own[own["rate_id"].notna() & ~own["rate_id"].isin(known)]
    return draft.issues(
        "rates", "rate_id", bad,
        lambda row: f"unknown rate {row.rate_id!r}; use the name of a built-in rate" + did_you_mean(row.rate_id, known),
    )  # fmt: skip


def check_rate_units(draft: Draft) -> list[Issue]:
    """A network's own rate is in the unit of the built-in one."""
    own = draft.tables["rates"]
    wanted = own["rate_id"].map(rates()["unit"])
    bad = own.assign(wanted=wanted)[wanted.notna() & own["unit"].notna() & (own["unit"] != wanted)]
    return draft.issues(
        "rates", "unit", bad,
        lambda row: f"found {row.unit!r} for {row.rate_id!r}; must be {row.wanted!r}: convert the value",
    )  # fmt: skip


def check_roads_shorter_than_air(draft: Draft) -> list[Issue]:
    """No road is much shorter than the great circle (0.8 of it, less 300 m for snapping to the road)."""
    legs = draft.tables["travel"]
    air_m = _air_m(draft, legs)
    bad = legs.assign(air_m=air_m)[legs["distance_m"] < SHORTEST_ROAD_SHARE * air_m - SNAP_M]
    return draft.issues(
        "travel", "distance_m", bad,
        lambda row: f"found {row.distance_m:g} m from {row.from_id!r} to {row.to_id!r}, which lie {row.air_m:.0f} m "
        "apart as the crow flies; give metres, or correct the coordinates",
    )  # fmt: skip


def check_roads_too_fast(draft: Draft) -> list[Issue]:
    """No drive over 1 km is faster than 200 km/h: that is minutes or hours in the place of seconds."""
    legs = draft.tables["travel"]
    with np.errstate(divide="ignore", invalid="ignore"):
        kmh = legs["distance_m"] / legs["duration_s"] * 3.6
    bad = legs.assign(kmh=kmh)[(kmh > FASTEST_KMH) & (legs["distance_m"] > 1000)]
    return draft.issues(
        "travel", "duration_s", bad,
        lambda row: f"found {row.duration_s:g} s for {row.distance_m:g} m, more than {FASTEST_KMH} km/h; give seconds",
    )  # fmt: skip


RULES = (
    Rule(check_van_points_without_hub, ("points",)),
    Rule(check_hubs_without_vans, ("points", "hubs", "vehicles")),
    Rule(check_needs_no_van_offers, ("points", "vehicles")),
    Rule(check_groups_of_several_hubs, ("points",)),
    Rule(check_deliveries_no_van_makes, ("deliveries", "points")),
    Rule(check_shifts, ("vehicles",)),
    Rule(check_durations, ("vehicles",)),
    Rule(check_overtime_without_limit, ("vehicles",)),
    Rule(check_overtime_priced_alone, ("vehicles",)),
    Rule(check_breaks_longer_than_stretches, ("breaks",)),
    Rule(check_carrier_points_without_lane, ("points", "hubs", "lanes")),
    Rule(check_hubs_without_way_to_a_site, ("points", "hubs", "sites", "lanes")),
    Rule(check_lane_ends, ("points", "hubs", "sites", "lanes")),
    Rule(check_sites_without_process, ("sites", "processes")),
    Rule(check_emission_lines),
    Rule(check_unknown_rates, ("rates",)),
    Rule(check_rate_units, ("rates",)),
    Rule(check_roads_shorter_than_air, (*PLACES, "travel")),
    Rule(check_roads_too_fast, ("travel",)),
)


def _fed_hubs(draft: Draft) -> set[str]:
    """Return the hubs that parcels from points reach first, by van or by lane."""
    points, lanes = draft.tables["points"], draft.tables["lanes"]
    by_van = points.loc[points["emptied_by"] == EmptiedBy.VAN, "hub_id"].dropna()
    carried = points.loc[points["emptied_by"] == EmptiedBy.CARRIER, "point_id"]
    return set(by_van) | set(lanes.loc[lanes["from_id"].isin(carried), "to_id"])


def _air_m(draft: Draft, legs: pd.DataFrame) -> pd.Series:
    """Return the great-circle metres of each leg, NaN where an end has no coordinates."""
    lat, lon = (pd.concat([draft.lookup(t, axis) for t in PLACES]) for axis in ("lat", "lon"))
    lat, lon = lat[~lat.index.duplicated()], lon[~lon.index.duplicated()]
    ends = [legs[end].map(axis).to_numpy(float) for end in ("from_id", "to_id") for axis in (lat, lon)]
    return pd.Series(great_circle_m(ends[0], ends[1], ends[2], ends[3]), index=legs.index)
