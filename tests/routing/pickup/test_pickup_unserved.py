"""Why stops are left: worked by hand on the line, where a kilometre is a minute and 1.60 EUR to drive."""

import numpy as np
import pytest

from retour import InfeasibleError
from retour.vocabulary import Status
from routing.pickup import PickupAnswer, Route, evaluate, solve_pickup
from routing.pickup.problem import Break
from routing.pickup.unserved import explain_unserved

HOUR = 3_600


def driven(problem, *trips, van="van"):
    """An answer whose vans drive the given trips, a van each."""
    routes = [Route(van, number, (tuple(trip),)) for number, trip in enumerate(trips, start=1)]
    schedule = evaluate(problem, routes)
    return PickupAnswer(
        Status.FAILED, schedule.objective_eur, 0.0, schedule.routes, schedule.unserved, engine="hand", seed=0,
        iterations=0,
    )  # fmt: skip


def ways(unserved):
    """The relaxations as limit, amount and unit."""
    return {(r.limit, r.amount, r.unit) for r in unserved.relaxations}


def test_a_stop_that_fits_costs_its_detour(line):
    """P1 lies 10 km beyond P0: 20 km and 60 s more, 32.6 EUR; its 5 EUR are not worth it."""
    problem = line([{"km": 10}, {"km": 20, "required": False, "prize_eur": 5}], vans=({"count": 1},))
    (left,) = explain_unserved(problem, driven(problem, ["P0"]))
    assert ("P1", 32.6, ()) == (left.stop_id, pytest.approx(left.insertion_eur), left.relaxations)
    assert "Stop 'P1' fits on van van no. 1 for 32.60 EUR more; leaving it costs 5.00 EUR." == left.reason


def test_a_full_van_says_how_much_room_lacks(line):
    """Two parcels are aboard of three, P1 has four: three more; a van more would do as well, for 10 + 32 + 0.6 EUR."""
    problem = line([{"km": 10, "load": 2}, {"km": 10, "load": 3}], vans=({"count": 1, "capacity": 3},))
    (left,) = explain_unserved(problem, driven(problem, ["P0"]))
    assert {("capacity", 2, "parcels"), ("vans", 1, "van")} == ways(left)
    assert [0.6, 42.6] == pytest.approx([r.cost_eur for r in left.relaxations])
    assert left.insertion_eur is None
    assert "every place in the plan breaks room (2)" in left.reason
    assert "extend the room of van van no. 1 by 2 parcels (0.60 EUR more)" in left.reason


def test_a_short_shift_says_how_many_minutes_lack(line):
    """20 km and two services take 42 minutes of the 40 of the shift; alone 21 would do."""
    van = {"count": 1, "shift_end_s": 8 * HOUR + 40 * 60}
    problem = line([{"km": 10}, {"km": 10, "service_s": 20 * 60}], vans=(van,))
    (left,) = explain_unserved(problem, driven(problem, ["P0"]))
    assert {("shift", 1, "minutes"), ("vans", 1, "van")} == ways(left)
    assert "breaks the shift" in left.reason


def test_paid_time_gives_way_by_minutes(line):
    """20 km, 5 and 9 minutes of service are 34 of the 30 allowed."""
    stops = [{"km": 10, "service_s": 5 * 60}, {"km": 10, "service_s": 9 * 60}]
    problem = line(stops, vans=({"count": 1, "max_duration_s": 1_800},))
    (left,) = explain_unserved(problem, driven(problem, ["P0"]))
    assert {("paid time", 4, "minutes"), ("vans", 1, "van")} == ways(left)


def test_a_window_gives_way_by_minutes(line):
    """The van serves P0 from 8:10 on and cannot be at P1 before 8:31, nor at P0 after P1: P1 closes at 8:20."""
    early, late = ((8 * HOUR, 8 * HOUR + 600),), ((8 * HOUR, 8 * HOUR + 1_200),)
    problem = line([{"km": 10, "windows": early}, {"km": -10, "windows": late}], vans=({"count": 1},))
    (left,) = explain_unserved(problem, driven(problem, ["P0"]))
    assert ("opening hours", 11, "minutes") in ways(left)
    assert "the closing time of P1 by 11 minutes" in left.reason


OUT_OF_REACH = {
    "room": ({"km": 1, "load": 12}, {}, {("capacity", 2, "parcels")}),
    "closing": ({"km": 90, "windows": ((8 * HOUR, 9 * HOUR),)}, {}, {("opening hours", 30, "minutes")}),
    "shift": ({"km": 310}, {}, {("shift", 21, "minutes")}),
    "distance": ({"km": 60}, {"max_distance_m": 100_000}, {("distance", 20, "km")}),
    "break": ({"km": 100}, {"breaks": (Break(600, HOUR),)}, set()),
}


@pytest.mark.parametrize(("stop", "van", "expected"), OUT_OF_REACH.values(), ids=OUT_OF_REACH)
def test_a_stop_out_of_reach_says_what_would_help(line, stop, van, expected):
    """No van can serve it alone: the reason of an infeasible problem, and the limit that has to give way."""
    problem = line([stop], vans=(van,))
    (left,) = explain_unserved(problem, None)
    assert (expected, None) == (ways(left), left.insertion_eur)
    assert left.reason.startswith("Stop 'P0' ")


def test_only_the_first_are_looked_at_closely(line):
    """Required ones first, then the dearest; the others say so."""
    stops = [{"km": 5}, *({"km": 50 + i, "required": False, "prize_eur": i} for i in range(4)), {"km": 9, "load": 99}]
    problem = line(stops)
    told = explain_unserved(problem, driven(problem, ["P0"]), most=2)
    assert ["P5", "P4", "P3", "P2", "P1"] == [left.stop_id for left in told]
    assert [True, True, False, False, False] == [left.detailed for left in told]
    assert "only the first 2 stops left" in told[-1].reason


@pytest.mark.parametrize("seed", range(12))
def test_the_price_is_that_of_the_best_place(random_problem, seed):
    """No place in the plan, tried one by one, takes the stop for less."""
    problem = random_problem(np.random.default_rng(seed), stops=6)
    try:
        answer = solve_pickup(problem, seed=1, iterations=20)
    except InfeasibleError:
        return
    routes = [route.as_route() for route in answer.routes]
    for left in explain_unserved(problem, answer):
        best = min(_tried(problem, routes, left.stop_id), default=None)
        assert (best is None) == (left.insertion_eur is None)
        assert best is None or best == round(left.insertion_eur * 1e6)


def _tried(problem, routes, stop_id):
    """What every way to put the stop into the plan adds, in micro-euro, prizes left out."""
    now = evaluate(problem, routes)
    for kind in problem.vehicle_types:
        for number in range(1, kind.count + 1):
            own = [r for r in routes if (r.vehicle_type_id, r.vehicle_no) == (kind.vehicle_type_id, number)]
            others = [r for r in routes if r not in own]
            trips = own[0].trips if own else ()
            for longer in _longer(trips, stop_id):
                plan = evaluate(problem, [*others, Route(kind.vehicle_type_id, number, longer)])
                if not [b for b in plan.breaches if b.rule != "required"]:
                    yield _driving(plan) - _driving(now)


def _driving(schedule):
    return schedule.objective_micro - schedule.parts_micro["prizes"]


def _longer(trips, stop_id):
    for at, trip in enumerate(trips):
        for place in range(len(trip) + 1):
            yield (*trips[:at], (*trip[:place], stop_id, *trip[place:]), *trips[at + 1:])
    for at in range(len(trips) + 1):
        yield (*trips[:at], (stop_id,), *trips[at:])
