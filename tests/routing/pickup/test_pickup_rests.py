"""Breaks: where they are placed, against trying every moment to leave and to rest."""

import functools

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.pickup import Route, evaluate, solve_pickup
from routing.pickup.engines import choose_engine
from routing.pickup.path import Step
from routing.pickup.problem import Break, ClockBreak
from routing.pickup.rests import best_rested
from routing.pickup.timing import leave_between

HOUR = 3_600
LATEST_S = 34

windows = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 8)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    min_size=1,
    max_size=2,
).map(lambda pairs: tuple(sorted(pairs)))
always = st.just(((0, 99),))
steps = st.lists(
    st.builds(Step, st.integers(0, 6), st.integers(0, 4), st.one_of(windows, always)), min_size=1, max_size=4
)
rules = st.lists(st.builds(Break, st.integers(1, 4), st.integers(4, 12)), min_size=1, max_size=2)


@settings(max_examples=300, deadline=None)
@given(steps=steps, rules=rules)
def test_paid_time_is_the_least_over_all_departures_and_rests(steps, rules):
    """The labels find what trying every whole second for leaving, waiting and resting finds."""
    found = best_rested(leave_between(2, 20), steps, tuple(rules), latest_s=LATEST_S)
    ready = {leave: first_ready(tuple(steps), tuple(rules), leave) for leave in range(2, 21)}
    paid = [(done - leave, leave) for leave, done in ready.items() if done is not None]
    assert min(paid, default=None) == (None if found is None else (found.piece.span_s, found.piece.early_s))


def first_ready(steps, rules, leave):
    """When the van is done at the earliest; None when no way to wait and rest keeps windows, breaks and the end."""

    @functools.cache
    def done(number, worked, now, since):
        if now > LATEST_S or any(now - last > rule.within_s for last, rule in zip(since, rules, strict=True)):
            return None
        options = []
        for idle in range(LATEST_S - now + 1):
            rested = tuple(
                now + idle if idle >= rule.duration_s else last for last, rule in zip(since, rules, strict=True)
            )
            options.append(go_on(number, worked, now + idle, rested))
        return min((option for option in options if option is not None), default=None)

    def go_on(number, worked, now, since):
        if any(now - last > rule.within_s for last, rule in zip(since, rules, strict=True)):
            return None
        if not worked:
            step = steps[number]
            if not any(opens <= now <= closes for opens, closes in step.windows):
                return None
            now += step.service_s
            if number == len(steps) - 1:
                late = any(now - last > rule.within_s for last, rule in zip(since, rules, strict=True))
                return None if late or now > LATEST_S else now
            return done(number, True, now, since)
        return done(number + 1, False, now + steps[number + 1].travel_s, since)

    return done(0, False, leave + steps[0].travel_s, (leave,) * len(rules))


@settings(max_examples=300, deadline=None)
@given(steps=steps, length=st.integers(1, 4), windows=windows)
def test_a_break_at_a_clock_time_costs_the_least_it_can(steps, length, windows):
    """The labels find what trying every whole second for leaving, waiting and resting finds; earliest shift 1."""
    rule = ClockBreak(length, windows)
    found = best_rested(
        leave_between(2, 20), steps, (), latest_s=LATEST_S, clock_breaks=(rule,), earliest_s=1
    )
    ready = {leave: first_done(tuple(steps), rule, leave) for leave in range(2, 21)}
    paid = [(done - leave, leave) for leave, done in ready.items() if done is not None]
    assert min(paid, default=None) == (None if found is None else (found.piece.span_s, found.piece.early_s))


