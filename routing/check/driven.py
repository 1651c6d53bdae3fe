"""What the vans drove, stop by stop, with the places between which they did."""

from __future__ import annotations

import pandas as pd

from retour.brought import OUT_KG, OUT_PARCELS, brought
from retour.instance import Instance
from retour.travel import Places
from routing.check.finding import place_of

ENDS = ["starts_at", "ends_at"]  # empty, or absent in older runs: at the van's hub
BROUGHT = [OUT_PARCELS, OUT_KG]


def placed(instance: Instance, stops: pd.DataFrame, routes: pd.DataFrame) -> pd.DataFrame:
    """Return stops in order with their route's van and hub, the previous place, where their trip begins and ends."""
    out = stops.sort_values(["route_id", "position"], kind="stable").merge(
        routes.reindex(columns=["route_id", "vehicle_type_id", "hub_id", *ENDS]), on="route_id", how="left"
    )
    out = out.assign(**brought(out)[BROUGHT])
    trips = out.groupby("route_id")["trip"]
    begins, ends = out["trip"] == trips.transform("min"), out["trip"] == trips.transform("max")
    out["leaves"] = out["starts_at"].where(begins).fillna(out["hub_id"])
    out["returns_to"] = out["ends_at"].where(ends).fillna(out["hub_id"])
    out["place"] = place_of(out["visit_id"])
    out["previous"] = out.groupby(["route_id", "trip"], sort=False)["place"].shift(1)
    out["last"] = ~out.duplicated(["route_id", "trip"], keep="last")
    return out.reset_index(drop=True)


def all_places(instance: Instance) -> Places:
    """Return every place that a van may drive to or from."""
    returns = instance.returns
    home = returns[returns["lat"].notna()]
    homes = instance.locate("home:" + home["return_id"], home["lat"], home["lon"])
    return instance.places("points").plus(instance.places("hubs")).plus(instance.places("garages")).plus(homes)
