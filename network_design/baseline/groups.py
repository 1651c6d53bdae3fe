"""Where one ratio holds: the coarsest groups of figures that deviate by the same factor."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

LEAST_SAMPLES = 2
"""One figure alone says nothing about others."""
NEARLY_ALL = 0.9
"""Share of figures, and of what they weigh, that must agree; the others are looked at by themselves."""


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
    """Samples that deviate by one ratio, by what they can be selected, and among how many they are nearly all."""

    selection: Mapping[str, Hashable]
    ratio: float
    samples: tuple[Sample, ...]
    among: int

    @property
    def deviates(self) -> bool:
        """Whether the ratio is beyond the widest tolerance."""
        return not math.isclose(self.ratio, 1.0, rel_tol=max(s.tolerance for s in self.samples))

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
        many = f"{len(ratios)}" if len(ratios) == self.among else f"{len(ratios)} of {self.among}"
        return f"in {many} figures ({min(ratios):.4g} to {max(ratios):.4g})"


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
            one = _one_group(selection, group)
            if one is None:
                continue
            tells = one.deviates and speaks(one)
            found += [one] if tells else []
            told = {id(s) for s in one.samples if tells or not (one.deviates or s.deviates)}
            left = [s for s in left if id(s) not in told]
    return found, [s for s in left if s.deviates]


def _one_group(selection: Mapping[str, Hashable], samples: Sequence[Sample]) -> Group | None:
    """Return the samples that agree on one ratio; None where those are not nearly all, by number and by weight."""
    middle = _middle(samples)
    near = [s for s in samples if math.isclose(s.ratio, middle, rel_tol=s.tolerance)]
    ratio = one_ratio(near)
    weights = [sum(s.weight for s in some) for some in (near, samples)]
    enough = len(near) >= max(LEAST_SAMPLES, NEARLY_ALL * len(samples)) and weights[0] >= NEARLY_ALL * weights[1]
    return Group(selection, ratio, tuple(near), len(samples)) if enough and ratio is not None else None


def _middle(samples: Sequence[Sample]) -> float:
    """Return the weighted median of ratios."""
    ordered, half, passed = sorted(samples, key=lambda s: s.ratio), sum(s.weight for s in samples) / 2, 0.0
    for sample in ordered:
        passed += sample.weight
        if passed >= half:
            return sample.ratio
    return ordered[-1].ratio


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
