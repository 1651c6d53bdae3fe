"""Which of a return's ways the customer is offered: a handful, each best at something."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.quote.offer import ALSO, CHEAPEST, FASTEST, GREENEST, HOME, KEPT, NEAREST

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FEWEST = 3
KEEP = -1


class Ways(NamedTuple):
    """Every point in reach with the recovery that is best for us from there, nearest first, shape (k,) each.

    `cost_eur` counts carbon and the prices of limits, which are `limits_eur` of it; inf: it finds no room. `x` and
    `way` are options of the shelf.
    """

    c: IntArray
    road_m: FloatArray
    x: IntArray
    way: IntArray
    cost_eur: FloatArray
    limits_eur: FloatArray
    co2e_kg: FloatArray
    spend_eur: FloatArray
    refund_days: FloatArray


class Kept(NamedTuple):
    """Letting the customer keep it: cost in all (inf: not admissible or no room), of which limits, and emissions;
    `rule` is the position of the keep rule that forbids it, -1 where none does."""

    cost_eur: float
    limits_eur: float
    co2e_kg: float
    spend_eur: float
    rule: int


class Pick(NamedTuple):
    """One alternative: its position in `Ways` (KEEP: the customer keeps it) and what it is best at."""

    at: int
    labels: tuple[str, ...]


def pick(ways: Ways, kept: Kept, home: NDArray[np.bool_]) -> list[Pick]:
    """Return the alternatives, the cheapest for us first; `home` (k,) says which ways are pickups at home.

    Each way has the recovery that is best for us: where it is handed over is the customer's choice, what becomes of
    it is ours. Keeping it refunds at once and moves nothing, so it is fastest and greenest where it is offered. Ties
    go to the cheaper way. With fewer than three, the next cheapest points are added.
    """
    open_ = np.flatnonzero(np.isfinite(ways.cost_eur))
    keeps = bool(np.isfinite(kept.cost_eur))
    by_cost = open_[np.argsort(ways.cost_eur[open_], kind="stable")]
    best: dict[int, list[str]] = {int(at): [] for at in by_cost[:1]}
    for label, at in _champions(ways, by_cost, home, keeps=keeps):
        best.setdefault(at, []).append(label)
    if keeps:
        best[KEEP] = [KEPT, FASTEST, GREENEST]
    for at in by_cost:
        if len(best) >= FEWEST:
            break
        best.setdefault(int(at), [ALSO])
    ranked = sorted(best, key=lambda at: kept.cost_eur if at == KEEP else float(ways.cost_eur[at]))
    labels = [(CHEAPEST, *best[at]) if i == 0 else (*best[at],) or (ALSO,) for i, at in enumerate(ranked)]
    return [Pick(at, said) for at, said in zip(ranked, labels, strict=True)]


def _champions(ways: Ways, by_cost: IntArray, home: NDArray[np.bool_], *, keeps: bool) -> list[tuple[str, int]]:
    """Return (what it is best at, position) among the open ways, given in the order of cost."""
    if not len(by_cost):
        return []
    away, at_home = by_cost[~home[by_cost]], by_cost[home[by_cost]]
    found = []
    if len(away):
        found.append((NEAREST, int(away[ways.road_m[away].argmin()])))
    if not keeps:
        found.append((FASTEST, int(by_cost[ways.refund_days[by_cost].argmin()])))
        found.append((GREENEST, int(by_cost[ways.co2e_kg[by_cost].argmin()])))
    if len(at_home):
        found.append((HOME, int(at_home[0])))
    return found
