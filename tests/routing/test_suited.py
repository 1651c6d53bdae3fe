"""What points need of a van, points that ride together, what rounds should be like: from tables to a checked plan."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from retour import Instance
from retour.plan import Plan
from retour.policy import Rounds
from routing.check import check_plan
from routing.consolidate import forecast_visits
from routing.consolidate.access import obstacles
from routing.night import plan_night
from routing.tonight import pickup_problem


def needing(tiny: Instance, point_id: str, *words: str) -> pd.DataFrame:
    """The points of tiny, one of which needs something."""
    needs = [words if p == point_id else () for p in tiny.points["point_id"]]
    return tiny.points.assign(needs=needs)


def with_clean_van(tiny: Instance, *, count: int = 1) -> pd.DataFrame:
    """The vans of tiny, and clean ones at H1."""
    usual = tiny.vehicles
    clean = usual.iloc[[0]].assign(vehicle_type_id="clean-H1", count=count, offers=[("low_emission",)])
    return pd.concat([usual, clean], ignore_index=True)


@pytest.fixture(scope="module")
def zoned(tiny: Instance) -> Instance:
    """P5 lies in a low-emission zone; one of the vans of H1 is clean, and dear."""
    vans = with_clean_van(tiny)
    dear = vans.assign(fixed_eur=vans["fixed_eur"].where(vans["vehicle_type_id"] != "clean-H1", 50.0))
    return tiny.replace(points=needing(tiny, "P5", "low_emission"), vehicles=dear)


@pytest.fixture(scope="module")
def night(zoned: Instance) -> Plan:
    """That night, planned."""
    return plan_night(zoned, seed=1, iterations=50)


def van_at(plan: Plan, visit_id: str) -> str:
    """The van type that makes a visit."""
    route_id = plan.stops.set_index("visit_id").loc[visit_id, "route_id"]
    return str(plan.routes.set_index("route_id").loc[route_id, "vehicle_type_id"])


def test_only_a_van_that_offers_it_stops_where_something_is_needed(zoned: Instance, night: Plan) -> None:
    """The dear clean van empties P5, and nothing is broken."""
    assert "clean-H1" == van_at(night, "P5")
    assert [] == list(check_plan(zoned, night)["message"])


def test_the_checker_sees_a_van_that_does_not_offer_it(zoned: Instance, night: Plan) -> None:
    """The same route by the usual van is against the rule."""
    usual = replace(night, routes=night.routes.assign(vehicle_type_id="van-H1"))
    found = check_plan(zoned, usual)
    assert ["P5"] == found.loc[found["rule"] == "van suits point", "ids"].tolist()


def test_why_no_van_may_come_is_told(tiny: Instance) -> None:
    """Where the clean vans are away tonight P5 is left, and says why."""
    away = tiny.replace(points=needing(tiny, "P5", "low_emission", "tail_lift"), vehicles=with_clean_van(tiny))
    visits = pd.DataFrame({"point_id": ["P5", "P3"], "hub_id": ["H1", "H1"], "parcels": 3, "out_parcels": 0})
    told = "no van: none of hub H1 tonight offers low_emission and tail_lift"
    assert [told, ""] == obstacles(away, visits).tolist()


def test_loads_are_split_by_vans_that_may_come(tiny: Instance) -> None:
    """The clean van takes 2 parcels: what waits at P5 is several visits, what waits at P3 one."""
    vans = with_clean_van(tiny, count=9)
    small = vans.assign(capacity_parcels=vans["capacity_parcels"].where(vans["vehicle_type_id"] != "clean-H1", 2))
    zoned = tiny.replace(points=needing(tiny, "P5", "low_emission"), vehicles=small)
    visits = forecast_visits(zoned, plan_night(tiny, seed=1, iterations=5).decisions)
    parts = visits[visits["point_id"] == "P5"]["parcels"]
    assert len(parts) > 1
    assert 2 == parts.max()
    assert 2 < visits.set_index("visit_id").loc["P3", "parcels"]


def test_a_group_rides_in_one_van(tiny: Instance) -> None:
    """P1 and P5 are a group: one stop's group is the other's, and two vans for them are against the rule."""
    together = tiny.replace(points=tiny.points.assign(same_van=["keys", None, None, None, "keys", None]))
    plan = plan_night(together, seed=1, iterations=50)
    stops = {s.stop_id: s.same_van for s in pickup_problem(together, plan.visits).stops}
    assert ("keys", "keys", None) == (stops["P1"], stops["P5"], stops["P3"])
    assert [] == list(check_plan(together, plan)["message"])
    routes = plan.stops["route_id"].mask(plan.stops["visit_id"] == "P5", "R9")
    found = check_plan(together, replace(plan, stops=plan.stops.assign(route_id=routes), routes=twice(plan)))
    assert ["keys"] == found.loc[found["rule"] == "same van", "ids"].tolist()


def twice(plan: Plan) -> pd.DataFrame:
    """The routes, and their first again as R9."""
    return pd.concat([plan.routes, plan.routes.iloc[[0]].assign(route_id="R9")], ignore_index=True)


def test_what_rounds_should_be_like_is_weighed_and_not_paid(tiny: Instance) -> None:
    """Prices on balance and compactness reach the problem; the ledger is the objective all the same."""
    wished = tiny.policy.model_copy(update={"rounds": Rounds(balance_per_hour_eur=30, compactness_per_km_eur=2)})
    fair = tiny.replace(policy=wished)
    plan = plan_night(fair, seed=1, iterations=50)
    wishes = pickup_problem(fair, plan.visits).wishes
    assert (30, 2) == (wishes.balance_per_hour_eur, wishes.compactness_per_km_eur)
    assert "retour" == next(a.engine for a in plan.answers if a.stage == "route")
    assert [] == list(check_plan(fair, plan)["message"])
    assert round(plan.objective_eur, 2) == round(plan.ledger_total_eur, 2)
    assert all(a.bound_eur <= a.objective_eur for a in plan.answers if a.bound_eur is not None)
