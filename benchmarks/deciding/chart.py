"""Seconds against returns, both on logarithmic scales, as an SVG drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from benchmarks.deciding.methods import METHODS, Kind
from benchmarks.deciding.records import NOT_TRIED
from benchmarks.measuring.outcomes import DONE
from benchmarks.measuring.records import Record
from benchmarks.svg import Scale, drawing, rule, text

WIDTH, HEIGHT = 940, 560
LEFT, RIGHT, TOP, BOTTOM = 70, 260, 90, 60
LINE_PX = 20
TITLE = "seconds from the loaded night to the answer (logarithmic); hollow: not finished within the limit"
STACKED_PX = 11
COLOURS = {
    Kind.OURS: ("#0b6e4f", "#12a150", "#86c232"),
    Kind.SOLVER: ("#1f4e9c", "#4f86f7", "#17a2b8", "#c0392b", "#e67e5a"),
    Kind.RULE: ("#666666", "#a08c5b"),
}


@dataclass(frozen=True)
class Series:
    """What is drawn of a method: (returns, mean seconds) where it finished, (returns, limit) where it did not."""

    label: str
    colour: str
    ours: bool
    finished: list[tuple[float, float]]
    missed: list[tuple[float, float]]

    @property
    def end(self) -> tuple[float, float]:
        """The last point drawn."""
        return max(self.finished + self.missed)


def chart(records: Sequence[Record]) -> str:
    """Return the drawing; hollow triangles mark nights a method did not finish, at its time limit."""
    shown = [s for s in _all_series(records) if s.finished or s.missed]
    body = list(_drawn(shown)) if shown else [text(LEFT, TOP, "Nothing measured yet.")]
    return drawing(body, width=WIDTH, height=HEIGHT)


def _all_series(records: Sequence[Record]) -> Iterator[Series]:
    colours = {kind: cycle(palette) for kind, palette in COLOURS.items()}
    for name, method in METHODS.items():
        of_method = [r for r in records if r["method"] == name and r["outcome"] != NOT_TRIED]
        sizes = sorted({r["returns"] for r in of_method})
        times = {n: [r["seconds"] for r in of_method if r["returns"] == n and r["outcome"] == DONE] for n in sizes}
        missed = [(float(r["returns"]), r["limit_s"]) for r in of_method if r["outcome"] != DONE]
        finished = [(float(n), sum(t) / len(t)) for n, t in times.items() if t]
        yield Series(method.label, next(colours[method.kind]), method.kind is Kind.OURS, finished, missed)


def _drawn(shown: Sequence[Series]) -> Iterator[str]:
    points = [p for s in shown for p in s.finished + s.missed]
    x = Scale(min(n for n, _ in points) / 1.5, max(n for n, _ in points) * 1.5, LEFT, WIDTH - RIGHT)
    y = Scale(min(t for _, t in points) / 1.5, max(t for _, t in points) * 1.5, HEIGHT - BOTTOM, TOP)
    yield from _axes(x, y, sorted({n for n, _ in points}))
    for level, series in enumerate(shown):
        yield from _line(series, x, y)
        yield from _misses(series, x, y, lift_px=STACKED_PX * _missed_before(series, shown[:level]))
    yield from _labels(shown, x, y)


def _axes(x: Scale, y: Scale, sizes: Sequence[float]) -> Iterator[str]:
    for n in sizes:
        yield rule(x.px(n), TOP, x.px(n), HEIGHT - BOTTOM, "#ddd")
        yield text(x.px(n), HEIGHT - BOTTOM + 20, f"{n:,.0f}", anchor="middle")
    for t in y.decades():
        yield rule(LEFT, y.px(t), WIDTH - RIGHT, y.px(t), "#ddd")
        yield text(LEFT - 8, y.px(t) + 4, f"{t:g} s", anchor="end")
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "returns (logarithmic)", anchor="middle")
    yield text(LEFT, 24, TITLE)


def _line(series: Series, x: Scale, y: Scale) -> Iterator[str]:
    stroke = f'stroke="{series.colour}" stroke-width="{3 if series.ours else 1.6}"'
    path = " ".join(f"{x.px(n):.1f},{y.px(t):.1f}" for n, t in series.finished)
    yield f'<polyline points="{path}" fill="none" {stroke}/>'
    for n, t in series.finished:
        yield f'<circle cx="{x.px(n):.1f}" cy="{y.px(t):.1f}" r="4" fill="{series.colour}"/>'


def _misses(series: Series, x: Scale, y: Scale, *, lift_px: float) -> Iterator[str]:
    for n, t in series.missed:
        at_x, at_y = x.px(n), y.px(t) - lift_px
        corners = f"{at_x - 5:.1f},{at_y + 4:.1f} {at_x + 5:.1f},{at_y + 4:.1f} {at_x:.1f},{at_y - 5:.1f}"
        yield f'<polygon points="{corners}" fill="white" stroke="{series.colour}" stroke-width="2"/>'
        if series.finished:
            last_n, last_t = series.finished[-1]
            yield rule(x.px(last_n), y.px(last_t), at_x, at_y + 4, series.colour, width=0.8)


def _missed_before(series: Series, drawn: Sequence[Series]) -> int:
    """Return how many of those drawn did not finish the same night, so that the marks are stacked."""
    return sum(bool(set(series.missed) & set(other.missed)) for other in drawn)


def _labels(shown: Sequence[Series], x: Scale, y: Scale) -> Iterator[str]:
    """Name every line at its end, pushed apart where they would lie on each other."""
    at_px = float(TOP - LINE_PX)
    for series in sorted(shown, key=lambda s: (y.px(s.end[1]), -s.end[0])):
        end_x, end_y = x.px(series.end[0]), y.px(series.end[1])
        at_px = max(end_y, at_px + LINE_PX)
        yield rule(end_x + 6, end_y, WIDTH - RIGHT + 10, at_px, series.colour, width=0.6)
        yield text(WIDTH - RIGHT + 14, at_px + 4, series.label, colour=series.colour, bold=series.ours)
