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
from routing.pickup.problem import Break
from routing.pickup.timing import Piece, Pieces, covers, end_by, extend

FRESH = Piece(0, UNLIMITED, 0)
_AT_START = -1


class Rest(NamedTuple):
    """A rest at step `step`, before its work or after; it lasts `duration_s` at least and ends at `end_s` or later."""

    step: int
    before_work: bool
    duration_s: int
    end_s: int


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

    def dominates(self, other: _Label) -> bool:
        return covers(self.whole, other.whole) and all(map(covers, self.stretch, other.stretch))


def best_rested(
    leave: Pieces, steps: Sequence[Step], breaks: Sequence[Break], *, latest_s: int
) -> RestedPath | None:
    """The path with the shortest paid time that keeps every break; None when there is none.

    Among equals it leaves first, has the fewest rests, and rests last.
    """
    labels = [
        _Label(piece, tuple(leave[at] for _ in breaks), (_AT_START,) * len(breaks), ())
        for at, piece in enumerate(leave)
    ]
    for number, step in enumerate(steps):
        labels = _undominated(_arrive(labels, step, breaks))
        labels = _undominated(_with_rest(labels, number, breaks, before_work=True))
        labels = _undominated(_work(labels, step, breaks))
        if number < len(steps) - 1:
            labels = _undominated(_with_rest(labels, number, breaks, before_work=False))
    ended = [
        (label, piece) for label in labels for piece in end_by((label.whole,), latest_s=latest_s)
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


def _with_rest(
    labels: list[_Label], number: int, breaks: Sequence[Break], *, before_work: bool
) -> Iterator[_Label]:
    """The labels, and each with a rest of each length here."""
    for label in labels:
        yield label
        for duration_s in sorted({rule.duration_s for rule in breaks}):
            yield from _rest(label, number, breaks, duration_s, before_work)


def _rest(
    label: _Label, number: int, breaks: Sequence[Break], duration_s: int, before_work: bool
) -> Iterator[_Label]:
    """Rest so long: stretches it ends begin anew, the others grow by it."""
    ends = [rule.duration_s <= duration_s for rule in breaks]
    whole = extend((label.whole,), travel_s=0, service_s=duration_s, windows=ANY_TIME)
    stretch = [
        (FRESH,) if ended else extend((piece,), travel_s=0, service_s=duration_s, windows=ANY_TIME)
        for ended, piece in zip(ends, label.stretch, strict=True)
    ]
    if whole and all(piece.span_s <= rule.within_s for (piece,), rule in zip(stretch, breaks, strict=True)):
        rests = _close(label, [at for at, ended in enumerate(ends) if ended])
        yield _Label(
            whole[0],
            tuple(piece for (piece,) in stretch),
            tuple(len(rests) if ended else began for ended, began in zip(ends, label.began, strict=True)),
            (*rests, Rest(number, before_work, duration_s, 0)),
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
