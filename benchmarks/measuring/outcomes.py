"""How a measurement ends."""

from __future__ import annotations

DONE, NOT_DONE, KILLED, TOO_LARGE, FAILED = "done", "not finished", "killed at limit", "too large", "failed"
REFUSED = "not asked"
"""The outcome of a method that cannot be given what is measured."""


class RefusedError(Exception):
    """A sentence that says what the method lacks."""
