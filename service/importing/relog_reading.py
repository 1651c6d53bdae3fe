"""Read values out of a RELOG file: every defect is noted with the path it stands at, and told together at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from retour.errors import InputError, Issue
from retour.gate.text import did_you_mean
from retour.tables.design import DESIGN_TABLES

MAX_ISSUES = 50
LATITUDE, LONGITUDE = "latitude (deg)", "longitude (deg)"
Series = list[float]


class RelogReader:
    """One file: its content, how many years it plans, and what is wrong with it so far.

    A path such as `plants / F1 / input` says where a value stands. A single number stands for every year.
    """

    def __init__(self, file: str, content: Mapping[str, Any]) -> None:
        self.file, self.content = file, content
        self.issues: list[Issue] = []
        self.notes: list[str] = []
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in DESIGN_TABLES}
        self.years = self._years()

    def complain(self, path: str, message: str) -> None:
        """Note a defect, once however often the value is read."""
        issue = Issue(self.file, None, path, message)
        if issue not in self.issues:
            self.issues.append(issue)

    def refuse_if_wrong(self) -> None:
        """Raise InputError with every defect noted, if there is any."""
        if self.issues:
            more = len(self.issues) - MAX_ISSUES
            extra = [Issue(self.file, None, None, f"and {more} more defects")] if more > 0 else []
            raise InputError([*self.issues[:MAX_ISSUES], *extra])

    def section(self, name: str) -> dict[str, Any]:
        """Return a top section: names to descriptions."""
        found = self.content.get(name, {})
        if not isinstance(found, dict) or not all(isinstance(v, dict) for v in found.values()):
            self.complain(name, "must be a section of names with descriptions in braces")
            return {}
        return found

    def building_period(self) -> list[int]:
        """Return the years in which plants may open; the first one where nothing is said."""
        key = "building period (years)"
        found = self.content.get("parameters", {}).get(key) or self.content.get(key) or [1]
        if isinstance(found, list) and all(isinstance(year, int) for year in found):
            return found
        self.complain(f"parameters / {key}", f"found {found!r}; must be a list of years such as [1, 2]")
        return [1]

    def metric(self) -> str:
        """Return the distance metric in small letters; note that driving distances are not at hand."""
        metric = str(self.content.get("parameters", {}).get("distance metric") or "Euclidean").lower()
        if metric == "driving":
            self.notes.append("driving distances need a table of RELOG's; straight chords are used instead")
        elif metric != "euclidean":
            self.complain("parameters / distance metric", f"found {metric!r}; must be Euclidean or driving")
        return metric

    def number(self, value: Any, path: str) -> float:
        """Return a finite number; NaN, and a note, where there is none."""
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        self.complain(path, f"found {value!r}; must be a number")
        return math.nan

    def series(self, value: Any, path: str, *, missing: float = 0.0, length: int | None = None) -> Series:
        """Return a number per year; nothing, or null, is `missing`. `length` other than the years is accepted as is."""
        wanted = self.years if length is None else length
        values = value if isinstance(value, list) else [value] * wanted
        if length is None and len(values) != wanted:
            self.complain(path, f"holds {len(values)} values, but the study has {wanted} years; give one for each")
            return [missing] * wanted
        return [missing if v is None else self.number(v, path) for v in values]

    def product(self, name: Any, path: str) -> bool:
        """Say whether `name` is one of the file's products; note it where it is not."""
        known = self.section("products")
        if name in known:
            return True
        self.complain(
            path, f"unknown product {name!r}; add it to products or correct it{did_you_mean(str(name), known)}"
        )
        return False

    def position(self, place: Mapping[str, Any], path: str) -> tuple[float, float]:
        """Return latitude and longitude in degrees, as they are written."""
        if LATITUDE not in place and "location" in place:
            self.complain(
                f"{path} / location",
                f"{place['location']!r} is a name in RELOG's geographic database of the US, which is not at hand; "
                f"give {LATITUDE!r} and {LONGITUDE!r} instead",
            )
            return math.nan, math.nan
        return (
            self.number(place.get(LATITUDE), f"{path} / {LATITUDE}"),
            self.number(place.get(LONGITUDE), f"{path} / {LONGITUDE}"),
        )

    def add(self, table: str, **values: Any) -> None:
        """Add a row to a table of the design network."""
        self._rows[table].append(values)

    def add_over_years(self, table: str, keys: Mapping[str, Any], figures: Mapping[str, Series]) -> None:
        """Add one row that holds in every year where nothing changes, else a row a year; NaN is an empty cell."""
        columns = list(figures)
        rows = list(zip(*figures.values(), strict=True))
        if all(_same(row, rows[0]) for row in rows):
            self.add(table, **keys, period=0, **dict(zip(columns, rows[0], strict=True)))
            return
        for year, row in enumerate(rows, start=1):
            self.add(table, **keys, period=year, **dict(zip(columns, row, strict=True)))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table so far."""
        return self._rows[table]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table that has rows."""
        return {name: pd.DataFrame(rows) for name, rows in self._rows.items() if rows}

    def _years(self) -> int:
        path = "parameters / time horizon (years)"
        found = self.content.get("parameters", {}).get("time horizon (years)")
        if isinstance(found, int | float) and not isinstance(found, bool) and found >= 1 and found == int(found):
            return int(found)
        self.complain(path, f"found {found!r}; must be a whole number of years, 1 or more")
        self.refuse_if_wrong()
        raise AssertionError


def _same(row: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return bool(np.array_equal(row, other, equal_nan=True))
