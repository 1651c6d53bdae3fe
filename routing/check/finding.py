"""How the checker says what it found."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from retour.plan import shaped

Found = list[dict[str, str]]
MONEY_TOLERANCE_EUR = 0.005
LOAD_TOLERANCE = 0.01
TIME_TOLERANCE_S = 1.5
DISTANCE_TOLERANCE_M = 1.5


def violation(rule: str, ids: str, found: object, limit: object, unit: str, message: str) -> dict[str, str]:
    """Return one broken promise as a row of the `violations` table."""
    return {"rule": rule, "ids": ids, "found": str(found), "limit": str(limit), "unit": unit, "message": message}


def over(
    rule: str, used: pd.Series, limit: pd.Series, *, unit: str, what: str, tolerance: float = LOAD_TOLERANCE
) -> list[dict[str, str]]:
    """Return a violation for every key of `used` whose value exceeds `limit` (same index; missing limit: none)."""
    bound = limit.reindex(used.index)
    bad = used.index[used > bound + tolerance]
    return [
        violation(
            rule,
            _key(k),
            f"{used[k]:g}",
            f"{bound[k]:g}",
            unit,
            f"{what.format(_key(k))}: {used[k]:g} {unit} where {bound[k]:g} fit.",
        )
        for k in bad
    ]


def each(
    rule: str, rows: pd.DataFrame, key: str, found: str, limit: str, unit: str, sentence: str
) -> list[dict[str, str]]:
    """Return a violation per row; `found`, `limit` and `sentence` are templates over the row's columns."""
    return [
        violation(rule, str(r[key]), found.format(**r), limit.format(**r), unit, sentence.format(**r))
        for r in rows.to_dict("records")
    ]


def place_of(visit_id: pd.Series) -> pd.Series:
    """Return the place of each visit: a large load is several visits P5, P5#2... at one place."""
    return visit_id.astype("str").str.replace(r"#\d+$", "", regex=True)


def as_table(found: Iterable[dict[str, str]]) -> pd.DataFrame:
    """Return violations as a result table."""
    return shaped("violations", pd.DataFrame(list(found), dtype=object))


def _key(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
