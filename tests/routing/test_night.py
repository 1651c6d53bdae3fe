"""The whole night: the ledger adds up, equal nights are equal, impossible nights say why."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from retour import InfeasibleError, Instance
from retour.plan import Plan
from retour.vocabulary import Outcome, Status
from routing.check import check_plan
from routing.night import FIRST_SHARE, Clock, plan_night, routing_share

ITERATIONS = 40


@pytest.fixture(scope="module")
def planned(tiny: Instance) -> Plan:
    """A plan of the tiny network."""
    return plan_night(tiny, seed=1, iterations=ITERATIONS)


@pytest.fixture(scope="module")
def planned_city(city: Instance) -> Plan:
    """A plan of the city."""
    return plan_night(city, seed=1, iterations=ITERATIONS)


def test_objective_is_the_ledger_to_the_cent(planned: Plan, planned_city: Plan) -> None:
    """What the solvers claim is what the ledger adds up to."""
    for plan in (planned, planned_city):
        assert round(plan.objective_eur, 2) == round(plan.ledger_total_eur, 2)


def test_plans_of_the_samples_break_nothing(tiny: Instance, city: Instance, planned: Plan, planned_city: Plan) -> None:
    """The independent checker finds nothing in either."""
    assert [] == [*check_plan(tiny, planned)["message"], *check_plan(city, planned_city)["message"]]


def test_every_stage_states_a_bound_below_its_objective(planned_city: Plan) -> None:
    """Decide, route and night each say status, objective and bound."""
    assert ["decide", "route", "night"] == [a.stage for a in planned_city.answers]
    assert all(a.bound_eur <= a.objective_eur + 1e-6 for a in planned_city.answers)  # type: ignore[operator]
    assert planned_city.answers[0].status is Status.OPTIMAL


def test_same_seed_and_iterations_same_tables(tiny: Instance, planned: Plan) -> None:
    """Every table of two equal nights is equal."""
    again = plan_night(tiny, seed=1, iterations=ITERATIONS)
    for name, table in planned.tables().items():
        pd.testing.assert_frame_equal(table, again.tables()[name])


def test_a_second_round_never_costs(city: Instance, planned_city: Plan) -> None:
    """Learning the routes' prices keeps the better of two rounds."""
    once = plan_night(city, seed=1, iterations=ITERATIONS, rounds=1)
    assert planned_city.objective_eur <= once.objective_eur + 1e-6


def test_either_engine_plans_the_night(tiny: Instance, planned: Plan) -> None:
    """On twelve returns both engines reach the proven optimum."""
    other = plan_night(tiny, seed=1, iterations=ITERATIONS, engine="ortools")
    assert round(planned.objective_eur, 2) == round(other.objective_eur, 2)


def test_the_joint_plan_beats_rules_and_greed(planned_city: Plan) -> None:
    """The comparators cost more; the bound costs less."""
    cost = planned_city.comparators.set_index("method")["cost_eur"]
    assert cost["bound"] - 1e-6 <= cost["joint optimum"] <= cost["greedy best margin"]
    assert cost["joint optimum"] < cost["fixed rules"]


def test_the_city_binds(city: Instance, planned_city: Plan) -> None:
    """Damaged batteries avoid lockers and relays, some returns are kept, some limits have a price."""
    decisions = planned_city.decisions.merge(city.returns[["return_id", "damaged_battery"]], on="return_id")
    kinds = city.points.set_index("point_id")["kind"]
    damaged = decisions[decisions["damaged_battery"] & (decisions["state"] == "PLANNED")]
    assert set(damaged["point_id"].map(kinds)) <= {"STORE", "HOME"}
    assert (decisions["outcome"] == Outcome.KEEP).any()
    assert (planned_city.prices["price_eur"] > 0).any()


def test_a_night_without_workshop_hours_for_its_last_resort_says_what_blocks(tiny: Instance) -> None:
    """Recycling is the only way for a damaged battery: with no items left there, nothing fits."""
    processes = tiny.table("processes")
    processes.loc[processes["outcome"].isin(["RECYCLE", "DISPOSE"]), "capacity_items"] = 0
    with pytest.raises(InfeasibleError, match="Q6-recycle"):
        plan_night(tiny.replace(processes=processes), seed=1, iterations=ITERATIONS)


def test_a_night_with_too_few_vans_says_what_blocks(tiny: Instance) -> None:
    """P1 must be emptied: a van too small for its parcels is named with a way out."""
    vehicles = tiny.table("vehicles")
    vehicles["capacity_kg"] = 1.0
    with pytest.raises(InfeasibleError, match="kg"):
        plan_night(tiny.replace(vehicles=vehicles), seed=1, iterations=ITERATIONS)


def test_a_night_without_vans_is_left_to_carriers(tiny: Instance) -> None:
    """Every point has a carrier's lane and there is no van: a sound plan without routes."""
    points, lanes = tiny.table("points"), tiny.table("lanes")
    points["emptied_by"] = "CARRIER"
    label = lanes[lanes["from_id"] == "P4"].iloc[0].to_dict()
    labels = pd.DataFrame([label | {"from_id": p} for p in points["point_id"] if p != "P4"])
    carried = tiny.replace(points=points, lanes=pd.concat([lanes, labels]), vehicles=tiny.table("vehicles").iloc[:0])
    plan = plan_night(carried, seed=1, iterations=5)
    assert (0, []) == (len(plan.routes), list(check_plan(carried, plan)["message"]))


@pytest.mark.parametrize(("budget_s", "share"), [(12.0, 1.0), (60.0, FIRST_SHARE), (None, FIRST_SHARE)])
def test_a_round_that_stays_the_only_one_routes_to_the_end(budget_s: float | None, share: float) -> None:
    """Deciding took 2.4 s: a round takes 4.8 s beside routing, so that 12 s hold one round only, and 60 s two."""
    assert share == routing_share(Clock(time.perf_counter(), budget_s), deciding_s=2.4)
