"""Is there a way for every movement? Lanes and vans recomputed from the tables, by name."""

from __future__ import annotations

import pandas as pd

from retour.instance import Instance
from retour.vocabulary import EmptiedBy
from routing.check.finding import Found, each


def lanes_exist(instance: Instance, moved: pd.DataFrame) -> Found:
    """Every movement has a lane, or tonight's van from the point to its hub."""
    by_van, carried = moved["point_emptied_by"] == EmptiedBy.VAN, moved["point_emptied_by"] == EmptiedBy.CARRIER
    crossed = moved["entry_hub_id"] != moved["hub_id"]
    return (
        each(
            "entry hub",
            moved[by_van & (moved["entry_hub_id"] != moved["point_hub_id"])],
            "return_id",
            "{entry_hub_id}",
            "{point_hub_id}",
            "",
            "Return {return_id}: vans bring {point_id} to {point_hub_id}, not to {entry_hub_id}.",
        )
        + _without_lane(instance, moved, "hub_id", "site_id")
        + _without_lane(instance, moved[crossed], "entry_hub_id", "hub_id")
        + _without_lane(instance, moved[carried], "point_id", "entry_hub_id")
    )


def _without_lane(instance: Instance, moved: pd.DataFrame, start: str, end: str) -> Found:
    lanes = pd.MultiIndex.from_frame(instance.tables["lanes"][["from_id", "to_id"]])
    legs = moved[[start, end]].drop_duplicates()
    missing = legs[~pd.MultiIndex.from_frame(legs).isin(lanes)]
    bad = moved[pd.MultiIndex.from_frame(moved[[start, end]]).isin(pd.MultiIndex.from_frame(missing))]
    return each(
        "no lane",
        bad,
        "return_id",
        f"{{{start}}} to {{{end}}}",
        "a declared lane",
        "",
        f"Return {{return_id}} moves from {{{start}}} to {{{end}}}, where there is no lane.",
    )
