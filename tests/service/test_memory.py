"""Promises of the memory watch."""

import subprocess
import sys

from service.memory import PeakMemory


def test_memory_of_children_counts():
    """A child that holds 200 MB for a second shows, on top of our own."""
    code = "import time; held = bytearray(200_000_000); time.sleep(1)"
    with PeakMemory() as memory:
        subprocess.run([sys.executable, "-c", code], check=True)
    assert memory.mb > 200
