"""Why no plan fits: each sentence names the stop or the total, found, limit, and a way out."""

import pytest

from routing.pickup import why_infeasible
from routing.pickup.exact import solve_exactly
from routing.pickup.explain import why_not_together
from routing.pickup.integers import to_integers
from routing.pickup.problem import Break

HOUR = 3_600

REASONS = {
    "too much for a van": (
        ([{"km": 1, "load": 412}], ({"capacity": 380},)),
        "Stop 'P0' holds 412 parcels but van 'van' of hub 'H0' carries 380 per trip; "
        "use a van for at least 412 parcels or make it several smaller stops.",
    ),
    "too dangerous for a van": (
        ([{"km": 1, "load": (1, 0, 0, 8.5)}], ({"capacity": (9, 9, 9, 8.0)},)),
        "Stop 'P0' holds 8.5 kg of dangerous goods but van 'van' of hub 'H0' carries 8 per trip; "
        "use a van for at least 8.5 kg of dangerous goods or make it several smaller stops.",
    ),
    "closed before a van can be there": (
        ([{"km": 90, "windows": ((8 * HOUR, 9 * HOUR),)}], ({},)),
        "Stop 'P0' must be reached by 09:00 but van 'van' of hub 'H0' arrives at 09:30 at the earliest; "
        "keep the stop open 30 minutes longer or start the shift 30 minutes earlier.",
    ),
    "closed some seconds before a van can be there": (
        ([{"km": 90, "windows": ((8 * HOUR, 9.5 * HOUR - 40),)}], ({},)),
        "Stop 'P0' must be reached by 09:29:20 but van 'van' of hub 'H0' arrives at 09:30:00 at the earliest; "
        "keep the stop open 1 minute longer or start the shift 1 minute earlier.",
    ),
    "back too late": (
        ([{"km": 60, "windows": ((17 * HOUR, 18 * HOUR),)}], ({},)),
        "Stop 'P0' brings van 'van' of hub 'H0' back, unloaded, at 18:01 but shift or hub end at 18:00; "
        "extend the shift and the hub's hours by 1 minute.",
    ),
    "paid too long": (
        ([{"km": 60}], ({"max_duration_s": 2 * HOUR},)),
        "Stop 'P0' takes 121 minutes but van 'van' of hub 'H0' may work 120; let it work 1 minute longer.",
    ),
    "too far": (
        ([{"km": 60}], ({"max_distance_m": 100_000},)),
        "Stop 'P0' is a round trip of 120.0 km but van 'van' of hub 'H0' may drive 100.0 km; allow it 120.0 km.",
    ),
    "too much to bring": (
        ([{"km": 1, "delivery": 12}], ({"capacity": 10},)),
        "Stop 'P0' gets 12 parcels but van 'van' of hub 'H0' carries 10 per trip; "
        "use a van for at least 12 parcels or make it several smaller stops.",
    ),
    "released too late": (
        ([{"km": 30, "windows": ((8 * HOUR, 12 * HOUR),), "release_s": 12 * HOUR}], ({},)),
        "Stop 'P0' must be reached by 12:00 but van 'van' of hub 'H0' arrives at 12:30 at the earliest; "
        "keep the stop open 30 minutes longer or release it 30 minutes earlier.",
    ),
    "paid too long even with overtime": (
        ([{"km": 60}], ({"max_duration_s": 6_000, "max_overtime_s": 1_200},)),
        "Stop 'P0' takes 121 minutes but van 'van' of hub 'H0' may work 120; let it work 1 minute longer.",
    ),
    "a leg longer than the time to the next break": (
        ([{"km": 100}], ({"breaks": (Break(600, HOUR),)},)),
        "Stop 'P0' cannot be served with the breaks of van 'van' of hub 'H0': the ways take 100 and 100 minutes, its "
        "breaks are due within 60; use a van whose breaks are due later or begin nearer to the stop.",
    ),
    "no van of the types it allows": (
        ([{"km": 1, "vehicle_type_ids": frozenset({"bike"})}], ({}, {"vehicle_type_id": "bike", "count": 0})),
        "Stop 'P0' cannot be served: it allows only vans of type 'bike', of which there is none; "
        "add one or allow another type.",
    ),
    "a group too large for one van": (
        ([{"km": 1, "load": 6, "same_van": "g"}] * 2, ({"count": 2},)),
        "The 2 required stops of group 'g' must ride in one van, but no van may serve and carry them all in its trips; "
        "split the group, or allow a larger van or more trips.",
    ),
    "more to bring than the fleet carries": (
        ([{"km": 1, "load": 0, "delivery": 9}] * 3, ({"count": 2},)),
        "The 3 required stops of hub 'H0' get 27 parcels but the vans carry 20 in all their trips; "
        "add at least 1 van of type 'van'.",
    ),
    "no van at all": (
        ([{"km": 1}], ({"count": 0},)),
        "Stop 'P0' cannot be served: no hub has a van; add a van.",
    ),
    "more parcels than the fleet carries": (
        ([{"km": 1, "load": 9}] * 3, ({"count": 2},)),
        "The 3 required stops of hub 'H0' hold 27 parcels but the vans carry 20 in all their trips; "
        "add at least 1 van of type 'van'.",
    ),
    "more hours than the shifts give": (
        ([{"km": 1, "service_s": 6 * HOUR}] * 4, ({"count": 2},)),
        "The 4 required stops of hub 'H0' take at least 24.0 hours of driving and service but the shifts give 20.0; "
        "add at least 1 van of type 'van' or extend every shift by 120 minutes.",
    ),
}


