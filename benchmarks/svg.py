"""Pieces of SVG drawings: text, rules, and a logarithmic scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Scale:
    """Maps powers of ten between `low` and `high` to pixels."""

    low: float
    high: float
    from_px: float
    to_px: float

    def px(self, value: float) -> float:
        """Return where a value lies."""
        share = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        return self.from_px + share * (self.to_px - self.from_px)

    def decades(self) -> list[float]:
        """Return the powers of ten on the scale."""
        return [10.0**p for p in range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)]


def rule(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1.0) -> str:
    """Return a straight line."""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = "#222", bold: bool = False) -> str:
    """Return words that begin, lie around or end at a point."""
    style = f'font-family="DejaVu Sans, Arial, sans-serif" font-size="13" fill="{colour}" text-anchor="{anchor}"'
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}{weight}>{escape(words)}</text>'


def drawing(body: list[str], *, width: int, height: int) -> str:
    """Return a whole drawing on white."""
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    return "\n".join([frame, f'<rect width="{width}" height="{height}" fill="white"/>', *body, "</svg>", ""])
