"""Read the sheets of one Excel workbook as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from retour.errors import InputError, Issue
from retour.gate.text import TextTable, text_table


def read_sheets(path: Path) -> dict[str, TextTable]:
    """Return every sheet by name; InputError when the workbook cannot be opened."""
    from openpyxl import load_workbook  # slow to import, and most networks are folders

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
        rows = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in workbook.worksheets}
        workbook.close()
    except Exception as error:  # openpyxl answers a damaged file with whatever broke first
        message = f"is no readable Excel workbook ({error}); open it in Excel and save it again as .xlsx"
        raise InputError([Issue(path.name, None, None, message)]) from None
    return {name: _sheet(f"{path.name} sheet {name}", cells) for name, cells in rows.items()}


def _sheet(file: str, cells: Sequence[Sequence[Any]]) -> TextTable:
    columns = list(zip_longest(*cells))  # a row may be shorter than the header, or longer
    header = [_text(column[0]) or "" for column in columns]
    body = [pd.Series([_text(cell) for cell in column[1:]], dtype="str") for column in columns]
    return text_table(file, header, body, np.arange(2, len(cells) + 1, dtype=np.int64))


def _text(cell: Any) -> str | None:
    """Return one cell as text: whole numbers without a point, days and times of day as ISO."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
