"""Metres, seconds and money between nodes, compiled."""

from __future__ import annotations

import math

from routing.pickup.ruin_recreate.compiling import inlined


@inlined
def metres_between(ground, start, end):
    """Metres from node to node."""
    if ground.plane:
        across = ground.node[start].x - ground.node[end].x
        along = ground.node[start].y - ground.node[end].y
        return int(math.sqrt(across * across + along * along) * ground.metres_scale + ground.metres_half)
    return ground.legs[0, ground.node[start].place, ground.node[end].place]


@inlined
def seconds_between(ground, start, end):
    """Seconds from node to node."""
    if ground.plane:
        across = ground.node[start].x - ground.node[end].x
        along = ground.node[start].y - ground.node[end].y
        return int(math.sqrt(across * across + along * along) * ground.seconds_scale + ground.seconds_half)
    return ground.legs[1, ground.node[start].place, ground.node[end].place]


@inlined
def leg_cost(ground, kind, start, end):
    """What driving a leg costs a van of the kind, waiting aside."""
    cost = ground.kind[kind].per_m * metres_between(ground, start, end)
    if ground.kind[kind].per_s:
        cost += ground.kind[kind].per_s * seconds_between(ground, start, end)
    return cost


@inlined
def van_cost(ground, kind, metres, seconds):
    """What a van costs that drives so far and is paid so long."""
    overtime_s = max(0, seconds - ground.kind[kind].max_duration_s)
    return (
        ground.kind[kind].fixed
        + ground.kind[kind].per_m * metres
        + ground.kind[kind].per_s * seconds
        + ground.kind[kind].overtime_per_s * overtime_s
    )


@inlined
def arrive(seconds, early, late, opens_s, closes_s):
    """Paid seconds, and when to leave, once service may begin: waiting where even the last departure comes too soon."""
    wait_s = opens_s - seconds - late
    if wait_s > 0:
        return seconds + wait_s, late, late
    return seconds, max(early, opens_s - seconds), min(late, closes_s - seconds)
