"""Where the local searches look, compiled: which stop is next, and which of its neighbours are worth trying."""

from __future__ import annotations

from routing.pickup.ruin_recreate.arrays import QUEUE, QUEUED
from routing.pickup.ruin_recreate.compiling import compiled, inlined
from routing.pickup.ruin_recreate.measures import metres_between


@compiled
def next_queued(ground, plan, work):
    """The queued stop to look at next, whose neighbours are other ones than when it was queued; -1: none is left."""
    while work.count[QUEUED] > 0:
        work.count[QUEUED] -= 1
        stop = work.ids[QUEUE, work.count[QUEUED]]
        plan.node[stop].queued = 0
        if plan.node[stop].van < 0 or ground.node[stop].same_van >= 0:
            continue
        if plan.node[stop].next == plan.node[stop].was_next and plan.node[stop].before == plan.node[stop].was_before:
            continue
        return stop
    return -1


@inlined
def worth_trying(ground, plan, team, stop, other):
    """Whether the other is the team's to move, and nearer to the stop than one of the four legs at them is long."""
    van = plan.node[other].van
    if van < 0 or plan.van[van].team != team or ground.node[other].same_van >= 0:
        return False
    if not ground.plane:
        return True
    return metres_between(ground, stop, other) < max(_longest_leg(plan, stop), _longest_leg(plan, other))


@inlined
def _longest_leg(plan, stop):
    """Metres of the longer leg to or from a stop."""
    here = plan.node[stop].metres
    return max(here - plan.node[plan.node[stop].before].metres, plan.node[plan.node[stop].next].metres - here)


@compiled
def all_allowed(ground, plan, kind, stop):
    """Whether vans of the kind may serve the stop and all that come after it."""
    while stop < ground.stops:
        if not ground.allowed[kind, stop]:
            return False
        stop = plan.node[stop].next
    return True
