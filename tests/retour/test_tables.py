"""Declarations and the page made from them."""

import pytest

from retour.tables import INPUT_TABLES, RESULT_TABLES
from retour.tables.document import PAGE, tables_markdown

ALL_TABLES = [*INPUT_TABLES.values(), *RESULT_TABLES.values()]


def test_the_page_of_tables_is_current():
    """docs/tables.md is what the declarations say now; `python -m retour.tables.document` writes it."""
    assert tables_markdown() == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)
def test_declarations_hold_together(table):
    """A table names each column once, has its key among them, and ends every meaning with a full stop."""
    assert len(table.column_names) == len(set(table.column_names))
    assert set(table.key) <= set(table.column_names)
    assert [] == [column.name for column in table.columns if not column.doc.endswith(".")]


@pytest.mark.parametrize("table", INPUT_TABLES.values(), ids=lambda table: table.name)
def test_references_and_defaults_are_possible(table):
    """A column refers to tables with a single key, and its default is one of its choices."""
    for column in table.columns:
        assert all(1 == len(INPUT_TABLES[target].key) for target in column.refers_to)
        assert not column.choices or column.default is None or column.default in column.choices
