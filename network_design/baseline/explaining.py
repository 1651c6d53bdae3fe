"""Explain deviations by peeling: what certain changes settle comes first, then what remains is looked at again.

A volume that is wrong in one place moves tonnes, kilometres and money all the way downstream; only without it do the
other causes show clearly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from network_design.baseline.causes import open_causes, particular_causes
from network_design.baseline.comparing import Cause, Compared
from network_design.baseline.missing import missing_causes
from network_design.baseline.settling import ALL, Settling, has_several, settled
from network_design.baseline.totals import Total, outside
from network_design.study.settings import Change

ROUNDS, MOST_OF_A_KIND = 3, 8


@dataclass(frozen=True)
class Explained:
    """Causes in the order of their numbers, and the comparison with all their changes; None without any."""

    causes: tuple[Cause, ...]
    together: Compared | None

    def why(self, total: Total) -> str:
        """Return the causes of a total by number and name; ALL where it fits with every change made."""
        named = [f"{i} {c.cause}" for i, c in enumerate(self.causes, start=1) if total.line in c.lines]
        if named or self.together is None:
            return ", ".join(named)
        after = next(t for t in self.together.totals if t.line == total.line)
        if not all(after.fits(measure) for measure in after.books):
            return ""
        first = next(f"{i} {c.cause}" for i, c in enumerate(self.causes, start=1) if c.changes)
        return f"0 {ALL}" if has_several(self.causes) else first


def explain(compared: Compared, settling: Settling) -> Explained:
    """Return why totals deviate: what is missing, changes that settle something, and what those leave open."""
    missing, pinned, together = list(missing_causes(compared)), list[Cause](), None
    for _ in range(ROUNDS):
        now = together or compared
        fresh = [cause for cause in particular_causes(now) if cause.changes]
        if not fresh:
            break
        after = settled(compared, _changes([*pinned, *fresh]), settling)
        if pinned and (after is None or outside(after.totals) >= outside(now.totals)):
            break
        pinned, together = [*pinned, *fresh], after
        if after is None:
            break
    told = {line for cause in missing for line in cause.lines}
    if together is None:
        told |= {line for cause in pinned for line in cause.lines}
    left = [c for c in open_causes(together or compared, told=told) if together is not None or not _is_of(c, pinned)]
    said = [replace(c, evidence=f"with the changes above, {c.evidence}") for c in left] if together else left
    return Explained((*gathered(missing), *pinned, *gathered(said)), together)


def gathered(causes: Sequence[Cause]) -> list[Cause]:
    """Return causes without changes, of each kind the first few and one that counts the rest."""
    found = list[Cause]()
    for kind in dict.fromkeys(cause.cause for cause in causes):
        own = [cause for cause in causes if cause.cause == kind]
        found += own[:MOST_OF_A_KIND]
        if rest := own[MOST_OF_A_KIND:]:
            lines = tuple(sorted({line for cause in rest for line in cause.lines}))
            found.append(Cause(kind, lines, f"and {len(rest)} more like those above, each by itself"))
    return found


def _changes(causes: Sequence[Cause]) -> list[Change]:
    return [change for cause in causes for change in cause.changes]


def _is_of(cause: Cause, pinned: Sequence[Cause]) -> bool:
    """Say whether a cause is one of those with changes already."""
    return any(c.evidence == cause.evidence for c in pinned)
