"""Nothing appears and nothing is lost: ways that exist, balances of every place, product and period."""

from __future__ import annotations

import math
from collections import defaultdict

from network_design.check.amounts import Amounts
from network_design.check.figures import Figures
from network_design.check.finding import TOLERANCE, Finding, Findings, differs
from network_design.check.nearness import Nearness


def check_amounts(figures: Figures, a: Amounts) -> Findings:
    """No amount is negative, none is a gap."""
    for name in ("moved", "processed", "sold", "disposed", "stored", "lost"):
        for key, amount in getattr(a, name).items():
            if not amount >= -TOLERANCE:
                ids = " ".join(map(str, key))
                yield Finding("amounts", ids, amount, 0.0, "t", f"{ids}: {amount} t are {name}; amounts are 0 or more.")


def check_ways(figures: Figures, a: Amounts) -> Findings:
    """What moves takes a lane or a link, from a place that gives it to one that takes it."""
    ways, nearness = defaultdict(set), Nearness(figures)
    for origin, target, mode, product, _period in a.moved:
        ways[origin, target, mode].add(product)
    for (origin, target, mode), products in ways.items():
        ids = f"{origin} to {target} by {mode}"
        stray = products - (figures.gives(origin) & figures.takes(target))
        if stray:
            sentence = f"{ids}: {', '.join(sorted(stray))} is not given by the one and taken by the other."
            yield Finding("ways", ids, len(stray), 0, "product", sentence)
        lane = figures.row("lanes", origin, target, mode)
        if lane is None and not _linked(figures, nearness, origin, target, mode):
            yield Finding("ways", ids, 1, 0, "way", f"{ids}: no lane and no link leads there.")


def check_receipt(figures: Figures, a: Amounts) -> Findings:
    """What is received, and was in store, is processed, sold or in store."""
    for place, product, period in {*a.received, *a.used, *a.sold, *a.stored, *_next(figures, a.stored)}:
        key = (place, product, period)
        before = a.stored.get((place, product, period - 1), 0.0)
        came = a.received.get(key, 0.0) + before
        went = a.used.get(key, 0.0) + a.sold.get(key, 0.0) + a.stored.get(key, 0.0)
        yield from _unbalanced("receipt", key, came, went, "arrive or were in store", "are processed, sold or stored")


def check_dispatch(figures: Figures, a: Amounts) -> Findings:
    """What arises, comes back or is produced is sent on, disposed of, or lost."""
    arises = {(p, m, t) for p, m in figures.keys("supply") for t in range(1, figures.periods + 1)}
    back = _coming_back(figures, a)
    for key in {*a.sent, *a.made, *a.disposed, *a.lost, *arises, *back}:
        came = figures.value("supply", "amount_t", *key) + a.made.get(key, 0.0) + back.get(key, 0.0)
        went = a.sent.get(key, 0.0) + a.disposed.get(key, 0.0) + a.lost.get(key, 0.0)
        gone = "are sent on, disposed of or lost"
        yield from _unbalanced("dispatch", key, came, went, "arise or are produced", gone)


def _unbalanced(rule: str, key: tuple[str, str, int], came: float, went: float, come: str, go: str) -> Findings:
    if differs(came, went):
        place, product, period = key
        ids = f"{place}, {product}, period {period}"
        yield Finding(rule, ids, went, came, "t", f"{ids}: {came:,.6g} t {come}, but {went:,.6g} t {go}.")


def _next(figures: Figures, stored: dict[tuple, float]) -> set[tuple]:
    return {(p, m, t + 1) for (p, m, t) in stored if t < figures.periods}


def _coming_back(figures: Figures, a: Amounts) -> dict[tuple, float]:
    found: dict[tuple, float] = defaultdict(float)
    for place, sold, product, age in figures.keys("return_curves"):
        share = figures.value("return_curves", "share", place, sold, product, age)
        for period in range(1, figures.periods + 1 - int(age)):
            found[place, product, period + int(age)] += share * a.sold.get((place, sold, period), 0.0)
    return found


def _linked(figures: Figures, nearness: Nearness, origin: str, target: str, mode: str) -> bool:
    """Say whether a link leads from one place to another: near enough, and few are nearer."""
    a, b = figures.places[origin], figures.places[target]
    link = figures.row("links", str(a["kind"]), str(b["kind"]), mode)
    if link is None:
        return False
    km = figures.distance_km(origin, target, mode)
    most = math.inf if math.isnan(link["max_km"]) else link["max_km"]
    if km > most * (1 + TOLERANCE):
        return False
    return math.isnan(link["nearest"]) or nearness.nearer(origin, b["kind"], mode, km) < link["nearest"]
