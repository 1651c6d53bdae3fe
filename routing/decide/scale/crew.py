"""Who works on the partitions: this process, processes of this machine, or a cluster. Same partitions, same answer.

A crew calls one method on every partition and returns the results in partition order. Partitions live where they are
worked on; one that is lost with its process is built again elsewhere, and the calls that changed it are repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from multiprocessing import get_context
from typing import Any, Protocol

from routing.children import end_with_parent
from routing.decide.scale.elsewhere import Elsewhere
from routing.decide.scale.held import NotHereError, arrive
from routing.decide.scale.live import LiveWays
from routing.decide.scale.night import Night
from routing.decide.scale.source import Source
from routing.decide.scale.worker import Worker


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
        self._workers = [Worker(ways, source) for source in sources]

    def each(self, method: str, *same: Any) -> list[Any]:
        """Return `method(*same)` of every partition, in order."""
        return [getattr(worker, method)(*same) for worker in self._workers]

    def some(self, method: str, args: Mapping[int, tuple[Any, ...]]) -> dict[int, Any]:
        """Return `method(*args[k])` of every partition k asked."""
        return {k: getattr(self._workers[k], method)(*own) for k, own in args.items()}

    def __len__(self) -> int:
        """Return the number of partitions."""
        return len(self._workers)


class Processes(Elsewhere):
    """Partitions shared out over processes of this machine, partition k always to process k modulo their number."""

    lost = (NotHereError, BrokenProcessPool)

    def __init__(self, night: Night, sources: Sequence[Source], *, processes: int) -> None:
        super().__init__(sources)
        self._night = night
        self._pools = [self._pool() for _ in range(min(processes, len(sources)))]
        self.restore(range(len(self)))

    def submit(self, part: int, task: Any, *args: Any) -> Future[Any]:
        """Start a task in the partition's process."""
        try:
            return self._pools[part % len(self._pools)].submit(task, *args)
        except BrokenProcessPool as lost:
            failed: Future[Any] = Future()
            failed.set_exception(lost)
            return failed

    def rehome(self, parts: Iterable[int]) -> None:
        """Start the processes again that are gone."""
        for slot in sorted({part % len(self._pools) for part in parts}):
            if self._broken(slot):
                self._pools[slot].shutdown(wait=False)
                self._pools[slot] = self._pool()

    def close(self) -> None:
        """Let the processes go."""
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)

    def _pool(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=end_with_parent)
        pool.submit(arrive, self.name, self._night)  # a task: processes start side by side, each reads it by itself
        return pool

    def _broken(self, slot: int) -> bool:
        try:
            self._pools[slot].submit(int).result()
        except BrokenProcessPool:
            return True
        return False


@contextmanager
def crew_of(night: Night, sources: Sequence[Source], *, processes: int, cluster: str | None = None) -> Iterator[Crew]:
    """Open a crew for the partitions that `sources` bring, and let it go at the end.

    It has so many processes of this machine (1: this one) or, with the address of a Dask scheduler such as
    "tcp://planner:8786", the workers of that cluster. Raises BackendError where the cluster cannot be reached.
    """
    if cluster is not None:
        from routing.decide.scale.crew_dask import Cluster  # the extra `cluster` may not be installed

        with closing(Cluster(night, sources, address=cluster)) as crew:
            yield crew
    elif processes > 1 and len(sources) > 1:
        with closing(Processes(night, sources, processes=processes)) as local:
            yield local
    else:
        yield InProcess(night, sources)
