"""Promises of re-planning: overrides are honoured by every engine, priced by hand, and judged all at once."""

import math

import numpy as np
import pytest

from retour import InfeasibleError, InputError
from retour.vocabulary import Status
from routing.pickup import Route
from routing.pickup.overrides import (
    AddStop,
    DropStop,
    ForbidStop,
    LockStop,
    LockVan,
    LoseVan,
    MoveStop,
    ServeStop,
    Van,
)
from routing.pickup.problem import Stop
from routing.pickup.replan import replan

ONE, TWO = Van("van", 1), Van("van", 2)
EARLIER = (Route("van", 1, (("P0", "P1"),)), Route("van", 2, (("P2", "P3"),)))
# 40 km a van at 1.60 EUR (1 EUR, and 60 s at a cent), four services of 0.60 EUR, two vans of 10 EUR
FREE_EUR = 80 * 1.6 + 4 * 0.6 + 20


@pytest.fixture
def east_west(line):
    """Two stops at km 10 and 20, two at -10 and -20, for two vans of two parcels."""
    return line([{"km": 10}, {"km": 20}, {"km": -10}, {"km": -20}], vans=({"capacity": 2},))


def again(problem, *overrides, earlier=EARLIER, **given):
    """Plan again for a few iterations."""
    return replan(problem, earlier, overrides, **{"engine": "pyvrp", "seed": 1, "iterations": 50, **given})


def stops_of(found):
    """The stops of every van."""
    return {(r.vehicle_type_id, r.vehicle_no): r.as_route().stop_ids for r in found.answer.routes}


def test_without_overrides_the_earlier_plan_is_only_improved(east_west):
    """The free optimum, proven; nothing is priced, and each van keeps its side."""
    found = again(east_west)
    assert (Status.OPTIMAL, (), 0.0) == (found.answer.status, found.prices, found.price_eur)
    assert (FREE_EUR, FREE_EUR) == (pytest.approx(found.cost_eur), pytest.approx(found.answer.bound_eur))
    assert [{"P0", "P1"}, {"P2", "P3"}] == [set(stops) for stops in stops_of(found).values()]


def test_a_moved_stop_is_priced_against_the_free_optimum(east_west):
    """P0 rides with P3, so P2 must ride with P1: 60 km a van, 40 km more; without either override nothing is lost."""
    found = again(east_west, MoveStop("P0", TWO), LockStop("P3"))
    assert [{"P1", "P2"}, {"P0", "P3"}] == [set(stops_of(found)[van]) for van in (ONE, TWO)]
    assert [64.0, 64.0] == pytest.approx([price.price_eur for price in found.prices])
    assert [64.0, 64.0] == pytest.approx([price.at_most_eur for price in found.prices])
    assert (64.0, FREE_EUR) == (pytest.approx(found.price_eur), pytest.approx(found.free_eur))


def test_vans_that_are_alike_change_places_for_free(east_west):
    """P0 goes to the second van with P1: the vans swap sides, which costs nothing; three stops are told to move."""
    found = again(east_west, MoveStop("P0", TWO))
    assert 0.0 == pytest.approx(found.prices[0].price_eur)
    assert ["P0", "P1", "P2", "P3"] == [change.stop_id for change in found.changes if change.changed_van]


def test_a_lost_van_leaves_its_stops_to_the_other(line):
    """One van of four parcels drives both sides, 80 km in one go: the other's 10 EUR are saved."""
    problem = line([{"km": 10}, {"km": 20}, {"km": -10}, {"km": -20}], vans=({"capacity": 4},))
    found = again(problem, LoseVan(ONE))
    assert {TWO} == set(stops_of(found))
    assert (FREE_EUR - 10, 0.0) == (pytest.approx(found.cost_eur), pytest.approx(found.prices[0].price_eur))


def test_a_lost_van_that_is_needed_makes_the_night_infeasible(east_west):
    """Four parcels do not fit the one van of two that is left, and the reason says so."""
    with pytest.raises(InfeasibleError, match="4 parcels but the vans carry 2"):
        again(east_west, LoseVan(TWO))


def test_a_dropped_duty_saves_its_way(east_west):
    """Without P1 the first van drives 20 km instead of 40 and serves one stop less; a negative price."""
    found = again(east_west, DropStop("P1"))
    assert ((), FREE_EUR - 32.6) == (found.answer.unserved, pytest.approx(found.cost_eur))
    assert -32.6 == pytest.approx(found.prices[0].price_eur)
    assert [("P1", True)] == [(c.stop_id, c.after is None) for c in found.changes if c.changed_van]


def test_a_dropped_option_costs_its_prize(line):
    """P1 is worth 50 EUR and costs 20 km and its service: 50 - 32.6 more without it."""
    problem = line([{"km": 10}, {"km": 20, "required": False, "prize_eur": 50}])
    found = again(problem, DropStop("P1"), earlier=(Route("van", 1, (("P0", "P1"),)),))
    assert (("P1",), 17.4) == (found.answer.unserved, pytest.approx(found.prices[0].price_eur))
    assert pytest.approx(found.answer.objective_eur) == found.answer.bound_eur


