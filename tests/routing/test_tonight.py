"""From visits to the pickup problem and back to tables, on routes drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

from retour import Instance
from retour.ledger import route_ledger
from retour.plan import shaped
from retour.tables import RESULT_TABLES
from retour.vocabulary import Status
from routing.check.routes import check_routes
from routing.consolidate import forecast_visits
from routing.marginal import insertion_eur, marginal_pickup
from routing.pickup.answer import PickupAnswer
from routing.pickup.problem import PickupProblem, check_problem
from routing.pickup.schedule import Route, evaluate
from routing.tonight import pickup_problem, with_routes, worth_again

CHOICES = {
    "R01": ("P1", "Q1-restock"), "R02": ("P1", "Q1-restock"), "R03": ("P3", "Q7-donate"), "R04": ("P5", "Q3-refurbish"),
    "R06": ("P6", "Q6-recycle"), "R09": ("P6", "Q1-restock"), "R10": ("P2", "Q1-restock"),
}  # fmt: skip
LOOP = ("P1", "P5")  # hub (0,0) - P1 (3,4) - P5 (0,4) - hub: 5 + 3 + 4 km


@pytest.fixture(scope="module")
def decisions() -> pd.DataFrame:
    """Seven of tiny's returns, sorted at the hub of their point."""
    rows = [
        {"return_id": r, "state": "PLANNED", "point_id": c, "hub_id": "H2" if c == "P2" else "H1", "process_id": q,
         "outcome": q.split("-")[1].upper(), "day": 0}
        for r, (c, q) in CHOICES.items()
    ]  # fmt: skip
    return shaped("decisions", pd.DataFrame(rows))


@pytest.fixture(scope="module")
def visits(tiny, decisions) -> pd.DataFrame:
    """The visits these decisions lead to."""
    return forecast_visits(tiny, decisions)


@pytest.fixture(scope="module")
def problem(tiny, visits) -> PickupProblem:
    """The pickup problem of these visits."""
    return pickup_problem(tiny, visits)


def answer_of(problem: PickupProblem, *routes: Route) -> PickupAnswer:
    """An answer that drives the given routes."""
    schedule = evaluate(problem, routes)
    return PickupAnswer(
        status=Status.FEASIBLE,
        objective_eur=schedule.objective_eur,
        bound_eur=0.0,
        routes=schedule.routes,
        unserved=schedule.unserved,
        engine="hand",
        seed=0,
        iterations=0,
    )


def driven(problem: PickupProblem, *trips: Sequence[str]) -> PickupAnswer:
    """An answer of one van of H1."""
    return answer_of(problem, Route("van-H1", 1, tuple(tuple(t) for t in trips)))


def stop(problem: PickupProblem, stop_id: str):
    """One stop of the problem."""
    return next(s for s in problem.stops if s.stop_id == stop_id)


def test_every_visit_becomes_a_stop_of_its_hub(problem, visits):
    """Same ids, loads, duties and prizes; only the hub's vans may come."""
    assert [] == check_problem(problem)
    assert list(visits["visit_id"]) == [s.stop_id for s in problem.stops]
    assert list(visits["prize_eur"]) == [s.prize_eur for s in problem.stops]
    assert ["H1", "H2", "H1", "H1", "H1", "H1"] == [s.hub_id for s in problem.stops]
    assert (12, 18.0) == (stop(problem, "P1").load[0], stop(problem, "P1").load[2])


def test_distances_and_service_are_worked_by_hand(problem):
    """Hub - P1 is 5 km, 10 minutes at 30 km/h; 12 parcels take 60 s + 12 x 30 s; R06 lives at (3, 3)."""
    hub, p1, home = problem.depots[0].place_idx, stop(problem, "P1"), stop(problem, "home:R06")
    assert (5000, 600) == (problem.distance_m[hub, p1.place_idx], problem.duration_s[hub, p1.place_idx])
    assert 420 == p1.service_s
    assert problem.distance_m[hub, home.place_idx] == pytest.approx(4243, abs=1)


def test_windows_come_from_the_point_or_its_hours(tiny, visits, problem):
    """P3 opens from 9 to 19; with rows for Mondays those go first; a locker is open any time."""
    assert ((32400, 68400),) == stop(problem, "P3").windows
    assert () == stop(problem, "P1").windows
    rows = [("P3", 0, 64800.0, 72000.0), ("P3", 0, 32400.0, 43200.0), ("P3", 1, 0.0, 86400.0)]
    hours = pd.DataFrame(rows, columns=["point_id", "weekday", "opens", "closes"])
    assert ((32400, 43200), (64800, 72000)) == stop(pickup_problem(tiny.replace(hours=hours), visits), "P3").windows


