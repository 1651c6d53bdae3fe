"""Processes that one of ours starts: they end when it ends, and an interruption is its business, not theirs."""

from __future__ import annotations

import os
import signal
from multiprocessing import parent_process, resource_tracker
from threading import Thread


def end_with_parent() -> None:
    """See to it that this process ends when the one that started it is gone, killed perhaps."""
    Thread(target=_end_after_parent, daemon=True).start()


def keep_interrupts_from_children() -> None:
    """Processes started by this thread from now on never see Ctrl-C: whoever started them is told, and ends them.

    What a thread blocks, its children block from their first moment on, while they still import.
    """
    resource_tracker.ensure_running()  # started later, it would let interrupts through again
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _end_after_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
