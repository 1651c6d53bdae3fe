"""The numbers of a standard file, each with the line it stands on; every word that is none is an issue."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retour.errors import InputError, Issue

FloatArray = NDArray[np.float64]
MOST_ISSUES = 20  # of one sort; further ones are counted


@dataclass
class Numbers:
    """The words of a file in order, taken block by block; `issues` gathers what is wrong with them."""

    name: str
    words: list[str]
    lines: list[int]
    issues: list[Issue] = field(default_factory=list)
    taken: int = 0

    @classmethod
    def of(cls, text: str, *, name: str) -> Numbers:
        """Split a text into words and remember their lines, counted from 1."""
        placed = [(word, number) for number, line in enumerate(text.splitlines(), start=1) for word in line.split()]
        return cls(name, [word for word, _ in placed], [line for _, line in placed])

    def count(self, noun: str) -> int:
        """Take a whole number of 1 or more; raises `InputError` at once, since nothing can be read without it."""
        if self.taken >= len(self.words):
            raise InputError([Issue(self.name, None, None, f"the file ends before the number of {noun}.")])
        word, line = self.words[self.taken], self.lines[self.taken]
        self.taken += 1
        if not word.isdecimal() or int(word) == 0:
            message = f"the number of {noun} is {word!r}; it must be a whole number of 1 or more."
            raise InputError([Issue(self.name, line, noun, message)])
        return int(word)

    def require(self, amount: int, *, what: str) -> None:
        """Raise `InputError` unless exactly `amount` more words follow."""
        found = len(self.words) - self.taken
        if found != amount:
            cause = "it is cut short" if found < amount else "it has more"
            message = f"{amount} numbers should follow the first line ({what}), and {found} do: {cause}."
            raise InputError([Issue(self.name, None, None, message)])

    def take(self, amount: int, column: str, *, low: float = 0.0) -> FloatArray:
        """Take the next numbers, each `low` or more; what is no such number becomes an issue and a 0."""
        words = self.words[self.taken : self.taken + amount]
        lines = self.lines[self.taken : self.taken + amount]
        self.taken += amount
        try:
            values = np.array(words, dtype=np.float64)
        except ValueError:
            values = np.array([_number(word) for word in words])
        bad = np.flatnonzero(~np.isfinite(values) | (values < low))
        for idx in bad[:MOST_ISSUES]:
            wanted = "a number" if low == -np.inf else f"a number of {low:g} or more"
            message = f"{words[idx]!r} is not {wanted}; correct the file."
            self.issues.append(Issue(self.name, lines[idx], column, message))
        if len(bad) > MOST_ISSUES:
            message = f"{len(bad) - MOST_ISSUES} further values are no such numbers."
            self.issues.append(Issue(self.name, None, column, message))
        return np.where(np.isin(np.arange(len(values)), bad), 0.0, values)

    def refuse_issues(self) -> None:
        """Raise `InputError` with everything gathered, if anything was."""
        if self.issues:
            raise InputError(self.issues)


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")
