"""What a rule is, and what several of them remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.instance import Instance

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """`removes` says where the rule removes, `says` why in words, `source` which table, policy entry or law.

    A rule that states a `fact` of the goods or the place cannot be waived; any other is somebody's choice.
    """

    says: str
    source: Callable[[Instance], str]
    removes: Callable[..., BoolArray]
    fact: bool = False


def first_removal(rules: tuple[Rule, ...], *where: object) -> IntArray:
    """Return the position of the first rule that removes each option, -1 where none does."""
    removed = np.array([rule.removes(*where) for rule in rules])
    return np.where(removed.any(axis=0), removed.argmax(axis=0), -1)


def removed(rules: tuple[Rule, ...], *where: object) -> BoolArray:
    """Return True where any rule removes."""
    return np.logical_or.reduce([rule.removes(*where) for rule in rules])
