"""Tonight's visits: what waits where, what leaving it costs, and which points must be emptied.

One row per point with parcels or a risk and one per home pickup. The prize of a visit is what the ledger charges
when it is left (`retour.ledger.visit_ledger`): drop-offs refused because the point stays full, and waiting.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.instance import Instance
from retour.plan import shaped
from routing.consolidate.access import obstacles
from routing.consolidate.duty import with_duties
from routing.consolidate.forecast import FillForecast, forecast_fill
from routing.consolidate.split import split_visits, van_loads
from routing.consolidate.waiting import waiting_fill, waiting_returns

LOADS = ["parcels", "volume_l", "weight_kg", "hazard_kg"]
OUT = {"parcels": "out_parcels", "volume_l": "out_l", "weight_kg": "out_kg"}
WORTH_SHOWING = 0.01  # an empty point stands in the table from this risk of overflow


def forecast_visits(instance: Instance, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return tonight's visits shaped as the `visits` table, points first, in table order; none visited yet.

    decisions -> visit_id (the point; home:RETURN; P#2 for a second van load), what waits, overflow risk, required,
    waiting_eur, prize_eur = expected_refused x rate + waiting_eur, and why it must, may or cannot be emptied.
    """
    returns = waiting_returns(instance, decisions)
    forecast = forecast_fill(instance, decisions)
    frames = [_points(instance, forecast, returns), _homes(instance, returns[returns["home"]])]
    candidates = pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
    candidates[[*OUT.values()]] = candidates[[*OUT.values()]].fillna(0.0)  # homes have none
    rate = instance.rates["overflow_refused_dropoff_eur"]
    candidates["prize_eur"] = candidates["expected_refused"] * rate + candidates["waiting_eur"]
    candidates["obstacle"] = obstacles(instance, candidates)
    candidates["loads"] = np.where(candidates["obstacle"] == "", van_loads(instance, candidates), 1)
    visits = split_visits(with_duties(instance, candidates))
    return shaped("visits", visits.assign(visited=False))


def _points(instance: Instance, forecast: FillForecast, returns: pd.DataFrame) -> pd.DataFrame:
    ids, capacity = instance.indexed.points.ids, forecast.capacity[:, 0]
    points = _per_point(returns[~returns["home"]], waiting_fill(instance, returns), len(ids)).assign(
        visit_id=ids,
        point_id=ids,
        hub_id=instance.tables["points"]["hub_id"].to_numpy(object),
        capacity_parcels=np.where(np.isfinite(capacity), capacity, np.nan),
        overflow_risk=forecast.overflow_risk,
        expected_refused=forecast.expected_refused,
        home=False,
    )
    points["fill_share"] = points["parcels"] / points["capacity_parcels"].where(points["capacity_parcels"] > 0)
    points = points.join(_brought(instance), on="point_id")
    shown = (points["parcels"] > 0) | (points["overflow_risk"] >= WORTH_SHOWING) | (points["out_parcels"] > 0)
    return points[shown & instance.indexed.points.van]


def _brought(instance: Instance) -> pd.DataFrame:
    """Return what vans bring to points that get something tonight, columns of `OUT`."""
    return instance.tables["deliveries"].set_index("point_id")[[*OUT]].rename(columns=OUT).astype(float)


def _per_point(returns: pd.DataFrame, fill: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return what lies at each point (rows in table order): its loads, what its waiting costs, its oldest day."""
    columns = ["point_idx", *LOADS, "decay_eur", "late_eur", "pickup_eur", "refund_turns_late"]
    here = pd.concat([returns[columns], fill.assign(hazard_kg=0.0)[columns]])
    here["waiting_eur"] = here["decay_eur"] + here["late_eur"] + here["pickup_eur"]
    by_point = here.groupby("point_idx")
    sums = by_point[[*LOADS, "waiting_eur"]].sum().reindex(range(count), fill_value=0.0)
    sums["refund_turns_late"] = by_point["refund_turns_late"].any().reindex(range(count), fill_value=False)
    sums["oldest_on"] = fill.groupby("point_idx")["oldest_on"].min().reindex(range(count))
    return sums


def _homes(instance: Instance, returns: pd.DataFrame) -> pd.DataFrame:
    points = instance.tables["points"].iloc[returns["point_idx"]]
    return returns.assign(
        visit_id="home:" + returns["return_id"].astype(object),
        point_id=points["point_id"].to_numpy(object),
        hub_id=points["hub_id"].to_numpy(object),
        waiting_eur=returns["decay_eur"] + returns["late_eur"] + returns["pickup_eur"],
        overflow_risk=0.0,
        expected_refused=0.0,
        oldest_on=pd.NaT,
    )
