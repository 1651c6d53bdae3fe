"""How near the network is: shares within bands are kept, what is lost is what distance says, effort is priced."""

from __future__ import annotations

import math
from collections import defaultdict

from network_design.check.amounts import Amounts
from network_design.check.figures import Figures, Key
from network_design.check.finding import TOLERANCE, Finding, Findings, differs
from network_design.check.reach import Reach
from retour.tables.design_service import ALL

SAME_KM = 1e-9
BANDS, RESPONSE = "service_bands", "response"


def check_lost(figures: Figures, a: Amounts) -> Findings:
    """What is lost is what arises less the share that comes at the distance of the nearest open place."""
    reach, arising = Reach(figures), figures.keys("supply")
    for place, product in arising:
        for period in range(1, figures.periods + 1):
            found = a.lost.get((place, product, period), 0.0)
            lost, why = _lost(figures, a, reach, place, product, period)
            if differs(found, lost):
                ids = f"{place}, {product}, period {period}"
                yield Finding("lost", ids, found, lost, "t", f"{ids}: {found:,.6g} t are lost, but {why}.")
    for (place, product, period), found in a.lost.items():
        if (place, product) not in arising and found > TOLERANCE:
            ids = f"{place}, {product}, period {period}"
            yield Finding("lost", ids, found, 0.0, "t", f"{ids}: {found:,.6g} t are lost where nothing arises.")


def check_bands(figures: Figures, a: Amounts) -> Findings:
    """At least the share asked for goes no farther than a band: all places together, and each by itself."""
    near, arises = _near_and_arising(figures, a)
    for key in figures.keys(BANDS):
        members = [pair for pair in {pair[:2] for pair in arises} if key[:2] in figures.about(BANDS, *pair)]
        for period in range(1, figures.periods + 1):
            within: dict[str, float] = defaultdict(float)
            total: dict[str, float] = defaultdict(float)
            for place, product in members:
                within[place] += near.get((key, place, product, period), 0.0)
                total[place] += arises.get((place, product, period), 0.0)
            yield from _shares(figures, key, period, within, total)


def _shares(figures: Figures, key: Key, period: int, within: dict[str, float], total: dict[str, float]) -> Findings:
    least, of_each = (figures.value(BANDS, name, *key, period) for name in ("least_share", "least_share_each"))
    yield from _too_little(key[0], key, period, sum(within.values()), least * sum(total.values()))
    for place in total:
        yield from _too_little(place, key, period, within[place], of_each * total[place])


def price_effort(figures: Figures, a: Amounts, cost: dict[int, float]) -> None:
    """Add what people's effort costs: every band that a first way is longer than adds its prices."""
    arising = figures.keys("supply")
    for (origin, target, mode, product, period), amount in a.moved.items():
        if (origin, product) not in arising:
            continue
        km = figures.distance_km(origin, target, mode)
        for key in _bands_about(figures, origin, product):
            if not _within(km, key):
                per_t = figures.value(BANDS, "price_per_t", *key, period)
                per_t += figures.value(BANDS, "price_per_km_t", *key, period) * (km - key[2])
                cost[period] += per_t * amount


def _near_and_arising(figures: Figures, a: Amounts) -> tuple[dict[Key, float], dict[Key, float]]:
    """Return tonnes within a band by (band, place, product, period), and all that leaves where it arises or is lost."""
    arising = figures.keys("supply")
    near: dict[Key, float] = defaultdict(float)
    arises: dict[Key, float] = defaultdict(float)
    for (origin, target, mode, product, period), amount in a.moved.items():
        if (origin, product) in arising:
            arises[origin, product, period] += amount
            km = figures.distance_km(origin, target, mode)
            for key in _bands_about(figures, origin, product):
                near[key, origin, product, period] += amount if _within(km, key) else 0.0
    for sums in (a.disposed, a.lost):
        for place, product, period in sums:
            if (place, product) in arising:
                arises[place, product, period] += sums[place, product, period]
    return near, arises


def _bands_about(figures: Figures, place: str, product: str) -> list[Key]:
    return [key for begin in figures.about(BANDS, place, product) for key in figures.beginning(BANDS, begin)]


def _within(km: float, key: Key) -> bool:
    return bool(km <= key[2] * (1 + SAME_KM))


def _share(figures: Figures, begin: Key, km: float, period: int) -> float:
    """Return the share that comes at a distance: that of the narrowest band it lies within."""
    bands = [key for key in figures.beginning(RESPONSE, begin) if _within(km, key)]
    narrowest = min(bands, key=lambda key: key[2], default=None)
    return 0.0 if narrowest is None else figures.value(RESPONSE, "share", *narrowest, period)


def _lost(
    figures: Figures, a: Amounts, reach: Reach, place: str, product: str, period: int
) -> tuple[float, str]:  # fmt: skip
    """Return how much must be lost, and why."""
    rows = figures.about(RESPONSE, place, product)
    if not rows:
        return 0.0, "all of it comes"
    km = reach.nearest_open_km(a, place, product, period)
    share = _share(figures, rows[0], km, period)
    lost = figures.value("supply", "amount_t", place, product, period) * (1 - share)
    if math.isinf(km):
        return lost, "no open place is in reach, so none of it comes"
    return lost, f"the nearest open place is {km:,.6g} km away, so {share:.6g} of it comes"


def _too_little(where: str, key: Key, period: int, found: float, least: float) -> Findings:
    if found < least - TOLERANCE * max(1.0, least):
        ids, what = f"{where}, {key[1]}, period {period}", "" if key[1] == ALL else f" of {key[1]}"
        sentence = f"{ids}: {found:,.6g} t{what} go no farther than {key[2]:g} km, at least {least:,.6g} must."
        yield Finding("service bands", ids, found, least, "t", sentence)
