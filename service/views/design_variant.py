"""A variant of a design network: its tables with what was changed on the screen, written beside the stored designs."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from retour.design import DesignInstance
from retour.gate.design import load_design, write_design
from service.designing_store import DESIGNS

VARIANTS = "networks"
EDITABLE = {
    "places": ["place_id", "name", "kind", "status", "open_from", "closed_from", "may_close"],
    "capacities": ["place_id", "size_t", "period", "opening_cost", "fixed_cost"],
    "group_limits": ["group_id", "period", "least", "most"],
}


def changed_tables(instance: DesignInstance, edited: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of which a cell or a row differs from the network's; what the grid does not show is kept."""
    changed = {}
    for name, shown in ((name, frame.sort_index()) for name, frame in edited.items()):
        before = instance.tables[name][EDITABLE[name]]
        if _words(before) != _words(shown):
            changed[name] = _merged(instance.tables[name], shown)
    return changed


def write_variant(instance: DesignInstance, changed: Mapping[str, pd.DataFrame], *, root: Path) -> Path:
    """Write the network with its changed tables under `root` and return its folder.

    Raises InputError with every defect the changes bring, and then nothing is left behind.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", instance.settings.name.lower()).strip("-") or "network"
    folder = root / DESIGNS / VARIANTS / f"{slug}-{secrets.token_hex(4)}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_design({**instance.tables, **changed}, instance.settings, folder)
    sound = False
    try:
        load_design(folder)
        sound = True
    finally:
        if not sound:
            shutil.rmtree(folder, ignore_errors=True)
    return folder


def _merged(before: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Return the shown rows with the columns that are not shown; rows keep their index."""
    hidden = before.drop(columns=list(shown.columns)).reindex(shown.index)
    return shown.join(hidden)[list(before.columns)].reset_index(drop=True)


def _words(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return rows as text: numbers alike whatever their type, empty cells empty."""
    plain = frame.astype(object).where(frame.notna(), "")
    return [tuple(_word(v) for v in row) for row in plain.itertuples(index=False, name=None)]


def _word(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{float(value):.12g}"
