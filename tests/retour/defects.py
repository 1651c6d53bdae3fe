"""Defects that tests put into a network's folder: one edit of a file each, and what must then be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

Edit = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """One defect put into the small network, and what the one issue it causes must say and where."""

    defect: str
    edit: Edit
    table: str
    row: int | None
    column: str | None
    says: tuple[str, ...]


def read(folder: Path, table: str) -> pd.DataFrame:
    """A table of the folder as text."""
    return pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)


def cell(table: str, row: int, column: str, value: str) -> Edit:
    """Put a value into one cell; `row` is the row of the file, the header is row 1."""

    def edit(folder: Path) -> None:
        frame = read(folder, table)
        if column not in frame:
            frame[column] = ""
        frame.loc[row - 2, column] = value
        frame.to_csv(folder / f"{table}.csv", index=False)

    return edit


def every(table: str, column: str, value: str) -> Edit:
    """Put a value into every cell of a column."""

    def edit(folder: Path) -> None:
        read(folder, table).assign(**{column: value}).to_csv(folder / f"{table}.csv", index=False)

    return edit


def rename(table: str, column: str, to: str) -> Edit:
    """Rename a column."""

    def edit(folder: Path) -> None:
        read(folder, table).rename(columns={column: to}).to_csv(folder / f"{table}.csv", index=False)

    return edit


def drop(table: str, column: str) -> Edit:
    """Remove a column."""

    def edit(folder: Path) -> None:
        read(folder, table).drop(columns=column).to_csv(folder / f"{table}.csv", index=False)

    return edit


def without(table: str, *rows: int) -> Edit:
    """Remove rows of the file."""

    def edit(folder: Path) -> None:
        read(folder, table).drop(index=[row - 2 for row in rows]).to_csv(folder / f"{table}.csv", index=False)

    return edit


def line(table: str, text: str) -> Edit:
    """Add a line at the end of a table's file."""

    def edit(folder: Path) -> None:
        with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
            file.write(text + "\n")

    return edit


def added(table: str, *lines: str) -> Edit:
    """Add a table."""

    def edit(folder: Path) -> None:
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    return edit


def content(file: str, change: Callable[[bytes], bytes]) -> Edit:
    """Change the bytes of a file."""

    def edit(folder: Path) -> None:
        (folder / file).write_bytes(change((folder / file).read_bytes()))

    return edit


def setting(file: str, old: str, new: str) -> Edit:
    """Replace text in a settings file that holds it."""

    def change(text: bytes) -> bytes:
        assert old.encode() in text
        return text.replace(old.encode(), new.encode(), 1)

    return content(file, change)


def together(*edits: Edit) -> Edit:
    """Make several changes that amount to one defect."""

    def edit(folder: Path) -> None:
        for change in edits:
            change(folder)

    return edit


def removed(file: str) -> Edit:
    """Remove a file."""
    return lambda folder: (folder / file).unlink()


def new_file(file: str, text: str) -> Edit:
    """Add a file."""
    return lambda folder: (folder / file).write_text(text, encoding="utf-8") and None