def test_vans_pay_the_carbon_of_a_mean_kilometre(problem):
    """0.50 EUR and 0.346 kg at 100 EUR/t a kilometre; empty limits are none."""
    van = next(v for v in problem.vehicle_types if v.vehicle_type_id == "van-H1")
    assert van.per_km_eur == pytest.approx(0.5 + 0.0346)
    assert (20.0, 30.0, 2, float("inf")) == (van.fixed_eur, van.per_hour_eur, van.count, van.max_duration_s)
    assert (40.0, 2000.0, 500.0, 333.0) == van.capacity


def test_closed_points_are_left_out_and_stay_in_the_table(tiny, decisions):
    """A point closed on Mondays is no stop, and its visit says why it is left."""
    hours = pd.DataFrame({"point_id": ["P5"], "weekday": [1], "opens": [32400.0], "closes": [72000.0]})
    closed = tiny.replace(hours=hours)
    seen = forecast_visits(closed, decisions)
    asked = pickup_problem(closed, seen)
    assert "P5" not in {s.stop_id for s in asked.stops}
    told = with_routes(closed, seen, asked, driven(asked, ["P1"]))[0].set_index("visit_id")
    assert (False, "closed tonight") == (told.at["P5", "visited"], told.at["P5", "why"][:14])


def test_tables_tell_the_route_stop_by_stop(tiny, visits, problem):
    """Hub - P1 - P5 - hub: 5, 3 and 4 km; 12 and then 16 parcels aboard."""
    _, stops, routes = with_routes(tiny, visits, problem, driven(problem, LOOP))
    assert RESULT_TABLES["stops"].column_names == list(stops.columns)
    assert [5000, 3000] == pytest.approx(list(stops["distance_m"]), abs=1)
    assert [0, 4000] == pytest.approx(list(stops["return_m"]), abs=1)
    assert [12, 16] == list(stops["load_parcels"])
    assert routes.at[0, "distance_m"] == stops["distance_m"].sum() + stops["return_m"].sum()
    assert (2, 16, 1) == tuple(routes.loc[0, ["stops", "parcels", "trips"]])
    assert [] == check_routes(tiny, visits.assign(required=False, visited=visits["visit_id"].isin(LOOP)), stops, routes)


def test_every_trip_ends_with_its_way_back(tiny, visits, problem):
    """Two trips: both last stops carry their return, loads start again; the next trip begins once it is unloaded."""
    several = problem.vehicle_types[0]
    twice = type(problem)(**{**vars(problem), "vehicle_types": (type(several)(**{**vars(several), "max_trips": 2}),)})
    _, stops, routes = with_routes(tiny, visits, twice, driven(twice, ["P1"], ["P5"]))
    assert [5000, 4000] == pytest.approx(list(stops["return_m"]), abs=1)
    assert ([1, 2], [12, 4]) == (list(stops["trip"]), list(stops["load_parcels"]))
    unloaded_s = stops["departure_s"] + stops["return_s"] + twice.depots[0].unload_s
    p5 = next(s for s in twice.stops if s.stop_id == "P5")
    out_s = twice.duration_s[twice.depots[0].place_idx, p5.place_idx]
    assert (stops.at[1, "arrival_s"] - out_s, routes.at[0, "end_s"]) == tuple(unloaded_s)
    assert routes.at[0, "distance_m"] == stops["distance_m"].sum() + stops["return_m"].sum()


def test_route_money_is_the_ledgers(tiny, visits, problem):
    """20 EUR for the van, 12 km at 0.50, and the paid time at 30 EUR an hour; carbon is a line of its own."""
    _, stops, routes = with_routes(tiny, visits, problem, driven(problem, LOOP))
    ledger = route_ledger(tiny, routes, stops)
    assert ledger["cost_eur"].sum() == routes["cost_eur"].sum()
    assert ledger["co2e_kg"].sum() == routes["co2e_kg"].sum()
    assert routes.at[0, "cost_eur"] == pytest.approx(20 + 12 * 0.5 + routes.at[0, "duration_s"] / 3600 * 30, abs=0.001)


def test_routes_are_numbered_by_hub_and_van(tiny, visits, problem):
    """Whatever the order of the answer: H1's vans first, then H2's."""
    answer = answer_of(
        problem, Route("van-H2", 1, (("P2",),)), Route("van-H1", 2, (("P1",),)), Route("van-H1", 1, (("P5",),))
    )
    _, stops, routes = with_routes(tiny, visits, problem, answer)
    assert [("R001", "H1"), ("R002", "H1"), ("R003", "H2")] == list(
        routes[["route_id", "hub_id"]].itertuples(index=False)
    )
    assert ["P5", "P1", "P2"] == list(stops["visit_id"])


