"""The evaluator against routes worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.pickup import Route, evaluate
from routing.pickup.problem import Break, Wishes
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


RICH = {
    "capacity": ([{"km": 1, "load": 6, "delivery": 0}, {"km": 2, "load": 0, "delivery": 6}], {}, [(("P0", "P1"),)]),
    "max_duration": ([{"km": 30}], {"max_duration_s": 3_000, "max_overtime_s": 600}, [(("P0",),)]),
    "vehicle_type": ([{"km": 1, "vehicle_type_ids": frozenset()}], {}, [(("P0",),)]),
    "linehaul_first": ([{"km": 1, "delivery": 1, "load": 0}, {"km": 2}], {"linehaul_first": True}, [(("P1", "P0"),)]),
    "alternatives": ([{"km": 1, "alternative_of": "a"}, {"km": 2, "alternative_of": "a"}], {}, [(("P0", "P1"),)]),
    "same_van": ([{"km": 1, "same_van": "g"}, {"km": 2, "same_van": "g"}], {}, [(("P0",),), (("P1",),)]),
    "required": ([{"km": 1, "alternative_of": "a"}, {"km": 2, "alternative_of": "a"}], {}, []),
    "break": ([{"km": 100}], {"breaks": (Break(600, 3_600),)}, [(("P0",),)]),
}


@pytest.mark.parametrize("rule", RICH)
def test_each_limit_of_the_rich_model_is_reported(line, rule):
    """Deliveries aboard, overtime, types, order, alternatives, company and breaks: each broken alone, said once."""
    stops, van, trips_of_vans = RICH[rule]
    routes = [Route("van", number, trips) for number, trips in enumerate(trips_of_vans, start=1)]
    assert [rule] == [breach.rule for breach in evaluate(line(stops, vans=(van,)), routes).breaches]


def test_a_trip_with_pickups_alone_is_reported_where_deliveries_come_first(line):
    """A van that brings before it collects may not go out to collect only."""
    breach = evaluate(line([{"km": 1}], vans=({"linehaul_first": True},)), [Route("van", 1, (("P0",),))]).breaches[0]
    assert "van 'van' no. 1 trip 1 breaks linehaul_first: found 0 deliveries on a trip with pickups, limit 1." == str(
        breach
    )


def test_deliveries_leave_room_for_pickups(line):
    """Six out, then six back on a capacity of ten: the order decides, and the load aboard is listed stop by stop."""
    stops = [{"km": 1, "load": 0, "delivery": 6}, {"km": 2, "load": 6}, {"km": 3, "load": 1, "delivery": 3}]
    schedule = evaluate(line(stops), [Route("van", 1, (("P0", "P1", "P2"),))])
    # leaves with 9; 3 after P0, 9 after P1, 7 after P2
    assert () == schedule.breaches
    trip = schedule.routes[0].trips[0]
    assert (9.0, 7.0) == (trip.load_out[0], trip.load[0])
    assert [3.0, 9.0, 7.0] == [stop.load_after[0] for stop in schedule.routes[0].stops]


def test_a_trip_waits_for_what_it_brings(line):
    """The second trip leaves when its parcel is there, the first is driven just before."""
    stops = [{"km": 5}, {"km": 10, "release_s": 12 * HOUR}]
    schedule = evaluate(line(stops, vans=({"max_trips": 2},)), [Route("van", 1, (("P0",), ("P1",)))])
    first, second = schedule.routes[0].trips
    assert (12 * HOUR - 660, 12 * HOUR, 12 * HOUR) == (first.departs_s, first.unloaded_s, second.departs_s)
    assert 12 * HOUR == evaluate(line(stops), [Route("van", 1, (("P0", "P1"),))]).routes[0].departs_s


def test_a_night_may_begin_and_end_elsewhere(line):
    """From km 10 to P0 at km 12, to the hub with unloading, to P1 at km 3, home to km 5 without unloading."""
    problem = line(
        [{"km": 12}, {"km": 3}],
        vans=({"start_place_idx": 3, "end_place_idx": 4, "max_trips": 2},),
        hubs=({"unload_s": 600},),
        elsewhere_km=(10, 5),
    )
    schedule = evaluate(problem, [Route("van", 1, (("P0",), ("P1",)))])
    # 2 + 1 + 12 min and 10 min unloading, 3 + 1 + 2 min
    assert () == schedule.breaches
    assert (19_000, 31 * 60) == (schedule.routes[0].distance_m, schedule.routes[0].duration_s)
    assert [2_000, 3_000] == [stop.leg_distance_m for stop in schedule.routes[0].stops]
    assert [12_000, 2_000] == [trip.leg_distance_m for trip in schedule.routes[0].trips]


def test_a_hub_binds_only_who_is_there(line):
    """A hub open 9 to 10: a van that starts and ends elsewhere is out at 8, but unloads between trips only then."""
    vans = ({"start_place_idx": 3, "end_place_idx": 3, "max_trips": 2},)
    problem = line(
        [{"km": 12}, {"km": 3}], vans=vans, hubs=({"opens_s": 9 * HOUR, "closes_s": 10 * HOUR},), elsewhere_km=(10,)
    )
    alone = evaluate(problem, [Route("van", 1, (("P0",),))]).routes[0]
    assert 8 * HOUR == alone.departs_s
    both = evaluate(problem, [Route("van", 1, (("P0",), ("P1",)))])
    assert () == both.breaches
    assert (9 * HOUR - 15 * 60, 9 * HOUR) == (both.routes[0].departs_s, both.routes[0].trips[0].unloaded_s)
    late = line(
        [{"km": 12, "windows": ((11 * HOUR,) * 2,)}, {"km": 3}],
        vans=vans,
        hubs=({"opens_s": 9 * HOUR, "closes_s": 10 * HOUR},),
        elsewhere_km=(10,),
    )
    assert ["hub_hours"] == [
        breach.rule for breach in evaluate(late, [Route("van", 1, (("P0",), ("P1",)))]).breaches
    ]


def test_overtime_is_paid_on_top(line):
    """A night of 61 minutes where 50 are usual and 15 more allowed: 11 minutes at 36 + 18 euro."""
    van = {"max_duration_s": 3_000, "max_overtime_s": 900, "overtime_per_hour_eur": 18.0}
    schedule = evaluate(line([{"km": 30}], vans=(van,)), [Route("van", 1, (("P0",),))])
    assert () == schedule.breaches
    assert 660 == schedule.routes[0].overtime_s
    assert {"fixed": 10.0, "distance": 60.0, "time": 36.6, "overtime": 3.3} == schedule.routes[0].parts_eur


def test_leaving_out_all_alternatives_costs_the_largest_prize_once(line):
    """7 and 9 euro: nothing visited costs 9, one visited costs neither; the one left is not called unserved."""
    stops = [
        {"km": 1, "required": False, "prize_eur": prize, "alternative_of": "a"} for prize in (7.0, 9.0)
    ]
    problem = line(stops)
    nothing = evaluate(problem, [])
    assert (9.0, ("P0", "P1")) == (nothing.objective_eur, nothing.unserved)
    one = evaluate(problem, [Route("van", 1, (("P0",),))])
    assert (0, ()) == (one.parts_micro["prizes"], one.unserved)


def test_wishes_are_parts_of_the_objective(line):
    """Balance, compactness and stability, each worked by hand, and the sum of all parts."""
    wishes = Wishes(
        balance_per_hour_eur=36.0,
        compactness_per_km_eur=2.0,
        stability_per_stop_eur=5.0,
        earlier_vans={"P0": ("van", 1), "P1": ("van", 1), "P2": ("van", 2), "gone": ("van", 1)},
    )
    problem = line([{"km": 2}, {"km": 4}, {"km": 12}, {"km": 1, "required": False}], wishes=wishes)
    schedule = evaluate(problem, [Route("van", 1, (("P0",),)), Route("van", 2, (("P1", "P2"),))])
    # paid 5 and 26 minutes; P1 and P2 are 4 km from their mean (111 km to a degree here, 111.195 by the evaluator);
    # only P1 changed vans
    assert 12.6 == schedule.parts_eur["balance"]
    assert schedule.parts_eur["compactness"] == pytest.approx(2 * 8 * 111.195 / 111, rel=1e-4)
    assert 5.0 == schedule.parts_eur["stability"]
    assert sum(schedule.parts_micro.values()) == schedule.objective_micro
    assert list(schedule.parts_micro) == [
        "fixed", "distance", "time", "overtime", "balance", "compactness", "stability", "prizes",
    ]  # fmt: skip


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
