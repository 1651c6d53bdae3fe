"""Stored designs side by side: figures, decisions that differ, and where on the map they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from retour.travel import great_circle_m
from service import colours
from service.design_report_map import RADIUS, dot_size
from service.design_report_tables import ALWAYS, SAYS_NOTHING, located_ways, size_words
from service.designing_manifest import DesignManifest
from service.designing_store import DesignRun
from service.reading.words import STATUSES, counted
from service.text import NONE, number, percent

BOTH, FIRST, SECOND, NEITHER = "open in both", "only in the first", "only in the second", "open in neither"
LOOKS = {BOTH: colours.MUTED, FIRST: colours.ROUTES[0], SECOND: colours.ROUTES[1], NEITHER: colours.QUIET}
FIGURES = (
    ("Cost per tonne collected, undiscounted", "cost_per_t", 0), ("Collected, t", "collected_t", 0),
    ("Sold, t", "sold_t", 0), ("Disposed of, t", "disposed_t", 1), ("Moved, t km", "moved_t_km", 0),
    ("Open at the end", "open_places_at_the_end", 0), ("Openings", "openings", 0), ("Closings", "closings", 0),
)  # fmt: skip


def compared_figures(runs: Mapping[str, DesignRun]) -> pd.DataFrame:
    """Return a row per figure and a column per design, as text; with two designs also what the second changes."""
    manifests = [run.manifest for run in runs.values()]
    told = [
        ("Status", [_status(m) for m in manifests]),
        ("Gap", [_gap(m) for m in manifests]),
    ]
    rows = [{"figure": label, **dict(zip(runs, values, strict=True))} for label, values in told]
    for label, values, digits in _figures(runs):
        row = {"figure": label, **{n: number(v, digits) for n, v in zip(runs, values, strict=True)}}
        if len(values) == 2:
            row["change"] = _change(values, digits)
        rows.append(row)
    return pd.DataFrame(rows).fillna("")


def _gap(m: DesignManifest) -> str:
    return NONE if m.gap is None or m.gap >= SAYS_NOTHING else percent(m.gap, 2)


def _status(m: DesignManifest) -> str:
    return STATUSES[m.status] + ("" if m.feasible else f", {counted(m.violations, 'promise')} broken")


def _figures(runs: Mapping[str, DesignRun]) -> list[tuple[str, list[float | None], int]]:
    manifests = [run.manifest for run in runs.values()]
    currencies = "/".join(dict.fromkeys(m.network.currency for m in manifests))
    gases = sorted({gas for m in manifests for p in m.by_period for gas in p.emitted_t})
    kpis = [(label, [_plain(m.kpis.get(key)) for m in manifests], digits) for label, key, digits in FIGURES]
    emitted: list[tuple[str, list[float | None], int]] = [
        (f"{g} emitted, t", [_emitted(m, g) for m in manifests], 1) for g in gases
    ]
    return [
        (f"Cost, discounted, {currencies}", [m.cost for m in manifests], 0),
        *kpis,
        *emitted,
        ("Way of a return to its first place, km as the crow flies", [first_km(run) for run in runs.values()], 1),
    ]


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)


def _emitted(m: DesignManifest, gas: str) -> float:
    return sum(p.emitted_t.get(gas, 0.0) for p in m.by_period)


def _change(values: Sequence[float | None], digits: int) -> str:
    first, second = values
    if first is None or second is None:
        return NONE
    change = round(second - first, digits)
    share = f" ({'+' if change > 0 else '−'}{percent(abs(change / first), 1)})" if first and change else ""
    return ("+" if change > 0 else "") + number(change + 0.0, digits) + share


def first_km(run: DesignRun) -> float | None:
    """Return the mean distance of a tonne from the zone where it arises to the next place; None where unknown."""
    ways = located_ways(run)
    ways = ways[ways["from_kind"] == "ZONE"]
    if not ways["amount_t"].sum() > 0:
        return None
    ends = [ways[c].to_numpy(float) for c in ("from_lat", "from_lon", "to_lat", "to_lon")]
    km = great_circle_m(*ends) / 1000
    return float((km * ways["amount_t"]).sum() / ways["amount_t"].sum())


def decision_differences(boards: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the places of which not every design decides the same: place_id, name, kind, and what each design does.

    `boards` are place boards by the design's name; a place that a design does not know has no fate there.
    """
    keyed = {name: _decisions(board) for name, board in boards.items()}
    fates = pd.DataFrame({name: board["decision"] for name, board in keyed.items()})
    differ = fates[fates.fillna("").nunique(axis=1) > 1].fillna("not in this network")
    known = pd.concat([board[["name", "kind"]] for board in keyed.values()])
    known = known[~known.index.duplicated()]
    return known.reindex(differ.index).join(differ).rename_axis("place_id").reset_index()


def _decisions(board: pd.DataFrame) -> pd.DataFrame:
    """Return fate and sizes of a board's places in words, by place."""
    sizes = board[[c for c in board if c.startswith("size_t_")]].to_numpy(float)
    words = [
        fate if fate == ALWAYS or not (row > 0).any() else f"{fate}: {size_words(row)}"
        for fate, row in zip(board["fate"], sizes, strict=True)
    ]
    return board.assign(decision=words).set_index("place_id")


def difference_records(first: pd.DataFrame, second: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a map record per decided place that has coordinates: in which of two designs it is open at the end."""
    both = first.merge(second[["place_id", "is_open", "fate"]], on="place_id", suffixes=("", "_b"))
    both = both[(both["fate"] != ALWAYS) | (both["fate_b"] != ALWAYS)].dropna(subset=["lat", "lon"])
    small = dot_size(len(both))
    records = [_difference(p, small=small) for p in both.itertuples()]
    order = [NEITHER, BOTH, FIRST, SECOND]
    return sorted(records, key=lambda r: order.index(r["when"]))  # what differs on top


def _difference(p: Any, *, small: float) -> dict[str, Any]:
    when = {(True, True): BOTH, (True, False): FIRST, (False, True): SECOND, (False, False): NEITHER}[
        bool(p.is_open), bool(p.is_open_b)
    ]
    fill = colours.WHITE if when == NEITHER else LOOKS[when]
    return {
        "id": p.place_id, "at": [p.lon, p.lat], "radius": round(RADIUS[p.kind] * small, 1), "when": when,
        "name": str(p.name), "says": f"{when}\nfirst: {p.fate}\nsecond: {p.fate_b}",
        "fill": colours.rgba(fill, 235), "line": colours.rgba(LOOKS[when]),
    }  # fmt: skip
