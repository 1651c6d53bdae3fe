"""Find the tables and settings of a network: a folder of CSV and Parquet files, or one Excel workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from retour.errors import InputError, Issue
from retour.gate.csv_file import read_csv
from retour.gate.excel_file import read_sheets
from retour.gate.kind import told_as_other_kind
from retour.gate.parquet_file import read_parquet
from retour.gate.settings import RawSettings, read_key_values, read_toml
from retour.gate.text import TextTable, did_you_mean
from retour.tables import INPUT_TABLES
from retour.tables.column import FLAG, INTEGER, NUMBER, Table

SETTINGS = ("network", "policy")
ENDINGS = (".csv", ".parquet")
TYPED = (INTEGER, NUMBER, FLAG)


@dataclass(frozen=True)
class Sources:
    """Tables as text and raw settings by name, those that exist but cannot be read, and why."""

    texts: dict[str, TextTable]
    settings: dict[str, RawSettings]
    broken: set[str]
    issues: list[Issue]


@dataclass(frozen=True)
class Wanted:
    """What a network of some kind consists of: tables, settings, and the table everyone has, to name as an example."""

    tables: Mapping[str, Table]
    settings: tuple[str, ...]
    example: str


NIGHT = Wanted(INPUT_TABLES, SETTINGS, "points.csv")


def read_sources(path: Path, *, without: Collection[str] = (), wanted: Wanted = NIGHT) -> Sources:
    """Read whatever lies at `path`; InputError when it is neither a folder nor a workbook, or another kind of network.

    Tables named in `without` are left out of a folder.
    """
    if not path.exists():
        raise _refused(path, "there is no such folder or file; check the path")
    if path.is_dir():
        try:
            return _folder(path, without, wanted)
        except OSError as error:
            raise _refused(path, _unopened(error)) from None
    if path.suffix.lower() == ".xlsx":
        return _workbook(path, wanted)
    kind = f"a {path.suffix} file" if path.suffix else "a file without a type"
    raise _refused(path, f"{kind} is no network; give a folder of tables or one .xlsx workbook")


def _refused(path: Path, message: str) -> InputError:
    return InputError([Issue(path.name or str(path), None, None, message)])


def _folder(folder: Path, without: Collection[str], wanted: Wanted) -> Sources:
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in ENDINGS and not f.name.startswith("."))
    if not files:
        workbook = next(iter(sorted(folder.glob("*.xlsx"))), None)
        other = f"give a folder with {wanted.example} and the rest"
        step = f"give the workbook {workbook.name} itself" if workbook else other
        raise _refused(folder, f"the folder holds no CSV or Parquet file; {step}")
    _require_kind(folder, {f.stem: f.name for f in files}, wanted)
    sources = Sources({}, {}, set(), [])
    names = [f.stem for f in files]
    sources.issues.extend(_unknown_tables(((f.stem, f.name) for f in files), wanted))
    for file in files:
        if file.stem in wanted.tables and names.count(file.stem) == 1 and file.stem not in without:
            _take_table(sources, file, wanted.tables[file.stem])
    sources.broken.update(n for n in names if names.count(n) > 1)
    sources.issues.extend(_twice(files, names, wanted))
    _take_toml(sources, folder, wanted)
    return sources


def _workbook(path: Path, wanted: Wanted) -> Sources:
    sheets = read_sheets(path)
    _require_kind(path, {name: f"the sheet {name}" for name in sheets}, wanted)
    sources = Sources({n: t for n, t in sheets.items() if n in wanted.tables}, {}, set(), [])
    named = ((n, t.file) for n, t in sheets.items() if n not in wanted.settings)
    sources.issues.extend(_unknown_tables(named, wanted))
    for name in wanted.settings:
        if name in sheets:
            try:
                sources.settings[name] = read_key_values(sheets[name])
            except InputError as error:
                _break(sources, name, error)
    _take_toml(sources, path.parent, wanted)
    return sources


def _require_kind(path: Path, files: Mapping[str, str], wanted: Wanted) -> None:
    told = told_as_other_kind(files, wanted.tables)
    if told is not None:
        raise _refused(path, told)


def _take_table(sources: Sources, file: Path, table: Table) -> None:
    try:
        sources.texts[file.stem] = _read(file, table)
    except InputError as error:
        _break(sources, file.stem, error)
    except OSError as error:
        _break(sources, file.stem, InputError([Issue(file.name, None, None, _unopened(error))]))


def _read(file: Path, table: Table) -> TextTable:
    if file.suffix.lower() == ".csv":
        return read_csv(file)
    return read_parquet(file, typed=typed_columns(table))


def typed_columns(table: Table) -> list[str]:
    """Return the columns that stay numbers and flags where a file has them as such."""
    return [c.name for c in table.columns if c.kind in TYPED]


def _take_toml(sources: Sources, folder: Path, wanted: Wanted) -> None:
    """Read the settings files that exist, unless a sheet of the workbook said it all."""
    for name in wanted.settings:
        file = folder / f"{name}.toml"
        if name in sources.settings or name in sources.broken or not file.exists():
            continue
        try:
            sources.settings[name] = read_toml(file)
        except InputError as error:
            _break(sources, name, error)
        except OSError as error:
            _break(sources, name, InputError([Issue(file.name, None, None, _unopened(error))]))


def _break(sources: Sources, name: str, error: InputError) -> None:
    sources.broken.add(name)
    sources.issues.extend(error.issues)


def _unopened(error: OSError) -> str:
    return f"cannot be opened ({error.strerror}); check the permissions"


def _unknown_tables(named: Iterable[tuple[str, str]], wanted: Wanted) -> list[Issue]:
    return [
        Issue(file, None, None, "no table has this name; rename or remove it" + did_you_mean(name, wanted.tables))
        for name, file in named
        if name not in wanted.tables
    ]


def _twice(files: list[Path], names: list[str], wanted: Wanted) -> list[Issue]:
    both = [f for f in files if names.count(f.stem) > 1 and f.stem in wanted.tables and f.suffix.lower() == ".parquet"]
    return [Issue(f.name, None, None, f"{f.stem}.csv is here too; keep one of the two") for f in both]
