"""Write a network as the gate reads it: a folder of CSV or Parquet files, or one Excel workbook."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from retour.clock import seconds
from retour.errors import InputError, Issue
from retour.gate.pieces import write_pieces
from retour.gate.toml_text import key_values, toml_text
from retour.policy import NetworkSettings, Policy, policy_json
from retour.tables import INPUT_TABLES
from retour.tables.column import CLOCK, DATE, FLAG, INTEGER, MOMENT, NUMBER, TAGS, Column, Table

Format = Literal["csv", "parquet", "xlsx"]
WORKBOOK = "network.xlsx"

Settings = Mapping[str, Mapping[str, Any]]


def write_network(
    tables: Mapping[str, pd.DataFrame], settings: NetworkSettings, policy: Policy, folder: Path | str, *,
    format: Format = "csv", pieces: Mapping[str, Iterable[pd.DataFrame]] | None = None,
) -> Path:  # fmt: skip
    """Write tables, network.toml and policy.toml to `folder` and return what `load_network` takes.

    That is the folder, or the workbook in it. Tables may be as the gate leaves them, or hold clocks as HH:MM, days as
    ISO text and tags as text. Empty optional tables and columns that hold nothing are left out. Everything appears at
    once, by one rename. `pieces` are tables too long for memory, written to Parquet piece by piece. Raises InputError
    when the folder holds anything, ValueError for undeclared names.
    """
    plain = {"network": settings.model_dump(mode="json"), "policy": policy_json(policy)}
    return write_tables(tables, INPUT_TABLES, plain, Path(folder), format=format, pieces=pieces)


def write_tables(
    tables: Mapping[str, pd.DataFrame], declared: Mapping[str, Table], settings: Settings, target: Path, *,
    format: Format = "csv", pieces: Mapping[str, Iterable[pd.DataFrame]] | None = None,
) -> Path:  # fmt: skip
    """Write tables as they are `declared` and settings (plain values by file name) as `write_network` promises."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        message = "holds files already, nothing was written; give a new or empty folder"
        raise InputError([Issue(target.name, None, None, message)])
    texts = {n: _as_text(tables.get(n, pd.DataFrame()), t) for n, t in declared.items() if _wanted(tables, t)}
    _refuse_undeclared(tables, declared)
    beside = _folder_beside(target)
    try:
        WRITERS[format](texts, declared, settings, beside)
        for name, rows in (pieces or {}).items():
            write_pieces(name, rows, beside / f"{name}.parquet")
        beside.chmod(0o755)  # temporary folders are closed to others
        beside.replace(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return target / WORKBOOK if format == "xlsx" else target


def _folder_beside(target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        message = f"cannot be written ({error.strerror}), nothing was; give a folder you may write to"
        raise InputError([Issue(str(target), None, None, message)]) from None


def _wanted(tables: Mapping[str, pd.DataFrame], table: Table) -> bool:
    return table.required or len(tables.get(table.name, ())) > 0


def _refuse_undeclared(tables: Mapping[str, pd.DataFrame], declared: Mapping[str, Table]) -> None:
    names = sorted(set(tables) - set(declared))
    for name in set(tables) & set(declared):
        names += [f"{name}.{c}" for c in tables[name] if c not in declared[name].column_names]
    if names:
        raise ValueError(f"no table or column is declared as {names}")


def _as_text(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the columns that hold something, and the required ones, as text (missing: NaN), in declared order."""
    texts = {c.name: _column_text(frame, c) for c in table.columns}
    return pd.DataFrame(
        {c.name: texts[c.name] for c in table.columns if c.required or texts[c.name].notna().any()},
        index=range(len(frame)),
    )


def _column_text(frame: pd.DataFrame, column: Column) -> pd.Series:
    if column.name not in frame:
        return pd.Series(pd.NA, index=range(len(frame)), dtype="str")
    values = frame[column.name].reset_index(drop=True)
    text = TEXT_OF.get(column.kind, _plain_text)(values)
    return text.mask(text == "")


def _plain_text(values: pd.Series) -> pd.Series:
    return values.astype("str")


def _number_text(values: pd.Series) -> pd.Series:
    """Return the shortest text that reads back as the same number: 40, 12.5."""
    numbers = pd.to_numeric(values).astype("float64")
    return numbers.astype("str").str.removesuffix(".0")


def _flag_text(values: pd.Series) -> pd.Series:
    return values.map({True: "true", False: "false"}).astype("str")


def _day_text(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values).dt.strftime("%Y-%m-%d").astype("str")


def _moment_text(values: pd.Series) -> pd.Series:
    moments = pd.to_datetime(values)
    if (moments.dropna().dt.second == 0).all():
        return moments.dt.strftime("%Y-%m-%dT%H:%M").astype("str")
    return moments.dt.strftime("%Y-%m-%dT%H:%M:%S").astype("str")


def _clock_text(values: pd.Series) -> pd.Series:
    return pd.Series([_clock_cell(cell) for cell in values], dtype="str")


def _clock_cell(cell: Any) -> str | None:
    """Return HH:MM of seconds after midnight or of HH:MM; past midnight the hours go on: 26:00."""
    if pd.isna(cell):
        return None
    minutes = round((seconds(cell) if isinstance(cell, str) else cell) / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _tags_text(values: pd.Series) -> pd.Series:
    cells = (None if not isinstance(v, str | Iterable) else v if isinstance(v, str) else ";".join(v) for v in values)
    return pd.Series(list(cells), dtype="str")


TEXT_OF: dict[str, Callable[[pd.Series], pd.Series]] = {
    INTEGER: _number_text,
    NUMBER: _number_text,
    FLAG: _flag_text,
    DATE: _day_text,
    MOMENT: _moment_text,
    CLOCK: _clock_text,
    TAGS: _tags_text,
}


Texts = Mapping[str, pd.DataFrame]
Declared = Mapping[str, Table]


def _write_csv(texts: Texts, declared: Declared, settings: Settings, folder: Path) -> None:
    for name, frame in texts.items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    _write_settings(settings, folder)


def _write_parquet(texts: Texts, declared: Declared, settings: Settings, folder: Path) -> None:
    for name, frame in texts.items():
        parquet.write_table(_arrow(_typed(frame, declared[name])), folder / f"{name}.parquet")
    _write_settings(settings, folder)


def _write_workbook(texts: Texts, declared: Declared, settings: Settings, folder: Path) -> None:
    from openpyxl import Workbook  # slow to import, and most networks are folders

    workbook = Workbook(write_only=True)
    for name, frame in texts.items():
        typed = _typed(frame, declared[name])
        sheet = workbook.create_sheet(name)
        sheet.append(list(typed.columns))
        for row in typed.itertuples(index=False, name=None):
            sheet.append([_excel_cell(cell) for cell in row])
    for name, values in settings.items():
        sheet = workbook.create_sheet(name)
        sheet.append(["key", "value"])
        for row in key_values(values):
            sheet.append(row)
    workbook.save(folder / WORKBOOK)


def _excel_cell(cell: Any) -> Any:
    if isinstance(cell, float) and not pd.isna(cell) and float(f"{cell:.16g}") != cell:
        return repr(cell)  # openpyxl writes sixteen digits; as text, all of them are kept
    return None if pd.isna(cell) else cell


def _write_settings(settings: Settings, folder: Path) -> None:
    for name, values in settings.items():
        (folder / f"{name}.toml").write_text(toml_text(values), encoding="utf-8")


def _typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return numbers and flags as such, everything else as text, for formats that know types."""
    numbers = [c.name for c in table.columns if c.kind in (INTEGER, NUMBER) and c.name in frame]
    flags = [c.name for c in table.columns if c.kind == FLAG and c.name in frame]
    typed = frame.astype(dict.fromkeys(numbers, "float64"))
    return typed.assign(**{f: frame[f].map({"true": True, "false": False}) for f in flags})


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


WRITERS: dict[str, Callable[[Texts, Declared, Settings, Path], None]] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "xlsx": _write_workbook,
}
