"""When a point may be visited tonight, in words."""

from __future__ import annotations

from collections.abc import Iterable

from routing.consolidate.access import LATEST_S, Window, windows_tonight
from service.run import Run
from service.stored_instance import stored_instance
from service.text import clock

ANY_TIME = "any time"


def window_words(run: Run) -> dict[str, str]:
    """Return per point when service may start tonight: `18:00–20:00`, several with commas, or `any time`."""
    found = windows_tonight(stored_instance(run, ()))
    return {point_id: ", ".join(map(_words, windows)) or ANY_TIME for point_id, windows in _open(found)}


def _open(found: dict[str, tuple[Window, ...] | None]) -> Iterable[tuple[str, tuple[Window, ...]]]:
    return ((point_id, windows or ()) for point_id, windows in found.items())


def _words(window: Window) -> str:
    opens_s, closes_s = window
    if opens_s <= 0:
        return f"until {clock(closes_s)}"
    return f"from {clock(opens_s)}" if closes_s >= LATEST_S else f"{clock(opens_s)}–{clock(closes_s)}"
