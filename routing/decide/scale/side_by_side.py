"""Compiled passes side by side: threads, since kernels let go of the interpreter.

The cut depends on sizes alone and results are put together in its order, so that the answer is the same however many
threads there are.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np

Result = TypeVar("Result")
PARTS = 2
WORTH_CUTTING = 2_000  # shorter passes take less time than handing them over


def in_parts(
    pass_over: Callable[[int, int], Result], length: int, *, step: int = 1, least: int = WORTH_CUTTING
) -> list[Result]:
    """Return what `pass_over(first, stop)` returns for stretches of `length`, each beginning at a multiple of `step`.

    Fewer than `least` steps are passed over in one.
    """
    if length // step < least:
        return [pass_over(0, length)]
    cuts = [int(at) * step for at in np.linspace(0, -(-length // step), PARTS + 1)]
    cuts[-1] = length
    others = [_pool().submit(pass_over, first, stop) for first, stop in zip(cuts[1:-1], cuts[2:], strict=True)]
    return [pass_over(cuts[0], cuts[1]), *(other.result() for other in others)]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=PARTS - 1, thread_name_prefix="pass")
