"""What a worker process holds: nights by name, and the partitions of them that it works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from routing.decide.scale.live import LiveWays
from routing.decide.scale.night import Night
from routing.decide.scale.replay import CHANGES, Change
from routing.decide.scale.source import Source
from routing.decide.scale.worker import Worker

Token = tuple[str, int, int]
"""A partition as one worker built it: name of the night, partition, how many times it was built."""


class NotHereError(Exception):
    """This process does not hold the partition asked for, or not as far as it should be."""


@dataclass
class _Held:
    """A partition at work, and how many changes it has been through."""

    worker: Worker
    changes: int = 0


_NIGHTS: dict[str, LiveWays] = {}
_HELD: dict[Token, _Held] = {}


def arrive(name: str, night: Night) -> None:
    """Take in a night: it is handed over once per process."""
    _NIGHTS[name] = LiveWays(night)


def leave(name: str) -> None:
    """Let a night and its partitions go."""
    _NIGHTS.pop(name, None)
    for token in [t for t in _HELD if t[0] == name]:
        _HELD.pop(token, None)


def build(token: Token, source: Source, again: Sequence[Change], changes: int) -> None:
    """Build a partition and repeat what matters of its `changes` so far; NotHereError where the night is not here."""
    if token[0] not in _NIGHTS:
        raise NotHereError(token)
    for old in [t for t in _HELD if t[:2] == token[:2]]:
        _HELD.pop(old, None)
    held = _Held(Worker(_NIGHTS[token[0]], source))
    for method, args in again:
        getattr(held.worker, method)(*args)
    held.changes = changes
    _HELD[token] = held


def call(token: Token, changes: int, method: str, args: tuple[Any, ...]) -> Any:
    """Return what a method of a partition returns that has been through so many changes; else NotHereError.

    The count tells a call made twice, as a cluster does that lost the first answer, from the next one.
    """
    held = _HELD.get(token)
    if held is None or held.changes != changes:
        raise NotHereError(token)
    if method in CHANGES:
        held.changes += 1
    return getattr(held.worker, method)(*args)
