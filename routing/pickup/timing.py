"""When may a van leave, and how short can its paid time be, for a fixed order of stops.

The ready time at the end of a path is a function of the departure time. It is kept as pieces: leaving at `t` no
later than `late_s` means being ready at `max(t, early_s) + span_s`. Appending a leg with one window maps a piece
to a piece, as in Vidal, Crainic, Gendreau and Prins (2013), https://doi.org/10.1016/j.cor.2012.07.018; several
windows branch, and dominated pieces are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """Leaving at t <= `late_s`: ready at max(t, `early_s`) + `span_s`; early_s <= late_s always."""

    early_s: int
    late_s: int
    span_s: int


Pieces = tuple[Piece, ...]


def leave_between(earliest_s: int, latest_s: int) -> Pieces:
    """The empty path of a van that may leave in the given interval; no piece when the interval is empty."""
    return (Piece(earliest_s, latest_s, 0),) if earliest_s <= latest_s else ()


def extend(pieces: Pieces, *, travel_s: int, service_s: int, windows: Sequence[tuple[int, int]]) -> Pieces:
    """The path with one more stop whose service begins inside one of `windows`; empty when none can be met."""
    longer = [
        piece
        for early_s, late_s, span_s in pieces
        for opens_s, closes_s in windows
        if (piece := _through(early_s, late_s, span_s + travel_s, opens_s, closes_s, service_s)) is not None
    ]
    return tuple(longer) if len(longer) < 2 else _undominated(longer)


def end_by(pieces: Pieces, *, latest_s: int) -> Pieces:
    """The path, ready no later than `latest_s`."""
    return tuple(
        Piece(early_s, min(late_s, latest_s - span_s), span_s)
        for early_s, late_s, span_s in pieces
        if early_s + span_s <= latest_s
    )


def shortest(pieces: Pieces) -> Piece | None:
    """The piece with the shortest paid time, the one leaving first among equals; None when there is none."""
    return min(pieces, key=lambda piece: (piece.span_s, piece.early_s), default=None)


def covers(better: Piece, worse: Piece) -> bool:
    """Whether `better` is ready at least as early as `worse` for every departure `worse` allows."""
    return (
        better.late_s >= worse.late_s
        and better.early_s + better.span_s <= worse.early_s + worse.span_s
        and max(worse.late_s, better.early_s) + better.span_s <= worse.late_s + worse.span_s
    )


def _through(
    early_s: int, late_s: int, arrive_span_s: int, opens_s: int, closes_s: int, service_s: int
) -> Piece | None:
    if early_s + arrive_span_s > closes_s:
        return None
    early_s = max(early_s, opens_s - arrive_span_s)
    if early_s > late_s:  # even the last departure waits: leave then, and wait on the way
        return Piece(late_s, late_s, opens_s - late_s + service_s)
    return Piece(early_s, min(late_s, closes_s - arrive_span_s), arrive_span_s + service_s)


def _undominated(pieces: list[Piece]) -> Pieces:
    kept: list[Piece] = []
    for piece in sorted(set(pieces), key=lambda piece: (piece.early_s + piece.span_s, piece.span_s, -piece.late_s)):
        if not any(covers(other, piece) for other in kept):
            kept.append(piece)
    return tuple(kept)
