"""The clocks of the money owed and of the value that fades, worked by hand on the tiny network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retour import Instance
from retour.policy import Exchange, Policy, Refund
from retour.pricing import recovery_parts
from retour.refund_clock import refund_days


def returns(**columns: str) -> pd.DataFrame:
    """Return one withdrawal that waits for its money, with some columns changed."""
    usual = {"reason": "changed_mind", "flow": "CUSTOMER_RETURN", "wants": "REFUND", "money_state": "PENDING"}
    return pd.DataFrame([usual | columns])


@pytest.mark.parametrize(
    ("columns", "days"),
    [
        ({}, 14),
        ({"reason": "defective"}, 30),
        ({"wants": "EXCHANGE"}, 21),
        ({"reason": "defective", "wants": "EXCHANGE"}, 21),
        ({"reason": "recall", "flow": "RECALL"}, 30),
        ({"reason": "excess_stock", "flow": "UNSOLD"}, np.inf),
        ({"reason": "end_of_life", "flow": "END_OF_LIFE"}, np.inf),
        ({"money_state": "REFUNDED"}, np.inf),
        ({"money_state": "EXCHANGED", "wants": "EXCHANGE"}, np.inf),
    ],
)
def test_each_calendar_has_its_clock(columns, days):
    """14 days for a withdrawal, 30 for a claim, the policy's own for an exchange, none where nobody waits."""
    assert [days] == refund_days(returns(**columns), Policy(exchange=Exchange(days=21))).tolist()


def test_where_no_exchange_is_offered_the_money_is_owed():
    """A wish for another piece that the policy does not grant leaves the refund and its clock."""
    assert [14] == refund_days(returns(wants="EXCHANGE"), Policy(exchange=Exchange(allowed=False))).tolist()


def parts(instance: Instance, return_id: str, process_id: str, *, lead_days: float = 0.0) -> dict[str, float]:
    """Return the cost by activity of one return sorted at H1 and treated at once."""
    ix = instance.indexed
    r, q = (np.flatnonzero(ids == name) for ids, name in ((ix.returns.ids, return_id), (ix.processes.ids, process_id)))
    hub = np.zeros(1, np.int64)
    found = recovery_parts(instance, r, np.array([lead_days]), hub, hub, q, np.zeros(1, np.int64))
    return {p.activity: round(float(p.cost_eur[0]), 6) for p in found}


def asked(instance: Instance, return_id: str, day: str, **columns: str) -> Instance:
    """Return the instance with one return requested on another day."""
    table = instance.returns
    row = table["return_id"] == return_id
    for column, value in {"requested_on": pd.Timestamp(day), **columns}.items():
        table[column] = table[column].mask(row, value)
    return instance.replace(returns=table)


def test_a_withdrawal_is_late_after_fourteen_days(tiny):
    """R01, asked on 8 November, was due on the 22nd: tonight it is a day late, with a day to the hub two."""
    late = asked(tiny, "R01", "2026-11-08")
    assert 0.5 == parts(late, "R01", "Q1-restock")["late refund"]  # 0.50 EUR a day
    assert 1.0 == parts(late, "R01", "Q1-restock", lead_days=1.0)["late refund"]


def test_a_claim_has_longer_and_an_exchange_its_own_time(tiny):
    """R04, a claim of 8 November, is due on 8 December; asked a month before, a day or three late by the policy."""
    assert 0.0 == parts(asked(tiny, "R04", "2026-11-08"), "R04", "Q2-outlet")["late refund"]
    older = asked(tiny, "R04", "2026-10-23")  # 31 days ago
    assert 0.5 == parts(older, "R04", "Q2-outlet")["late refund"]
    quicker = older.replace(policy=tiny.policy.model_copy(update={"refund": Refund(claim_days=28)}))
    assert 1.5 == parts(quicker, "R04", "Q2-outlet")["late refund"]
    other_piece = asked(tiny, "R04", "2026-10-23", wants="EXCHANGE")
    kept = other_piece.replace(policy=tiny.policy.model_copy(update={"exchange": Exchange(days=40)}))
    assert 0.0 == parts(kept, "R04", "Q2-outlet")["late refund"]


def test_no_refund_is_late_where_the_money_has_moved(tiny):
    """R01, asked two months ago and refunded since, costs no lateness."""
    assert 0.0 == parts(asked(tiny, "R01", "2026-09-23", money_state="REFUNDED"), "R01", "Q1-restock")["late refund"]


def test_each_class_fades_at_its_own_pace(tiny):
    """A shirt at 2 % and a phone at 0.5 % a day, over the lane's day, the process's and the days to the hub."""
    classes = tiny.table("item_classes")
    pace = {"shirt": 0.02, "phone": 0.005}
    instance = tiny.replace(item_classes=classes.assign(decay_per_day=classes["class_id"].map(pace).fillna(0.01)))
    # R01: 40 EUR x 0.9; 1 day of lane + 1 of restocking, then 3 days more before the hub.
    assert pytest.approx(36 * 0.02 * 2) == parts(instance, "R01", "Q1-restock")["value decay"]
    assert pytest.approx(36 * 0.02 * 5) == parts(instance, "R01", "Q1-restock", lead_days=3.0)["value decay"]
    # R05: 120 EUR x 0.65 refurbished after 1 + 5 days, x 0.40 in the outlet after 1 + 2.
    assert pytest.approx(78 * 0.005 * 6) == parts(instance, "R05", "Q3-refurbish")["value decay"]
    assert pytest.approx(48 * 0.005 * 3) == parts(instance, "R05", "Q2-outlet")["value decay"]


def test_nothing_fades_below_nothing(tiny):
    """After a hundred days at 1 % a day all is lost, and no more."""
    assert 36.0 == parts(tiny, "R01", "Q1-restock", lead_days=500.0)["value decay"]
