"""Read the sourced facts: small tables typed in from published figures, or marked as assumptions.

Every function returns a fresh copy, so a caller may change what it got. The files lie beside this module.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files

import pandas as pd

CLOSE_NAMES = 5


@cache
def _table(name: str, key: str | None = None) -> pd.DataFrame:
    """Return a fact table; empty cells of text columns are empty text, of number columns NaN."""
    with (files("retour.facts") / f"{name}.csv").open(encoding="utf-8") as lines:
        table = pd.read_csv(lines, dtype={"department": str, "date": str}, keep_default_na=False, na_values=[""])
    text = table.select_dtypes(exclude=["number", "bool"]).columns
    table[text] = table[text].fillna("")
    return table if key is None else table.set_index(key)


def rates() -> pd.DataFrame:
    """Return every priced or timed parameter, indexed by `rate_id`.

    Columns: value, unit, source, date, confidence (H, M, L or assumption), scope, note.
    """
    return _table("rates", "rate_id").copy()


def rate(rate_id: str) -> float:
    """Return the value of a rate in its own unit; KeyError with the closest names when there is none."""
    known = _table("rates", "rate_id")["value"]
    if rate_id not in known.index:
        raise KeyError(f"unknown rate {rate_id!r}; the closest names are {closest_rates(rate_id)}")
    return float(known.at[rate_id])


def closest_rates(rate_id: str) -> list[str]:
    """Return up to five built-in rate names that look like `rate_id`, best first."""
    return get_close_matches(rate_id, _table("rates", "rate_id").index, n=CLOSE_NAMES, cutoff=0.4)


def emission_lines() -> pd.DataFrame:
    """Return the vehicle lines, indexed by `line_id`: well-to-wheel kg CO2e per km, empty and full.

    A leg emits `km * (kg_per_km_empty + (kg_per_km_full - kg_per_km_empty) * load_kg / payload_kg)`.
    """
    return _table("emissions", "line_id").copy()
