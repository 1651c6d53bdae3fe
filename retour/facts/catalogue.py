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
    DEFRA rows contain public sector information licensed under the Open Government Licence v3.0.
    """
    return _table("emissions", "line_id").copy()


def towns_fr() -> pd.DataFrame:
    """Return French towns, indexed by `town_id`, largest first: every metropolitan prefecture and the big towns.

    Columns: town, department, region, lat and lon (town centre, WGS84 degrees), population (INSEE 2021, rounded
    to hundreds), prefecture.
    """
    return _table("towns_fr", "town_id").copy()


def reasons() -> pd.DataFrame:
    """Return reason codes in their two trees, indexed by `reason`, with their names in three other systems.

    `default_fault` is customer, seller or carrier; `share_fashion` and `share_other` say how often customers give
    the reason, `exchange_share` how often they then ask for another piece instead of their money (all assumptions);
    they are zero for reasons of other flows. `reason_group` leads to the grade odds.
    """
    return _table("reasons", "reason").copy()


def grades() -> pd.DataFrame:
    """Return the five conditions, indexed by `grade`, best first, with the share of value each recovers as it is."""
    return _table("grades", "grade").copy()


def outcomes() -> pd.DataFrame:
    """Return the outcomes, indexed by `outcome`, in the legal order: re-use, parts, recycling, disposal.

    `destroys` says whether the rule against destroying resaleable goods counts it as destruction. Sources: C. env.
    L.541-15-8 (AGEC), Regulation (EU) 2024/1781 (ESPR), ASC X12 element 1292, Optoro's dispositions.
    """
    return _table("outcomes", "outcome").copy()


def classes() -> pd.DataFrame:
    """Return product classes, indexed by `class_id`: tags, share of returns, sizes, values, decay, handling.

    Medians and log standard deviations describe log-normal EUR, litres and kg per parcel; these, the shares and the
    minutes are assumptions; decay carries its own source.
    """
    return _table("classes", "class_id").copy()


def recovery() -> pd.DataFrame:
    """Return `class_id, grade, outcome, recovered_share`: sales value recovered before processing cost.

    A missing row means the outcome is not possible. Sold as they are, goods follow the bands of `grades()`; repaired
    or refurbished ones exceed them (refurbished television: 60-70 %, Liquidity Services). All rows: assumption.
    """
    return _table("recovery").copy()


def grade_odds() -> pd.DataFrame:
    """Return `class_id, reason, grade, probability`, summing to one for each class and reason.

    Assumptions anchored on two mixes: fashion, 93 % sold as new (EUROM 2022); other goods, 20 % restocked, 55 %
    refurbished, 10 % parts, 15 % dumped (Blackburn et al. 2004). Stored by reason group, spread over its reasons.
    """
    group = _table("reasons")[["reason", "reason_group"]]
    wide = group.merge(_table("grade_odds"), on="reason_group").drop(columns="reason_group")
    long = wide.melt(["class_id", "reason"], var_name="grade", value_name="probability")
    return long.sort_values(["class_id", "reason", "grade"], ignore_index=True)[
        ["class_id", "reason", "grade", "probability"]
    ]


def seasonality() -> pd.DataFrame:
    """Return arrival factors: `cycle` weekday (position 0 Monday ... 6 Sunday) or month (1 ... 12), mean one each."""
    return _table("seasonality").copy()