def first_done(steps, rule, leave):
    """When the van is done at the earliest with the break taken before, on the way or after; None when it cannot."""

    def opens(windows, now):
        return next((max(now, start) for start, end in windows if now <= end), None)

    def go(number, now, taken):
        if number == len(steps):
            after = taken or any(max(now, a) <= min(b, LATEST_S - rule.duration_s) for a, b in rule.windows)
            return now if now <= LATEST_S and after else None
        step = steps[number]
        options = []
        arrival = now + step.travel_s
        for before in (False, True) if not taken else (False,):
            starts = [arrival]
            if before:
                starts = [max(arrival, a) + rule.duration_s for a, b in rule.windows if arrival <= b]
            for ready in starts:
                begin = opens(step.windows, ready)
                if begin is None:
                    continue
                done = begin + step.service_s
                options.append(go(number + 1, done, taken or before))
                if not taken and not before and number < len(steps) - 1:
                    options += [
                        go(number + 1, max(done, a) + rule.duration_s, True) for a, b in rule.windows if done <= b
                    ]
        return min((option for option in options if option is not None), default=None)

    early = any(max(1, a) + rule.duration_s <= leave for a, b in rule.windows if b >= 1)
    return go(0, leave, early)


def test_lunch_is_taken_between_stops_and_needs_none_outside_the_route(line):
    """From 9:00 to 9:10: at P1, done at 8:42, until 9:30; a van back at 8:41 or leaving at 9:40 rests at home."""
    lunch = ClockBreak(1_800, ((9 * HOUR, 9 * HOUR + 600),))
    early = {"km": 20, "windows": ((8 * HOUR + 1_200, 8 * HOUR + 1_200),)}
    problem = line([early, {"km": 40}, {"km": 90}], vans=({"clock_breaks": (lunch,)},))
    away = evaluate(problem, [Route("van", 1, (("P0", "P1", "P2"),))]).routes[0]
    assert [(9 * HOUR, 9 * HOUR + 1_800, 0)] == [(b.start_s, b.end_s, b.clock_break) for b in away.breaks]
    home = evaluate(problem, [Route("van", 1, (("P0",),))])
    assert ((), []) == (home.routes[0].breaks, [b for b in home.breaches if b.rule == "clock_break"])
    late = line([{"km": 20, "windows": ((10 * HOUR, 11 * HOUR),)}], vans=({"clock_breaks": (lunch,)},))
    schedule = evaluate(late, [Route("van", 1, (("P0",),))])
    assert ((), 9 * HOUR + 40 * 60, True) == (
        schedule.routes[0].breaks, schedule.routes[0].departs_s, schedule.feasible
    )  # fmt: skip


def test_a_break_that_cannot_be_had_is_a_breach(line):
    """Back after the window and away through all of it, with a stop that must be served in it."""
    pause = ClockBreak(1_800, ((9 * HOUR, 9 * HOUR + 60),))
    stops = [{"km": 20, "windows": ((9 * HOUR, 9 * HOUR),), "service_s": 3_600}]
    schedule = evaluate(line(stops, vans=({"clock_breaks": (pause,)},)), [Route("van", 1, (("P0",),))])
    assert ["clock_break"] == [breach.rule for breach in schedule.breaches]
    assert "breaks of 1800 s begun from 32400 to 32460 s after midnight" in str(schedule.breaches[0])


def test_engines_that_lack_breaks_at_clock_times_say_so(line):
    """OR-Tools is chosen, keeps the break, and the others refuse it by name."""
    lunch = ClockBreak(1_800, ((9 * HOUR, 9 * HOUR + 600),))
    early = {"km": 20, "windows": ((8 * HOUR + 1_200, 8 * HOUR + 1_200),)}
    problem = line([early, {"km": 40}, {"km": 60}], vans=({"clock_breaks": (lunch,), "count": 1},))
    assert "ortools" == choose_engine(problem).name
    answer = solve_pickup(problem, engine="ortools", seed=1, iterations=20)
    assert ((), 3, 1) == (answer.unserved, len(answer.routes[0].stops), len(answer.routes[0].breaks))
    for engine in ("retour", "pyvrp"):
        refused = solve_pickup(problem, engine=engine, seed=1, iterations=5)
        kept = evaluate(problem, [route.as_route() for route in refused.routes])
        assert (True, ()) == (refused.degraded, kept.breaches)
        assert f"The engine {engine} cannot honour breaks at clock times." in refused.note


