"""A night may be checked part by part: what is found is what a check of the whole finds."""

from __future__ import annotations

import pandas as pd
import pytest

from retour import Instance
from routing.check import check_decided, check_part, check_parts, part
from routing.decide import decide

Found = list[dict[str, str]]


@pytest.fixture(scope="module")
def decisions(tiny: Instance) -> pd.DataFrame:
    """What is decided on the tiny network."""
    return decide(tiny).decisions


@pytest.fixture(scope="module")
def crowded(tiny: Instance) -> Instance:
    """The tiny network with no room anywhere and no money, so that every decision counts against a limit."""
    budgets = tiny.policy.budgets.model_copy(update={"max_spend_eur": 0.0, "max_co2e_kg": 0.0})
    return tiny.replace(
        policy=tiny.policy.model_copy(update={"budgets": budgets}),
        points=tiny.points.assign(capacity_parcels=0.0),
        hubs=tiny.hubs.assign(sorting_parcels=0.0),
        processes=tiny.table("processes").assign(capacity_h=0.0, capacity_items=0.0),
        lanes=tiny.table("lanes").assign(capacity_parcels=0.0),
    )


def halves(instance: Instance, decisions: pd.DataFrame) -> list[tuple[Instance, pd.DataFrame]]:
    """Cut a night in two: returns and their decisions."""
    middle = len(decisions) // 2
    returns = instance.returns
    return [
        (instance.replace(returns=returns.iloc[rows]), decisions.iloc[rows])
        for rows in (slice(None, middle), slice(middle, None))
    ]


def ordered(found: Found) -> list[tuple[str, ...]]:
    """Return what was found, in an order that does not depend on the parts."""
    return sorted(tuple(f.values()) for f in found)


def test_every_limit_is_counted(crowded, decisions):
    """Without room, time or money every sort of shared limit is exceeded."""
    rules = {f["rule"] for f in check_decided(crowded, decisions)}
    limits = {"point room", "hub sorting", "process hours", "process items", "lane capacity", "spend budget"}
    assert limits | {"CO2e budget"} <= rules


def test_parts_add_up_to_the_whole(crowded, decisions):
    """Two halves checked apart find what the whole finds, with the same numbers."""
    parts = [check_part(*half) for half in halves(crowded, decisions)]
    assert ordered(check_decided(crowded, decisions)) == ordered(check_parts(crowded, parts))


def test_rows_at_once_do_not_show(crowded, decisions, monkeypatch):
    """Three rows at a time find what all at once find."""
    whole = ordered(check_decided(crowded, decisions))
    monkeypatch.setattr(part, "ROWS_AT_ONCE", 3)
    assert whole == ordered(check_decided(crowded, decisions))


def test_words_kept_once_are_words(crowded, tiny, decisions):
    """Decisions whose words are categoricals are checked alike."""
    words = decisions.select_dtypes(["object", "str"]).columns.difference(["return_id"])
    coded = decisions.astype(dict.fromkeys(words, "category"))
    assert [] == check_decided(tiny, coded)
    assert ordered(check_decided(crowded, decisions)) == ordered(check_decided(crowded, coded))


def test_a_decision_in_the_wrong_part_is_caught(tiny, decisions):
    """A part knows its own returns only: the first half's decisions with the second half's returns."""
    (_, first), (second, _) = halves(tiny, decisions)
    rules = {f["rule"] for f in check_parts(tiny, [check_part(second, first)])}
    assert {"missing return", "unknown return"} == rules


def test_an_unknown_place_leaves_limits_uncounted(crowded, decisions):
    """What is not known cannot be counted: only the unknown id is told."""
    row = decisions.index[decisions["point_id"].notna()][0]
    lost = decisions.astype({"point_id": object})
    lost.loc[row, "point_id"] = "nowhere"
    assert ["unknown id"] == [f["rule"] for f in check_decided(crowded, lost)]
