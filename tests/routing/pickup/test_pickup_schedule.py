"""The evaluator against routes worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.pickup import Route, evaluate
from routing.pickup.timing import end_by, extend, leave_between, shortest

HOUR = 3_600


def test_times_loads_and_costs_of_a_simple_route(line):
    """A route out to km 3 and back: every time, load and cent as worked by hand."""
    problem = line([{"km": 1, "load": 2}, {"km": 3, "load": 4}], hubs=({"unload_s": 120},))
    route = evaluate(problem, [Route("van", 1, (("P0", "P1"),))]).routes[0]
    # 8:00 leave, 1 min drive, 1 min service, 2 min drive, 1 min service, 3 min home, 2 min unloading: 10 minutes
    eight = 8 * HOUR
    assert [eight + 60, eight + 240] == [stop.arrival_s for stop in route.stops]
    assert [eight + 120, eight + 300] == [stop.departure_s for stop in route.stops]
    assert [2.0, 6.0] == [stop.load_after[0] for stop in route.stops]
    assert [1_000, 2_000] == [stop.leg_distance_m for stop in route.stops]
    assert (eight, eight + 600) == (route.departs_s, route.returns_s)
    assert (eight + 480, eight + 600) == (route.trips[0].hub_arrival_s, route.trips[0].unloaded_s)
    assert (6_000, 600) == (route.distance_m, route.duration_s)
    # 10 fixed, 6 km at 1 euro, 600 s at 1 cent
    assert {"fixed": 10.0, "distance": 6.0, "time": 6.0} == route.parts_eur
    assert 22_000_000 == route.cost_micro


def test_a_van_leaves_late_enough_not_to_be_paid_for_waiting(line):
    """With one window at noon the van arrives at noon sharp."""
    problem = line([{"km": 10, "windows": ((12 * HOUR, 13 * HOUR),)}])
    route = evaluate(problem, [Route("van", 1, (("P0",),))]).routes[0]
    assert 12 * HOUR - 600 == route.departs_s
    assert (0, 12 * HOUR) == (route.stops[0].wait_s, route.stops[0].start_s)
    assert 1_260 == route.duration_s  # 10 min out, 1 min there, 10 min back


def test_a_wait_between_two_windows_is_paid_and_as_short_as_possible(line):
    """The first stop is served at its last minute, so that the wait for the second is shortest."""
    problem = line([
        {"km": 10, "windows": ((9 * HOUR, 9 * HOUR + 600),)},
        {"km": 20, "windows": ((10 * HOUR, 11 * HOUR),)},
    ])
    route = evaluate(problem, [Route("van", 1, (("P0", "P1"),))]).routes[0]
    # P0 starts 9:10, leaves 9:11, reaches P1 9:21, waits 39 minutes
    assert [9 * HOUR + 600, 10 * HOUR] == [stop.start_s for stop in route.stops]
    assert [0, 39 * 60] == [stop.wait_s for stop in route.stops]


def test_the_window_that_shortens_paid_time_is_chosen(line):
    """A stop open twice is visited in the opening that needs no wait, though the other comes first."""
    problem = line([
        {"km": 10, "windows": ((8 * HOUR, 8 * HOUR + 1_200), (11 * HOUR, 12 * HOUR))},
        {"km": 20, "windows": ((11 * HOUR, 12 * HOUR),)},
    ])
    route = evaluate(problem, [Route("van", 1, (("P0", "P1"),))]).routes[0]
    assert 11 * HOUR == route.stops[0].start_s
    assert 42 * 60 == route.duration_s  # 40 minutes of driving, 2 of service


def test_a_second_trip_starts_empty_after_unloading(line):
    """Two full loads need two trips of one van; the hub's unloading time is paid twice."""
    problem = line([{"km": 2, "load": 10}, {"km": 4, "load": 10}], vans=({"max_trips": 2},), hubs=({"unload_s": 300},))
    schedule = evaluate(problem, [Route("van", 1, (("P0",), ("P1",)))])
    route = schedule.routes[0]
    assert () == schedule.breaches
    assert [1, 2] == [stop.trip_no for stop in route.stops]
    assert [10.0, 10.0] == [stop.load_after[0] for stop in route.stops]
    # trip 1: 2 + 1 + 2 min and 5 min unloading; trip 2 begins then: 4 + 1 + 4 min and 5 min unloading
    assert [8 * HOUR, 8 * HOUR + 600] == [trip.departs_s for trip in route.trips]
    assert (12_000, 24 * 60) == (route.distance_m, route.duration_s)


