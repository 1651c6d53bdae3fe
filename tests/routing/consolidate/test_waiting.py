"""What waiting at a point costs until the next chance."""

from __future__ import annotations

import pandas as pd
import pytest

from routing.consolidate.waiting import parcel_volume_l, waiting_fill, waiting_returns

RESTOCK = "Q1-restock"


def patient(instance, nights):
    """The instance with so many nights to the next chance."""
    service = instance.policy.service.model_copy(update={"nights_to_next_chance": nights})
    return instance.replace(policy=instance.policy.model_copy(update={"service": service}))


def asked_on(instance, return_id, day):
    """The instance with a return requested on another day."""
    returns = instance.returns
    returns["requested_on"] = returns["requested_on"].mask(returns["return_id"] == return_id, pd.Timestamp(day))
    return instance.replace(returns=returns)


def test_value_decays_while_it_waits(tiny, decided):
    """R01, a shirt of 40 EUR restocked at 90 %, loses 1 % of 36 EUR a day: 0.36 EUR in one night, 0.72 in two."""
    decisions = decided(R01=f"P1 {RESTOCK}")
    assert [0.36, 0.72] == pytest.approx([waiting_returns(patient(tiny, n), decisions)["decay_eur"][0] for n in (1, 2)])


def test_only_refunds_that_get_later_cost(tiny, decided):
    """Due on 24 November: on time tonight, a day late in two nights (0.50 EUR); due on the 23rd: late by one night."""
    decisions = decided(R01=f"P1 {RESTOCK}")
    due_24, due_23, due_21 = (asked_on(tiny, "R01", f"2026-11-{d:02d}") for d in (10, 9, 7))
    cases = [(due_24, 1), (due_24, 2), (due_23, 1), (due_21, 1)]
    rows = [waiting_returns(patient(instance, nights), decisions).iloc[0] for instance, nights in cases]
    assert [0.0, 0.5, 0.5, 0.5] == pytest.approx([row["late_eur"] for row in rows])
    assert [False, True, True, False] == [bool(row["refund_turns_late"]) for row in rows]


def test_kept_denied_and_carrier_returns_do_not_wait_for_our_vans(tiny, decided):
    """Only R01 lies at a point our vans empty: R03 is kept, R07 denied, R12 later, R08 goes by parcel label."""
    decisions = decided(R01=f"P1 {RESTOCK}", R03="KEEP", R07="DENIED", R12="LATER", R08="P4 Q4-repair")
    assert ["R01"] == list(waiting_returns(tiny, decisions)["return_id"])


def test_damaged_battery_counts_as_hazard(tiny, decided):
    """R06 holds a damaged battery: its 0.5 kg are dangerous goods, R01's are not."""
    found = waiting_returns(tiny, decided(R06="P6 Q6-recycle", R01=f"P1 {RESTOCK}"))
    assert [0.5, 0.0] == list(found["hazard_kg"])


def test_fill_decays_like_tonights_returns(tiny, decided):
    """Tonight's only return loses 0.36 EUR on 40 EUR of sales; the fill's 530 EUR of P1 lose 0.9 % as well."""
    tonight = waiting_returns(tiny, decided(R01=f"P1 {RESTOCK}"))
    fill = waiting_fill(tiny, tonight)
    assert list(0.009 * fill["value_eur"]) == pytest.approx(list(fill["decay_eur"]))


def test_fill_knows_the_refund_clock_of_its_oldest(tiny, decided):
    """A parcel requested on 9 November is due tonight, so one night more makes its refund a day late."""
    fill = tiny.table("fill")
    fill["oldest_on"] = fill["oldest_on"].mask(fill["point_id"] == "P3", pd.Timestamp("2026-11-09"))
    late = waiting_fill(tiny.replace(fill=fill), waiting_returns(tiny, decided(R01=f"P1 {RESTOCK}")))
    at_p3 = late[late["refund_turns_late"]]
    assert [(2, 0.5)] == list(zip(at_p3["point_idx"], at_p3["late_eur"], strict=True))


def test_missing_weight_is_tonights_mean(tiny, decided):
    """Five parcels of unknown weight weigh five times tonight's mean parcel."""
    fill = tiny.table("fill").assign(weight_kg=float("nan"))
    found = waiting_fill(tiny.replace(fill=fill), waiting_returns(tiny, decided(R01=f"P1 {RESTOCK}")))
    assert found["weight_kg"][0] == pytest.approx(5 * tiny.returns["weight_kg"].mean())


def test_volume_of_a_size_nobody_brings_is_guessed(tiny):
    """No return of tonight is of size L: 60 % of its 100 litres; size S is tonight's mean."""
    s = tiny.returns["volume_l"][tiny.returns["volume_l"] <= 20].mean()
    assert [s, 0.6 * 100] == pytest.approx(list(parcel_volume_l(tiny)[[0, 2]]))
