"""Better choices of plants and satellites: sites open, close and change places until none pays; then it begins anew.

Iterated local search (Lourenço and others 2003, 10.1007/0-306-48056-5_11), half of its rounds from sites drawn as
often as the bound opens them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray
from network_design.locate.two_stage.planner import TwoStagePlanner
from network_design.locate.two_stage.relaxation import TwoStageRelaxation
from network_design.locate.two_stage.standing import (
    Standing,
    better_neighbour,
    open_flags,
    opening_costs,
    standing_of,
)

IsOver = Callable[[], bool]

CLOSINGS = 3  # sites tried for closing, at most, in exchange for one that opens
ANEW = 0.5  # how often a round begins with sites drawn from the bound, not near the standing one
WORSE = 0.02  # how often a round's end stands although it is worse
SWAPS, OF_PLANTS = 3, 0.25  # exchanges drawn at random to leave a local optimum, and how many of them are of plants
WORTHY = 1 / 3  # share of the closed sites, the best at the flow's prices, that may open then
SELDOM = 0.003  # how often a site counts as open in the bound that never opens it


def improve(planner: TwoStagePlanner, standing: Standing, is_over: IsOver) -> Standing:
    """Return a standing that no single opening, closing or exchange betters, or the best when time is over."""
    better = True
    while better and not is_over():
        before, standing = standing, better_neighbour(standing, CLOSINGS, planner.relaxation.sites)
        better = standing.cost < before.cost
        planner.remember(standing)
    return standing


def search(planner: TwoStagePlanner, average: FloatArray, *, seed: int, is_over: IsOver) -> None:
    """Look for better plans until time is over: near the standing one, or where the bound opens sites.

    `average` (sites,) is how often the bound opens each site.
    """
    draw, standing, relaxation = np.random.default_rng(seed), planner.best, planner.relaxation
    while standing is not None and not is_over():
        anew = draw.random() < ANEW
        opened = _drawn(relaxation, average, draw) if anew else _shaken(relaxation, standing, draw)
        begun = standing_of(opened, relaxation.sites)
        if not np.isfinite(begun.cost):
            continue
        found = improve(planner, begun, is_over)
        if found.cost < standing.cost or draw.random() < WORSE:
            standing = found


def _drawn(relaxation: TwoStageRelaxation, average: FloatArray, draw: np.random.Generator) -> Flags:
    """Draw sites, the oftener the bound opens them, until all demand fits."""
    opened = np.zeros(len(average), dtype=np.bool_)
    wait = draw.exponential(size=len(average)) / (average + SELDOM)
    for part in relaxation.echelons:
        order = part.start + np.argsort(wait[part], kind="stable")
        room = np.cumsum(relaxation.capacity[order])
        opened[order[: 1 + np.searchsorted(room, relaxation.need)]] = True
    return opened


def _shaken(relaxation: TwoStageRelaxation, standing: Standing, draw: np.random.Generator) -> Flags:
    """Exchange a few sites at random, and open others where demand would not fit."""
    opened = open_flags(standing, relaxation.sites)
    opening = np.empty(len(opened))
    opening_costs(standing, np.zeros(len(opened), dtype=np.int8), opening, relaxation.sites)
    plants, satellites = relaxation.echelons
    for _ in range(SWAPS):
        part = plants if draw.random() < OF_PLANTS else satellites
        used, unused = (part.start + np.flatnonzero(flags) for flags in (opened[part], ~opened[part]))
        if len(unused):
            worthy = unused[np.argsort(opening[unused], kind="stable")][: max(3, int(WORTHY * len(unused)))]
            opened[draw.choice(used)] = False
            opened[draw.choice(worthy)] = True
    for part in (plants, satellites):
        wait = draw.uniform(0.5, 1.5, len(opened)) * (opening - opening[part].min())
        unused = part.start + np.flatnonzero(~opened[part])
        for site in unused[np.argsort(wait[unused], kind="stable")]:
            if relaxation.capacity[part][opened[part]].sum() >= relaxation.need:
                break
            opened[site] = True
    return opened
