"""How much memory a command takes, with the processes it starts."""

from __future__ import annotations

import resource
import threading
from types import TracebackType

import psutil

KIB_PER_MB = 1024
BYTES_PER_MB = 1024**2
PAUSE_S = 0.25


class PeakMemory:
    """Watches the resident memory of this process and its children together while the block runs."""

    def __init__(self) -> None:
        self._peak_mb = 0.0
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        """Begin to watch."""
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        self._over.set()
        self._watcher.join()

    @property
    def mb(self) -> float:
        """The most seen at once, MB; what a single process reached between two looks counts too."""
        usage = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return round(max(self._peak_mb, *(kib / KIB_PER_MB for kib in usage)), 1)

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._over.wait(PAUSE_S):
            family = [own, *_children(own)]
            self._peak_mb = max(self._peak_mb, sum(_resident_mb(process) for process in family))


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _resident_mb(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / BYTES_PER_MB
    except psutil.Error:  # it ended while we looked
        return 0.0
