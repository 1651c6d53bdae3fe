"""Is everything that waits seen, with the right duty, and emptied when it must be?"""

from __future__ import annotations

import pandas as pd

from retour.brought import OUT_KG, OUT_L, OUT_PARCELS, brought
from retour.instance import Instance
from retour.vocabulary import Outcome, PointKind
from routing.check.finding import LOAD_TOLERANCE, Found, each, place_of, violation

DUE = {OUT_PARCELS: ("parcels", "parcel"), OUT_L: ("volume_l", "litre"), OUT_KG: ("weight_kg", "kilogram")}


def check_visits(instance: Instance, decisions: pd.DataFrame, visits: pd.DataFrame, stops: pd.DataFrame) -> Found:
    """Return every broken promise about tonight's visits."""
    found = visits_are_complete(instance, decisions, visits) + deliveries_are_seen(instance, visits)
    return found + visits_and_stops_agree(visits, stops) + required_are_visited(visits)


def required_are_visited(visits: pd.DataFrame) -> Found:
    """No required visit is left."""
    bad = visits[visits["required"].astype(bool) & ~visits["visited"].astype(bool)]
    return each(
        "required visit",
        bad,
        "visit_id",
        "left",
        "emptied tonight",
        "",
        "{visit_id} must be emptied tonight and is left ({why}).",
    )


def visits_and_stops_agree(visits: pd.DataFrame, stops: pd.DataFrame) -> Found:
    """What is marked visited has a stop, and the other way round; nothing is visited twice."""
    marked, driven = set(visits.loc[visits["visited"].astype(bool), "visit_id"]), set(stops["visit_id"])
    twice = sorted(set(stops.loc[stops["visit_id"].duplicated(), "visit_id"]))
    rows = [
        ("visit without stop", v, f"{v} is marked as emptied but no van stops there.") for v in sorted(marked - driven)
    ]
    rows += [
        ("stop without visit", v, f"A van stops for {v}, which is not marked as emptied.")
        for v in sorted(driven - marked)
    ]
    rows += [("visited twice", v, f"Vans stop twice for {v}.") for v in twice]
    return [violation(rule, v, v, "one stop per visit", "", text) for rule, v, text in rows]


def deliveries_are_seen(instance: Instance, visits: pd.DataFrame) -> Found:
    """What is to be brought stands in `visits`, and such a visit must be made unless no van can."""
    found: Found = []
    due = instance.table("deliveries").set_index("point_id")
    known = brought(visits)
    seen = known.groupby(visits["point_id"]).sum()
    for name, (column, unit) in DUE.items():
        both = pd.DataFrame({"due": due[column], "seen": seen[name]}).fillna(0.0)
        off = both[(both["due"] - both["seen"]).abs() > LOAD_TOLERANCE]
        found += [
            violation(
                "delivery", str(point), f"{row.seen:g}", f"{row.due:g}", unit,
                f"{row.due:g} {unit}s are to be brought to {point}; the plan sees {row.seen:g}.",
            )
            for point, row in off.iterrows()
        ]  # fmt: skip
    asked = visits[(known[OUT_PARCELS] > 0).to_numpy(bool) & ~visits["required"].astype(bool)]
    return found + each(
        "delivery not required",
        asked[~asked["why"].astype("str").str.contains("closed|no van", na=False)],
        "visit_id",
        "{out_parcels:.0f}",
        "0",
        "parcel",
        "{out_parcels:.0f} parcels are to be brought to {visit_id}, which is not required.",
    )


def visits_are_complete(instance: Instance, decisions: pd.DataFrame, visits: pd.DataFrame) -> Found:
    """Every van-emptied point with parcels, and every home pickup, stands in `visits` with the right load and duty."""
    points = instance.points.set_index("point_id")
    ours = decisions[(decisions["state"] == "PLANNED") & (decisions["outcome"] != Outcome.KEEP)]
    ours = ours[ours["point_id"].map(points["emptied_by"]) == "VAN"]
    home = ours["point_id"].map(points["kind"]) == PointKind.HOME
    fill = instance.table("fill").groupby("point_id")["parcels"].sum()
    fill = fill[fill.index.map(points["emptied_by"]) == "VAN"]
    due = ours[~home].groupby("point_id").size().add(fill, fill_value=0)
    due = pd.concat([due, pd.Series(1.0, index="home:" + ours.loc[home, "return_id"].astype(object))])
    seen = visits.assign(place=place_of(visits["visit_id"])).groupby("place")["parcels"].sum()
    seen = seen.reindex(due.index.union(seen.index)).fillna(0)
    due = due.reindex(seen.index).fillna(0)
    found = [
        violation(
            "visit load",
            place,
            f"{seen[place]:g}",
            f"{due[place]:g}",
            "parcel",
            f"{due[place]:g} parcels wait at {place}; the plan sees {seen[place]:g}.",
        )
        for place in seen.index[seen != due]
    ]
    risk = instance.policy.service.must_empty_risk
    missed = visits[
        (visits["overflow_risk"] >= risk)
        & ~visits["required"].astype(bool)
        & ~visits["why"].astype("str").str.contains("closed|no van", na=False)
    ]
    return found + each(
        "risk not required",
        missed,
        "visit_id",
        "{overflow_risk:.3f}",
        f"{risk:g}",
        "share",
        "{visit_id} overflows with a chance of {overflow_risk:.0%} and is not required.",
    )
