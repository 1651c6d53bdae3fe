"""Opening hours as people write them: `HH:MM-HH:MM`, several ranges a day, blank for closed."""

from __future__ import annotations

import re

from retour.clock import clock, seconds

RANGE = re.compile(r"(\d{1,2}[:.h]\d{2})\s*(?:-|–|to)\s*(\d{1,2}[:.h]\d{2})")
SEPARATOR = re.compile(r"\s*[,;/|&+]\s*|\s+")
CLOSED = frozenset({"closed", "gesloten", "ferme", "fermé", "geschlossen", "zamkniete", "zamknięte", "-", "x"})
DAY_S = 86_400


def ranges(text: str) -> list[tuple[str, str]]:
    """Return the (opens, closes) pairs of one day in order of time; closing past midnight gets an hour past 24.

    A word for closed gives none. ValueError when the text is no list of ranges or when two of them overlap.
    """
    if text.strip().casefold() in CLOSED:
        return []
    found = sorted(_pair(m[1], m[2]) for m in RANGE.finditer(text))
    rest = SEPARATOR.sub("", RANGE.sub(" ", text))
    if not found or rest:
        raise ValueError(f"found {text!r}; write HH:MM-HH:MM, several ranges with a comma, blank for closed")
    if any(opens < closed for (_, closed), (opens, _) in zip(found, found[1:], strict=False)):
        raise ValueError(f"found {text!r}, whose ranges overlap; join them into one")
    return [(clock_past_midnight(a), clock_past_midnight(b)) for a, b in found]


def clock_past_midnight(moment_s: int) -> str:
    """Return HH:MM with hours past 24 after midnight."""
    return f"{moment_s // 3600:02d}:{clock(moment_s)[3:5]}"


def _pair(opens: str, closes: str) -> tuple[int, int]:
    start, end = (seconds(re.sub("[.h]", ":", moment)) for moment in (opens, closes))
    if start == end:
        raise ValueError(f"found {opens}-{closes}, which is no time at all; write 00:00-24:00 for the whole day")
    return start, end if end > start else end + DAY_S
