"""Read whatever a method can be given."""

from __future__ import annotations

from pathlib import Path

from benchmarks.driving.night import SUFFIX, Night
from benchmarks.driving.standard_file import StandardFile
from benchmarks.driving.subject import Subject


def read_subject(path: Path) -> Subject:
    """Return the night or the standard instance in a file, by its suffix."""
    return Night.read(path) if path.suffix == SUFFIX else StandardFile.read(path)
