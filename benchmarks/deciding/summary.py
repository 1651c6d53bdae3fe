"""What the records say in short: how much faster ours is than the fastest general solver, and how its time grows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from benchmarks.deciding.methods import METHODS, Kind
from benchmarks.deciding.table import gap, percent
from benchmarks.measuring.outcomes import DONE
from benchmarks.measuring.records import Record

GROWTH_FROM = 50_000


def summary(records: Sequence[Record]) -> str:
    """Return a list of sentences in Markdown, or that there is nothing to compare yet."""
    said = [*_speed(records), *_growth(records)]
    return "\n".join(f"- {sentence}" for sentence in said) if said else "- Nothing to compare yet."


def finished(records: Sequence[Record], kind: Kind) -> list[Record]:
    """Return the records of finished methods of a kind."""
    return [r for r in records if r["outcome"] == DONE and METHODS[r["method"]].kind is kind]


def _speed(records: Sequence[Record]) -> list[str]:
    """Compare with the fastest general solver on the largest night that one finished."""
    solved = finished(records, Kind.SOLVER)
    if not solved:
        return []
    returns, seed = max((r["returns"], -r["seed"]) for r in solved)
    peer = min((r for r in solved if (r["returns"], -r["seed"]) == (returns, seed)), key=lambda r: r["seconds"])
    ours = [r for r in finished(records, Kind.OURS) if (r["returns"], -r["seed"]) == (returns, seed)]
    there = (
        f"The largest night a general solver finished has {returns:,} returns: {METHODS[peer['method']].label} took "
        f"{peer['seconds']:.1f} s, gap {percent(gap(peer))}."
    )
    return [there, *(_against(r, peer) for r in ours)]


def _against(ours: Record, peer: Record) -> str:
    return (
        f"There, {METHODS[ours['method']].label} took {ours['seconds']:.1f} s: {peer['seconds'] / ours['seconds']:.1f} "
        f"times faster, {peer['solve_s'] / ours['seconds']:.1f} times if building the linear program is left out; "
        f"gap {percent(gap(ours))}."
    )


def _growth(records: Sequence[Record]) -> list[str]:
    """Say how time grows between sizes: n^1 is linear."""
    said = []
    for name, method in METHODS.items():
        if method.kind is Kind.OURS:
            seconds = _mean_seconds([r for r in finished(records, Kind.OURS) if r["method"] == name])
            said += [_exponent(method.label, seconds, one, two) for one, two in pairwise(sorted(seconds))]
    return said


def _exponent(label: str, seconds: dict[int, float], fewer: int, more: int) -> str:
    exponent = math.log(seconds[more] / seconds[fewer]) / math.log(more / fewer)
    return f"From {fewer:,} to {more:,} returns the time of {label} grows as n^{exponent:.2f}."


def _mean_seconds(records: Sequence[Record]) -> dict[int, float]:
    sizes = {r["returns"] for r in records if r["returns"] >= GROWTH_FROM}
    times = {n: [r["seconds"] for r in records if r["returns"] == n] for n in sizes}
    return {n: sum(s) / len(s) for n, s in times.items()}
