"""Read road legs: distances and durations that go before great circle x circuity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from retour.errors import InputError, Issue
from retour.gate.text import did_you_mean

ENDS, FIGURES = ["from_id", "to_id"], ["distance_m", "duration_s"]
HEADER_LINES = 2  # the first leg stands on line 2


def load_roads(path: Path | None, places: Iterable[str]) -> pd.DataFrame:
    """Return from_id, to_id, distance_m and duration_s of a CSV file, none without; InputError with every defect."""
    if path is None:
        return pd.DataFrame(columns=[*ENDS, *FIGURES])
    if not path.is_file():
        raise InputError([Issue(path.name, None, None, "there is no such file; check the path of the road legs")])
    legs = _read(path)
    known = set(places)
    issues = [*_unknown(legs, known, path.name), *_no_figures(legs, path.name), *_twice(legs, path.name)]
    if issues:
        raise InputError(issues)
    return legs.astype(dict.fromkeys(FIGURES, float))


def _read(path: Path) -> pd.DataFrame:
    try:
        legs = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError([Issue(path.name, None, None, f"is no CSV in UTF-8 ({error}); save it as such")]) from None
    missing = [name for name in (*ENDS, *FIGURES) if name not in legs]
    if missing:
        raise InputError(Issue(path.name, 1, name, "is missing; add the column") for name in missing)
    return legs[[*ENDS, *FIGURES]]


def _unknown(legs: pd.DataFrame, known: set[str], file: str) -> Iterator[Issue]:
    for end in ENDS:
        for row, name in legs.loc[~legs[end].isin(known), end].items():
            yield Issue(file, int(row) + HEADER_LINES, end, f"unknown place {name!r}{did_you_mean(name, known)}")


def _no_figures(legs: pd.DataFrame, file: str) -> Iterator[Issue]:
    for name in FIGURES:
        figures = pd.to_numeric(legs[name], errors="coerce")
        for row in legs.index[~figures.between(0, 1e9)]:
            found = legs.at[row, name]
            yield Issue(file, int(row) + HEADER_LINES, name, f"found {found!r}; must be a number of 0 or more")


def _twice(legs: pd.DataFrame, file: str) -> Iterator[Issue]:
    for row, leg in legs[legs.duplicated(ENDS)].iterrows():
        yield Issue(
            file, int(row) + HEADER_LINES, "to_id", f"{leg.from_id!r} to {leg.to_id!r} is given twice; keep one"
        )
