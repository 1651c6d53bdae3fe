"""The report's map: points and routes as inline SVG, drawn without tiles so that nothing is fetched."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from service.geojson import end_places, paths
from service.run import Run

WIDTH, HEIGHT, MARGIN = 1000.0, 640.0, 24.0
MOST_POINTS = 4000
PALETTE = (
    "#2563eb", "#d97706", "#059669", "#9333ea", "#db2777", "#0891b2", "#65a30d", "#b45309", "#4f46e5", "#0d9488",
    "#be123c", "#7c3aed",
)  # fmt: skip
RISKY = 0.5
METRES_PER_DEGREE = 111_195.08  # of latitude, on a sphere of 6,371 km
SCALE_BAR = 160.0  # longest scale bar
CROWD = 250  # points from which dots shrink
SMALLEST_DOT = 0.45


@dataclass(frozen=True)
class Projection:
    """Degrees to SVG units, equal scale on both axes at the map's latitude, north up."""

    west: float
    north: float
    lon_scale: float
    lat_scale: float
    left: float
    top: float

    @classmethod
    def fitting(cls, lon: pd.Series, lat: pd.Series) -> Projection:
        """Fit every coordinate into the frame."""
        squeeze = math.cos(math.radians(float(lat.mean())))
        wide, high = max((lon.max() - lon.min()) * squeeze, 1e-6), max(lat.max() - lat.min(), 1e-6)
        scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2
        return cls(lon.min(), lat.max(), scale * squeeze, scale, left, top)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the place on the page, a tenth of a unit exact."""
        x = self.left + (lon - self.west) * self.lon_scale
        return round(x, 1), round(self.top + (self.north - lat) * self.lat_scale, 1)


def draw_map(run: Run, *, visits: pd.DataFrame, routes: pd.DataFrame, stops: pd.DataFrame) -> dict[str, Any]:
    """Return what the template draws: frame, `lines`, `points`, `homes`, `hubs`, dot size, scale, what was left out."""
    points, hubs = run.input("points"), run.input("hubs")
    drawn, left_out = _points_with_news(points, visits)
    spots = pd.concat([drawn[["lon", "lat"]], end_places(run)[["lon", "lat"]], stops[["lon", "lat"]]])
    place = Projection.fitting(spots["lon"], spots["lat"])
    corners = paths(routes, stops, end_places(run))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "lines": [_line(i, name, path, place) for i, (name, path) in enumerate(corners.items())],
        "points": [_point(p, place) for p in drawn.itertuples()],
        "hubs": [{"xy": place.xy(h.lon, h.lat), "name": h.name or h.hub_id} for h in hubs.itertuples()],
        "homes": [place.xy(s.lon, s.lat) for s in stops[stops["visit_id"].str.startswith("home:")].itertuples()],
        "left_out": left_out,
        "dot": max(SMALLEST_DOT, min(1.0, math.sqrt(CROWD / max(len(drawn), 1)))),
        "scale": _scale_bar(place),
    }


def _scale_bar(place: Projection) -> dict[str, Any]:
    """Return the longest round distance that fits: its `length` on the page and its `label`."""
    metres = SCALE_BAR / place.lat_scale * METRES_PER_DEGREE
    power = 10 ** math.floor(math.log10(metres))
    round_m = max(step * power for step in (1, 2, 5) if step * power <= metres)
    label = f"{round_m / 1000:g} km" if round_m >= 1000 else f"{round_m:g} m"
    return {"length": round(round_m / METRES_PER_DEGREE * place.lat_scale, 1), "label": label}


def colour(position: int) -> str:
    """Return the colour of a route by its position in the table."""
    return PALETTE[position % len(PALETTE)]


def _points_with_news(points: pd.DataFrame, visits: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Points with tonight's visit columns, and how many were left out: where too many, those without news."""
    news = visits[~visits["visit_id"].str.startswith("home:")].set_index("point_id")
    columns = ["visited", "required", "overflow_risk", "fill_share", "parcels"]
    joined = points[points["kind"] != "HOME"].join(news[columns], on="point_id")
    joined = joined.fillna({"visited": False, "required": False, "overflow_risk": 0.0})
    rank = joined["visited"].astype(int) + joined["required"].astype(int) + joined["overflow_risk"].astype(float)
    drawn = joined.loc[rank.sort_values(ascending=False, kind="stable").index].head(MOST_POINTS)
    return drawn, len(joined) - len(drawn)


def _line(position: int, route_id: str, path: list[tuple[float, float]], place: Projection) -> dict[str, Any]:
    corners = " ".join(f"{x},{y}" for x, y in (place.xy(lon, lat) for lon, lat in path))
    return {"route_id": route_id, "corners": corners, "colour": colour(position)}


def _point(point: Any, place: Projection) -> dict[str, Any]:
    name = point.name if isinstance(point.name, str) else point.point_id
    if point.visited:
        look, says = "emptied", "emptied tonight"
    elif point.overflow_risk >= RISKY:
        look, says = "risk", f"left, overflow risk {point.overflow_risk:.0%}"
    else:
        look, says = "left", "left" if pd.notna(point.parcels) else "nothing waits"
    fill = "" if pd.isna(point.fill_share) else f", {point.fill_share:.0%} full"
    return {"xy": place.xy(point.lon, point.lat), "look": look, "says": f"{name}: {says}{fill}"}
