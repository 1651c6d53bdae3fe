"""Where a decision turns: the least change of one parameter that makes another way cheaper, found exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.decide.levers import KINDS, Lever

FloatArray = NDArray[np.float64]
TIE_EUR = 1e-9
DIGITS = 6


@dataclass(frozen=True)
class Turn:
    """The decision turns when the lever passes `at`: below it (`up` False) or above it, to alternative `then`."""

    lever: Lever
    at: float
    up: bool
    then: int

    @property
    def change(self) -> float:
        """By how much the parameter changes, in its unit; negative: down."""
        return self.at - self.lever.now

    @property
    def size(self) -> float:
        """The change relative to what the parameter is now, or to one unit where it is less."""
        return abs(self.change) / max(abs(self.lever.now), 1.0)


def cheapest_turns(levers: Iterable[Lever], mine: int, *, most: int) -> list[Turn]:
    """Return the least changes that turn decision `mine`, the least first, one of each kind of lever at most.

    Of levers that turn it alike, by the same amount to the same alternative, the first in order is named alone.
    """
    turns = [t for lever in levers for up in (False, True) if (t := first_turn(lever, mine, up=up)) is not None]
    by_kind = {t.lever.kind: t for t in sorted(turns, key=_least_first, reverse=True)}
    alike = {(round(t.change, DIGITS), t.then): t for t in sorted(by_kind.values(), key=_least_first, reverse=True)}
    return sorted(alike.values(), key=_least_first)[:most]


def _least_first(turn: Turn) -> tuple[float, int, str]:
    return round(turn.size, DIGITS), KINDS.index(turn.lever.kind), turn.lever.subject


def first_turn(lever: Lever, mine: int, *, up: bool) -> Turn | None:
    """Return where the decision first turns on the way up or down from now; None when nowhere in range."""
    stops = lever.knots[lever.knots > lever.now] if up else lever.knots[lever.knots < lever.now][::-1]
    here = lever.now
    for stop in (float(s) for s in stops):
        start, end = _gaps(lever, np.nextafter(here, stop), mine), _gaps(lever, stop, mine)
        if start.min() < -TIE_EUR:
            return Turn(lever, here, up, int(start.argmin()))
        share = _shares(start, end)
        if share.min() <= 1.0:
            first = np.flatnonzero(share <= share.min() + TIE_EUR)
            return Turn(lever, float(here + share.min() * (stop - here)), up, int(first[end[first].argmin()]))
        here = stop
    return None


def _gaps(lever: Lever, value: float, mine: int) -> FloatArray:
    """Return what each alternative costs more than the decision; inf where it is not available."""
    costs = lever.costs(value)
    return np.subtract(costs, costs[mine], out=np.full(len(costs), np.inf), where=np.isfinite(costs))


def _shares(start: FloatArray, end: FloatArray) -> FloatArray:
    """Return at what share of a piece each alternative becomes the cheaper one, inf where it does not."""
    turns = end < -TIE_EUR
    out = np.full(len(start), np.inf)
    closed = turns & np.isinf(start)
    out[closed] = 1.0
    crossing = turns & ~closed
    above = np.maximum(start[crossing], 0.0)
    out[crossing] = above / (above - end[crossing])
    return out
