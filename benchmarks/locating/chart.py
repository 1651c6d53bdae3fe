"""What each method proved, and when: proven gap against seconds, a panel per set, as an SVG drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.locating.gaps import to_bound
from benchmarks.locating.methods import METHODS, OURS
from benchmarks.locating.table import headings, title, under
from benchmarks.measuring.outcomes import REFUSED
from benchmarks.measuring.records import Record
from benchmarks.svg import Scale, drawing, rule, text

ACROSS, PANEL_W, PANEL_H = 3, 330, 250
LEFT, RIGHT, TOP, BOTTOM, HEAD = 56, 22, 52, 34, 52
LEAST_PERCENT, MOST_PERCENT, NOTHING_PERCENT = 1e-3, 100.0, 300.0
LEAST_S, LONGER = 0.1, 1.5
TITLE = "gap to the own bound in percent against seconds, both logarithmic; a dot per run; hollow: no plan or no bound"
COLOURS = {
    OURS: "#0b6e4f", "highs": "#1f4e9c", "pulp-highs": "#4f86f7", "pulp-cbc": "#c0392b", "scip": "#e67e22",
    "spopt": "#8e44ad",
}  # fmt: skip


def chart(records: Sequence[Record]) -> str:
    """Return the drawing: a panel per set and share, ours drawn last."""
    asked = [r for r in records if r["outcome"] != REFUSED]
    panels = headings(asked)
    body = [text(12, 22, TITLE), *_legend(asked)]
    for number, heading in enumerate(panels):
        left, top = PANEL_W * (number % ACROSS), HEAD + PANEL_H * (number // ACROSS)
        body += _panel(title(heading, asked), under(heading, asked), left=left, top=top)
    if not panels:
        body.append(text(12, HEAD + 20, "Nothing measured yet."))
    down = max(1, -(-len(panels) // ACROSS))
    return drawing(body, width=PANEL_W * ACROSS, height=HEAD + PANEL_H * down)


def _legend(records: Sequence[Record]) -> Iterator[str]:
    shown = [name for name in METHODS if any(r["method"] == name for r in records)]
    for number, name in enumerate(shown):
        yield text(12 + 140 * number, 44, METHODS[name].label, colour=COLOURS[name], bold=name == OURS)


def _panel(name: str, records: Sequence[Record], *, left: float, top: float) -> Iterator[str]:
    longest = LONGER * max(r["budget_s"] for r in records)
    x = Scale(LEAST_S, max(1.0, longest), left + LEFT, left + PANEL_W - RIGHT)
    y = Scale(LEAST_PERCENT / 2, NOTHING_PERCENT * 2, top + PANEL_H - BOTTOM, top + TOP)
    yield text(left + LEFT, top + TOP - 14, name, bold=True)
    for seconds in x.decades():
        yield rule(x.px(seconds), y.from_px, x.px(seconds), y.to_px, "#ddd")
        yield text(x.px(seconds), y.from_px + 18, f"{seconds:g} s", anchor="middle")
    for gap in [LEAST_PERCENT, 0.01, 0.1, 1.0, 10.0, MOST_PERCENT]:
        yield rule(x.from_px, y.px(gap), x.to_px, y.px(gap), "#ddd")
        words = "proven" if gap == LEAST_PERCENT else f"{gap:g} %"
        yield text(x.from_px - 6, y.px(gap) + 4, words, anchor="end")
    for record in sorted(records, key=lambda r: r["method"] == OURS):
        yield _mark(record, x, y)


def _mark(record: Record, x: Scale, y: Scale) -> str:
    """Return a dot where it ended and what it had proven; a ring above all others where it has nothing to show."""
    gap, colour = to_bound(record), COLOURS[record["method"]]
    seconds = record["seconds"] if record["seconds"] is not None else record["budget_s"]
    at_x = x.px(min(max(seconds, LEAST_S), x.high))
    if gap is None:
        return f'<circle cx="{at_x:.1f}" cy="{y.px(NOTHING_PERCENT):.1f}" r="4" fill="white" stroke="{colour}"/>'
    at_y = y.px(min(max(gap, LEAST_PERCENT), MOST_PERCENT))
    return f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="4" fill="{colour}" fill-opacity="0.7"/>'
