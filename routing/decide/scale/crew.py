"""Who works on the partitions: this process, processes of this machine, or a cluster. Same partitions, same answer.

A crew calls one method on every partition and returns the results in partition order. Partitions live where they are
worked on; one that is lost with its process is built again elsewhere, and the calls that changed it are repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Protocol

import pandas as pd

from routing.decide.scale.live import LiveWays
from routing.decide.scale.night import Night
from routing.decide.scale.worker import CHANGES, Worker

Source = Callable[[], pd.DataFrame]
MOST_RESTARTS = 3


class Crew(Protocol):
    """Calls methods of `Worker` on every partition."""

    def each(self, method: str, *same: Any) -> list[Any]:
        """Return `method(*same)` of every partition, in order."""
        ...

    def some(self, method: str, args: Mapping[int, tuple[Any, ...]]) -> dict[int, Any]:
        """Return `method(*args[k])` of every partition k asked."""
        ...

    def __len__(self) -> int:
        """Return the number of partitions."""
        ...


class InProcess:
    """All partitions in this process, one after the other."""

    def __init__(self, night: Night, sources: Sequence[Source]) -> None:
        ways = LiveWays(night)
        self._workers = [Worker(ways, source()) for source in sources]

    def each(self, method: str, *same: Any) -> list[Any]:
        """Return `method(*same)` of every partition, in order."""
        return [getattr(worker, method)(*same) for worker in self._workers]

    def some(self, method: str, args: Mapping[int, tuple[Any, ...]]) -> dict[int, Any]:
        """Return `method(*args[k])` of every partition k asked."""
        return {k: getattr(self._workers[k], method)(*own) for k, own in args.items()}

    def __len__(self) -> int:
        """Return the number of partitions."""
        return len(self._workers)


class NotHereError(Exception):
    """The process asked does not hold this partition."""


_WAYS: list[LiveWays] = []
_HELD: dict[int, Worker] = {}


def _arrive(night: Night) -> None:
    """Start a worker process: the night is handed over once."""
    _WAYS[:] = [LiveWays(night)]
    _HELD.clear()


def _build(part: int, source: Source) -> None:
    _HELD[part] = Worker(_WAYS[0], source())


def _call(part: int, method: str, args: tuple[Any, ...]) -> Any:
    if part not in _HELD:
        raise NotHereError(part)
    return getattr(_HELD[part], method)(*args)


class Processes:
    """Partitions shared out over processes of this machine, partition k always to process k modulo their number."""

    def __init__(self, night: Night, sources: Sequence[Source], *, processes: int) -> None:
        self._night, self._sources = night, sources
        self._pools = [self._pool() for _ in range(min(processes, len(sources)))]
        self._log: list[list[tuple[str, tuple[Any, ...]]]] = [[] for _ in sources]
        self._gather([self._start(k, _build, k, source) for k, source in enumerate(sources)])

    def each(self, method: str, *same: Any) -> list[Any]:
        """Return `method(*same)` of every partition, in order."""
        return list(self.some(method, dict.fromkeys(range(len(self)), same)).values())

    def some(self, method: str, args: Mapping[int, tuple[Any, ...]]) -> dict[int, Any]:
        """Return `method(*args[k])` of every partition k asked."""
        calls = {k: self._start(k, _call, k, method, own) for k, own in args.items()}
        return {k: self._end(k, call, method, args[k]) for k, call in calls.items()}

    def close(self) -> None:
        """Let the processes go."""
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)

    def __len__(self) -> int:
        """Return the number of partitions."""
        return len(self._sources)

    def _pool(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        pool.submit(_arrive, self._night)  # as a task: processes start side by side, each reads the night by itself
        return pool

    def _start(self, part: int, task: Callable[..., Any], *args: Any) -> Future[Any]:
        slot = part % len(self._pools)
        try:
            return self._pools[slot].submit(task, *args)
        except BrokenProcessPool as lost:
            failed: Future[Any] = Future()
            failed.set_exception(lost)
            return failed

    def _gather(self, building: Sequence[Future[Any]]) -> None:
        for k, future in enumerate(building):
            try:
                future.result()
            except BrokenProcessPool:
                self._again(k)

    def _end(self, part: int, call: Future[Any], method: str, args: tuple[Any, ...]) -> Any:
        for _ in range(MOST_RESTARTS):
            try:
                result = call.result()
            except (BrokenProcessPool, NotHereError):
                self._again(part)
                call = self._start(part, _call, part, method, args)
                continue
            if method in CHANGES:
                self._log[part].append((method, args))
            return result
        return call.result()

    def _again(self, part: int) -> None:
        """Build a lost partition again and bring it to where it was."""
        slot = part % len(self._pools)
        if self._broken(slot):
            self._pools[slot].shutdown(wait=False)
            self._pools[slot] = self._pool()
        self._start(part, _build, part, self._sources[part]).result()
        for method, args in self._log[part]:
            self._start(part, _call, part, method, args).result()

    def _broken(self, slot: int) -> bool:
        try:
            self._pools[slot].submit(int).result()
        except BrokenProcessPool:
            return True
        return False


@contextmanager
def crew_of(night: Night, sources: Sequence[Source], *, processes: int) -> Iterator[Crew]:
    """Open a crew of so many processes (1: this one) for the partitions that `sources` bring; let it go at the end."""
    if processes <= 1 or len(sources) <= 1:
        yield InProcess(night, sources)
        return
    crew = Processes(night, sources, processes=processes)
    try:
        yield crew
    finally:
        crew.close()
