"""Value lost over time, priced anew: on the way, in processes, and in the queues of places."""

from __future__ import annotations

import math
from collections import defaultdict

from network_design.check.amounts import Amounts
from network_design.check.figures import Figures


def price_time(figures: Figures, a: Amounts, cost: dict[int, float]) -> None:
    """Add what is lost of the value of all that moves, is processed and waits."""
    for (origin, target, mode, product, period), amount in a.moved.items():
        loss = _loss_per_t_day(figures, product)
        if loss:
            cost[period] += loss * _transit_days(figures, origin, target, mode) * amount
    at: dict[tuple[str, int], list[tuple[str, float]]] = defaultdict(list)
    for (process, place, period), amount in a.processed.items():
        days = figures.value("processes", "days", process, place, period)
        cost[period] += _loss_of_mix(figures, process, period) * days * amount
        at[place, period].append((process, amount))
    steps: dict[str, list[float]] = defaultdict(list)
    for place, start in sorted(figures.keys("queues")):
        steps[place].append(start)
    for (place, period), runs in at.items():
        if place in steps:
            cost[period] += _queue(figures, place, period, runs, steps[place], a.size.get((place, period), 0.0))


def _queue(
    figures: Figures, place: str, period: int, runs: list[tuple[str, float]], starts: list[float], size: float
) -> float:
    """Return what is lost in a queue when what loses most per use of the size stands in its quickest steps."""
    rooms = [(end - start) * size for start, end in zip(starts, [*starts[1:], math.inf], strict=True) if size > 0]
    days = [figures.value("queues", "days", place, start, period) for start in starts]
    lost, step = 0.0, 0
    for process, amount in sorted(runs, key=lambda run: -_urgency(figures, place, period, run[0])):
        loss, use = _loss_of_mix(figures, process, period), _use(figures, place, period, process)
        if use == 0:
            lost += loss * days[0] * amount
            continue
        left = use * amount
        while left > 0 and step < len(rooms):
            taken = min(left, rooms[step])
            lost += loss * days[step] * taken / use
            left -= taken
            rooms[step] -= taken
            step += rooms[step] <= 0
    return lost


def _urgency(figures: Figures, place: str, period: int, process: str) -> float:
    use = _use(figures, place, period, process)
    return _loss_of_mix(figures, process, period) / use if use else math.inf


def _use(figures: Figures, place: str, period: int, process: str) -> float:
    return figures.value("processes", "capacity_per_t", process, place, period, missing=1.0)


def _loss_of_mix(figures: Figures, process: str, period: int) -> float:
    """Return what a tonne of a process's mix loses in a day."""
    return sum(
        figures.value("recipes", "t_per_t", process, "INPUT", product, period) * _loss_per_t_day(figures, product)
        for product in figures.recipes.get((process, "INPUT"), ())
    )


def _loss_per_t_day(figures: Figures, product: str) -> float:
    return figures.value("products", "value_per_t", product) * figures.value("products", "decay_per_day", product)


def _transit_days(figures: Figures, origin: str, target: str, mode: str) -> float:
    """Return how long a way takes: the lane's own days, else its mode's and its length at the mode's speed."""
    own = figures.value("lanes", "days", origin, target, mode, missing=math.nan)
    if not math.isnan(own):
        return own
    speed = figures.value("modes", "km_per_day", mode, missing=math.inf)
    return figures.value("modes", "days", mode) + figures.distance_km(origin, target, mode) / speed
