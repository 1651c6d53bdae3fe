"""Places are opened, sized and closed as they may be."""

from __future__ import annotations

import math
from typing import Any

from network_design.check.amounts import Amounts
from network_design.check.figures import Figures
from network_design.check.finding import TOLERANCE, Finding, Findings, beyond, too_much


def check_sizes(figures: Figures, a: Amounts) -> Findings:
    """An open place has one of its sizes, or one within its range; a closed one has none."""
    for place, sizes in figures.sizes.items():
        for period in range(1, figures.periods + 1):
            size, ids = a.size.get((place, period), 0.0), f"{place}, period {period}"
            if not a.is_open.get((place, period), False):
                yield from too_much("sizes", ids, size, 0.0, "t", "are the size of a closed place")
            elif figures.places[place]["sizing"] == "RANGE":
                yield from too_much("sizes", ids, size, sizes[-1], "t", "are its size")
                yield from too_much("sizes", ids, -size, -sizes[0], "t", "(negative) are its size")
            elif min(abs(size - s) for s in sizes) > TOLERANCE * max(1.0, size):
                yield Finding("sizes", ids, size, sizes[-1], "t", f"{ids}: {size:,.6g} t is none of its sizes.")


def check_capacity(figures: Figures, a: Amounts) -> Findings:
    """What a place processes and sells fits into its size."""
    used: dict[tuple[str, int], float] = {}
    for (process, place, period), amount in a.processed.items():
        per_t = figures.value("processes", "capacity_per_t", process, place, period, missing=1.0)
        used[place, period] = used.get((place, period), 0.0) + per_t * amount
    for (place, _product, period), amount in a.sold.items():
        used[place, period] = used.get((place, period), 0.0) + amount
    for (place, period), amount in used.items():
        if place in figures.sizes:
            ids = f"{place}, period {period}"
            yield from too_much("capacity", ids, amount, a.size.get((place, period), 0.0), "t", "are processed or sold")


def check_openings(figures: Figures, a: Amounts) -> Findings:
    """Places open and close when they may, are open or closed when they must, and shrink only if they may."""
    for place in figures.sizes:
        rules, before = figures.places[place], initially_open(figures, place)
        size = initial_size(figures, place)
        for period in range(1, figures.periods + 1):
            now = a.is_open.get((place, period), False)
            yield from _turn(figures, place, rules, period, before=before, now=now)
            if before and now and rules["shrinking"] == "NEVER" and beyond(size, a.size[place, period]):
                ids = f"{place}, period {period}"
                found = a.size[place, period]
                yield Finding(
                    "shrinking", ids, found, size, "t", f"{ids}: it shrinks from {size:,.6g} t, which it may not."
                )
            before, size = now, a.size.get((place, period), 0.0)


def check_counts(figures: Figures, a: Amounts) -> Findings:
    """The number of open places of a group or kind lies within its limits."""
    for (group,) in figures.keys("group_limits"):
        members = [i for i, p in figures.places.items() if group in (p["group_id"], p["kind"])]
        for period in range(1, figures.periods + 1):
            number = sum(a.open_at(place, period) for place in members)
            ids = f"{group}, period {period}"
            most = figures.value("group_limits", "most", group, period, missing=math.inf)
            least = figures.value("group_limits", "least", group, period)
            yield from too_much("counts", ids, number, most, "place", "are open")
            if number < least:
                yield Finding("counts", ids, number, least, "place", f"{ids}: {number} are open, {least:g} must be.")


def initially_open(figures: Figures, place: str) -> bool:
    """Say whether a place is open at the start."""
    return bool(figures.places[place]["status"] != "CANDIDATE")


def initial_size(figures: Figures, place: str) -> float:
    """Return the size at the start: what is given, but the smallest at least; 0 when closed."""
    if not initially_open(figures, place):
        return 0.0
    given = figures.places[place]["initial_size_t"]
    return max(figures.sizes[place][0], 0.0 if math.isnan(given) else given)


def _turn(figures: Figures, place: str, rules: dict[str, Any], period: int, *, before: bool, now: bool) -> Findings:
    """Check one place from one period to the next."""
    ids = f"{place}, period {period}"

    def broken(sentence: str) -> Finding:
        return Finding("openings", ids, float(now), float(not now), "open", f"{ids}: {sentence}")

    if now and not before and not figures.row("periods", period)["opening_allowed"]:  # type: ignore[index]
        yield broken("it opens, but no place may open in this period.")
    if before and not now and (rules["status"] == "ALWAYS" or not rules["may_close"]):
        yield broken("it closes, which it may not.")
    if now and period >= rules["closed_from"]:
        yield broken("it is open, but must be closed.")
    must = period >= rules["open_from"] and not period >= rules["closed_from"]
    if not now and must:
        yield broken("it is closed, but must be open.")
