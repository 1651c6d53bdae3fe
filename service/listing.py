"""Everything stored in a folder of runs: nights, and beside them designs, studies and replays, each in its own folder.

Nights come from their catalogue; of the others, which are few, the `run.json` are read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from service import catalogue
from service.manifest import damaged
from service.run import MANIFEST
from service.store import list_runs
from service.tablefiles import plain, read_parquet

EURO = "EUR"
COLUMNS = (*catalogue.COLUMNS, "cost", "currency", "study")
"""What every row has; `study` is the id of the study that a design was made for."""


def list_stored(root: Path) -> pd.DataFrame:
    """Return one row per night, design, study and replay in a store, the newest first; columns are COLUMNS.

    `cost` is in `currency`: a night's net cost, else discounted over all periods. A study's cost, gap and status are
    those of its design for all futures; without one they are those of its first design. Nothing is proven of a replay.
    """
    nights = list_runs(root).assign(currency=EURO, study=None).astype({"returns": object})  # beside empty cells, too
    nights["cost"] = nights["net_cost_eur"]
    others = [_row(folder, own) for name, own in KINDS.items() for folder in _stored(root / name)]
    studies = {design: row["id"] for row in others for design in row.pop("designs")}
    frame = pd.DataFrame(others, columns=[*COLUMNS])
    frame["study"] = frame["id"].map(studies)
    frame["created_at"] = pd.to_datetime(frame["created_at"], utc=True, format="ISO8601")
    both = [each for each in (nights, frame) if len(each)]
    listed = pd.concat(both) if both else frame
    return listed[[*COLUMNS]].sort_values(["created_at", "id"], ascending=False, ignore_index=True)


def _stored(folder: Path) -> Iterator[Path]:
    """Yield the folders of what was stored; those whose names begin with a dot are being made."""
    for file in sorted(folder.glob(f"[!.]*/{MANIFEST}")):
        yield file.parent


Row = dict[str, Any]


def _row(folder: Path, own: Callable[[Path, Row], Row]) -> Row:
    try:
        return _told_in(folder, own)
    except (ValueError, LookupError, TypeError):  # no JSON, or without what every one has
        raise damaged(folder / MANIFEST, "it does not hold what it should") from None


def _told_in(folder: Path, own: Callable[[Path, Row], Row]) -> Row:
    told = json.loads((folder / MANIFEST).read_bytes())
    alike = {field: told[field] for field in ("id", "kind", "created_at", "feasible", "seed")}
    network = {"network": told["network"]["name"], "currency": told["network"]["currency"]}
    seconds = {"seconds": sum(told["seconds"].values())}
    return {**alike, **network, **seconds, "degraded": False, "designs": (), **own(folder, told)}


def _design(folder: Path, told: Row) -> Row:
    return {field: told[field] for field in ("status", "cost", "gap")}


def _study(folder: Path, told: Row) -> Row:
    members = read_parquet(folder / "members.parquet")
    hedged, first = told["hedged"], members.iloc[:1].to_dict("records")
    answer = {**hedged, "cost": hedged["value"]} if hedged else (first or [{}])[0]
    figures = {field: plain(answer.get(field)) for field in ("status", "cost", "gap")}
    return {**figures, "degraded": bool(told.get("shortfalls")), "designs": members["run_id"].tolist()}


def _replay(folder: Path, told: Row) -> Row:
    return {field: told[field] for field in ("status", "cost", "degraded", "engine")}


KINDS: Mapping[str, Callable[[Path, Row], Row]] = {"designs": _design, "studies": _study, "replays": _replay}
"""The folders beside the nights, named as their stores name them, and what is told of each in a way of its own."""
