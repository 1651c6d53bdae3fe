"""Source rows to the tables `points`, `hours` and `compartments`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retour.gate.text import did_you_mean
from retour.vocabulary import PointKind
from service.importing.mapping import Mapping, PointsPart
from service.importing.opening_hours import ranges
from service.importing.rejects import Rejects
from service.importing.source import (
    GEO_LAT,
    GEO_LON,
    inside,
    kept_rows,
    meets,
    numbers,
    read_source,
    require_columns,
)  # fmt: skip


@dataclass(frozen=True)
class PointRows:
    """What the source gave: `points` (point_id, name, kind, lat, lon, by_carrier), `hours`, `compartments`.

    `read` rows were in the file, `left_out` did not meet the filters, `rejects` lists the unusable ones.
    """

    points: pd.DataFrame
    hours: pd.DataFrame
    compartments: pd.DataFrame
    read: int
    left_out: int
    rejects: Rejects


def read_points(file: Path, mapping: Mapping) -> PointRows:
    """Read the point list; InputError with every bad row, unless the mapping skips them."""
    part = mapping.points
    raw = read_source(file, mapping.source)
    require_columns(raw, _named_columns(part), file=file.name)
    chosen, place = _chosen(raw, mapping, file.name)
    rejects = Rejects(file.name)
    _check_ids(chosen[part.id], rejects)
    _check_coordinates(chosen, place, part, rejects)
    kinds = _kinds(chosen, part, rejects)
    hours = _hours(chosen, part, rejects)
    boxes = _compartments(chosen, part, kinds, rejects)
    if mapping.source.on_bad_row == "fail":
        rejects.refuse()
    ids = chosen.loc[~chosen.index.isin(rejects.rows), part.id]
    points = place.assign(
        point_id=ids,
        name=chosen[part.name] if part.name else None,
        kind=kinds,
        by_carrier=_by_carrier(chosen, part, file.name),
    )
    return PointRows(
        points=points.loc[ids.index].reset_index(drop=True),
        hours=_of_good(hours, ids),
        compartments=_of_good(boxes, ids),
        read=len(raw),
        left_out=len(raw) - len(chosen),
        rejects=rejects,
    )


def _chosen(raw: pd.DataFrame, mapping: Mapping, file: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that pass the filters, and their lat and lon as numbers, same index."""
    source = mapping.source
    chosen = kept_rows(raw, source.keep, file=file)
    lat, lon = (numbers(chosen[name], decimal=source.decimal) for name in _axes(mapping.points))
    within = inside(lat, lon, source.box)
    return chosen[within], pd.DataFrame({"lat": lat, "lon": lon})[within]


def _axes(part: PointsPart) -> tuple[str, str]:
    return part.lat or GEO_LAT, part.lon or GEO_LON


def _named_columns(part: PointsPart) -> list[str]:
    kind = [part.kind_from.column] if part.kind_from else []
    name = [part.name] if part.name else []
    return [part.id, *name, *_axes(part), *kind, *part.hours, *part.compartment_columns.values()]


def _check_ids(ids: pd.Series, rejects: Rejects) -> None:
    rejects.add(ids[ids.isna()], "a point needs a name")
    rejects.add(ids[ids.notna() & ids.duplicated()], "an earlier row has this name already")


def _check_coordinates(chosen: pd.DataFrame, place: pd.DataFrame, part: PointsPart, rejects: Rejects) -> None:
    for name, axis, limit in zip(_axes(part), ("lat", "lon"), (90, 180), strict=True):
        cells = chosen[name]
        rejects.add(cells[cells.isna()], "the coordinate is missing")
        rejects.add(cells[cells.notna() & place[axis].isna()], "a coordinate is a number in degrees")
        rejects.add(cells[place[axis].abs() > limit], f"a coordinate lies between -{limit} and {limit} degrees")


def _kinds(chosen: pd.DataFrame, part: PointsPart, rejects: Rejects) -> pd.Series:
    if part.kind_from is None:
        return pd.Series(part.kind, index=chosen.index, dtype=object)
    known = part.kind_from.values
    cells = chosen[part.kind_from.column]
    unknown = cells[~cells.isin(known)]
    rejects.add(unknown, lambda word: "points.kind_from.values does not say what it is" + did_you_mean(word, known))
    return cells.map(known)


def _hours(chosen: pd.DataFrame, part: PointsPart, rejects: Rejects) -> pd.DataFrame:
    out: list[tuple[int, int, str, str]] = []
    for weekday, column in enumerate(part.hours):
        for row, text in chosen[column].dropna().items():
            try:
                out += [(int(str(row)), weekday, opens, closes) for opens, closes in ranges(str(text))]
            except ValueError as error:
                rejects.add(pd.Series([text], index=[row], name=column), str(error).partition("; ")[2] or str(error))
    return pd.DataFrame(out, columns=["row", "weekday", "opens", "closes"])


def _compartments(chosen: pd.DataFrame, part: PointsPart, kinds: pd.Series, rejects: Rejects) -> pd.DataFrame:
    lockers = chosen.index[kinds == PointKind.LOCKER]
    wide = pd.DataFrame(dict(part.compartments), index=lockers, dtype=float)
    for size, column in part.compartment_columns.items():
        cells = chosen.loc[lockers, column]
        wide[size] = numbers(cells, decimal=".")
        whole = (wide[size] >= 0) & (wide[size] % 1 == 0)
        rejects.add(cells[~whole], "compartments are a whole number, 0 or more")
    tall = wide.rename_axis("row").reset_index().melt("row", var_name="size", value_name="count").dropna()
    return tall.sort_values(["row", "size"], kind="stable").astype({"count": int})


def _by_carrier(chosen: pd.DataFrame, part: PointsPart, file: str) -> pd.Series:
    require_columns(chosen, [c.column for c in part.carrier.where], file=file)
    out = pd.Series(False, index=chosen.index)
    for condition in part.carrier.where:
        out |= meets(chosen, condition)
    return out


def _of_good(rows: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    good = rows[rows["row"].isin(ids.index)].sort_values("row", kind="stable")
    named = good.assign(point_id=good["row"].map(ids)).drop(columns="row")
    return named[["point_id", *(c for c in named.columns if c != "point_id")]].reset_index(drop=True)