def test_objective_adds_the_prizes_of_stops_left_out(line):
    """An optional stop that is not served costs its prize."""
    problem = line([{"km": 1}, {"km": 2, "required": False, "prize_eur": 7.5}])
    schedule = evaluate(problem, [Route("van", 1, (("P0",),))])
    assert ("P1",) == schedule.unserved
    assert schedule.feasible
    # 10 fixed + 2 km + 180 s at 1 cent + 7.50
    assert 21_300_000 == schedule.objective_micro


BROKEN = {
    "capacity": ([{"km": 1, "load": 11}], {}, [(("P0",),)]),
    "window": ([{"km": 30, "windows": ((0, 8 * HOUR),)}], {}, [(("P0",),)]),
    "shift": ([{"km": 301}], {}, [(("P0",),)]),
    "max_duration": ([{"km": 30}], {"max_duration_s": HOUR}, [(("P0",),)]),
    "max_distance": ([{"km": 30}], {"max_distance_m": 59_999}, [(("P0",),)]),
    "max_trips": ([{"km": 1}, {"km": 2}], {}, [(("P0",), ("P1",))]),
    "required": ([{"km": 1}], {}, []),
    "served_once": ([{"km": 1}], {}, [(("P0", "P0"),)]),
    "fleet": ([{"km": 1}, {"km": 2}, {"km": 3}], {}, [(("P0",),), (("P1",),), (("P2",),)]),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_each_broken_limit_is_reported(line, rule):
    """Every rule has a plan that breaks it and nothing else."""
    stops, van, trips_of_vans = BROKEN[rule]
    routes = [Route("van", number, trips) for number, trips in enumerate(trips_of_vans, start=1)]
    assert [rule] == [breach.rule for breach in evaluate(line(stops, vans=(van,)), routes).breaches]


def test_a_foreign_hub_and_a_van_sent_twice_are_reported(line):
    """A stop of another hub, and one van with two routes."""
    problem = line([{"km": 1, "hub_id": "H1"}, {"km": 2}], hubs=({}, {"km": 9}))
    schedule = evaluate(problem, [Route("van", 1, (("P0",),)), Route("van", 1, (("P1",),))])
    assert ["hub", "one_route_per_van"] == [breach.rule for breach in schedule.breaches]


def test_a_breach_is_a_sentence_with_found_and_limit(line):
    """The sentence names van, unit, what was found and what is allowed."""
    breach = evaluate(line([{"km": 1, "load": 11}]), [Route("van", 1, (("P0",),))]).breaches[0]
    assert "van 'van' no. 1 trip 1 breaks capacity: found 11 parcels, limit 10." == str(breach)


window_lists = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 15)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    min_size=1,
    max_size=3,
).map(lambda windows: tuple(sorted(windows)))


@given(legs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), window_lists), min_size=1, max_size=4))
def test_shortest_paid_time_is_that_of_the_best_departure(legs):
    """The pieces give what driving from every possible departure second gives."""
    pieces = leave_between(3, 30)
    for travel_s, service_s, windows in legs:
        pieces = extend(pieces, travel_s=travel_s, service_s=service_s, windows=windows)
    best = shortest(end_by(pieces, latest_s=60))
    ready_s = {leave: drive(legs, leave) for leave in range(3, 31)}
    driven = [(ready - leave, leave) for leave, ready in ready_s.items() if ready is not None and ready <= 60]
    assert min(driven, default=None) == (None if best is None else (best.span_s, best.early_s))


def drive(legs, now):
    """When the van is ready after the legs, or None when it comes too late somewhere."""
    for travel_s, service_s, windows in legs:
        now += travel_s
        starts = [max(now, opens) for opens, closes in windows if now <= closes]
        if not starts:
            return None
        now = min(starts) + service_s
    return now


def test_unknown_stops_are_refused(line):
    """A route with a stop the problem does not have is an error of the caller."""
    with pytest.raises(KeyError, match="P9"):
        evaluate(line([{"km": 1}]), [Route("van", 1, (("P9",),))])


def test_loads_add_up_exactly(line):
    """Ten times 0.1 kg fits in 1 kg: thousandths are added, not binary fractions."""
    stops = [{"km": 1, "load": (0, 0, 0.1, 0)} for _ in range(10)]
    problem = line(stops, vans=({"capacity": (np.inf, np.inf, 1.0, np.inf)},))
    assert evaluate(problem, [Route("van", 1, (tuple(f"P{idx}" for idx in range(10)),))]).feasible
