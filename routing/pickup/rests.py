"""Where a driver rests, for a fixed order of stops: legal breaks placed so that the paid time is shortest.

A rest may be taken at every step of the path, on arrival before the work or after the work before driving on. It
behaves like a service without windows, so the path with its rests is timed as any path (`routing.pickup.timing`).
A rest may also last longer than it must: whoever would have to wait later does so while resting. Each stretch
between two rests can therefore be driven as if it began at the best moment, and it is legal exactly if its own
shortest time is within the limit. Labels carry the whole path and, per break, the stretch since its last rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from routing.pickup.integers import ANY_TIME, UNLIMITED
from routing.pickup.path import Step
from routing.pickup.problem import Break, ClockBreak
from routing.pickup.timing import Piece, Pieces, covers, end_by, extend

FRESH = Piece(0, UNLIMITED, 0)
_AT_START = -1


class Rest(NamedTuple):
    """A rest at step `step`, before its work or after; it lasts `duration_s` at least and ends at `end_s` or later.

    A break at a clock time begins inside one of `windows`; `clock_break` is its position among the van's.
    """

    step: int
    before_work: bool
    duration_s: int
    end_s: int
    windows: tuple[tuple[int, int], ...] = ANY_TIME
    clock_break: int | None = None


class RestedPath(NamedTuple):
    """When the van should leave and how long it is paid (as a piece), and where it rests."""

    piece: Piece
    rests: tuple[Rest, ...]


class _Label(NamedTuple):
    """A path so far: all of it, the stretch per break and which rest began it, and the rests."""

    whole: Piece
    stretch: tuple[Piece, ...]
    began: tuple[int, ...]
    rests: tuple[Rest, ...]
    taken: frozenset[int]  # breaks at clock times

    def dominates(self, other: _Label) -> bool:
        times = covers(self.whole, other.whole) and all(map(covers, self.stretch, other.stretch))
        return times and self.taken >= other.taken


def best_rested(
    leave: Pieces,
    steps: Sequence[Step],
    breaks: Sequence[Break],
    *,
    latest_s: int,
    clock_breaks: Sequence[ClockBreak] = (),
    earliest_s: int = 0,
) -> RestedPath | None:
    """The path with the shortest paid time that keeps every break; None when there is none.

    Among equals it leaves first, has the fewest rests, and rests last. The shift, in which breaks at clock times may
    fall before the path or after it, is from `earliest_s` to `latest_s`.
    """
    labels = [
        _Label(piece, tuple(leave[at] for _ in breaks), (_AT_START,) * len(breaks), (), frozenset())
        for at, piece in enumerate(leave)
    ]
    for number, step in enumerate(steps):
        labels = _undominated(_arrive(labels, step, breaks))
        labels = _undominated(_with_rest(labels, number, breaks, clock_breaks, before_work=True))
        labels = _undominated(_work(labels, step, breaks))
        if number < len(steps) - 1:
            labels = _undominated(_with_rest(labels, number, breaks, clock_breaks, before_work=False))
    ended = [
        (label, piece)
        for label in labels
        for piece in _rested_apart(label, clock_breaks, earliest_s=earliest_s, latest_s=latest_s)
    ]
    if not ended:
        return None
    label, piece = min(ended, key=lambda pair: _rank(*pair))
    return RestedPath(piece, _close(label, range(len(breaks))))


def _rank(label: _Label, piece: Piece) -> tuple[int, int, int, list[tuple[int, bool]]]:
    return piece.span_s, piece.early_s, len(label.rests), [(-rest.step, rest.before_work) for rest in label.rests]


def _arrive(labels: list[_Label], step: Step, breaks: Sequence[Break]) -> Iterator[_Label]:
    for label in labels:
        yield from _longer(label, breaks, travel_s=step.travel_s, service_s=0, window=ANY_TIME[0])


def _work(labels: list[_Label], step: Step, breaks: Sequence[Break]) -> Iterator[_Label]:
    for label in labels:
        for window in step.windows:
            yield from _longer(label, breaks, travel_s=0, service_s=step.service_s, window=window)


def _longer(
    label: _Label, breaks: Sequence[Break], *, travel_s: int, service_s: int, window: tuple[int, int]
) -> Iterator[_Label]:
    """The label with one more leg and work inside the window, if it fits and every stretch stays within its limit."""
    windows = (window,)
    whole = extend((label.whole,), travel_s=travel_s, service_s=service_s, windows=windows)
    stretch = [extend((piece,), travel_s=travel_s, service_s=service_s, windows=windows) for piece in label.stretch]
    if whole and all(stretch) and all(
        piece.span_s <= rule.within_s for (piece,), rule in zip(stretch, breaks, strict=True)
    ):
        yield label._replace(whole=whole[0], stretch=tuple(piece for (piece,) in stretch))


def _rested_apart(
    label: _Label, clock_breaks: Sequence[ClockBreak], *, earliest_s: int, latest_s: int
) -> Pieces:
    """When the path may be driven so that every break not taken on it falls before it or after it."""
    pieces = end_by((label.whole,), latest_s=latest_s)
    for at, rule in enumerate(clock_breaks):
        if at not in label.taken:
            rested_s = before_leaving_s(rule, earliest_s=earliest_s)
            back_s = back_for(rule, latest_s=latest_s)
            free = [piece for piece in pieces if rested_s <= piece.late_s]
            later = [piece._replace(early_s=max(piece.early_s, rested_s)) for piece in free]
            pieces = (*end_by(tuple(later), latest_s=latest_s), *end_by(pieces, latest_s=back_s))
    return pieces


def before_leaving_s(rule: ClockBreak, *, earliest_s: int) -> int:
    """When a van that takes the break before it leaves is free to go."""
    begins = [max(opens_s, earliest_s) for opens_s, closes_s in rule.windows if earliest_s <= closes_s]
    return min(begins) + rule.duration_s if begins else UNLIMITED


def back_for(rule: ClockBreak, *, latest_s: int) -> int:
    """When a van must be back to take the break afterwards; -1 where it cannot."""
    last_s = latest_s - rule.duration_s
    return max((min(closes_s, last_s) for opens_s, closes_s in rule.windows if opens_s <= last_s), default=-1)


def _with_rest(
    labels: list[_Label],
    number: int,
    breaks: Sequence[Break],
    clock_breaks: Sequence[ClockBreak],
    *,
    before_work: bool,
) -> Iterator[_Label]:
    """The labels, and each with a rest of each length here, and with each break at a clock time."""
    for label in labels:
        yield label
        for duration_s in sorted({rule.duration_s for rule in breaks}):
            yield from _rest(label, breaks, Rest(number, before_work, duration_s, 0))
        for at, pause in enumerate(clock_breaks):
            for window in pause.windows if at not in label.taken else ():
                yield from _rest(label, breaks, Rest(number, before_work, pause.duration_s, 0, (window,), at))


def _rest(label: _Label, breaks: Sequence[Break], rest: Rest) -> Iterator[_Label]:
    """Rest so: stretches it ends begin anew, the others grow by it."""
    ends = [rule.duration_s <= rest.duration_s for rule in breaks]
    whole = extend((label.whole,), travel_s=0, service_s=rest.duration_s, windows=rest.windows)
    stretch = [
        (FRESH,) if ended else extend((piece,), travel_s=0, service_s=rest.duration_s, windows=rest.windows)
        for ended, piece in zip(ends, label.stretch, strict=True)
    ]
    if whole and all(stretch) and all(
        piece.span_s <= rule.within_s for (piece,), rule in zip(stretch, breaks, strict=True)
    ):
        rests = _close(label, [at for at, ended in enumerate(ends) if ended])
        yield _Label(
            whole[0],
            tuple(piece for (piece,) in stretch),
            tuple(len(rests) if ended else began for ended, began in zip(ends, label.began, strict=True)),
            (*rests, rest),
            label.taken if rest.clock_break is None else label.taken | {rest.clock_break},
        )


def _close(label: _Label, ended: Sequence[int]) -> tuple[Rest, ...]:
    """The rests, lasting until the stretches that end now need not wait on the way."""
    rests = list(label.rests)
    for at in ended:
        began = label.began[at]
        if began != _AT_START:
            rests[began] = rests[began]._replace(end_s=max(rests[began].end_s, label.stretch[at].early_s))
    return tuple(rests)


def _undominated(labels: Iterator[_Label]) -> list[_Label]:
    kept: list[_Label] = []
    for label in sorted(labels, key=lambda label: _rank(label, label.whole)):
        if not any(other.dominates(label) for other in kept):
            kept.append(label)
    return kept
