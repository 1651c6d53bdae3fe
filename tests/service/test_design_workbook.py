"""A design as an Excel workbook."""

from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from retour.tables.design import DESIGN_RESULT_TABLES
from service import design_workbook
from tests.service.designs import small_design


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The small design, whose discounted cost is -420 at a rate of nothing."""
    return small_design(tmp_path_factory.mktemp("design"))


def opened(run, *, values):
    """Read the workbook of a run: its values, or its formulas."""
    return openpyxl.load_workbook(BytesIO(design_workbook.design_workbook(run)), data_only=values)


def costs(book):
    """The summary's rows from the heading of the costs on, by their first cell."""
    rows = [[c.value for c in row] for row in book["summary"].iter_rows()]
    start = next(i for i, row in enumerate(rows) if row[0] == "Cost by ledger line")
    return {row[0]: row[1:] for row in rows[start:]}


def test_every_table_has_a_sheet(run):
    """The summary, what becomes of places, and each result table."""
    names = [declared.name for declared in DESIGN_RESULT_TABLES.values()]
    assert ["summary", "places", *names] == opened(run, values=True).sheetnames
    assert len(run.table("ledger")) + 1 == opened(run, values=True)["ledger"].max_row


def test_the_summary_totals_from_the_ledger(run):
    """Costs are formulas over the ledger's sheet, and their values are the ledger's sums: F opens for 160."""
    values, formulas = costs(opened(run, values=True)), costs(opened(run, values=False))
    assert run.table("ledger")["present_cost"].sum() == pytest.approx(values["Total"][3])
    assert [-500.0, -500.0, -1000.0, -1000.0] == values["sale"]
    assert formulas["sale"][0].startswith("=SUMIFS(ledger!$I:$I,ledger!$B:$B,$A")
    assert formulas["sale"][0].endswith(",ledger!$A:$A,1)")
    assert formulas["Total"][3].startswith("=SUM(E")


def test_a_long_ledger_is_cut_and_summed_all_the_same(run, monkeypatch):
    """Where the ledger does not fit, the summary holds values of the whole and the sheet says what is missing."""
    monkeypatch.setattr(design_workbook, "MOST_ROWS", 3)
    book = opened(run, values=False)
    assert -1000.0 == costs(book)["sale"][3]
    assert f"period (first 3 of {len(run.table('ledger'))} rows)" == book["ledger"]["A1"].value
    assert 4 == book["ledger"].max_row


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    """A network may be called anything."""
    book = opened(small_design(tmp_path, name="=1+1"), values=False)
    assert ("=1+1", "s") == (book["summary"]["B2"].value, book["summary"]["B2"].data_type)


def test_period_columns_add_up(run):
    """All periods are the sum of each."""
    lines = pd.DataFrame(costs(opened(run, values=True))).T.drop("Cost by ledger line").astype(float)
    assert lines[2].tolist() == pytest.approx((lines[0] + lines[1]).tolist())
