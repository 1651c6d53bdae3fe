"""Promises of stored tables: large ones are written and read piece by piece, and nothing shows it."""

from io import BytesIO

import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from retour.plan import shaped
from retour.tables import RESULT_TABLES
from retour.vocabulary import Outcome
from service import tablefiles, workbook
from service.kpis import activities, activities_of
from service.store import publish
from service.tablefiles import read_parquet, read_pieces, write_table

LEDGER = RESULT_TABLES["ledger"]


@pytest.fixture
def run(tmp_path, plan, asked, tiny, sound):
    """The hand-written night, stored."""
    return publish(tmp_path / "runs", plan, asked=asked, instance=tiny, violations=sound)


def written(folder, frame, name="ledger"):
    """Write a ledger and return its two files."""
    parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
    write_table(LEDGER, frame, parquet=parquet, csv=csv)
    return parquet, csv


def test_pieces_do_not_show(tmp_path, plan, monkeypatch):
    """Two rows at a time give the same CSV and the same rows in Parquet."""
    whole = written(tmp_path, plan.ledger, "whole")
    monkeypatch.setattr(tablefiles, "PIECE_ROWS", 2)
    pieces = written(tmp_path, plan.ledger, "pieces")
    assert whole[1].read_bytes() == pieces[1].read_bytes()
    assert read_parquet(whole[0]).equals(read_parquet(pieces[0]))
    assert len(plan.ledger) > 2 and pq.ParquetFile(pieces[0]).num_row_groups == -(-len(plan.ledger) // 2)


def test_words_kept_once_are_stored_as_words(tmp_path, plan):
    """A categorical column, in whatever order its words are, stores the same bytes as plain text, nulls as nulls."""
    text = plan.ledger.astype({"unit": "str"})
    text.loc[0, "unit"] = None
    coded = text.astype({"activity": "category", "unit": "category"})
    coded["activity"] = coded["activity"].cat.set_categories(["unused", *text["activity"].unique()[::-1]])
    for one, other in zip(written(tmp_path, text, "text"), written(tmp_path, coded, "coded"), strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_words_of_the_vocabulary_are_text(tmp_path):
    """Words given as members of an enumeration are stored as their text, missing ones as empty cells."""
    rows = shaped("decisions", pd.DataFrame({"return_id": ["R1", "R2"], "outcome": [Outcome.KEEP, None]}))
    write_table(RESULT_TABLES["decisions"], rows, parquet=tmp_path / "d.parquet")
    assert ["KEEP", None] == pq.read_table(tmp_path / "d.parquet")["outcome"].to_pylist()


def test_pieces_read_add_up_to_the_table(tmp_path, plan):
    """Reading three rows at a time yields every row once, in order; an empty table is one empty piece."""
    parquet, _ = written(tmp_path, plan.ledger)
    pieces = list(read_pieces(parquet, ["subject_id", "cost_eur"], rows=3))
    assert pd.concat(pieces, ignore_index=True).equals(read_parquet(parquet)[["subject_id", "cost_eur"]])
    nothing, _ = written(tmp_path, plan.ledger.head(0), "nothing")
    assert [(0, 1)] == [piece.shape for piece in read_pieces(nothing, ["subject_id"])]


def test_activities_of_pieces_are_those_of_the_ledger(plan):
    """The ledger summed up in two pieces is the ledger summed up."""
    halves = [plan.ledger.head(3), plan.ledger.tail(-3)]
    pd.testing.assert_frame_equal(activities(plan.ledger), activities_of(halves))


def test_a_run_shows_its_first_rows(run, plan):
    """The head of a table is its first rows, or all there are."""
    assert plan.ledger["activity"].head(2).tolist() == run.head("ledger", 2)["activity"].tolist()
    assert len(plan.ledger) == len(run.head("ledger", 1000))


def test_a_long_ledger_is_cut_and_summed_up(run, plan, monkeypatch):
    """The workbook shows the first rows of a long table, says of how many, and sums the ledger up by activity."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    book = load_workbook(BytesIO(workbook.workbook(run)))
    assert f"subject (first 3 of {len(plan.ledger)} rows)" == book["ledger"]["A1"].value
    assert 1 + 3 == book["ledger"].max_row
    summed = [row[0] for row in book["ledger by activity"].iter_rows(min_row=2, values_only=True)]
    assert activities(plan.ledger)["activity"].tolist() == summed
