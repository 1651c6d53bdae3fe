"""Which calls must be repeated to bring a partition that was lost to where it was: those that still matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Change = tuple[str, tuple[Any, ...]]
"""A method of `Worker` that changes what later ones return, and its arguments."""
PLANNING = ("clear", "contend", "bid", "link_up", "settle", "relieve", "remember", "recall")
TURNS = ("begin_turns", "take_turns")
CHANGES = ("furnish", *PLANNING, *TURNS)


def with_change(log: Sequence[Change], change: Change) -> list[Change]:
    """Return the log with one more change, without what that change makes void.

    `clear` voids planning but for the plan remembered last; `remember` voids what was before the plan it keeps;
    `recall` voids what came after; `begin_turns` voids the turns before.
    """
    method = change[0]
    if method in ("clear", "recall"):
        kept = _without(log, PLANNING, start=_after_last(log, "remember"))
    elif method == "remember":
        kept = _without(log, PLANNING, end=_after_last(log, "clear") - 1)
    elif method == "begin_turns":
        kept = _without(log, TURNS)
    else:
        kept = list(log)
    return [*kept, change]


def _after_last(log: Sequence[Change], method: str) -> int:
    """Return the position after the last call of a method, 0 where there is none."""
    return max((at + 1 for at, change in enumerate(log) if change[0] == method), default=0)


def _without(
    log: Sequence[Change], methods: tuple[str, ...], *, start: int = 0, end: int | None = None
) -> list[Change]:
    """Return the log without the calls of some methods from `start` to before `end`."""
    last = len(log) if end is None else end
    return [change for at, change in enumerate(log) if not (start <= at < last and change[0] in methods)]