def test_a_served_option_costs_its_way(line):
    """P1 is worth 5 EUR only and costs 32.6."""
    problem = line([{"km": 10}, {"km": 20, "required": False, "prize_eur": 5}])
    found = again(problem, ServeStop("P1"), earlier=(Route("van", 1, (("P0",),)),))
    assert ((), 27.6) == (found.answer.unserved, pytest.approx(found.prices[0].price_eur))


def test_an_added_stop_costs_its_way(line):
    """A stop at km 20 beyond the one at km 10."""
    problem = line([{"km": 10}], elsewhere_km=(20,))
    found = again(problem, AddStop(Stop("new", 2, (1, 0, 0, 0), 60)), earlier=(Route("van", 1, (("P0",),)),))
    assert {"P0", "new"} == set(stops_of(found)[ONE])
    assert 32.6 == pytest.approx(found.prices[0].price_eur)


def test_a_locked_van_keeps_its_order(line):
    """The first van goes to km 20 and back to 10; the other takes the rest, and nobody joins it."""
    problem = line([{"km": 20}, {"km": 10, "windows": ((8 * 3_600, 17 * 3_600),)}, {"km": 15}], vans=({"capacity": 9},))
    earlier = (Route("van", 1, (("P1", "P0"),)),)
    found = again(problem, LockVan(ONE), earlier=earlier)
    assert {ONE: ("P1", "P0"), TWO: ("P2",)} == stops_of(found)
    alone_eur = 10 + 30 * 1.6 + 0.6
    assert pytest.approx(alone_eur - 0.6) == found.prices[0].price_eur
    assert Status.OPTIMAL is found.answer.status


def test_forbidding_and_locking_leave_no_way(east_west):
    """P0 may not be on the first van, and the second keeps its route."""
    with pytest.raises(InfeasibleError, match="allows only vans of type"):
        again(east_west, ForbidStop("P0", ONE), LockVan(TWO))


def test_every_defect_is_told_at_once(east_west):
    """Unknown stops and vans with the names that there are, and what the other overrides say against each other."""
    asked = (DropStop("P9"), LoseVan(Van("van", 3)), MoveStop("P0", Van("R007", 0)), MoveStop("P1", TWO), LoseVan(TWO))
    with pytest.raises(InputError) as caught:
        again(east_west, *asked, van_names={Van("R007", 0): "R007", ONE: "R001", TWO: "R002"})
    said = [issue.message for issue in caught.value.issues]
    theirs = "those of the earlier plan are R001, R002."
    assert [
        "There is no stop P9 tonight for \"stop P9 is dropped\"; did you mean P3?",
        f"There is no van van no. 3 tonight for \"van van no. 3 is lost\"; {theirs}",
        f"There is no van R007 tonight for \"stop P0 goes to van R007\"; {theirs}",
        "Stop P1 is to be on van R002, which is lost; choose another van.",
    ] == said


CONTRADICTIONS = {
    "two vans": ((MoveStop("P0", ONE), MoveStop("P0", TWO)), "Stop P0 cannot be on van A and on van B"),
    "lost": ((MoveStop("P0", TWO), LoseVan(TWO)), "on van B, which is lost"),
    "lock of a stop on a lost van": ((LockStop("P0"), LoseVan(ONE)), "on van A, which is lost"),
    "forbidden": ((LockStop("P0"), ForbidStop("P0", ONE)), "on van A and is forbidden there"),
    "dropped": ((DropStop("P0"), ServeStop("P0")), "is dropped and is to be visited"),
    "moved to a locked van": ((MoveStop("P0", TWO), LockVan(TWO)), "on van B, which keeps its route"),
    "moved off a locked van": ((MoveStop("P0", TWO), LockVan(ONE)), "on the route that van A keeps"),
    "dropped off a locked van": ((DropStop("P0"), LockVan(ONE)), "keeps its route, with stop P0"),
    "locked and lost": ((LockVan(ONE), LoseVan(ONE)), "is lost and is to keep its route"),
}


