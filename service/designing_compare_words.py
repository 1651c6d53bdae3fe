"""What the figures of compared runs are called, and what they are: money, shares, counts, kilometres."""

from __future__ import annotations

from service.kpis import FIGURES

DESIGNS = {
    "present_cost": ("cost, discounted", "money"), "bound": ("no design costs less than, discounted", "money"),
    "cost_per_t": ("cost per t, undiscounted", "money"), "open_places_at_the_end": ("places open at the end", "count"),
    "moved_t_km": ("moved, t km", "count"), "mean_distance_km": ("mean first way, km", "km"),
}  # fmt: skip
NIGHTS = {
    "net_cost": ("net cost", "money"), "bound": ("no plan costs less than", "money"), "co2e_kg": ("CO2e, kg", "t"),
}  # fmt: skip
BOTH = {"gap": ("gap", "gap"), "feasible": ("every promise kept", None)}
IN_LEGEND = "network"
UNITS = {"EUR": "money", "share": "share", "km": "km"}
NAMED = ("EUR", "share", "returns", "points", "vans")
"""Units that a figure's name or its writing tells already."""


def figure_words(name: str, *, kind: str) -> tuple[str, str | None] | None:
    """Return label and unit of a figure of `Side.figures`; None where the legend tells it."""
    known = BOTH | (DESIGNS if kind == "designs" else NIGHTS)
    if name == IN_LEGEND:
        return None
    if name in known:
        return known[name]
    if kind == "nights" and name in FIGURES:
        figure = FIGURES[name]
        label = figure.label if figure.unit in NAMED else f"{figure.label}, {figure.unit}"
        return label[0].lower() + label[1:], UNITS.get(figure.unit, "t")  # "t": decimals where not whole and small
    if name.startswith("beyond_") and name.endswith("_share"):
        return name.removesuffix("_share").replace("_", " "), "share"
    if name.endswith("_t"):
        return f"{name.removesuffix('_t')} emitted, t", "t"
    return name.replace("_", " "), None
