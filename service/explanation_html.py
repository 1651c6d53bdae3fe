"""What an explanation says, as small pieces of HTML: limits, changes that matter, rules in the way; text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from routing.decide.explanation import Binding, Change, Removed
from service import colours
from service.reading.words import OUTCOMES, sentence
from service.text import euros, number

NAMED = 4
NEGLIGIBLE_EUR = 0.005


def limits_html(limits: Sequence[Binding]) -> str:
    """Return a line per binding limit: what a unit of it is, use and room, its price, and what the use is worth."""
    head = "<tr><th>A unit of</th><th>It uses</th><th>of</th><th>at a price of</th><th>worth to others</th></tr>"
    return f'<table class="limits">{head}{"".join(map(_limit, limits))}</table><style>{_LIMITS_STYLE}</style>'


def _limit(limit: Binding) -> str:
    use, room = f"{number(limit.use, 2)} {limit.unit}", number(limit.capacity, 1)
    return (
        f"<tr><td>{escape(sentence(limit.says))}</td><td>{escape(use)}</td><td>{room}</td>"
        f"<td>{euros(limit.price_eur)}</td><td>{euros(limit.toll_eur)}</td></tr>"
    )


def changes_html(changes: Sequence[Change]) -> str:
    """Return a line per change that would alter the decision, the condition first and what follows below it."""
    return f'<div class="changes">{"".join(map(_change, changes))}</div><style>{_CHANGES_STYLE}</style>'


def _change(change: Change) -> str:
    condition, _, follows = change.says.partition(", it would ")
    verb = "it would "
    if not follows:
        condition, _, follows = change.says.partition(", the customer would ")
        verb = "the customer would "
    return f"<p><b>{escape(condition)},</b> {verb}{escape(follows)}</p>"


def removed_html(removed: Sequence[Removed]) -> str:
    """Return a line per rule or full limit: what it says, its source, what it took, and what it costs this return."""
    return f'<table class="removed">{"".join(map(_removed, removed))}</table><style>{_REMOVED_STYLE}</style>'


def _removed(rule: Removed) -> str:
    names = [OUTCOMES.get(name, name) for name in rule.names]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    costs = f"+{euros(rule.costs_eur)}" if rule.costs_eur >= NEGLIGIBLE_EUR else ""
    return (
        f"<tr><td><b>{escape(sentence(rule.says))}</b><span>{escape(rule.source)}</span></td>"
        f"<td>{escape(', '.join(names[:NAMED]) + more)}</td><td>{costs}</td></tr>"
    )


_LIMITS_STYLE = f"""
.limits {{width: 100%; border-collapse: collapse; font-size: 13px; color: {colours.INK};
  font-variant-numeric: tabular-nums}}
.limits th {{padding: 0 0 4px 10px; font-weight: 400; font-size: 12px; color: {colours.MUTED}; text-align: right}}
.limits td {{padding: 5px 0 5px 10px; border-bottom: 1px solid {colours.LINE}; text-align: right; white-space: nowrap}}
.limits td:first-child, .limits th:first-child {{text-align: left; padding-left: 0; white-space: normal}}
"""
_CHANGES_STYLE = f"""
.changes p {{margin: 0 0 6px; padding: 6px 10px; font-size: 13px; line-height: 1.4; color: {colours.INK};
  background: {colours.PAPER}; border-left: 3px solid {colours.CALM}; border-radius: 3px}}
.changes b {{font-weight: 600}}
"""
_REMOVED_STYLE = f"""
.removed {{width: 100%; border-collapse: collapse; font-size: 13px; color: {colours.INK};
  font-variant-numeric: tabular-nums}}
.removed td {{padding: 5px 8px 5px 0; border-bottom: 1px solid {colours.LINE}; vertical-align: top}}
.removed td:first-child {{width: 56%}}
.removed td b {{font-weight: 500}}
.removed td span {{display: block; color: {colours.MUTED}; font-size: 12px}}
.removed td:nth-child(2) {{color: {colours.MUTED}; overflow-wrap: anywhere}}
.removed td:last-child {{text-align: right; white-space: nowrap; padding-right: 0}}
"""
