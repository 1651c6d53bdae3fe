"""Which kind of network lies in a folder: of one night, or of the coming years; told by which tables are there."""

from __future__ import annotations

from collections.abc import Mapping

from retour.tables import INPUT_TABLES
from retour.tables.column import Table
from retour.tables.design import DESIGN_TABLES

KINDS: tuple[tuple[str, Mapping[str, Table], str], ...] = (
    ("night", INPUT_TABLES, "retour plan"), ("design", DESIGN_TABLES, "retour design"),
)  # fmt: skip
MOST_NAMED = 3


def told_as_other_kind(files: Mapping[str, str], wanted: Mapping[str, Table]) -> str | None:
    """Return a sentence where tables are another kind's alone; None where one is of the kind `wanted`, or of neither.

    `files` holds what the user calls each table, by its name.
    """
    for word, tables, command in KINDS:
        theirs = [files[name] for name in tables if name in files and name not in wanted]
        ours = [name for name in wanted if name in files and name not in tables]
        if theirs and not ours:
            more = ", ..." if len(theirs) > MOST_NAMED else ""
            return f"this is a {word} network (it has {', '.join(theirs[:MOST_NAMED])}{more}); use `{command}`"
    return None
