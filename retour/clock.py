"""Times of day: HH:MM text at the edges, seconds after midnight inside."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)$")
LATEST_HOUR = 48


def seconds(text: str) -> int:
    """Return seconds after midnight of HH:MM; hours up to 48 reach past midnight. ValueError when it is no time."""
    match = _CLOCK.match(text.strip())
    if match is None or int(match[1]) > LATEST_HOUR:
        raise ValueError(f"{text!r} is no time of day HH:MM")
    return int(match[1]) * 3600 + int(match[2]) * 60


def clock(moment_s: float) -> str:
    """Return HH:MM of seconds after midnight; past midnight it starts again with a +1 mark."""
    minutes = round(moment_s / 60)
    days, rest = divmod(minutes, 1440)
    return f"{rest // 60:02d}:{rest % 60:02d}" + (f" +{days}" if days else "")
