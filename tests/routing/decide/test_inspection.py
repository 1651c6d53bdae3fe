"""What knowing the grade is worth: worked by hand, at prices of limits, and against every grade tried one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retour.indexed import GRADES
from retour.policy import Carbon, OutcomeRules, Policy
from retour.pricing import carbon_eur_per_kg, recovery_parts, total
from routing.decide import decide
from routing.decide.inspection import at_hub, inspection_gains
from routing.decide.outcome_rules import admissible
from routing.decide.tolls import tolls

FREE_CARBON = Policy(carbon=Carbon(price_eur_per_t=0))
NO_PRICES = pd.DataFrame({"limit": [], "place_id": [], "detail": [], "price_eur": []})
REFURBISHED = {"class_id": "shirt", "grade": "D", "outcome": "REFURBISH", "recovered_share": 0.3}


@pytest.fixture
def shirt(network, town):
    """The town with one shirt of 100 EUR, grade A with 60 % and D with 40 %; D may be refurbished for 30 %."""
    tables = town()
    tables["returns"] = [{**tables["returns"][0], "value_eur": 100, "grade": None}]
    tables["recovery_values"] = [*tables["recovery_values"], REFURBISHED]
    tables["grade_odds"] = [
        {"class_id": "shirt", "reason": "changed_mind", "grade": g, "probability": p}
        for g, p in (("A", 0.6), ("D", 0.4))
    ]
    return network(tables, FREE_CARBON)


def price(limit, place, detail, eur):
    """A table of one price."""
    return pd.DataFrame([{"limit": limit, "place_id": place, "detail": detail, "price_eur": eur}])


def gain(instance, prices=NO_PRICES):
    """The gain of inspecting the town's only return, sorted at U tonight, and the best process per grade."""
    moved = pd.DataFrame([{"return_id": "R1", "point_id": "L1", "hub_id": "U"}])
    found = inspection_gains(instance, at_hub(instance, moved), tolls(instance, prices))
    names = [instance.indexed.processes.ids[q] if q >= 0 else None for q in found.process_idx[0]]
    return round(float(found.gain_eur[0]), 6), names


# Hub 0.40, lane to W 0.50 and to Z 0.70, half a day at 1 % a day:
#   not knowing   restock   0.4 + 0.5 + 1.0 - 54 x 0.995 = -51.83   (0.6 x 0.9 of 100 EUR)
#   A             restock   1.9 - 90 x 0.995 = -87.65
#   D             refurbish 0.4 + 0.7 + 9 - 30 x 0.995 = -19.75
# knowing: 0.6 x -87.65 + 0.4 x -19.75 = -60.49, 8.66 less; inspection takes 2.


def test_knowing_the_grade_is_worth_what_the_hand_says(shirt):
    """6.66 EUR, since the worn shirt would be refurbished instead of put on the shelf for nothing."""
    assert (6.66, ["W-restock", None, None, "Z-refurbish", None]) == gain(shirt)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (price("process items", "Z", "Z-refurbish day 0", 5), 4.66),  # D pays 5 more: 0.4 x 5 less
        (price("process hours", "Z", "Z-refurbish day 0", 50), 4.66),  # six minutes at 50 EUR an hour
        (price("lane", "U", "to Z", 5), 4.66),
        (price("contract minimum", "Z", "", 5), 8.66),  # an item more for the contract saves 5
        (price("process items", "W", "W-restock day 0", 5), 8.66),  # paid always before, with 60 % after
    ],
    ids=["items", "hours", "lane", "contract", "restock"],
)
def test_scarce_limits_are_paid_for(shirt, prices, expected):
    """What the prices of the shared limits make of it; a price on restocking makes looking worth more."""
    assert expected == gain(shirt, prices)[0]


def test_law_is_asked_for_each_grade(shirt):
    """Without refurbishing, the worn shirt may be recycled once it is known to be worn: not worth 2 EUR.

    Recycled it costs 0.4 + 0.7 + 0.3 = 1.40 instead of 1.90: 0.4 x 0.5 - 2.
    """
    values = shirt.table("recovery_values")
    plain = shirt.replace(recovery_values=values[values["outcome"] != "REFURBISH"])
    assert (-1.8, ["W-restock", None, None, "Z-recycle", None]) == gain(plain)


