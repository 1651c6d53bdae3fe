"""One colour per concept, on every page and in every chart."""

from __future__ import annotations

INK, MUTED, LINE, PAPER, WHITE = "#1f2a33", "#64727d", "#dde3e6", "#f5f7f7", "#ffffff"
ACCENT = "#0f6e6e"
COST, GAIN = "#c0563b", "#2c8a62"
CALM, WATCH, DANGER = "#58a595", "#e3a83b", "#cf3f45"
HUB, SITE, HOME, QUIET = INK, "#6b4fa0", "#5f86a8", "#b9c3c9"

METHODS = {"fixed rules": "#a3afb6", "greedy best margin": "#d9a441", "joint optimum": ACCENT, "bound": INK}
DRIVING, LOADING, WAITING, UNLOADING, CLOSED = "#a9bccb", ACCENT, WATCH, INK, DANGER
RESTING = "#8a4fa3"
STATES = {"PLANNED": "green", "DENIED": "red", "LATER": "orange"}
ROUTES = (
    "#2f6db5", "#b8552f", "#3f8f4f", "#8a4fa3", "#b8892b", "#2a97a3", "#c2477f", "#6b7f2a", "#5a5fc7", "#8b5e3c",
    "#1f7a63", "#a33d3d",
)  # fmt: skip
RISK_STEPS = ((0.2, CALM), (0.5, WATCH), (1.01, DANGER))


def of_risk(share: float) -> str:
    """Return the colour of an overflow risk from 0 to 1; what is unknown is calm."""
    return next((colour for top, colour in RISK_STEPS if share < top), CALM)


def of_route(position: int) -> str:
    """Return the colour of a route by its position in the table; they repeat after a dozen."""
    return ROUTES[position % len(ROUTES)]


def rgba(colour: str, alpha: int = 255) -> list[int]:
    """Return `#rrggbb` as [red, green, blue, alpha], 0 to 255 each."""
    return [*(int(colour[i : i + 2], 16) for i in (1, 3, 5)), alpha]
