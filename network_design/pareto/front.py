"""The front: designs of which none is better than another in every aim, by limits on all aims but the first.

Each point is exact: the first aim's least within the limits, then the others' least while it keeps that. So no
dominated point appears, as with the augmented objective of Mavrotas (2009), doi:10.1016/j.amc.2009.03.037, without its
small weight. Limits are spread between each aim's best and the value it has where another aim is best.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from network_design.design import describe
from network_design.highs import Solution
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray
from network_design.pareto.aims import Figure, cost
from network_design.pareto.search import LEAST_FIGURE, SLACK, Found, Limit, exact, least, reached
from network_design.study.settings import Front
from retour.design.plan import Design
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status


@dataclass(frozen=True)
class Point:
    """A point of the front: figures in the order of the aims, and a bound on each of them.

    No design that is no worse in the other aims does better in an aim than its bound, but for the rounding of limits
    that were reached; None where nothing is proven.
    """

    values: FloatArray
    figures: tuple[float, ...]
    bounds: tuple[float | None, ...]


def front(
    model: DesignModel, aims: Sequence[Figure], *, points: int, seed: int, budget_s: float, listener: Listener = silent
) -> tuple[Point, ...]:
    """Return the points found in time, the best in the first aim first; empty where no design fits."""
    deadline = time.perf_counter() + budget_s
    anchors = _anchors(model, aims, seed=seed, budget_s=budget_s / 2, listener=listener)
    if not anchors:
        return ()
    found, grid = list(anchors), list(_limits(aims, anchors, points))
    for i, limits in enumerate(grid):
        left_s = (deadline - time.perf_counter()) / (len(grid) - i)
        if left_s <= 0:
            break
        listener(Progress("front", 0.5 + 0.5 * i / len(grid), f"{len(found)} points"))
        point = best_point(model, aims, limits, first=aims[0], seed=seed, budget_s=left_s)
        found += [point] if point is not None else []
    return undominated(found)


def best_point(
    model: DesignModel, aims: Sequence[Figure], limits: Sequence[Limit], *, first: Figure, seed: int, budget_s: float
) -> Point | None:
    """Return the point with the least of the `first` aim within limits, then of the others; None without.

    Each aim is bounded while those before it keep what they reached: what is no worse in all of them keeps that too.
    """
    kept, proven = list(limits), dict[str, float | None]()
    found: Found | None = None
    # Cost comes last where it is no aim, so that nothing is opened or grown for nothing.
    last = [] if any(a.name == "cost" for a in aims) else [cost(model, Front())]
    order = [first, *(a for a in aims if a is not first), *last]
    for figure in order:
        start = None if found is None else found.values
        again = least(model, figure, kept, seed=seed, budget_s=budget_s / len(order), start=start)
        if again is None:
            break
        found, proven[figure.name] = again, again.bound
        kept.append(reached(figure, found.values))
    if found is None:
        return None
    others = [limit for limit in kept if limit.figure is not first]
    values = exact(model, first, others, found.values, seed=seed, budget_s=budget_s / len(order))
    figures = tuple(figure.of(values) for figure in aims)
    return Point(values, figures, tuple(_no_more(proven.get(a.name), x) for a, x in zip(aims, figures, strict=True)))


def gap_of(figure: float, bound: float | None) -> float | None:
    """Return (figure - bound) / |figure|, a figure smaller than a thousandth counting as that; None without a bound."""
    return None if bound is None else max(0.0, figure - bound) / max(LEAST_FIGURE, abs(figure))


def undominated(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the points that no other is as good as in every aim and better in one, each once, sorted."""
    ordered = sorted(points, key=lambda p: p.figures)
    kept: list[Point] = []
    for point in ordered:
        if not any(_as_good(other, point) for other in kept):
            kept.append(point)
    return tuple(p for p in kept if not any(o is not p and _as_good(o, p) and not _as_good(p, o) for o in kept))


def design_of(model: DesignModel, values: FloatArray) -> Design:
    """Return the design of a program's values, amounts as they are: they need not be those of least cost."""
    solution = Solution(Status.FEASIBLE, values, None, np.zeros(model.program.rows))
    return describe(model, solution, status=Status.FEASIBLE, bound=None)


def _anchors(
    model: DesignModel, aims: Sequence[Figure], *, seed: int, budget_s: float, listener: Listener
) -> list[Point]:
    """Return the best point of each aim, the others' best next to it in the order of the study."""
    found: list[Point] = []
    for i, figure in enumerate(aims):
        listener(Progress("front", 0.5 * i / len(aims), f"the best of {figure.name}"))
        point = best_point(model, aims, (), first=figure, seed=seed, budget_s=budget_s / len(aims))
        found += [point] if point is not None else []
    return found


def _limits(aims: Sequence[Figure], anchors: Sequence[Point], points: int) -> Iterator[tuple[Limit, ...]]:
    """Yield limits on all aims but the first, evenly between best and worst among the anchors, loosest first."""
    figures = np.array([p.figures for p in anchors])
    low, high = figures.min(axis=0), figures.max(axis=0)
    steps = [np.linspace(high[k], low[k], points + 2)[1:-1] for k in range(1, len(aims)) if high[k] > low[k]]
    moving = [aims[k] for k in range(1, len(aims)) if high[k] > low[k]]
    for values in product(*steps) if steps else ():
        yield tuple(Limit(a, float(x)) for a, x in zip(moving, values, strict=True))


def _no_more(bound: float | None, figure: float) -> float | None:
    """Return a bound that rounding has not lifted above what was found."""
    return None if bound is None else min(bound, figure)


def _as_good(one: Point, other: Point) -> bool:
    """Say whether a point is as good as another in every aim, but for rounding."""
    return all(a <= b + 10 * SLACK * max(LEAST_FIGURE, abs(b)) for a, b in zip(one.figures, other.figures, strict=True))