@pytest.mark.parametrize(("overrides", "says"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions_are_told(east_west, overrides, says):
    """Each contradiction is a sentence that names stop and van."""
    with pytest.raises(InputError, match=says):
        again(east_west, *overrides, van_names={ONE: "A", TWO: "B"})


def test_a_locked_route_beyond_its_limits_is_told(east_west):
    """An edited route of three parcels cannot be kept by a van for two."""
    with pytest.raises(InputError, match="cannot keep its route: .*capacity"):
        again(east_west, LockVan(ONE), earlier=(Route("van", 1, (("P0", "P1", "P2"),)),))


def test_alternatives_of_a_moved_stop_are_met(line):
    """Moving one alternative to a van leaves the other out."""
    near_or_far = [{"km": 5, "alternative_of": "a"}, {"km": 10, "alternative_of": "a"}]
    found = again(line(near_or_far), MoveStop("P1", TWO), earlier=(Route("van", 1, (("P0",),)),))
    assert {TWO: ("P1",)} == stops_of(found)
    assert 10 * 1.6 == pytest.approx(found.prices[0].price_eur)


def test_what_yesterday_knew_and_tonight_does_not_is_forgotten(east_west):
    """Stops and vans that are gone do not hinder."""
    earlier = (*EARLIER, Route("van", 3, (("P0",),)), Route("bike", 1, (("gone",),)))
    assert pytest.approx(FREE_EUR) == again(east_west, earlier=earlier).cost_eur


@pytest.mark.parametrize("seed", range(8))
def test_random_overrides_reach_the_best_plan_that_honours_them(random_problem, try_plans, seed):
    """On four stops the answer is the best of all plans, filtered by the overrides, and its prices are exact."""
    problem = random_problem(np.random.default_rng(seed))
    first = replan_or_none(problem)
    if first is None or not first.answer.routes:
        return
    route = first.answer.routes[0].as_route()
    van, stop_id = Van(route.vehicle_type_id, route.vehicle_no), route.stop_ids[0]
    earlier = [r.as_route() for r in first.answer.routes]
    for override, honours in (
        (LockStop(stop_id), lambda owner: owner.get(stop_id) == van),
        (ForbidStop(stop_id, van), lambda owner: owner.get(stop_id) != van),
        (LoseVan(van), lambda owner: van not in owner.values()),
    ):
        best = try_plans(problem, honours=honours)
        found = replan_or_none(problem, override, earlier=earlier)
        assert (best is None) == (found is None or found.answer.status is Status.FAILED)
        if best is not None:
            assert best == round(found.answer.objective_eur * 1e6)
            assert best - try_plans(problem) == round(found.prices[0].price_eur * 1e6)


def replan_or_none(problem, *overrides, earlier=()):
    """The plan under overrides; None where none fits."""
    try:
        return again(problem, *overrides, earlier=earlier)
    except InfeasibleError:
        return None


@pytest.mark.parametrize("engine", ["pyvrp", "ortools"])
def test_engines_honour_overrides_on_more_stops(line, engine):
    """Twelve stops, four vans: everything insisted on holds, and the plan breaks nothing."""
    problem = line([{"km": km} for km in (3, 5, 8, 12, 15, 20, -4, -6, -9, -13, -16, -18)], vans=(
        {"capacity": 4, "count": 3}, {"vehicle_type_id": "large", "capacity": 8, "count": 1, "fixed_eur": 14.0},
    ))  # fmt: skip
    first = again(problem, earlier=(), engine=engine)
    earlier = [route.as_route() for route in first.answer.routes]
    of_stop = {stop: Van(r.vehicle_type_id, r.vehicle_no) for r in earlier for stop in r.stop_ids}
    kept = next(r for r in earlier if r.vehicle_type_id == "van")
    moved = next(stop for stop in of_stop if of_stop[stop].vehicle_type_id == "large")
    target = Van("van", next(n for n in (1, 2, 3) if n != kept.vehicle_no))
    overrides = (LockVan(Van("van", kept.vehicle_no)), MoveStop(moved, target), DropStop(kept.stop_ids and "P11"))
    if "P11" in kept.stop_ids or moved == "P11":
        overrides = overrides[:2]
    found = again(problem, *overrides, earlier=earlier, engine=engine)
    assert kept.trips == next(r for r in found.answer.routes if r.vehicle_no == kept.vehicle_no
                              and r.vehicle_type_id == "van").as_route().trips  # fmt: skip
    assert moved in stops_of(found)[target]
    assert found.answer.status in (Status.FEASIBLE, Status.OPTIMAL) and not found.answer.degraded
    assert all(price.price_eur is not None and math.isfinite(price.price_eur) for price in found.prices)
    assert found.cost_eur >= first.cost_eur or "P11" not in stops_of(found)


@pytest.mark.parametrize(("only_concerned", "km"), [(True, 2 * (45 + 35)), (False, 2 * 45)])
def test_hubs_that_nothing_concerns_may_keep_their_plan(line, only_concerned, km):
    """The hub at km 100 drives twice where once would do; dropping a stop of the other hub leaves it as it is."""
    places = ((5, "H0"), (9, "H0"), (145, "H1"), (135, "H1"))
    stops = [{"km": at, "hub_id": hub} for at, hub in places]
    vans = ({}, {"vehicle_type_id": "far", "hub_id": "H1"})
    problem = line(stops, vans=vans, hubs=({}, {"km": 100}))
    earlier = (Route("van", 1, (("P0", "P1"),)), Route("far", 1, (("P2",),)), Route("far", 2, (("P3",),)))
    found = again(problem, DropStop("P1"), earlier=earlier, only_concerned=only_concerned)
    assert km == sum(r.distance_m for r in found.answer.routes if r.vehicle_type_id == "far") / 1_000
    assert -8 * 1.6 - 0.6 == pytest.approx(found.prices[0].price_eur)
    assert found.answer.bound_eur <= found.answer.objective_eur


def test_the_same_seed_and_iterations_give_the_same_plan(east_west):
    """Every number of two answers is equal."""
    asked = (MoveStop("P0", TWO), LockStop("P3"))
    assert again(east_west, *asked).prices == again(east_west, *asked).prices