def test_a_grade_without_a_way_changes_nothing(shirt):
    """Where nothing may be done with a worn shirt it goes where it would have gone: looking costs 2 EUR."""
    policy = Policy(carbon=FREE_CARBON.carbon, outcomes=OutcomeRules(allowed=("RESTOCK", "OUTLET")))
    assert (-2.0, ["W-restock", None, None, "W-restock", None]) == gain(shirt.replace(policy=policy))


def test_inspection_costs_its_rate(shirt):
    """The network's own rate replaces the built-in 2 EUR."""
    own = pd.DataFrame([["inspection_eur", 5.0, "EUR/item", "stopwatch", "2026-11", "M"]])
    own.columns = shirt.table("rates").columns
    assert 3.66 == gain(shirt.replace(rates=own))[0]


def test_a_known_grade_needs_no_look(shirt):
    """Nothing is said of goods whose grade is known."""
    graded = shirt.replace(returns=shirt.returns.assign(grade="A"))
    assert np.isnan(gain(graded)[0])


def test_decisions_say_when_to_look_first(shirt):
    """The table carries the gain, and the reason the sentence with what each grade becomes."""
    row = decide(shirt).decisions.iloc[0]
    assert 6.66 == row["inspect_first_eur"]
    assert row["why"].endswith("inspecting it first would be worth 6.66 EUR: restock if A, refurbish if D")


def test_where_it_does_not_pay_nothing_is_said(shirt):
    """A gain below nothing stays a number."""
    values = shirt.table("recovery_values")
    plain = shirt.replace(recovery_values=values[values["outcome"] != "REFURBISH"])
    row = decide(plain).decisions.iloc[0]
    assert (-1.8, False) == (row["inspect_first_eur"], "inspecting" in row["why"])


def test_gains_equal_every_grade_tried_one_by_one(city):
    """In the city, at the optimum's prices: the same sums from whole instances in which the grade is known."""
    decided = decide(city)
    moved = decided.decisions.dropna(subset="hub_id")
    toll = tolls(city, decided.prices)
    place = at_hub(city, moved)
    found = inspection_gains(city, place, toll)
    odds = city.indexed.profiles.grade_odds[city.indexed.returns.profile[place.return_idx]]
    after = np.zeros(len(moved))
    for g, grade in enumerate(GRADES):
        known = city.replace(returns=city.returns.assign(grade=str(grade)))
        best = _cheapest(known, place, toll)
        after += np.where(odds[:, g] > 0, odds[:, g] * np.where(np.isfinite(best), best, 0), 0)
    expected = _cheapest(city, place, toll) - after - city.rates["inspection_eur"]
    unknown = np.isfinite(found.gain_eur)
    assert unknown.sum() == city.returns["grade"].isna().to_numpy()[place.return_idx].sum() > 500
    np.testing.assert_allclose(found.gain_eur[unknown], expected[unknown], atol=1e-9)


def _cheapest(instance, place, toll):
    """The cost of the best recovery of every return from its hub, (n,), by `recovery_parts` alone."""
    ix, days = instance.indexed, instance.policy.service.process_days
    takes = admissible(instance)[ix.returns.profile[place.return_idx]]
    best = np.full(len(place.return_idx), np.inf)
    for q in range(len(ix.processes.ids)):
        minutes = ix.processes.minutes[q]
        hours = (ix.class_minutes[ix.returns.class_idx[place.return_idx]] if np.isnan(minutes) else minutes) / 60
        for day in range(days):
            n = np.ones(len(best), np.int64)
            parts = recovery_parts(
                instance, place.return_idx, place.hub_days, place.hub_idx, place.hub_idx, q * n, day * n
            )
            late = next(p.cost_eur for p in parts if p.activity == "late refund")
            cost = total(parts, carbon_eur_per_kg=carbon_eur_per_kg(instance))[0] - late
            cost = cost + toll.item_eur[place.hub_idx, q, day] + toll.hour_eur[q, day] * hours
            best = np.minimum(best, np.where(takes[:, q], cost, np.inf))
    return best
