"""Why the network as it is deviates from the books: tests that lead to changes, and what remains open."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import replace

from network_design.baseline.comparing import Cause, Compared, amount, rows_in_words
from network_design.baseline.prices import rate_causes, standing_causes
from network_design.baseline.totals import Total
from network_design.baseline.volumes import arising_ratio, mix_causes, volume_causes
from network_design.baseline.ways import distance_causes

MEASURES = ("cost", "quantity_t", "distance_t_km")


def particular_causes(compared: Compared) -> list[Cause]:
    """Return causes of volume, distance, rate and standing cost, those first whose changes the others build on."""
    return [
        *_followed(compared, list(volume_causes(compared))), *distance_causes(compared), *rate_causes(compared),
        *standing_causes(compared),
    ]  # fmt: skip


def open_causes(compared: Compared, *, told: Collection[int] = ()) -> list[Cause]:
    """Return causes that no change settles; totals beyond tolerance that none is about, nor in `told`, are UNTOLD."""
    found = [replace(c, changes=()) for c in particular_causes(compared)] + list(mix_causes(compared))
    known = {line for cause in found for line in cause.lines}.union(told)
    return found + [c for total in compared.totals if total.line not in known and (c := _untold(compared, total))]


def _followed(compared: Compared, causes: list[Cause]) -> Iterator[Cause]:
    """Yield causes of volume; to the only one come all figures that are off by the ratio by which what arises is."""
    ratio = arising_ratio(compared)
    if len(causes) != 1 or ratio is None:
        yield from causes
        return
    own = set(causes[0].lines)
    more = {t.line for t in compared.leaves if _follows(t, ratio)} - own
    yield replace(causes[0], lines=tuple(sorted(own | more)))


def _follows(total: Total, ratio: float) -> bool:
    """Say whether a total deviates in its tonnes, or without them in its cost, by this ratio."""
    measure = "quantity_t" if total.ratio("quantity_t") is not None else "cost"
    own = total.ratio(measure) if measure in total.books else None
    return own is not None and not total.fits(measure) and math.isclose(own, ratio, rel_tol=total.tolerance)


def _untold(compared: Compared, total: Total) -> Cause | None:
    """Return what no test says about a total beyond its tolerance; None where it fits, or its parts say it."""
    off = [measure for measure in MEASURES if measure in total.books and not total.fits(measure)]
    if not off:
        return None
    if total.parts:
        return _beyond_parts(compared, total, off[0])
    missing = [m for m in ("quantity_t",) if m not in total.books] if off == ["cost"] else []
    says = f"{total.words}: {_against(total, off[0])}"
    if missing:
        return Cause("UNTOLD", (total.line,), f"{says}. Volume or price: give quantity_t to tell")
    if "quantity_t" in off:
        return Cause(
            "UNTOLD", (total.line,), f"{says}. Yields, mix or volume: give supply, and what is processed, to tell"
        )
    return Cause("UNTOLD", (total.line,), f"{says}. No test tells why")


def _beyond_parts(compared: Compared, total: Total, measure: str) -> Cause | None:
    """Return what finer totals leave of a coarse one's deviation, where that is beyond its tolerance too."""
    parts = [t for t in compared.leaves if t.line in total.parts and measure in t.books]
    rest = total.deviation(measure) - sum(t.deviation(measure) for t in parts)
    if abs(rest) <= total.tolerance * abs(total.books[measure]):
        return None
    told = rows_in_words([t.line for t in parts])
    says = f"{total.words}: {_against(total, measure)}; rows {told} of the books leave {amount(rest)} of it untold"
    return Cause("UNTOLD", (total.line,), says)


def _against(total: Total, measure: str) -> str:
    unit = {"cost": "", "quantity_t": " t", "distance_t_km": " t km"}[measure]
    return f"{amount(total.model[measure])}{unit} against {amount(total.books[measure])}{unit} in the books"
