"""Partitions held by other processes: what changes them is remembered, and repeated where one was lost.

A call on a lost partition fails (its process is gone, or another one answers that it holds no such partition); it is
then built again from its source, brought through the changes so far, and asked again. All methods of a partition are
deterministic, so the answer is what it would have been.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import uuid4

from retour.errors import BackendError
from routing.decide.scale.held import NotHereError, Token, build, call
from routing.decide.scale.replay import CHANGES, Change, with_change
from routing.decide.scale.source import Source

MOST_LOSSES = 4


class Pending(Protocol):
    """A call under way somewhere."""

    def result(self) -> Any:
        """Return its result once it is there, or raise what it raised."""
        ...


class Elsewhere(ABC):
    """A crew whose partitions live in other processes."""

    lost: tuple[type[BaseException], ...] = (NotHereError,)
    """What tells that whoever held a partition is gone."""

    def __init__(self, sources: Sequence[Source]) -> None:
        """Name the night; whoever derives from this opens the workers, then calls `restore` for all partitions."""
        self.name = uuid4().hex
        self._sources = list(sources)
        self._built = [0] * len(self._sources)
        self._log: list[list[Change]] = [[] for _ in self._sources]
        self._changes = [0] * len(self._sources)

    @abstractmethod
    def submit(self, part: int, task: Any, *args: Any) -> Pending:
        """Start `task(*args)` where the partition lives; failing to start is told by the future."""

    @abstractmethod
    def rehome(self, parts: Iterable[int]) -> None:
        """See to it that somebody alive takes these partitions."""

    def each(self, method: str, *same: Any) -> list[Any]:
        """Return `method(*same)` of every partition, in order."""
        return list(self.some(method, dict.fromkeys(range(len(self)), same)).values())

    def some(self, method: str, args: Mapping[int, tuple[Any, ...]]) -> dict[int, Any]:
        """Return `method(*args[k])` of every partition k asked; lost partitions are built again first."""
        found: dict[int, Any] = {}
        left = list(args)
        for _ in range(MOST_LOSSES):
            calls = {k: self.submit(k, call, self._token(k), self._changes[k], method, args[k]) for k in left}
            left = [k for k, future in calls.items() if not self._taken(k, future, method, args[k], found)]
            if not left:
                return {k: found[k] for k in args}
            self.restore(left)
        raise BackendError(f"{len(left)} parts of the night were lost {MOST_LOSSES} times with the processes that held "
                           "them. Give the workers more memory, or use fewer of them.")  # fmt: skip

    def restore(self, parts: Sequence[int]) -> None:
        """Build partitions and bring them to where they were; what fails again is found out by the next call."""
        self.rehome(parts)
        building = []
        for k in parts:
            self._built[k] += 1
            building.append(self.submit(k, build, self._token(k), self._sources[k], self._log[k], self._changes[k]))
        for future in building:
            try:
                future.result()
            except self.lost:
                continue

    def __len__(self) -> int:
        """Return the number of partitions."""
        return len(self._sources)

    def _token(self, part: int) -> Token:
        return self.name, part, self._built[part]

    def _taken(self, part: int, future: Pending, method: str, args: tuple[Any, ...], found: dict[int, Any]) -> bool:
        """Take in an answer and remember what it changed; return False when the partition is lost."""
        try:
            found[part] = future.result()
        except self.lost:
            return False
        if method in CHANGES:
            self._log[part] = with_change(self._log[part], (method, args))
            self._changes[part] += 1
        return True
