"""The priced parts of one return as a receipt, and its way as a row of places: small pieces of HTML, names escaped."""

from __future__ import annotations

from html import escape

import pandas as pd

from service import colours
from service.reading.story import REFUSED, STAYS, Story
from service.text import euros, number

RECOVERED = "recovered value"
STEP_COLOURS = {
    "point": colours.CALM,
    "hub": colours.HUB,
    "site": colours.SITE,
    REFUSED: colours.DANGER,
    STAYS: colours.GAIN,
}


def receipt_html(parts: pd.DataFrame, *, total_eur: float) -> str:
    """Return a line per part with a bar of its size and the total below.

    Bars compare the parts with one another; recovered value, often a hundred times larger, fills its own.
    """
    others = parts.loc[parts["activity"] != RECOVERED, "cost_eur"].abs()
    largest = float(others.max()) if len(others) else 1.0
    lines = "".join(_line(part, largest) for part in parts.itertuples())
    total = f'<tr class="total"><td>All in</td><td></td><td></td><td></td><td>{euros(total_eur)}</td></tr>'
    return f'<table class="receipt">{lines}{total}</table><style>{_RECEIPT_STYLE}</style>'


def _line(part: object, largest: float) -> str:
    activity, quantity, unit, rate_eur, cost_eur = part[1:]  # type: ignore[index]
    width = 100 * min(1.0, abs(cost_eur) / largest) if largest else 0.0
    colour = colours.GAIN if cost_eur < 0 else colours.COST
    return (
        f"<tr><td>{escape(activity[:1].upper() + activity[1:])}</td>"
        f"<td>{number(quantity, 2)} {escape(unit)}</td><td>{euros(rate_eur)}</td>"
        f'<td><i style="width:{width:.0f}%;background:{colour}"></i></td><td>{euros(cost_eur)}</td></tr>'
    )


def way_html(story: Story) -> str:
    """Return the way as a row of places joined by arrows."""
    steps = "".join(
        f'<div class="step" style="--c:{STEP_COLOURS.get(s.kind, colours.MUTED)}">'
        f"<b>{escape(s.name)}</b><span>{escape(s.says)}</span></div>"
        for s in story.steps
    )
    return f'<div class="way">{steps}</div><style>{_WAY_STYLE}</style>'


_WAY_STYLE = f"""
.way {{display: flex; flex-wrap: wrap; gap: 8px 26px; font-size: 13px}}
.way .step {{position: relative; flex: 1 1 0; min-width: 104px; padding: 8px 10px; background: {colours.PAPER};
  border-top: 3px solid var(--c); border-radius: 4px; color: {colours.INK}}}
.way .step b {{display: block; font-weight: 600}}
.way .step span {{color: {colours.MUTED}; font-size: 12px}}
.way .step + .step::before {{content: "→"; position: absolute; left: -20px; top: 14px; color: {colours.MUTED}}}
"""
_RECEIPT_STYLE = f"""
.receipt {{width: 100%; border-collapse: collapse; font-size: 13px; color: {colours.INK};
  font-variant-numeric: tabular-nums}}
.receipt td {{padding: 4px 8px 4px 0; border-bottom: 1px solid {colours.LINE}; white-space: nowrap; text-align: right}}
.receipt td:first-child {{text-align: left; white-space: normal}}
.receipt td:nth-child(2), .receipt td:nth-child(3) {{color: {colours.MUTED}}}
.receipt td:nth-child(4) {{width: 26%; text-align: left; padding-left: 8px}}
.receipt td:last-child {{padding-right: 0}}
.receipt i {{display: inline-block; height: 9px; min-width: 2px; border-radius: 2px}}
.receipt .total td {{font-weight: 650; color: {colours.INK}; border-bottom: none;
  border-top: 1.5px solid {colours.INK}}}
"""
