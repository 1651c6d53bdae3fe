"""Compiled work that stops in time: a flag that it looks at, set by a clock."""

from __future__ import annotations

import threading

import numpy as np

from network_design.locate.answer import Deadline


class Halt:
    """While the block runs, `flag` is 0; it turns 1 at the deadline, or when `now` is called."""

    def __init__(self, deadline: Deadline) -> None:
        self.flag = np.zeros(1, dtype=np.int8)
        self._clock = threading.Timer(min(deadline.left_s(), threading.TIMEOUT_MAX), self.now)
        self._clock.daemon = True

    def __enter__(self) -> Halt:
        """Start the clock."""
        self._clock.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop the clock."""
        self._clock.cancel()

    @property
    def is_set(self) -> bool:
        """Whether work is to stop."""
        return bool(self.flag[0])

    def now(self) -> None:
        """Stop the work."""
        self.flag[0] = 1
