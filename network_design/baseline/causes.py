"""Why the network as it is deviates from the books: every test in turn, and what none of them can tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from network_design.baseline.comparing import Cause, Compared, amount
from network_design.baseline.missing import missing_causes
from network_design.baseline.prices import rate_causes, standing_causes
from network_design.baseline.totals import Total
from network_design.baseline.volumes import arising_ratio, mix_causes, volume_causes
from network_design.baseline.ways import distance_causes

MEASURES = ("cost", "quantity_t", "distance_t_km")


def causes_of(compared: Compared) -> tuple[Cause, ...]:
    """Return every cause found, those first whose changes the others build on; what remains is UNTOLD."""
    found = [
        *missing_causes(compared), *_followed(compared, list(volume_causes(compared))), *distance_causes(compared),
        *rate_causes(compared), *standing_causes(compared), *mix_causes(compared),
    ]  # fmt: skip
    told = {line for cause in found for line in cause.lines}
    found += [cause for total in compared.totals if total.line not in told and (cause := _untold(compared, total))]
    return tuple(found)


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
    lines = ", ".join(str(t.line) for t in parts)
    says = f"{total.words}: {_against(total, measure)}; rows {lines} of the books leave {amount(rest)} of it untold"
    return Cause("UNTOLD", (total.line,), says)


def _against(total: Total, measure: str) -> str:
    unit = {"cost": "", "quantity_t": " t", "distance_t_km": " t km"}[measure]
    return f"{amount(total.model[measure])}{unit} against {amount(total.books[measure])}{unit} in the books"


def numbers_of(causes: Sequence[Cause], line: int) -> str:
    """Return the causes of a row of the books, by number and name."""
    return ", ".join(f"{i} {c.cause}" for i, c in enumerate(causes, start=1) if line in c.lines)
