"""The ledger of a large night is made piece by piece, and comes out as if made at once."""

import pandas as pd
import pytest

from retour import ledger
from retour.ledger import decision_ledger, return_ledgers, shortfall_ledger, site_items, with_carbon
from retour.ledger_rows import activity_sums, joined, part_rows
from retour.pickup_estimate import estimate_pickup
from retour.plan import shaped

STOCK = {
    "state": "PLANNED",
    "hub_id": "H1",
    "site_id": "S1",
    "process_id": "Q1-restock",
    "outcome": "RESTOCK",
    "day": 0,
}


@pytest.fixture(scope="module")
def decisions(tiny):
    """R02 is kept, all others go over P1 to the stock."""
    ids = tiny.returns["return_id"]
    rows = pd.DataFrame([{"return_id": r, "point_id": "P1", **STOCK} for r in ids])
    rows.loc[ids == "R02", ["point_id", "hub_id", "site_id", "process_id", "outcome", "day"]] = None
    rows.loc[ids == "R02", "outcome"] = "KEEP"
    return shaped("decisions", rows)


def test_pieces_do_not_show(tiny, decisions, monkeypatch):
    """Two returns at a time give the same rows, words and order as all at once."""
    pickup = estimate_pickup(tiny)
    whole = decision_ledger(tiny, decisions, pickup)
    monkeypatch.setattr(ledger, "PIECE_RETURNS", 2)
    pd.testing.assert_frame_equal(whole, decision_ledger(tiny, decisions, pickup), check_categorical=False)


def test_rows_stand_subject_by_subject(tiny, decisions):
    """What is kept comes first, then return after return in the order of the decisions, each with all its rows."""
    rows = decision_ledger(tiny, decisions, estimate_pickup(tiny))
    of_returns = rows.loc[rows["subject"] == "return", "subject_id"].astype("str")
    assert ["R02", *(r for r in decisions["return_id"] if r != "R02")] == of_returns.drop_duplicates().tolist()
    assert of_returns.nunique() == (of_returns != of_returns.shift()).sum()


def test_parts_of_a_night_add_up(tiny, decisions):
    """The sums of two halves are the sums of the night; only the contract minimum needs the items of both."""
    halves = [decisions.iloc[:2], decisions.iloc[2:]]
    sums = [activity_sums(joined(return_ledgers(tiny, half, None))) for half in halves]
    items = site_items(tiny, halves[0]) + site_items(tiny, halves[1])
    parts = sums[0].add(sums[1], fill_value=0.0).add(activity_sums(shortfall_ledger(tiny, items)), fill_value=0.0)
    pd.testing.assert_frame_equal(activity_sums(decision_ledger(tiny, decisions, None)), parts, check_dtype=False)


def test_words_are_kept_once(tiny, decisions):
    """Text columns are categoricals without a word twice, carbon row included."""
    closed = with_carbon(tiny, decision_ledger(tiny, decisions, None))
    for column in ("subject", "subject_id", "activity", "unit"):
        assert closed[column].cat.categories.is_unique
    assert ["network", "all", "carbon"] == [closed[c].iloc[-1] for c in ("subject", "subject_id", "activity")]


def test_nothing_to_price_is_an_empty_ledger():
    """No subjects: no rows, all columns."""
    assert (0, 8) == part_rows("return", pd.Series([], dtype=object), []).shape
