"""Read a foreign table as text, whatever its file: CSV (also compressed), Parquet, GeoJSON, GeoPackage, shapefile."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from retour.errors import InputError, Issue
from retour.gate.parquet_file import read_parquet
from retour.gate.text import did_you_mean
from service.importing.mapping import Box, Condition, TableFormat

GEO_LAT, GEO_LON = "geometry_lat", "geometry_lon"
FORMAT_OF_SUFFIX = {
    ".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".geojson": "geo", ".json": "geo", ".gpkg": "geo", ".shp": "geo", ".geoparquet": "geo",
}  # fmt: skip
COMPRESSED = (".gz", ".bz2", ".xz", ".zip", ".zst")


def read_source(path: Path, settings: TableFormat) -> pd.DataFrame:
    """Return every cell as text (missing: NaN); the index is the row of the file, the header being row 1.

    A geo file gets the columns geometry_lat and geometry_lon, WGS84, of a point on each shape. InputError when the
    file is absent or unreadable.
    """
    if not path.is_file():
        raise refused(path, "there is no such file; check the path")
    kind = settings.format or FORMAT_OF_SUFFIX.get(_plain_suffix(path))
    if kind is None:
        raise refused(path, "its name does not tell what it is; set format to csv, parquet or geo in the mapping")
    if kind == "parquet":
        return read_parquet(path).cells
    return _read_geo(path) if kind == "geo" else _read_csv(path, settings)


def refused(path: Path, message: str) -> InputError:
    """Return the error for a file as a whole."""
    return InputError([Issue(path.name, None, None, message)])


def kept_rows(frame: pd.DataFrame, conditions: tuple[Condition, ...], *, file: str) -> pd.DataFrame:
    """Return the rows that meet every condition; InputError for an unknown column."""
    require_columns(frame, [c.column for c in conditions], file=file)
    for condition in conditions:
        frame = frame[meets(frame, condition)]
    return frame


def meets(frame: pd.DataFrame, condition: Condition) -> pd.Series:
    """Say for each row whether it meets the condition; a missing cell never does."""
    cells = frame[condition.column].fillna("")
    if condition.equals is not None:
        return cells == condition.equals
    return cells.isin(condition.is_in) if condition.is_in else cells.str.startswith(condition.starts_with)


def inside(lat: pd.Series, lon: pd.Series, box: Box | None) -> pd.Series:
    """Say for each coordinate whether it lies in the box; missing ones count as inside, so that they get reported."""
    if box is None:
        return pd.Series(True, index=lat.index)
    known = lat.notna() & lon.notna()
    return ~known | (lat.between(box.south, box.north) & lon.between(box.west, box.east))


def require_columns(frame: pd.DataFrame, names: list[str], *, file: str) -> None:
    """Raise an InputError that names every column the mapping asks for and the file does not have."""
    missing = [name for name in dict.fromkeys(names) if name not in frame.columns]
    if missing:
        raise InputError(
            Issue(
                file, 1, name, "the mapping names this column but the file has none" + did_you_mean(name, frame.columns)
            )
            for name in missing
        )


def numbers(cells: pd.Series, *, decimal: str) -> pd.Series:
    """Return the cells as numbers, NaN where they are none."""
    text = cells.str.strip()
    if decimal == ",":
        text = text.str.replace(",", ".", regex=False)
    return pd.to_numeric(text, errors="coerce").astype(float)


def _plain_suffix(path: Path) -> str:
    suffixes = [s.lower() for s in path.suffixes if s.lower() not in COMPRESSED]
    return suffixes[-1] if suffixes else ""


def _read_csv(path: Path, settings: TableFormat) -> pd.DataFrame:
    try:
        frame = pd.read_csv(
            path, sep=settings.delimiter, encoding=settings.encoding, dtype=str, keep_default_na=False,
            na_values=[""], skip_blank_lines=False, skipinitialspace=True,
        )  # fmt: skip
    except (UnicodeDecodeError, LookupError):
        raise refused(
            path, f"is not written in {settings.encoding}; set encoding in the mapping, for example latin-1"
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, OSError, EOFError) as error:
        raise refused(path, f"is no readable CSV ({error}); check delimiter and format in the mapping") from None
    frame.columns = [str(name).strip().lstrip("\ufeff") for name in frame.columns]
    frame.index += 2
    return frame.dropna(how="all")


def _read_geo(path: Path) -> pd.DataFrame:
    import geopandas  # slow to import, and most point lists are plain tables

    try:
        shapes = geopandas.read_parquet(path) if path.suffix == ".geoparquet" else geopandas.read_file(path)
    except Exception as error:  # GDAL answers a damaged file with whatever broke first
        raise refused(path, f"is no readable geo file ({error}); write it again as GeoJSON or GeoPackage") from None
    if shapes.crs is not None:
        shapes = shapes.to_crs(4326)
    spots = shapes.geometry.representative_point()
    plain = shapes.drop(columns=shapes.geometry.name)
    texts = pd.DataFrame({str(n): plain[n].astype("str").where(plain[n].notna()) for n in plain.columns})
    texts[GEO_LAT], texts[GEO_LON] = spots.y.map(repr).mask(spots.is_empty), spots.x.map(repr).mask(spots.is_empty)
    texts.index += 2
    return texts