def test_visits_say_why_they_are_made_or_left(tiny, visits, problem):
    """P1 must be emptied, P5 is worth it, P3 is not: 6 km more, 18 minutes at P3's door included."""
    told = with_routes(tiny, visits, problem, driven(problem, LOOP))[0].set_index("visit_id")
    assert told.index[told["visited"]].tolist() == ["P1", "P5"]
    assert told.at["P1", "why"].startswith("must be emptied: ")
    assert told.at["P5", "why"].startswith("emptied: leaving it costs")
    extra_eur = 6 * 0.5346 + (6 * 120 + 60 + 3 * 30) / 3600 * 30
    assert insertion_eur(problem, driven(problem, LOOP))["P3"] == pytest.approx(extra_eur, abs=0.001)
    assert told.at["P3", "why"].startswith(f"left: emptying it would cost about {extra_eur:.2f} EUR")


def test_required_visits_left_say_what_they_would_cost(tiny, visits, problem):
    """P1 must be emptied and no van drives: a fresh van would do it, for 20 EUR, 10 km and 42 minutes."""
    why = with_routes(tiny, visits, problem, answer_of(problem))[0].set_index("visit_id").at["P1", "why"]
    extra_eur = 20 + 10 * 0.5346 + 42 / 60 * 30
    assert why.startswith("must be emptied: ")
    assert f"left although required: Stop 'P1' fits on van van-H1 no. 1 for {extra_eur:.2f} EUR more" in why


def test_visits_go_back_to_what_they_are_worth(tiny, visits, problem):
    """Planning again begins from the sentences before any plan, whatever was told since."""
    for routes in ((), (LOOP,)):
        told = with_routes(tiny, visits, problem, driven(problem, *routes) if routes else answer_of(problem))[0]
        assert list(visits["why"]) == list(worth_again(told)["why"])


def test_no_routes_leave_everything(tiny, visits, problem):
    """An answer without routes: empty tables with every column, nothing visited."""
    told, stops, routes = with_routes(tiny, visits, problem, answer_of(problem))
    assert not told["visited"].any()
    assert (0, 0) == (len(stops), len(routes))
    assert RESULT_TABLES["routes"].column_names == list(routes.columns)


def test_parts_of_a_large_visit_are_stops_of_one_point(tiny, decisions):
    """80 parcels at P5 on two vans of 40: two stops at the same place, no promise broken."""
    fill = tiny.table("fill")
    fill["parcels"] = fill["parcels"].mask(fill["point_id"] == "P5", 79)
    large = tiny.replace(fill=fill)
    seen = forecast_visits(large, decisions)
    asked = pickup_problem(large, seen)
    answer = answer_of(asked, Route("van-H1", 1, (("P5",),)), Route("van-H1", 2, (("P5#2",),)))
    told, stops, routes = with_routes(large, seen, asked, answer)
    assert ["P5", "P5"] == list(stops["point_id"])
    assert 80 == stops["parcels"].sum()
    assert [] == check_routes(large, told.assign(required=False), stops, routes)


def test_marginal_price_is_the_detour_saved_per_parcel(tiny, visits, problem):
    """Without P5 the loop is 2 km shorter and 4 + 3 minutes quicker: 1 + 3.50 EUR over 4 parcels."""
    estimate = marginal_pickup(tiny, visits, problem, driven(problem, LOOP))
    p5 = list(tiny.points["point_id"]).index("P5")
    assert estimate.cost_eur[p5] == pytest.approx(4.5 / 4, abs=0.001)
    assert estimate.co2e_kg[p5] == pytest.approx(2 * 0.346 / 4, abs=0.001)


def test_stop_alone_on_its_route_carries_the_van(tiny, visits, problem):
    """P1 alone: 10 km, 20 + 7 minutes and 15 to unload, and the van's 20 EUR, over 12 parcels."""
    estimate = marginal_pickup(tiny, visits, problem, driven(problem, ["P1"]))
    assert estimate.cost_eur[0] == pytest.approx((10 * 0.5 + 42 / 60 * 30 + 20) / 12, abs=0.001)


def test_unserved_point_costs_its_cheapest_insertion(tiny, visits, problem):
    """P2 belongs to H2, whose only van stands still: its own van, over its one parcel."""
    estimate = marginal_pickup(tiny, visits, problem, driven(problem, LOOP))
    hub, p2 = problem.depots[1].place_idx, stop(problem, "P2")
    km = 2 * problem.distance_m[hub, p2.place_idx] / 1000
    hours = (2 * problem.duration_s[hub, p2.place_idx] + p2.service_s + 900) / 3600
    assert estimate.cost_eur[1] == pytest.approx(km * 0.5 + hours * 30 + 20, abs=0.001)


def test_points_nobody_decided_for_keep_the_first_estimate(tiny: Instance, visits, problem):
    """P4 goes by carrier: no pickup price."""
    assert 0.0 == marginal_pickup(tiny, visits, problem, driven(problem, LOOP)).cost_eur[3]
