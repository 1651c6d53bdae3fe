"""When each place opens, grows, shrinks and closes at the least cost, given what it gains: a path over periods."""

from __future__ import annotations

import numpy as np

from network_design.decomposition.compiling import compiled


@compiled
def stand(states, costs, bounds, gain, chosen):  # type: ignore[no-untyped-def]
    """Write the state of each place in each period, a number within the place, and return the cost of all.

    `states` are arrays of `States`; `costs` of levels, of gaining them, of the extra size and of widening it; `bounds`
    the levels' least and most and the most that may be gained; `gain` (states, T).
    """
    start, level, levels, extra, share, first_state, first_share, resold = states
    total, periods = 0.0, gain.shape[1]
    for place in range(len(level)):
        low, count = start[place], start[place + 1] - start[place]
        if count == 0:
            continue
        before, after = np.full(count, np.inf), np.full(count, np.inf)
        origin = np.zeros((periods, count), dtype=np.int64)
        for t in range(periods):
            if extra[place] < 0:
                _step(t, level[place], levels[place], first_state[place], costs, bounds, before, after, origin)
            else:
                there, most = first_state[place] > 0, first_share[place]
                _range(t, level[place], extra[place], there, most, resold[extra[place]],
                       share[low : low + count], costs, bounds, before, after, origin)  # fmt: skip
            for state in range(count):
                before[state] = after[state] - gain[low + state, t]
        state = int(np.argmin(before))
        total += before[state]
        for t in range(periods - 1, -1, -1):
            chosen[place, t] = state
            state = origin[t, state]
    return total


@compiled
def _step(t, level, levels, initial, costs, bounds, before, after, origin):  # type: ignore[no-untyped-def]
    """Write the least cost of each number of levels, with that of standing, from what stood before."""
    standing, gaining = costs[0], costs[1]
    least, most, may_gain = bounds
    held = 0.0
    for state in range(levels + 1):
        after[state] = np.inf
        held += standing[level + state - 1, t] if state > 0 else 0.0
        if not _allowed(level, levels, state, t, least, most):
            continue
        for old in range(levels + 1):
            cost = before[old] if t > 0 else (0.0 if old == initial else np.inf)
            for step in range(levels):
                line = level + step
                if old <= step < state:
                    cost += gaining[line, t] if may_gain[line, t] > 0 else np.inf
                elif may_gain[line, t] > 0:
                    cost += min(0.0, gaining[line, t])
            if cost < after[state]:
                after[state], origin[t, state] = cost, old
        after[state] += held


@compiled
def _allowed(level, levels, state, t, least, most):  # type: ignore[no-untyped-def]
    for step in range(levels):
        if (step < state and most[level + step, t] < 1) or (step >= state and least[level + step, t] > 0):
            return False
    return True


@compiled
def _range(t, level, extra, there, initial_share, resold, share, costs, bounds, before, after, origin):  # type: ignore[no-untyped-def]
    """Write the least cost of closed and of each share of a range, from what stood before; in one pass each way."""
    standing, gaining, widen = costs[0][level, t], costs[1][level, t], costs[3][extra, t]
    least, most, may_gain = bounds
    idle = min(0.0, gaining) if may_gain[level, t] > 0 else 0.0
    opening = gaining if may_gain[level, t] > 0 else np.inf
    count = len(after)
    after[:] = np.inf
    if t == 0:
        _from_the_start(there, initial_share, resold, share, widen, opening, idle, after)
    else:
        after[0], origin[t, 0] = before[0] + idle, 0
        for state in range(1, count):
            given_back = widen * share[state] if resold else 0.0
            _take(after, origin[t], 0, before[state] - given_back + idle, state)
            _take(after, origin[t], state, before[0] + opening + widen * share[state], 0)
        best, at = np.inf, 0
        for state in range(1, count):  # from smaller ones
            if before[state] - widen * share[state] < best:
                best, at = before[state] - widen * share[state], state
            _take(after, origin[t], state, best + widen * share[state] + idle, at)
        best = np.inf
        for state in range(count - 1, 0, -1):  # from larger ones
            back = widen * share[state] if resold else 0.0
            if before[state] - back < best:
                best, at = before[state] - back, state
            _take(after, origin[t], state, best + back + idle, at)
    if least[level, t] > 0:
        after[0] = np.inf
    for state in range(1, count):
        after[state] += standing + costs[2][extra, t] * share[state] if most[level, t] >= 1 else np.inf


@compiled
def _from_the_start(there, initial_share, resold, share, widen, opening, idle, after):  # type: ignore[no-untyped-def]
    given_back = widen * initial_share if resold and there else 0.0
    after[0] = idle - given_back
    for state in range(1, len(after)):
        more = share[state] - (initial_share if there else 0.0)
        after[state] = (idle if there else opening) + widen * (more if resold else max(0.0, more))


@compiled
def _take(after, origin, state, cost, old):  # type: ignore[no-untyped-def]
    if cost < after[state]:
        after[state], origin[state] = cost, old


@compiled
def stood(states, chosen, levels, gained, extra, widened):  # type: ignore[no-untyped-def]
    """Write levels, what is gained, extra share and what is new of it, for chosen states, (lines, T) each."""
    start, level, number, extra_line, share, first_state, first_share, resold = states
    for place in range(len(level)):
        if start[place + 1] == start[place]:
            continue
        line, old, old_share = level[place], first_state[place], first_share[place]
        for t in range(chosen.shape[1]):
            state = chosen[place, t]
            ranged = extra_line[place]
            count = state if ranged < 0 else min(1, state)
            old_count = old if ranged < 0 else min(1, old)
            for step in range(number[place]):
                levels[line + step, t] = 1.0 if step < count else 0.0
                gained[line + step, t] = 1.0 if old_count <= step < count else 0.0
            if ranged >= 0:
                mine = share[start[place] + state]
                extra[ranged, t] = mine
                widened[ranged, t] = mine - old_share if resold[ranged] else max(0.0, mine - old_share)
                old_share = mine
            old = state
