"""One run in a process of its own.

    python -m benchmarks.locating.one METHOD QUESTION SEED BUDGET_S JOURNAL PLAN
"""  # fmt: skip

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    from benchmarks.locating.question import Question
    from benchmarks.locating.running import run
    from benchmarks.measuring.telling import Telling

    name, words, number, seconds, told, plan = sys.argv[1:]
    telling = Telling(Path(told), plan=Path(plan))
    run(name, Question.from_words(words), seed=int(number), budget_s=float(seconds), telling=telling)
