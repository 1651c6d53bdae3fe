"""Prices worked by hand on the tiny network, and the ledger that adds them up."""

from __future__ import annotations

import pandas as pd
import pytest

from retour import Instance
from retour.eligibility import eligibility
from retour.ledger import decision_ledger, route_co2e_kg, with_carbon
from retour.pickup_estimate import estimate_pickup
from retour.plan import shaped


def decided(*rows: dict[str, object]) -> pd.DataFrame:
    """Return a decisions table of planned rows."""
    return shaped("decisions", pd.DataFrame([{"state": "PLANNED", **r} for r in rows]))


R01_TO_STOCK = {
    "return_id": "R01", "point_id": "P1", "entry_hub_id": "H1", "hub_id": "H1", "site_id": "S1",
    "process_id": "Q1-restock", "outcome": "RESTOCK", "day": 0,
}  # fmt: skip


def costs(ledger: pd.DataFrame) -> dict[str, float]:
    """Return cost by activity, rounded to a tenth of a cent."""
    return {a: round(float(c), 3) for a, c in ledger.groupby("activity")["cost_eur"].sum().items()}


def test_a_shirt_back_to_stock_costs_what_the_hand_says(tiny: Instance) -> None:
    """Every activity of one decision, from rates, lanes and processes of the tiny network."""
    ledger = decision_ledger(tiny, decided(R01_TO_STOCK), None)
    expected = {
        "customer trip": 1.0,  # 0.8 km as the crow flies x 1.25 = 1 km, there and back, at (0.2 + 0.8) / 2
        "commission": 0.1,
        "point handling": 0.1,
        "hub handling": 0.5,
        "linehaul": 0.5,
        "processing": 1.0,
        "recovered value": -36.0,  # 40 EUR x 0.9 for grade A
        "value decay": 0.72,  # lane 1 day + process 1 day at 1 % of 36 EUR
    }
    shortfall = {"contract shortfall": 2.0}  # S3 is promised two items and gets none
    assert expected | shortfall == costs(ledger)


def test_waiting_a_day_for_the_process_costs_a_day_of_decay(tiny: Instance) -> None:
    """Day 1 instead of day 0 loses one more percent of 36 EUR."""
    today = decision_ledger(tiny, decided(R01_TO_STOCK), None)["cost_eur"].sum()
    tomorrow = decision_ledger(tiny, decided(R01_TO_STOCK | {"day": 1}), None)["cost_eur"].sum()
    assert tomorrow - today == pytest.approx(0.36)


def test_sorting_at_another_hub_pays_the_transfer(tiny: Instance) -> None:
    """From H1 to H2 (0.50 EUR, 24 h), then the dearer lane to S1 (1.00 instead of 0.50)."""
    direct = costs(decision_ledger(tiny, decided(R01_TO_STOCK), None))
    moved = costs(decision_ledger(tiny, decided(R01_TO_STOCK | {"hub_id": "H2"}), None))
    assert moved["transfer linehaul"] == 0.5
    assert moved["linehaul"] - direct["linehaul"] == pytest.approx(0.5)
    assert moved["value decay"] - direct["value decay"] == pytest.approx(0.36)


def test_a_return_that_lies_at_its_point_needs_no_trip(tiny: Instance) -> None:
    """R10 lies at P2: its customer has walked already."""
    there = R01_TO_STOCK | {"return_id": "R10", "point_id": "P2", "entry_hub_id": "H2", "hub_id": "H2"}
    assert "customer trip" not in costs(decision_ledger(tiny, decided(there), None))


def test_a_home_pickup_counts_failed_attempts(tiny: Instance) -> None:
    """One in five attempts fails and costs 15 EUR: 3 EUR expected; nobody travels."""
    home = R01_TO_STOCK | {"return_id": "R09", "point_id": "P6"}
    found = costs(decision_ledger(tiny, decided(home), None))
    assert found["failed home attempt"] == 3.0
    assert "customer trip" not in found


def test_a_carrier_point_pays_its_lane_and_its_day(tiny: Instance) -> None:
    """P4 is emptied by a carrier: 5 EUR a parcel, one day later at the hub, no pickup estimate."""
    carried = R01_TO_STOCK | {
        "return_id": "R08",
        "point_id": "P4",
        "outcome": "REPAIR",
        "process_id": "Q4-repair",
        "site_id": "S2",
    }
    ledger = decision_ledger(tiny, decided(carried), estimate_pickup(tiny))
    assert costs(ledger)["carrier label"] == 5.0
    assert "pickup estimate" not in costs(ledger)


def test_keeping_costs_the_abuse_it_invites(tiny: Instance) -> None:
    """R03 is worth 10 EUR; a tenth of such customers learn to ask for it."""
    kept = decided({"return_id": "R03", "outcome": "KEEP"})
    assert costs(decision_ledger(tiny, kept, None)) == {"keep-it abuse": 1.0, "contract shortfall": 2.0}


def test_carbon_is_priced_once_for_all(tiny: Instance) -> None:
    """The carbon row is all kilograms at the policy's price and closes the ledger."""
    rows = decision_ledger(tiny, decided(R01_TO_STOCK), None)
    closed = with_carbon(tiny, rows)
    kg = rows["co2e_kg"].sum()
    assert closed.iloc[-1]["cost_eur"] == pytest.approx(kg * tiny.policy.carbon.price_eur_per_t / 1000)
    assert closed["co2e_kg"].sum() == pytest.approx(kg)
    # trip 2 km x half by car x 0.2; hub and site handling; 10 km x 0.456 kg per tonne-km x 0.5 kg
    assert rows.set_index("activity").loc["customer trip", "co2e_kg"] == pytest.approx(0.2, abs=1e-4)
    assert rows.set_index("activity").loc["linehaul", "co2e_kg"] == pytest.approx(10 * 0.456 * 0.0005)


def test_a_van_emits_by_its_load(tiny: Instance) -> None:
    """10 km empty out, 10 km back with 400 kg: 10 x 0.321 + 10 x (0.321 + 0.056 x 400 / 1000)."""
    routes = shaped("routes", pd.DataFrame([{"route_id": "R001", "vehicle_type_id": "van-H1", "hub_id": "H1"}]))
    stops = shaped("stops", pd.DataFrame([{
        "route_id": "R001", "position": 1, "trip": 1, "distance_m": 10_000.0, "return_m": 10_000.0, "load_kg": 400.0,
    }]))  # fmt: skip
    assert route_co2e_kg(tiny, routes, stops)[0] == pytest.approx(3.21 + 10 * (0.321 + 0.056 * 0.4))


def test_late_requests_are_denied_with_their_source(tiny: Instance) -> None:
    """R11 asked 20 days after delivery, R12 is ready after the cutoff, R10 lies at a point and is ours to move."""
    found = eligibility(tiny).set_index("return_id")
    assert found.loc["R11", "state"] == "DENIED"
    assert "2011/83/EU" in found.loc["R11", "why"]
    assert found.loc["R12", "state"] == "LATER"
    assert found.loc["R10", "state"] == "PLANNED"