def test_a_break_is_taken_as_late_as_it_may(line):
    """Rest within 90 minutes: after the second stop, since the third is 50 minutes on and would be too late."""
    problem = line([{"km": km} for km in (20, 40, 90)], vans=({"breaks": (Break(1_800, 5_400),)},))
    schedule = evaluate(problem, [Route("van", 1, (("P0", "P1", "P2"),))])
    # 8:00 leave, P0 8:20-8:21, P1 8:41-8:42, rest 8:42-9:12, P2 10:02-10:03, home 11:33: 90 minutes from 10:03
    assert [] == [breach.rule for breach in schedule.breaches if breach.rule != "break"]
    route = schedule.routes[0]
    assert [(8 * HOUR + 42 * 60, 9 * HOUR + 12 * 60), (10 * HOUR + 3 * 60, 10 * HOUR + 33 * 60)] == [
        (rest.start_s, rest.end_s) for rest in route.breaks
    ]
    assert ["place2", "place3"] == [rest.place_id for rest in route.breaks]
    assert (183 + 60) * 60 == route.duration_s
    assert schedule.feasible


def test_a_wait_for_a_window_is_the_break(line):
    """Half an hour before the door opens is rest enough: no minute is added."""
    stops = [{"km": 20, "windows": ((8 * HOUR, 8 * HOUR + 1_800),)}, {"km": 30, "windows": ((9 * HOUR + 1_800,) * 2,)}]
    plain = evaluate(line(stops), [Route("van", 1, (("P0", "P1"),))]).routes[0]
    rested = evaluate(line(stops, vans=({"breaks": (Break(1_800, 3_700),)},)), [Route("van", 1, (("P0", "P1"),))])
    assert plain.duration_s == rested.routes[0].duration_s
    assert rested.feasible
    assert 1 == len(rested.routes[0].breaks)


def test_a_driver_rests_on_rather_than_wait_on_duty(line):
    """With the door closed until noon the rest lasts until noon: nothing of it counts as being under way."""
    stops = [
        {"km": 30, "windows": ((8 * HOUR + 1_800,) * 2,)},
        {"km": 60, "windows": ((12 * HOUR, 12 * HOUR),), "service_s": 1_200},
    ]
    schedule = evaluate(line(stops, vans=({"breaks": (Break(1_800, 5_000),)},)), [Route("van", 1, (("P0", "P1"),))])
    # P0 8:30-8:31, at P1 9:01; then 20 minutes there and 60 home are 4,800 s after the rest
    assert schedule.feasible
    assert [(9 * HOUR + 60, 12 * HOUR)] == [(rest.start_s, rest.end_s) for rest in schedule.routes[0].breaks]
    assert 0 == schedule.routes[0].stops[1].wait_s


def test_a_missing_break_is_said_with_the_longest_stretch(line):
    """A leg of 100 minutes cannot be interrupted: the breach names stretch, limit and length of the break."""
    problem = line([{"km": 100}], vans=({"breaks": (Break(1_800, 5_400),)},))
    breach = evaluate(problem, [Route("van", 1, (("P0",),))]).breaches[0]
    assert (
        "van 'van' no. 1 breaks break: found 6000 s under way without a break of 1800 s, limit 5400." == str(breach)
    )


def test_a_van_that_is_back_in_time_needs_no_break(line):
    """Less than the limit under way: no rest is listed and none is paid."""
    problem = line([{"km": 10}], vans=({"breaks": (Break(1_800, 5_400),)},))
    route = evaluate(problem, [Route("van", 1, (("P0",),))]).routes[0]
    assert ((), 1_260) == (route.breaks, route.duration_s)
