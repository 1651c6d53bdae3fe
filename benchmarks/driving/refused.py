"""When a method cannot be given a subject."""

from __future__ import annotations

REFUSED = "not asked"
"""The outcome of a method that cannot be given a subject."""


class RefusedError(Exception):
    """A sentence that says what the method lacks."""
