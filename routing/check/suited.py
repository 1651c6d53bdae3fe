"""May this van stop there, and do points that belong together ride together?"""

from __future__ import annotations

import pandas as pd

from retour.instance import Instance
from routing.check.finding import Found, each, violation


def vans_offer_what_is_needed(instance: Instance, driven: pd.DataFrame) -> Found:
    """A van offers everything that the points it stops at need."""
    needs = instance.points.set_index("point_id")["needs"]
    offers = instance.vehicles.set_index("vehicle_type_id")["offers"]
    missing = [
        ";".join(sorted(set(needs.get(point, ())) - set(offers.get(kind, ()))))
        for point, kind in zip(driven["point_id"], driven["vehicle_type_id"], strict=True)
    ]
    told = driven.assign(missing=missing)
    return each(
        "van suits point",
        told[told["missing"] != ""],
        "visit_id",
        "{vehicle_type_id}",
        "offers {missing}",
        "",
        "Route {route_id} stops at {visit_id}, which needs {missing}; its van {vehicle_type_id} does not offer that.",
    )


def groups_ride_together(instance: Instance, driven: pd.DataFrame) -> Found:
    """Points of one group are emptied by one van."""
    group = driven["point_id"].map(instance.points.set_index("point_id")["same_van"])
    vans = driven.assign(group=group).dropna(subset=["group"]).groupby("group")["route_id"].unique()
    return [
        violation(
            "same van", str(name), len(routes), 1, "van",
            f"Routes {', '.join(sorted(routes))} stop at points of group {name}, which one van must empty.",
        )
        for name, routes in vans.items()
        if len(routes) > 1
    ]  # fmt: skip
