"""What each place gains, at the prices of the moment, at each of its sizes: continuous knapsacks over its items."""

from __future__ import annotations

import numpy as np

from network_design.decomposition.compiling import compiled


@compiled
def find_gains(reduced, items, states, sizes, contracts, gain, filled, order):  # type: ignore[no-untyped-def]
    """Write the most each state gains in each period, and the size it fills for it; return that of unsized places.

    `reduced` costs of the columns of a model; `items` and `contracts` as arrays of `arrays_of`; `states` is where those
    of each place begin; `sizes` (states,) in tonnes; `gain` and `filled` (states, T) are written; `order` (items, T),
    items of a place from the most gain per size on, is kept from one call to the next. Between two sizes of a range the
    gain is at most what lies on the line between theirs.
    """
    start, first, second, ratio, use, most, loose, ranged = items
    total, periods = 0.0, gain.shape[1]
    widest = np.max(np.diff(start)) + 3
    worth, until, value, best = np.zeros(widest), np.zeros(widest), np.zeros(widest), np.zeros(widest)
    for place in range(len(start) - 1):
        begin, end = start[place], start[place + 1]
        low, high = states[place], states[place + 1]
        largest = sizes[high - 1] if high > low else np.inf
        for t in range(periods):
            for i in range(begin, end):
                other = ratio[i, t] * reduced[second[i] + t] if second[i] >= 0 else 0.0
                worth[i - begin] = -(reduced[first[i] + t] + other)
            _sort(order, begin, end, t, worth, use)
            number, always = _curve(
                order, begin, end, t, worth, use, most, loose, largest, contracts, place, until, value
            )
            if high > low:
                gain[low, t], filled[low, t] = always, 0.0
                _along(sizes, low, high, t, until, value, best, number, contracts, place, gain, filled)
                if ranged[place]:
                    _lift(sizes, low, high, t, until, best, number, gain)
            else:
                total += _unsized(t, until, value, number, contracts, place, filled, len(sizes) + place)
    return total


@compiled
def _sort(order, begin, end, t, worth, use):  # type: ignore[no-untyped-def]
    """Sort by worth per size, falling; nearly sorted from the last time."""
    for a in range(begin + 1, end):
        item = order[a, t]
        rank = _rank(worth[item - begin], use[item, t])
        b = a - 1
        while b >= begin and _rank(worth[order[b, t] - begin], use[order[b, t], t]) < rank:
            order[b + 1, t] = order[b, t]
            b -= 1
        order[b + 1, t] = item


@compiled
def _rank(worth, use):  # type: ignore[no-untyped-def]
    if use > 0:
        return worth / use
    return np.inf if worth > 0 else -np.inf


@compiled
def _curve(order, begin, end, t, worth, use, most, loose, largest, contracts, place, until, value):  # type: ignore[no-untyped-def]
    """Write gain against size filled, corner by corner, up to the largest size; return what a closed place gains."""
    minimum = contracts[4][place, t]
    until[0], value[0], number, always = 0.0, 0.0, 1, 0.0
    for a in range(begin, end):
        item = order[a, t]
        if worth[item - begin] <= 0:
            break
        size, gained = use[item, t] * most[item, t], worth[item - begin] * most[item, t]
        if size == 0:
            value[0] += gained
            always += gained if loose[item] else 0.0
            continue
        before = until[number - 1]
        if before < minimum < before + size:
            until[number] = minimum
            value[number] = value[number - 1] + gained * (minimum - before) / size
            number += 1
            gained *= (before + size - minimum) / size
        until[number] = before + size
        value[number] = value[number - 1] + gained
        number += 1
        if before + size >= largest:
            break
    return number, always


@compiled
def _paid(contracts, place, t, amount):  # type: ignore[no-untyped-def]
    """What the contract of a place asks for an amount: tiers, and what is missing of the promised."""
    first_tier, tiers, begins, price, minimum, shortfall = contracts
    paid = max(0.0, minimum[place, t] - amount) * shortfall[place, t]
    for tier in range(first_tier[place], first_tier[place] + tiers[place]):
        ends = begins[tier + 1] if tier + 1 < first_tier[place] + tiers[place] else np.inf
        paid += price[tier, t] * min(max(0.0, amount - begins[tier]), ends - begins[tier])
    return paid


@compiled
def _along(sizes, low, high, t, until, value, best, number, contracts, place, gain, filled):  # type: ignore[no-untyped-def]
    """Write the gain of each size: the best corner within it, or what fills it."""
    top, at, corner = -np.inf, 0.0, 0
    for state in range(low + 1, high):
        size = sizes[state]
        while corner < number and until[corner] <= size:
            here = value[corner] - _paid(contracts, place, t, until[corner])
            if here > top:
                top, at = here, until[corner]
            best[corner] = top
            corner += 1
        if corner < number:
            slope = (value[corner] - value[corner - 1]) / (until[corner] - until[corner - 1])
            here = value[corner - 1] + slope * (size - until[corner - 1]) - _paid(contracts, place, t, size)
            if here > top:
                top, at = here, size
        gain[state, t], filled[state, t] = top, at


@compiled
def _lift(sizes, low, high, t, until, best, number, gain):  # type: ignore[no-untyped-def]
    """Raise the gains of a range's sizes so that no corner between two of them lies above the line between theirs."""
    corner, before = 0, 0.0
    for state in range(low + 1, high - 1):
        lift, left, right = 0.0, gain[state, t], gain[state + 1, t]
        while corner < number and until[corner] < sizes[state + 1]:
            if until[corner] > sizes[state]:
                part = (until[corner] - sizes[state]) / (sizes[state + 1] - sizes[state])
                lift = max(lift, best[corner] - left - (right - left) * part)
            corner += 1
        gain[state, t] += max(before, lift)
        before = lift
    gain[high - 1, t] += before


@compiled
def _unsized(t, until, value, number, contracts, place, filled, line):  # type: ignore[no-untyped-def]
    top = -np.inf
    for corner in range(number):
        here = value[corner] - _paid(contracts, place, t, until[corner])
        if here > top:
            top, filled[line, t] = here, until[corner]
    return top


@compiled
def fill(reduced, items, states, chosen, filled, order, values):  # type: ignore[no-untyped-def]
    """Write into `values` the columns of all items, with every place in its chosen state, (places, T)."""
    start, first, second, ratio, use, most, loose, _ranged = items
    for place in range(len(start) - 1):
        low, high = states[place], states[place + 1]
        for t in range(chosen.shape[1]):
            sized = high > low
            closed = sized and chosen[place, t] == 0
            left = filled[low + chosen[place, t], t] if sized else filled[states[-1] + place, t]
            for a in range(start[place], start[place + 1]):
                item = order[a, t]
                other = ratio[item, t] * reduced[second[item] + t] if second[item] >= 0 else 0.0
                amount = 0.0
                if reduced[first[item] + t] + other < 0 and (not closed or loose[item]):
                    amount = most[item, t]
                    if use[item, t] > 0:
                        amount = min(amount, left / use[item, t])
                        left -= amount * use[item, t]
                values[first[item] + t] = amount
                if second[item] >= 0:
                    values[second[item] + t] += ratio[item, t] * amount
