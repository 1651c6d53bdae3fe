"""Declarations of the tables of a design network, and the page made from them."""

import pytest

from retour.tables.design import DESIGN_RESULT_TABLES, DESIGN_TABLES
from retour.tables.document import DESIGN_PAGE, design_markdown


def test_the_page_of_design_tables_is_current():
    """docs/design_tables.md is what the declarations say now; `python -m retour.tables.document` writes it."""
    assert design_markdown() == DESIGN_PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [*DESIGN_TABLES.values(), *DESIGN_RESULT_TABLES.values()], ids=lambda t: t.name)
def test_declarations_hold_together(table):
    """A table names each column once, has its key among them, and ends every meaning with a full stop."""
    assert len(table.column_names) == len(set(table.column_names))
    assert set(table.key) <= set(table.column_names)
    assert [] == [column.name for column in table.columns if not column.doc.endswith(".")]


@pytest.mark.parametrize("table", DESIGN_TABLES.values(), ids=lambda table: table.name)
def test_references_and_defaults_are_possible(table):
    """A column refers to tables with a single key, and its default is one of its choices."""
    for column in table.columns:
        assert all(1 == len(DESIGN_TABLES[target].key) for target in column.refers_to)
        assert not column.choices or column.default is None or column.default in column.choices
