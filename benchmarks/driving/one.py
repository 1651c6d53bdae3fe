"""One run in a process of its own: read the subject, then plan against the clock.

    python -m benchmarks.driving.one METHOD SUBJECT SEED BUDGET_S JOURNAL PLAN
    python -m benchmarks.driving.one METHOD SUBJECT          # warm up

Processes that a method starts import this file again: whatever it needs itself it imports where it is needed.
"""  # fmt: skip

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    from benchmarks.driving.running import run, warm_up
    from benchmarks.measuring.telling import Telling

    name, file, *rest = sys.argv[1:]
    if rest:
        number, seconds, told, plan = rest
        telling = Telling(Path(told), plan=Path(plan))
        run(name, Path(file), seed=int(number), budget_s=float(seconds), telling=telling)
    else:
        warm_up(name, Path(file))
