"""Where returns come from: residents of places, shared out over the points nearest to each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from retour.errors import InputError, Issue
from retour.pickup_estimate import unit_sphere
from service.importing.mapping import DemandPart, ResidentsPart, SourcePart
from service.importing.source import inside, kept_rows, numbers, read_source, refused, require_columns

MAX_ISSUES = 50
INCOMPLETE = (
    "coordinates or residents are missing or no number; complete the row, filter it with keep, "
    'or set on_bad_row = "skip" for this table'
)

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Residents:
    """Places of one table: `places` has lat, lon and residents; `left_out` rows could not be used."""

    file: str
    places: pd.DataFrame
    left_out: int


def point_weights(part: DemandPart, points: pd.DataFrame, tables: Sequence[Residents]) -> FloatArray:
    """Return each point's share of the returns, shape (p,), sum 1.

    Every point belongs to its nearest place, whose residents its points share evenly. A place with fewer points than
    its share of all residents sends them to that many of the nearest points as well, so that no point is swamped.
    `elsewhere` residents are spread evenly.
    """
    weight = np.full(len(points), (part.elsewhere or (0.0 if tables else 1.0)) / len(points))
    if tables:
        weight = weight + _shared_out(points, pd.concat([t.places for t in tables], ignore_index=True))
    return weight / weight.sum()


def read_residents(part: ResidentsPart, *, folders: tuple[Path, ...]) -> Residents:
    """Return the places of one table, looked for in `folders`; InputError naming every row that cannot be used."""
    path = _found(part.table, folders)
    raw = read_source(path, part)
    named = [part.residents, *(c for c in (part.name, part.lat, part.lon) if c), *part.unique]
    require_columns(raw, named, file=path.name)
    rows = kept_rows(raw, part.keep, file=path.name)
    if part.unique:
        rows = rows.drop_duplicates(list(part.unique))
    lat, lon = _coordinates(part, rows, folders)
    places = pd.DataFrame({"lat": lat, "lon": lon, "residents": numbers(rows[part.residents], decimal=part.decimal)})
    places = places[inside(lat, lon, part.box)]
    bad = places.isna().any(axis=1) | (places["residents"] < 0)
    if bad.any() and part.on_bad_row == "fail":
        raise InputError(Issue(path.name, int(row), None, INCOMPLETE) for row in places.index[bad][:MAX_ISSUES])
    if not places.loc[~bad, "residents"].sum() > 0:
        raise refused(path, "no residents are left; check keep and box in the mapping")
    return Residents(path.name, places[~bad], int(bad.sum()))


def _found(name: str, folders: tuple[Path, ...]) -> Path:
    tried = [folder / name for folder in folders]
    path = next((p for p in tried if p.is_file()), None)
    if path is None:
        raise refused(Path(name), "found neither beside the mapping nor beside the point list; check the name")
    return path


def _coordinates(part: ResidentsPart, rows: pd.DataFrame, folders: tuple[Path, ...]) -> tuple[pd.Series, pd.Series]:
    if part.coordinates is None:
        return tuple(numbers(rows[str(c)], decimal=part.decimal) for c in (part.lat, part.lon))
    path = _found(part.coordinates, folders)
    typed = read_source(path, SourcePart())
    require_columns(typed, ["name", "lat", "lon"], file=path.name)
    by_name = typed.drop_duplicates("name").set_index("name")
    names = rows[str(part.name)]
    unknown = names[~names.isin(by_name.index)]
    if len(unknown):
        raise InputError(
            Issue(part.table, int(str(row)), part.name, f"{name!r} has no row in {path.name}; add its coordinates")
            for row, name in unknown.items()
        )
    return tuple(numbers(names.map(by_name[c]), decimal=".") for c in ("lat", "lon"))


def _shared_out(points: pd.DataFrame, places: pd.DataFrame) -> FloatArray:
    """Return residents by point: a place's go to its own points and at least to as many as its share."""
    at_points, at_places = (unit_sphere(t["lat"].to_numpy(float), t["lon"].to_numpy(float)) for t in (points, places))
    residents = places["residents"].to_numpy(float)
    place_of = cKDTree(at_places).query(at_points)[1]
    own = np.bincount(place_of, minlength=len(places))
    weight = residents[place_of] / own[place_of]
    fair = np.ceil(residents / residents.sum() * len(points)).astype(int)
    crowded = np.flatnonzero(own < fair)
    weight[np.isin(place_of, crowded)] = 0.0
    tree = cKDTree(at_points)
    for place in crowded:
        near = np.atleast_1d(tree.query(at_places[place], k=int(fair[place]))[1])
        served = np.union1d(near, np.flatnonzero(place_of == place))
        weight[served] += residents[place] / len(served)
    return weight
