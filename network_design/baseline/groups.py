"""Where one ratio holds: the coarsest groups of figures that deviate by the same factor."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

LEAST_SAMPLES = 2
"""One figure alone says nothing about others."""


@dataclass(frozen=True)
class Sample:
    """Model over books of one figure, how much it weighs, and its place, product, kind, mode, period if known.

    `line` is that of the books, 0 for what was seen; `words` say what it is of, `scope` by the columns of the books.
    """

    line: int
    words: str
    ratio: float
    weight: float
    tolerance: float
    tags: Mapping[str, Hashable]
    scope: Mapping[str, Hashable] = field(default_factory=dict)

    @property
    def deviates(self) -> bool:
        """Whether it is beyond its tolerance."""
        return not math.isclose(self.ratio, 1.0, rel_tol=self.tolerance)


@dataclass(frozen=True)
class Group:
    """Samples that deviate by one ratio, and by what they can be selected."""

    selection: Mapping[str, Hashable]
    ratio: float
    samples: tuple[Sample, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """Rows of the books."""
        return tuple(sorted({s.line for s in self.samples} - {0}))

    @property
    def words(self) -> str:
        """By what they are selected; empty for all of them."""
        return " and ".join(f"{name} {value}" for name, value in self.selection.items())

    @property
    def span(self) -> str:
        """How far apart the ratios are, in how many figures."""
        ratios = [s.ratio for s in self.samples]
        return f"in {len(ratios)} figures ({min(ratios):.4g} to {max(ratios):.4g})"


def explained(
    samples: Sequence[Sample], by: Sequence[tuple[str, ...]], speaks: Callable[[Group], bool] = lambda group: True
) -> tuple[list[Group], list[Sample]]:
    """Return the groups that deviate by one ratio each, the coarsest first, and the samples that do so alone.

    `by` names the tags to group by, coarsest first; `speaks` says whether a group's figures speak for all that its
    selection would change. Figures that agree with the books are no part of either.
    """
    left, found = list(samples), list[Group]()
    for names in by:
        for selection, group in _grouped(left, names):
            ratio = one_ratio(group) if len(group) >= LEAST_SAMPLES else None
            if ratio is None:
                continue
            one = Group(selection, ratio, tuple(group))
            tells = not math.isclose(ratio, 1.0, rel_tol=max(s.tolerance for s in group)) and speaks(one)
            found += [one] if tells else []
            if tells or not any(s.deviates for s in group):
                left = [s for s in left if s not in group]
    return found, [s for s in left if s.deviates]


def one_ratio(samples: Sequence[Sample]) -> float | None:
    """Return the weighted geometric mean of ratios; None where one of them is farther from it than its tolerance."""
    weight = sum(s.weight for s in samples)
    if weight <= 0:
        return None
    mean = math.exp(sum(s.weight * math.log(s.ratio) for s in samples) / weight)
    return mean if all(math.isclose(s.ratio, mean, rel_tol=s.tolerance) for s in samples) else None


def is_contradicted(sample: Sample, samples: Sequence[Sample], names: Sequence[str]) -> bool:
    """Say whether other samples have the same tags of these names: what would settle one would unsettle them."""
    own = {name: sample.tags[name] for name in names if name in sample.tags}
    return any(s is not sample and all(s.tags.get(k) == v for k, v in own.items()) for s in samples)


def _grouped(samples: Sequence[Sample], names: tuple[str, ...]) -> list[tuple[dict[str, Hashable], list[Sample]]]:
    groups: dict[tuple[Hashable, ...], list[Sample]] = {}
    for sample in samples:
        if all(name in sample.tags for name in names):
            groups.setdefault(tuple(sample.tags[name] for name in names), []).append(sample)
    return [(dict(zip(names, key, strict=True)), group) for key, group in groups.items()]
