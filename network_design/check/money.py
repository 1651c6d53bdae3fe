"""What a design costs, priced anew: one function per part, nothing taken over from its ledger."""

from __future__ import annotations

from collections import defaultdict

from network_design.check.amounts import Amounts
from network_design.check.figures import Figures
from network_design.check.places import initial_size, initially_open
from network_design.check.service import price_effort
from network_design.check.time import price_time

ByPeriod = dict[int, float]


def cost_parts(figures: Figures, a: Amounts, emitted: dict[tuple[str, int], float]) -> dict[str, ByPeriod]:
    """Return the undiscounted cost by activity and period."""
    parts: dict[str, ByPeriod] = defaultdict(lambda: defaultdict(float))
    _price_movement(figures, a, parts)
    _price_runs(figures, a, parts)
    for name, table, column, sign, sums in (
        ("sale", "sales", "price_per_t", -1, a.sold), ("disposal", "disposal", "cost_per_t", 1, a.disposed),
        ("storage", "storage", "cost_per_t", 1, a.stored), ("lost", "supply", "lost_cost_per_t", 1, a.lost),
    ):  # fmt: skip
        for key, amount in sums.items():
            parts[name][key[-1]] += sign * figures.value(table, column, *key) * amount
    for (gas, period), amount in emitted.items():
        parts["emissions"][period] += figures.value("gases", "price_per_t", gas, period) * amount
    for place in figures.places:
        for period in range(1, figures.periods + 1):
            if a.open_at(place, period):
                parts["operating"][period] += figures.value("place_costs", "operating_cost", place, period)
            if place in figures.sizes:
                _price_size(figures, a, parts, place, period)
    _price_contracts(figures, a, parts)
    price_effort(figures, a, parts["effort"])
    price_time(figures, a, parts["decay"])
    return {name: dict(periods) for name, periods in parts.items()}


def present_cost(figures: Figures, parts: dict[str, ByPeriod]) -> float:
    """Return the sum of all parts, discounted to the start."""
    return sum(cost * figures.discount(period) for periods in parts.values() for period, cost in periods.items())


def _price_movement(figures: Figures, a: Amounts, parts: dict[str, ByPeriod]) -> None:
    for (origin, target, mode, product, period), amount in a.moved.items():
        km = figures.distance_km(origin, target, mode)
        loading = figures.value("transport", "cost_per_t", product, mode, period)
        loading += figures.value("lanes", "cost_per_t", origin, target, mode)
        parts["transport"][period] += km * figures.value("transport", "cost_per_km_t", product, mode, period) * amount
        parts["loading"][period] += loading * amount
        parts["collection"][period] += figures.value("supply", "cost_per_t", origin, product, period) * amount
        for process in figures.processes_at.get(target, ()):
            on_receipt = figures.places[target]["variable_on"] == "RECEIVED"
            if on_receipt and product in figures.recipes.get((process, "INPUT"), ()):
                rate = figures.value("processes", "variable_cost_per_t", process, target, period)
                parts["variable"][period] += rate * amount


def _price_runs(figures: Figures, a: Amounts, parts: dict[str, ByPeriod]) -> None:
    for (process, place, period), amount in a.processed.items():
        if figures.places[place]["variable_on"] == "PROCESSED":
            parts["variable"][period] += (
                figures.value("processes", "variable_cost_per_t", process, place, period) * amount
            )


def _price_size(figures: Figures, a: Amounts, parts: dict[str, ByPeriod], place: str, period: int) -> None:
    """Price one place in one period: opening, growing from size to size, being there, closing.

    What a place in steps opens at is opened; a range opens at its smaller size and grows from there.
    """
    first = period == 1
    was = initially_open(figures, place) if first else a.is_open.get((place, period - 1), False)
    now, small = a.is_open.get((place, period), False), figures.sizes[place][0]
    before = initial_size(figures, place) if first else a.size.get((place, period - 1), 0.0)
    size = a.size.get((place, period), 0.0)
    opens_at = size if now and figures.places[place]["sizing"] == "STEPS" else small
    if now and not was:
        parts["opening"][period] += _at(figures, place, "opening_cost", opens_at, period)
    if was and not now:
        parts["closing"][period] += figures.value("place_costs", "closing_cost", place, period)
    if now:
        parts["fixed"][period] += _at(figures, place, "fixed_cost", size, period)
    begins, ends = (before if was else opens_at), (size if now else small)
    if ends > begins or figures.places[place]["shrinking"] == "RESOLD":
        rise = _at(figures, place, "opening_cost", ends, period) - _at(figures, place, "opening_cost", begins, period)
        parts["expansion"][period] += rise


def _price_contracts(figures: Figures, a: Amounts, parts: dict[str, ByPeriod]) -> None:
    total: dict[tuple[str, int], float] = defaultdict(float)
    for (_process, place, period), amount in a.processed.items():
        total[place, period] += amount
    starts: dict[str, list[float]] = defaultdict(list)
    for place, start in sorted(figures.keys("contract_tiers")):
        starts[place].append(start)
    for place, tiers in starts.items():
        for period in range(1, figures.periods + 1):
            for start, end in zip(tiers, [*tiers[1:], float("inf")], strict=True):
                inside = max(0.0, min(total[place, period], end) - start)
                parts["contract"][period] += (
                    figures.value("contract_tiers", "price_per_t", place, start, period) * inside
                )
    for (place,) in figures.keys("contracts"):
        for period in range(1, figures.periods + 1):
            promised = figures.value("contracts", "minimum_t", place, period) * a.open_at(place, period)
            missing = max(0.0, promised - total[place, period])
            parts["shortfall"][period] += figures.value("contracts", "shortfall_cost_per_t", place, period) * missing


def _at(figures: Figures, place: str, column: str, size: float, period: int) -> float:
    """Return a cost of a place at a size: its own, or between the two of a range."""
    if figures.row("capacities", place, size, period) is not None:
        return figures.value("capacities", column, place, size, period)
    sizes = figures.sizes[place]
    if figures.places[place]["sizing"] != "RANGE":
        size = min(sizes, key=lambda s: abs(s - size))
        return figures.value("capacities", column, place, size, period)
    beyond = min(max(size, sizes[0]), sizes[-1]) - sizes[0]
    base = figures.value("capacities", column, place, sizes[0], period)
    return base + beyond * figures.extra_cost_per_t(place, column, period)
