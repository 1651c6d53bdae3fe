"""Breaks, overtime, and nights that begin or end elsewhere: from the network's tables to the plan's, and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from retour import Instance
from retour.plan import Plan
from routing.check import check_plan
from routing.consolidate import forecast_visits
from routing.consolidate.access import obstacles, vans_tonight
from routing.night import plan_night
from routing.tonight import pickup_problem

BREAK_S, WITHIN_S = 1200, 1440  # 20 minutes within 0.4 h


def garage(lat: float = 45.74, lon: float = 4.82) -> pd.DataFrame:
    """One garage."""
    columns = ["garage_id", "name", "lat", "lon", "region_id"]
    return pd.DataFrame([("G1", "Garage Confluence", lat, lon, None)], columns=columns)


def rule(minutes: float, hours: float) -> pd.DataFrame:
    """A break of the vans of H1."""
    columns = ["vehicle_type_id", "duration_min", "within_h"]
    return pd.DataFrame([("van-H1", minutes, hours)], columns=columns)


def away(tiny: Instance, **ends: str) -> pd.DataFrame:
    """The vans of tiny, those of H1 beginning or ending elsewhere."""
    return tiny.vehicles.assign(**{end: [place, None] for end, place in ends.items()})


@pytest.fixture(scope="module")
def resting(tiny: Instance) -> Instance:
    """Vans of H1 begin and end at a garage and rest 20 minutes within 24."""
    vans = away(tiny, starts_at="G1", ends_at="G1")
    return tiny.replace(vehicles=vans, garages=garage(), breaks=rule(20.0, 0.4))


@pytest.fixture(scope="module")
def rested(resting: Instance) -> Plan:
    """That night, planned."""
    return plan_night(resting, seed=1, iterations=50)


def test_a_night_with_breaks_and_a_garage_breaks_nothing(resting: Instance, rested: Plan) -> None:
    """The checker finds nothing, the ledger is the objective, and an engine was taken that honours breaks."""
    assert [] == list(check_plan(resting, rested)["message"])
    assert round(rested.objective_eur, 2) == round(rested.ledger_total_eur, 2)
    assert "retour" == next(a.engine for a in rested.answers if a.stage == "route")


def test_breaks_are_told_with_when_and_where(rested: Plan) -> None:
    """A break of 20 minutes at a stop of the route, inside its stay there, and counted in the route."""
    rest = rested.rests.iloc[0]
    at = rested.stops.set_index(["route_id", "position"]).loc[(rest["route_id"], rest["position"])]
    assert (rest["end_s"] - rest["start_s"], rest["place_id"]) == (BREAK_S, at["visit_id"])
    assert at["arrival_s"] <= rest["start_s"] < rest["end_s"] <= at["departure_s"]
    assert rested.routes["rest_s"].sum() == (rested.rests["end_s"] - rested.rests["start_s"]).sum()


def test_routes_tell_where_the_night_begins_and_ends(rested: Plan) -> None:
    """Vans of H1 say the garage; a van of H2, where there is one, its hub."""
    of_h1 = rested.routes["hub_id"] == "H1"
    assert of_h1.any()
    assert set(rested.routes.loc[of_h1, "starts_at"]) == set(rested.routes.loc[of_h1, "ends_at"]) == {"G1"}
    assert rested.routes.loc[~of_h1, "starts_at"].isna().all()


def test_the_own_hub_named_as_an_end_is_no_other_place(tiny: Instance) -> None:
    """`starts_at` H1 for a van of H1 changes nothing, not even the problem."""
    named = tiny.replace(vehicles=away(tiny, starts_at="H1"))
    assert vans_tonight(named)["starts_at"].isna().all()


def test_hours_of_the_hub_bind_where_the_night_is_there(tiny: Instance) -> None:
    """The hub opens at 18:00: a van that begins there leaves then, one from a garage at its shift, 17:00."""
    hubs = tiny.hubs.assign(opens=18 * 3600.0)
    late = tiny.replace(hubs=hubs, garages=garage(), vehicles=away(tiny, starts_at="G1"))
    assert [17 * 3600, 18 * 3600] == vans_tonight(late)["from_s"].tolist()


def test_a_garage_near_a_point_reaches_it_before_it_closes(tiny: Instance) -> None:
    """P3 closes at 17:08; from H1 it is 14 minutes away, from a garage beside it none."""
    points = tiny.points.assign(closes=tiny.points["closes"].mask(tiny.points["point_id"] == "P3", 61_680.0))
    visits = pd.DataFrame({"point_id": ["P3"], "hub_id": ["H1"], "parcels": [3], "out_parcels": [0]})
    beside = {"garages": garage(45.787557, 4.83), "vehicles": away(tiny, starts_at="G1")}
    assert ["closed tonight while vans drive", ""] == [
        obstacles(tiny.replace(points=points, **tables), visits)[0] for tables in ({}, beside)
    ]


def test_overtime_is_a_line_of_the_ledger(tiny: Instance) -> None:
    """Half an hour is usual, the rest up to two hours more costs 12 EUR an hour on top."""
    vans = tiny.vehicles.assign(max_duration_h=0.5, max_overtime_h=2.0, overtime_per_hour_eur=12.0)
    late = tiny.replace(vehicles=vans)
    plan = plan_night(late, seed=1, iterations=50)
    beyond_s = (plan.routes["duration_s"] - 1800).clip(lower=0)
    booked = plan.ledger[plan.ledger["activity"] == "overtime"]
    assert beyond_s.sum() > 0
    assert beyond_s.tolist() == plan.routes["overtime_s"].tolist()
    assert booked["cost_eur"].sum() == pytest.approx(12 * beyond_s.sum() / 3600)
    assert [] == list(check_plan(late, plan)["message"])


def test_no_rules_leave_the_problem_as_it_was(tiny: Instance) -> None:
    """Without breaks, garages or overtime no van has any."""
    decided = plan_night(tiny, seed=1, iterations=5).decisions
    for kind in pickup_problem(tiny, forecast_visits(tiny, decided)).vehicle_types:
        assert ((), None, None, 0) == (kind.breaks, kind.start_place_idx, kind.end_place_idx, kind.max_overtime_s)


def changed(name: str, **values: object) -> Callable[[Plan], Plan]:
    """Put values into the first row of a table."""
    def edit(plan: Plan) -> Plan:
        table = getattr(plan, name).copy()
        for column, value in values.items():
            table[column] = table[column].astype(object)
            table.at[0, column] = value
        return replace(plan, **{name: table.infer_objects()})

    return edit


def forgotten(plan: Plan) -> Plan:
    """Tell of no break at all, nor of waits that would do as well."""
    busy = plan.stops.assign(start_s=plan.stops["arrival_s"])
    return replace(plan, rests=plan.rests.head(0), stops=busy, routes=plan.routes.assign(rest_s=0))


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (forgotten, "is under way for"),
        (changed("rests", start_s=61_300, end_s=62_500), "falls into driving or work"),
        (changed("rests", route_id="R999"), "R999, which does not exist"),
        (changed("routes", rest_s=60), "states 60 s of breaks; they add up to 1200"),
        (changed("routes", starts_at="H2"), "does not begin at G1 and end at G1"),
        (changed("routes", ends_at=None), "does not begin at G1 and end at G1"),
    ],
)
def test_the_checker_finds_broken_rests_and_ends(resting: Instance, rested: Plan, edit, says: str) -> None:
    """Each edit of the plan is told in a sentence of its own."""
    assert any(says in message for message in check_plan(resting, edit(rested))["message"])
