"""Mean gap against the share of the budget, both logarithmic, a panel per set, as an SVG drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.driving.gaps import SHARES, gap, gap_at, mean
from benchmarks.driving.methods import METHODS, OURS
from benchmarks.driving.table import headings, under
from benchmarks.measuring.records import Record
from benchmarks.svg import Scale, drawing, rule, text

ACROSS, PANEL_W, PANEL_H = 3, 310, 230
LEFT, RIGHT, TOP, BOTTOM, HEAD = 52, 26, 34, 30, 52
LINE_PX = 14
LEAST_PERCENT = 0.01
TITLE = "mean gap to the best known in percent against share of the budget (both logarithmic)"
COLOURS = {"retour": "#0b6e4f", "pyvrp": "#1f4e9c", "ortools": "#c0392b", "vroom": "#e67e22"}


@dataclass(frozen=True)
class Line:
    """A method's mean gap at shares of the budget, drawn no lower than `LEAST_PERCENT`."""

    method: str
    points: list[tuple[float, float]]


def chart(records: Sequence[Record]) -> str:
    """Return the drawing: a panel per set and budget."""
    found = [(heading, _lines(under(heading, records))) for heading in headings(records)]
    panels = [(heading, lines) for heading, lines in found if lines]
    body = [text(12, 22, TITLE), *_legend(records)]
    for number, ((name, budget_s), lines) in enumerate(panels):
        left, top = PANEL_W * (number % ACROSS), HEAD + PANEL_H * (number // ACROSS)
        body += _panel(f"{name}, {budget_s:g} s", lines, left=left, top=top)
    if not panels:
        body.append(text(12, HEAD + 20, "Nothing measured yet."))
    down = max(1, -(-len(panels) // ACROSS))
    return drawing(body, width=PANEL_W * ACROSS, height=HEAD + PANEL_H * down)


def _lines(records: Sequence[Record]) -> list[Line]:
    found = []
    for method in METHODS:
        own = [r for r in records if r["method"] == method and gap(r, records) is not None]
        at = {share: mean(gap_at(r, records, share=share) for r in own) for share in SHARES}
        at[1.0] = mean(gap(r, records) for r in own)
        points = [(share, max(LEAST_PERCENT, value)) for share, value in at.items() if value is not None]
        found += [Line(method, points)] if points else []
    return found


def _legend(records: Sequence[Record]) -> Iterator[str]:
    shown = [name for name in METHODS if any(r["method"] == name for r in records)]
    for number, name in enumerate(shown):
        yield text(12 + 110 * number, 44, METHODS[name].label, colour=COLOURS[name], bold=name == OURS)


def _panel(title: str, lines: Sequence[Line], *, left: float, top: float) -> Iterator[str]:
    gaps = [value for line in lines for _, value in line.points]
    x = Scale(SHARES[0], 1.0, left + LEFT, left + PANEL_W - RIGHT)
    y = Scale(min(gaps) / 1.5, max(gaps) * 1.5, top + PANEL_H - BOTTOM, top + TOP)
    yield text(left + LEFT, top + TOP - 10, title, bold=True)
    for share in SHARES:
        yield rule(x.px(share), y.from_px, x.px(share), y.to_px, "#ddd")
        yield text(x.px(share), y.from_px + 18, f"{100 * share:.0f} %", anchor="middle")
    for value in _apart([min(gaps), max(gaps), *y.decades()], y):
        yield rule(x.from_px, y.px(value), x.to_px, y.px(value), "#ddd")
        yield text(x.from_px - 6, y.px(value) + 4, f"{value:.2g}", anchor="end")
    for line in lines:
        yield from _drawn(line, x, y)


def _apart(values: Sequence[float], y: Scale) -> list[float]:
    """Return the values that can be written beside the axis, the first ones rather than later ones."""
    kept: list[float] = []
    for value in values:
        if all(abs(y.px(value) - y.px(other)) >= LINE_PX for other in kept):
            kept.append(value)
    return kept


def _drawn(line: Line, x: Scale, y: Scale) -> Iterator[str]:
    colour, width = COLOURS[line.method], 3 if line.method == OURS else 1.6
    path = " ".join(f"{x.px(share):.1f},{y.px(value):.1f}" for share, value in line.points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
    for share, value in line.points:
        yield f'<circle cx="{x.px(share):.1f}" cy="{y.px(value):.1f}" r="3.5" fill="{colour}"/>'
