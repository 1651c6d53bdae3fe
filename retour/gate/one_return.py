"""One return in a file, a JSON object or a CSV of one row: held to the same rules as the returns of a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from retour.errors import InputError, Issue
from retour.gate import declared, goods
from retour.gate.convert import settled
from retour.gate.csv_file import read_csv
from retour.gate.draft import Draft, typed_tables
from retour.gate.text import TextTable
from retour.instance import Instance
from retour.tables import INPUT_TABLES

RETURNS = "returns"
ASKED_ABOUT = ("item_classes", "points", "grade_odds", "recovery_values", "processes")
NEW = "new"


def read_return(path: Path, instance: Instance) -> pd.DataFrame:
    """Return the one return of a file as a `returns` table of one row, as the gate leaves it.

    Columns are those of the returns table; return_id may be left out ("new"), and requested_on (tonight). Raises
    InputError with every defect found: unknown columns, values beyond their limits, classes the network lacks.
    """
    text = _with_defaults(_read(path), instance)
    typed, unreadable = typed_tables({RETURNS: text})
    texts = {name: TextTable(f"{name}.csv", instance.tables[name]) for name in ASKED_ABOUT}
    draft = Draft(
        {**texts, RETURNS: text}, {**instance.tables, RETURNS: typed[RETURNS]}, unreadable, instance.settings,
        instance.policy, instance.night,
    )  # fmt: skip
    found = [issue for rule in (*declared.RULES, *goods.RULES) for issue in rule.issues(draft)]
    issues = [*text.issues, *(issue for issue in found if issue.table == text.file)]
    if issues:
        raise InputError(issues)
    return settled(typed[RETURNS], INPUT_TABLES[RETURNS])


def _read(path: Path) -> TextTable:
    if not path.is_file():
        raise _refused(path, "there is no such file; give a JSON object or a CSV of one row")
    text = _json_table(path) if path.suffix.lower() == ".json" else read_csv(path)
    if len(text.cells) != 1:
        raise _refused(path, f"holds {len(text.cells)} returns; a quote is for one, give a file of one row")
    return text


def _json_table(path: Path) -> TextTable:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise _refused(path, f"is no JSON file ({error}); give one object with the columns of returns") from None
    if not isinstance(found, dict):
        raise _refused(path, 'holds no JSON object; give one like {"class_id": "shoes", "reason": "poor_fit"}')
    cells = {str(name): _cell(value) for name, value in found.items()}
    return TextTable(path.name, pd.DataFrame({n: pd.Series([c], index=[1], dtype="str") for n, c in cells.items()}))


def _cell(value: Any) -> str | None:
    """Return a JSON value as the text of a CSV cell."""
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    return json.dumps(value)


def _with_defaults(text: TextTable, instance: Instance) -> TextTable:
    defaults = {"return_id": NEW, "requested_on": instance.night.isoformat()}
    missing = {name: value for name, value in defaults.items() if name not in text.cells}
    return TextTable(text.file, text.cells.assign(**missing), text.issues)


def _refused(path: Path, sentence: str) -> InputError:
    return InputError([Issue(path.name, None, None, sentence)])
