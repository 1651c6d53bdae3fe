"""How much memory processes and all their children hold together."""

from __future__ import annotations

import psutil

MB = 2**20


def held_mb(*pids: int) -> float:
    """Return the resident memory of a process; of several, their proportional sets: what they share counts once."""
    tree = [process for pid in pids for process in _tree(pid)]
    return sum(_held(process, alone=len(tree) == 1) for process in tree) / MB


def _tree(pid: int) -> list[psutil.Process]:
    try:
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _held(process: psutil.Process, *, alone: bool) -> float:
    try:
        return float(process.memory_info().rss if alone else process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # It ended, or is ending, since it was listed.
        return 0.0
