"""Limits on what is sold, disposed of, stored, moved, emitted and invested."""

from __future__ import annotations

import math
from collections import defaultdict

from network_design.check.amounts import Amounts
from network_design.check.figures import Figures
from network_design.check.finding import TOLERANCE, Finding, Findings, too_much

Key = tuple[str, str, int]


def check_sales(figures: Figures, a: Amounts) -> Findings:
    """Markets get no more than they take, and no less than they must."""
    for key, amount in a.sold.items():
        most = figures.value("sales", "most_t", *key, missing=math.inf) if figures.row("sales", *key) else 0.0
        yield from too_much("sales", _ids(key), amount, most, "t", "are sold")
    for place, product in figures.keys("sales"):
        for period in range(1, figures.periods + 1):
            least, found = (
                figures.value("sales", "least_t", place, product, period),
                a.sold.get((place, product, period), 0.0),
            )
            ids = _ids((place, product, period))
            yield from too_much("sales", ids, least - found, 0.0, "t", "are missing of what must be sold")


def check_disposal(figures: Figures, a: Amounts) -> Findings:
    """Nothing is disposed of where it may not, nor more than may be, place by place and in all."""
    total: dict[tuple[str, int], float] = defaultdict(float)
    arising = figures.keys("supply")
    for key, amount in a.disposed.items():
        place, product, period = key
        most = figures.value("disposal", "limit_t", *key, missing=math.inf) if figures.row("disposal", *key) else 0.0
        yield from too_much("disposal", _ids(key), amount, most, "t", "are disposed of")
        limit = figures.row("product_limits", product, period)
        if limit is not None and (limit["counted"] == "EVERYWHERE" or (place, product) in arising):
            total[product, period] += amount
    for (product, period), amount in total.items():
        most = figures.value("product_limits", "disposal_limit_t", product, period, missing=math.inf)
        ids = f"{product}, period {period}"
        yield from too_much("disposal in all", ids, amount, most, "t", "are disposed of, all places together")


def check_storage(figures: Figures, a: Amounts) -> Findings:
    """Stores hold no more than they may, nothing while closed, nothing at the end."""
    for key, amount in a.stored.items():
        place, _product, period = key
        row = figures.row("storage", *key)
        most = 0.0 if row is None else figures.value("storage", "limit_t", *key, missing=math.inf)
        if period == figures.periods or (row and not row["while_closed"] and not a.open_at(place, period)):
            most = 0.0
        yield from too_much("storage", _ids(key), amount, most, "t", "are in store")


def check_lanes(figures: Figures, a: Amounts) -> Findings:
    """No lane carries more than it can."""
    total: dict[tuple[str, str, str, int], float] = defaultdict(float)
    for (origin, target, mode, _product, period), amount in a.moved.items():
        total[origin, target, mode, period] += amount
    for (origin, target, mode, period), amount in total.items():
        most = figures.value("lanes", "capacity_t", origin, target, mode, missing=math.inf)
        ids = f"{origin} to {target} by {mode}, period {period}"
        yield from too_much("lanes", ids, amount, most, "t", "take this lane")


def check_emissions(figures: Figures, emitted: dict[tuple[str, int], float]) -> Findings:
    """No more of a gas is emitted than its cap allows."""
    for (gas, period), amount in emitted.items():
        most = figures.value("gases", "limit_t", gas, period, missing=math.inf)
        yield from too_much("emissions", f"{gas}, period {period}", amount, most, "t", "are emitted")


def check_investments(figures: Figures, invested: dict[int, float]) -> Findings:
    """No more is spent on opening, growing and closing than may be."""
    for period, amount in invested.items():
        most = figures.value("periods", "investment_limit", period, missing=math.inf)
        if amount > most + TOLERANCE * max(1.0, most):
            ids = f"period {period}"
            yield Finding(
                "budget", ids, amount, most, "money", f"{ids}: {amount:,.6g} is invested, at most {most:,.6g} may be."
            )


def emitted_by(figures: Figures, a: Amounts) -> dict[tuple[str, int], float]:
    """Return tonnes emitted by gas and period."""
    found: dict[tuple[str, int], float] = defaultdict(float)
    moving = {gas for _product, _mode, gas in figures.keys("transport_emissions")}
    treating = {gas for _process, gas in figures.keys("process_emissions")}
    for (origin, target, mode, product, period), amount in a.moved.items():
        for gas in moving:
            factor = figures.value("transport_emissions", "t_per_km_t", product, mode, gas, period)
            if factor:
                found[gas, period] += factor * figures.distance_km(origin, target, mode) * amount
    _add_handling(figures, a, found)
    for (process, _place, period), amount in a.processed.items():
        for gas in treating:
            found[gas, period] += figures.value("process_emissions", "t_per_t", process, gas, period) * amount
    return found


def _add_handling(figures: Figures, a: Amounts, found: dict[tuple[str, int], float]) -> None:
    """Add what places emit by handling what they receive, by the narrowest row about it that names the gas."""
    for (place, product, period), amount in a.received.items():
        told: set[str] = set()
        for begin in figures.about("handling_emissions", place, product):
            for key in figures.beginning("handling_emissions", begin):
                gas = key[-1]
                if gas not in told:
                    found[gas, period] += figures.value("handling_emissions", "t_per_t", *key, period) * amount
            told |= {key[-1] for key in figures.beginning("handling_emissions", begin)}


def _ids(key: Key) -> str:
    place, product, period = key
    return f"{place}, {product}, period {period}"
