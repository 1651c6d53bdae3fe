"""Drive a list of stops from end to end, every limit and price looked at, compiled.

The list holds stops, with `NEW_TRIP` added where a trip begins. Paid time is that of `routing.pickup.timing`: leaving
between `early` and `late` gives the paid time `seconds`. Where a stop has several windows the first that can still be
met is taken, and the longest of the breaks whenever one falls due, so the cost is never less than what the evaluator
finds.
"""

from __future__ import annotations

import math

from routing.pickup.ruin_recreate.arrays import DELIVERY, IMPOSSIBLE, NEVER, NEW_TRIP, PICKUP, STOP_OF
from routing.pickup.ruin_recreate.compiling import compiled
from routing.pickup.ruin_recreate.measures import metres_between, seconds_between, van_cost


@compiled
def drive(ground, plan, van, listed, start, end, sums):
    """Cost of driving listed[start:end], `IMPOSSIBLE` where a limit breaks; metres and seconds end in `sums`."""
    if start == end:
        return 0
    kind = plan.van[van].kind
    hub = ground.stops + 2 * ground.vans + kind
    here = ground.stops + van
    seconds, rested_s, metres, trips = 0, 0, 0, 1
    early = max(ground.kind[kind].earliest_s, _release_s(ground, listed, start, end))
    late = ground.kind[kind].latest_s
    if early > late or not _load_up(ground, kind, listed, start, end, sums):
        return IMPOSSIBLE
    picked_up, brought = False, False
    for at in range(start, end):
        stop = listed[at] & STOP_OF
        if at > start and listed[at] & NEW_TRIP:
            trips += 1
            if trips > ground.kind[kind].max_trips or (ground.kind[kind].linehaul_first and picked_up and not brought):
                return IMPOSSIBLE
            picked_up, brought = False, False
            metres += metres_between(ground, here, hub)
            seconds, early, late, rested_s, fits = _work(
                ground, kind, (seconds, early, late, rested_s), seconds_between(ground, here, hub),
                (ground.kind[kind].hub_opens_s, ground.kind[kind].hub_closes_s), ground.kind[kind].unload_s,
            )  # fmt: skip
            if not fits or not _load_up(ground, kind, listed, at, end, sums):
                return IMPOSSIBLE
            release_s = _release_s(ground, listed, at, end)
            seconds, early, late, rested_s, fits = _work(
                ground, kind, (seconds, early, late, rested_s), 0, (release_s, NEVER), 0
            )
            here = hub
        if not ground.allowed[kind, stop] or not _take(ground, kind, stop, sums):
            return IMPOSSIBLE
        if ground.kind[kind].linehaul_first:
            if ground.node[stop].haul & DELIVERY and picked_up:
                return IMPOSSIBLE
            picked_up |= ground.node[stop].haul & PICKUP > 0
            brought |= ground.node[stop].haul & DELIVERY > 0
        metres += metres_between(ground, here, stop)
        leg_s = seconds_between(ground, here, stop)
        window = ground.node[stop].window_from
        while window < ground.node[stop].window_to and early + seconds + leg_s > ground.windows[window, 1]:
            window += 1
        if window == ground.node[stop].window_to:
            return IMPOSSIBLE
        seconds, early, late, rested_s, fits = _work(
            ground, kind, (seconds, early, late, rested_s), leg_s,
            (ground.windows[window, 0], ground.windows[window, 1]), ground.node[stop].service_s,
        )  # fmt: skip
        if not fits:
            return IMPOSSIBLE
        here = stop
    if ground.kind[kind].linehaul_first and picked_up and not brought:
        return IMPOSSIBLE
    home = ground.stops + ground.vans + van
    metres += metres_between(ground, here, home)
    unload_s = ground.kind[kind].unload_s if ground.kind[kind].ends_at_hub else 0
    seconds, early, late, rested_s, fits = _work(
        ground, kind, (seconds, early, late, rested_s), seconds_between(ground, here, home), (0, NEVER), unload_s
    )
    if (
        not fits
        or early + seconds > ground.kind[kind].latest_s
        or seconds > ground.kind[kind].max_duration_s + ground.kind[kind].max_overtime_s
        or metres > ground.kind[kind].max_distance_m
    ):
        return IMPOSSIBLE
    sums[2 * ground.dimensions] = metres
    sums[2 * ground.dimensions + 1] = seconds
    return van_cost(ground, kind, metres, seconds) + _wishes(ground, van, listed, start, end)