@pytest.mark.parametrize("case", REASONS)
def test_the_reason_is_said_in_one_sentence(line, case):
    """Each proven reason reads as a planner needs it, and it is the only one given."""
    (stops, vans), sentence = REASONS[case]
    stops = [{"hub_id": "H0", "stop_id": f"P{idx}", **stop} for idx, stop in enumerate(stops)]
    if case == "no van at all":
        stops[0]["hub_id"] = None
    assert [sentence] == why_infeasible(line(stops, vans=vans))


def test_the_van_that_comes_nearest_is_named(line):
    """Of two vans that are too small, the larger one is worth talking about."""
    vans = ({"vehicle_type_id": "bike", "capacity": 5}, {"vehicle_type_id": "truck", "capacity": 90})
    assert "van 'truck' of hub 'H0' carries 90" in why_infeasible(line([{"km": 1, "load": 100}], vans=vans))[0]


def test_all_hopeless_stops_are_named_at_once(line):
    """Two stops, two reasons, two sentences; optional stops are no reason."""
    stops = [{"km": 1, "load": 11}, {"km": 400}, {"km": 1, "load": 99, "required": False}]
    assert ["Stop 'P0'", "Stop 'P1'"] == [reason[:9] for reason in why_infeasible(line(stops))]


def test_totals_are_silent_while_a_stop_fits_no_shift(line):
    """40 hours of service for 10 of shift, but no stop fits alone: more vans would not help, so none are advised."""
    stops = [{"km": 1, "service_s": 20 * HOUR}] * 2
    reasons = why_infeasible(line(stops, vans=({"count": 1},)))
    assert ["Stop 'P0'", "Stop 'P1'"] == [reason[:9] for reason in reasons]
    assert not [reason for reason in reasons if "add" in reason]


def test_a_night_that_fits_has_no_reasons(line):
    """Nothing to say about a feasible night."""
    assert [] == why_infeasible(line([{"km": 1}, {"km": 2}]))


def test_a_handful_that_only_fails_together_gets_the_cheapest_way_out(line):
    """Two stops that need the same minute: one van more helps, and that is said."""
    noon = ((12 * HOUR, 12 * HOUR),)
    integers = to_integers(line([{"km": 9, "windows": noon}, {"km": -9, "windows": noon}], vans=({"count": 1},)))
    assert [] == why_infeasible(integers)
    assert solve_exactly(integers).routes is None
    assert (
        "Each stop fits alone, but trying every plan showed that the vans cannot serve the 2 required stops P0, P1 "
        "together; one more van of type 'van' makes it possible, or widen windows and shifts."
    ) == why_not_together(integers)
