"""Parcels out and returns back on one van: from the table `deliveries` to a checked plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retour import Instance
from retour.ledger import route_co2e_kg
from retour.plan import Plan
from routing.check import check_plan
from routing.consolidate import forecast_visits
from routing.consolidate.access import obstacles
from routing.marginal import marginal_pickup
from routing.night import plan_night
from routing.pickup import solve_pickup
from routing.tonight import pickup_problem


def to_bring(**rows: tuple[int, float, float]) -> pd.DataFrame:
    """Deliveries by point: parcels, litres, kilograms."""
    columns = ["point_id", "parcels", "volume_l", "weight_kg"]
    return pd.DataFrame([(point, *amounts) for point, amounts in rows.items()], columns=columns)


@pytest.fixture(scope="module")
def bringing(tiny: Instance) -> Instance:
    """P3 gets 12 parcels and P5 25: with what waits there a van of 40 is full when it leaves and when it is back."""
    return tiny.replace(deliveries=to_bring(P3=(12, 120.0, 30.0), P5=(25, 200.0, 60.0)))


@pytest.fixture(scope="module")
def night(bringing: Instance) -> Plan:
    """That night, planned."""
    return plan_night(bringing, seed=1, iterations=50)


def test_a_night_that_brings_breaks_nothing(bringing: Instance, night: Plan) -> None:
    """Both points are visited because of it, and the ledger is the objective."""
    assert [] == list(check_plan(bringing, night)["message"])
    assert round(night.objective_eur, 2) == round(night.ledger_total_eur, 2)
    visits = night.visits.set_index("visit_id").loc[["P3", "P5"]]
    assert [True, True] == (visits["required"] & visits["visited"]).tolist()
    assert visits["why"].str.contains("parcels to bring: ").all()
    assert [12, 25] == visits["out_parcels"].tolist()


def test_what_is_aboard_falls_and_rises(night: Plan) -> None:
    """After each stop: what is still to be brought on the trip, and what was taken."""
    for _, trip in night.stops.groupby(["route_id", "trip"]):
        aboard = trip["out_parcels"].sum() - trip["out_parcels"].cumsum() + trip["parcels"].cumsum()
        assert aboard.tolist() == trip["load_parcels"].tolist()
    assert 37 == night.stops["out_parcels"].sum()


def test_the_stop_takes_longer_and_the_van_weighs_more(tiny: Instance, bringing: Instance, night: Plan) -> None:
    """12 parcels more are handled at P3, and kilograms on the way out emit."""
    decided = plan_night(tiny, seed=1, iterations=5).decisions
    usual, longer = (
        {s.stop_id: s for s in pickup_problem(i, forecast_visits(i, decided)).stops}["P3"] for i in (tiny, bringing)
    )
    per_parcel = tiny.rates["stop_parcel_s"]
    assert usual.service_s + 12 * per_parcel == pytest.approx(longer.service_s, abs=1)
    empty = night.stops.assign(out_kg=0.0)
    heavier = route_co2e_kg(bringing, night.routes, night.stops) - route_co2e_kg(bringing, night.routes, empty)
    out_kg = night.stops.groupby("route_id")["out_kg"].sum().reindex(night.routes["route_id"])
    assert (out_kg > 0).any()
    assert ((heavier > 0) == (out_kg > 0).to_numpy()).all()


def test_more_than_a_van_holds_is_brought_in_parts(tiny: Instance) -> None:
    """70 parcels for P5 are two visits, of a van of 40 each; litres and kilograms are shared."""
    heavy = tiny.replace(deliveries=to_bring(P5=(70, 900.0, 90.0)))
    visits = forecast_visits(heavy, plan_night(tiny, seed=1, iterations=5).decisions)
    parts = visits[visits["point_id"] == "P5"]
    assert [35, 35] == parts["out_parcels"].tolist()
    assert 900.0 == pytest.approx(parts["out_l"].sum())


def test_an_empty_point_is_visited_for_what_it_gets(tiny: Instance) -> None:
    """Where nothing waits a van is needed all the same, unless nothing is to be brought either."""
    visits = pd.DataFrame({"point_id": ["P5", "P3"], "hub_id": "H1", "parcels": 0, "out_parcels": [4, 0]})
    assert ["", "no van needed: nothing waits there"] == obstacles(tiny, visits).tolist()


def changed(name: str, **values: Callable[[pd.Series], object]) -> Callable[[Plan], Plan]:
    """Change columns of the rows of P3 in one table."""

    def edit(plan: Plan) -> Plan:
        table = getattr(plan, name).copy()
        here = table["visit_id"] == "P3"
        for column, change in values.items():
            table.loc[here, column] = change(table.loc[here, column])
        return replace(plan, **{name: table})

    return edit


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (changed("visits", out_parcels=lambda v: v - 1), "delivery"),
        (changed("visits", required=lambda v: ~v.astype(bool)), "delivery not required"),
        (changed("stops", out_parcels=lambda v: v - 2), "brought to stop"),
        (changed("stops", out_kg=lambda v: v + 5), "brought to stop"),
        (changed("stops", load_parcels=lambda v: v + 1), "load sum"),
    ],
)
def test_the_checker_sees_what_is_not_brought(bringing: Instance, night: Plan, edit: object, rule: str) -> None:
    """Every way to forget a parcel has its rule."""
    assert rule in set(check_plan(bringing, edit(night))["rule"])


def test_the_checker_sees_a_van_that_leaves_too_full(bringing: Instance, night: Plan) -> None:
    """A van of 30 parcels cannot leave with 37."""
    vans = bringing.vehicles.assign(capacity_parcels=30)
    assert (night.stops.groupby(["route_id", "trip"])["out_parcels"].sum() > 30).any()
    assert "van capacity_parcels when it leaves" in set(check_plan(bringing.replace(vehicles=vans), night)["rule"])


def test_a_visit_for_deliveries_alone_has_a_price_per_parcel(tiny: Instance) -> None:
    """P5 is empty but gets 4 parcels: what the stop costs is shared by them, never by nothing."""
    alone = tiny.replace(deliveries=to_bring(P5=(4, 40.0, 8.0)))
    visits = forecast_visits(alone, plan_night(tiny, seed=1, iterations=5).decisions.head(0))
    empty = visits.assign(parcels=visits["parcels"].mask(visits["visit_id"] == "P5", 0))
    problem = pickup_problem(alone, empty)
    estimate = marginal_pickup(alone, empty, problem, solve_pickup(problem, seed=1, iterations=20))
    assert np.isfinite(estimate.cost_eur).all()
    assert np.isfinite(estimate.co2e_kg).all()