@compiled
def _release_s(ground, listed, start, end):
    """When the trip that begins at `start` may leave."""
    release_s = 0
    for at in range(start, end):
        if at > start and listed[at] & NEW_TRIP:
            break
        release_s = max(release_s, ground.node[listed[at] & STOP_OF].release_s)
    return release_s


@compiled
def _load_up(ground, kind, listed, start, end, sums):
    """Begin a trip: nothing aboard, or all its deliveries where those share the van with pickups; whether they fit."""
    for dimension in range(ground.dimensions):
        sums[dimension] = 0
    if not ground.mixed:
        return True
    for at in range(start, end):
        if at > start and listed[at] & NEW_TRIP:
            break
        for dimension in range(ground.dimensions):
            sums[dimension] += ground.load[listed[at] & STOP_OF, ground.dimensions + dimension]
    for dimension in range(ground.dimensions):
        if sums[dimension] > ground.room[kind, dimension]:
            return False
    return True


@compiled
def _take(ground, kind, stop, sums):
    """Serve a stop; whether what is aboard then fits."""
    for dimension in range(ground.dimensions):
        sums[dimension] += ground.load[stop, dimension]
        if ground.mixed:
            sums[dimension] -= ground.load[stop, ground.dimensions + dimension]
        if sums[dimension] > ground.room[kind, dimension]:
            return False
    return True


@compiled
def _work(ground, kind, state, leg_s, window, work_s):
    """One leg and then work that begins inside the window; breaks before either when they fall due."""
    seconds, early, late, rested_s = state
    opens_s, closes_s = window
    without_s = ground.kind[kind].without_break_s
    if seconds + leg_s - rested_s > without_s:
        seconds += ground.kind[kind].break_s
        rested_s = seconds
    seconds += leg_s
    wait_s = max(0, opens_s - seconds - late)
    if seconds - rested_s > without_s:
        return seconds, early, late, rested_s, False
    if wait_s and wait_s >= ground.kind[kind].break_s:
        rested_s = seconds + wait_s
    if seconds + wait_s + work_s - rested_s > without_s:
        seconds += ground.kind[kind].break_s
        wait_s = max(0, opens_s - seconds - late)
        rested_s = seconds + wait_s
        if work_s > without_s:
            return seconds, early, late, rested_s, False
    if early + seconds > closes_s:
        return seconds, early, late, rested_s, False
    if wait_s:
        early = late
    else:
        early = max(early, opens_s - seconds)
        late = min(late, closes_s - seconds)
    return seconds + wait_s + work_s, early, late, rested_s, True


@compiled
def _wishes(ground, van, listed, start, end):
    """The price of stops on another van than before, and of stops far from the middle of the van's."""
    price = 0
    if ground.stability:
        for at in range(start, end):
            earlier = ground.node[listed[at] & STOP_OF].earlier_van
            if earlier >= 0 and earlier != van:
                price += ground.stability
    if ground.compactness > 0.0:
        x, y, far = 0.0, 0.0, 0.0
        for at in range(start, end):
            x += ground.node[listed[at] & STOP_OF].crow_x / (end - start)
            y += ground.node[listed[at] & STOP_OF].crow_y / (end - start)
        for at in range(start, end):
            across = ground.node[listed[at] & STOP_OF].crow_x - x
            along = ground.node[listed[at] & STOP_OF].crow_y - y
            far += math.sqrt(across * across + along * along)
        price += round(far * ground.compactness)
    return price
