"""Decisions of whole nights: money to the cent, limits kept, prices, explanations, determinism, time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retour.ledger import decision_ledger, with_carbon
from retour.policy import Budgets, Fee, Keep, Policy, Service
from retour.tables import RESULT_TABLES
from retour.vocabulary import Status
from routing.check import check_decided
from routing.decide import decide

KM = 1 / 111.195


@pytest.fixture(scope="module")
def decided_city(city):
    """The sample city, decided."""
    return decide(city)


def busy(town, *, returns=4, hours=None, boxes=9):
    """The town with equal shirts at one spot 1 km from L1, hours for restocking, and boxes of size S in each locker."""
    tables = town()
    shirt = tables["returns"][0]
    tables["returns"] = [{**shirt, "return_id": f"R{i}"} for i in range(returns)]
    tables["processes"] = [
        {**p, "capacity_h": hours} if p["process_id"] == "W-restock" else p for p in tables["processes"]
    ]
    tables["compartments"] = [{"point_id": p, "size": "S", "count": boxes} for p in ("L1", "L2")]
    return tables


def costs(decided):
    """The comparators' cost by method."""
    return decided.comparators.set_index("method")["cost_eur"]


@pytest.mark.parametrize("name", ["tiny", "city"])
def test_objective_equals_ledger_total(name, tiny, city, decided_city):
    """What the model minimised is what the ledger adds up to, to the cent; the rows add up to it as well."""
    instance, decided = (tiny, decide(tiny)) if name == "tiny" else (city, decided_city)
    ledger = with_carbon(instance, decision_ledger(instance, decided.decisions, decided.pickup))
    shortfalls = ledger.loc[ledger["activity"] == "contract shortfall", "cost_eur"].sum()
    assert round(ledger["cost_eur"].sum(), 2) == round(decided.answer.objective_eur, 2)
    assert round(decided.decisions["cost_eur"].sum() + shortfalls, 2) == round(decided.answer.objective_eur, 2)
    assert Status.OPTIMAL == decided.answer.status


def test_checker_finds_nothing_in_the_city(city, decided_city):
    """The independent checker agrees with every decision and every shared limit."""
    assert [] == check_decided(city, decided_city.decisions)


def test_tables_have_their_declared_shape(city, decided_city):
    """Every result table has exactly its declared columns; decisions come in the order of the returns."""
    for name in ("decisions", "prices", "comparators"):
        assert RESULT_TABLES[name].column_names == list(getattr(decided_city, name).columns)
    assert list(city.returns["return_id"]) == list(decided_city.decisions["return_id"])


def test_same_night_same_tables(city, decided_city):
    """Without a budget nothing depends on the clock: the same night gives the same bytes."""
    again = decide(city)
    for name in ("decisions", "prices", "comparators"):
        pd.testing.assert_frame_equal(getattr(decided_city, name), getattr(again, name), check_exact=True)


def test_comparators_stand_on_their_side_of_the_optimum(decided_city):
    """Fixed rules and greedy cost more, or leave returns unplaced; the bound is below; all four rows are there."""
    table = decided_city.comparators.set_index("method")
    assert ["fixed rules", "greedy best margin", "joint optimum", "bound"] == list(table.index)
    optimum = table.at["joint optimum", "cost_eur"]
    assert (table.loc[table["unplaced"] == 0, "cost_eur"] >= optimum - 0.005).all()
    assert table.at["bound", "cost_eur"] <= optimum
    assert decided_city.bound_without_pickup_eur < optimum


def test_fixed_rules_take_the_nearest_point_and_the_likely_outcome(network, town):
    """Both shirts are grade A: fixed rules restock them, R1 through L1 (1 km) and R2 through L2 (1 km, not 2)."""
    decided = decide(network(town()))
    # R2 is cheaper through L1: vans reach it more cheaply than the second kilometre costs the customer.
    assert costs(decided)["fixed rules"] > costs(decided)["joint optimum"]
    assert list(decided.decisions["outcome"]) == ["RESTOCK", "RESTOCK"]


def test_unplaced_returns_are_counted_and_priced(network, town):
    """Greedy fills the only nearby box with the dearest return and leaves the one that cannot go farther waiting."""
    tables = town()
    first, second = tables["returns"]
    # R2 is 1.4 km from L1 and 1.6 km from L2; R1 is 3 km from L1 and out of L2's reach.
    tables["returns"] = [
        {**first, "value_eur": 20, "lat": 45 - 3 * KM},
        {**second, "value_eur": 90, "lat": 45 + 1.4 * KM},
    ]
    tables["points"] = [p for p in tables["points"] if p["point_id"] != "H"]
    tables["compartments"] = [{"point_id": p, "size": "S", "count": 1} for p in ("L1", "L2")]
    decided = decide(network(tables))
    unplaced = decided.comparators.set_index("method")["unplaced"]
    assert {"R1": "L1", "R2": "L2"} == dict(
        zip(decided.decisions["return_id"], decided.decisions["point_id"], strict=True)
    )
    assert {"greedy best margin": 1, "joint optimum": 0} == unplaced[["greedy best margin", "joint optimum"]].to_dict()


def test_a_full_locker_sends_parcels_on(network, town):
    """One box in L1 for two equal shirts: one goes elsewhere, and the box has a price that the reason quotes."""
    tables = busy(town, returns=2)
    tables["compartments"] = [{"point_id": p, "size": "S", "count": n} for p, n in (("L1", 1), ("L2", 9))]
    decided = decide(network(tables))
    assert 1 == (decided.decisions["point_id"] == "L1").sum()
    price = decided.prices.set_index(["limit", "place_id"]).loc[("point room", "L1")]
    assert (1, 1) == (price["capacity"], price["used"])
    assert 0 < price["price_eur"]
    moved_on = decided.decisions[decided.decisions["point_id"] != "L1"].iloc[0]
    assert f"locker L1, then restock at W would cost {price['price_eur']:.2f} EUR less" in moved_on["why"]


def test_a_point_without_any_room_has_a_price_too(network, town):
    """L1 has no box at all: its price is what the best user would save by one, and a box then saves just that."""
    without, with_one = busy(town, returns=1), busy(town, returns=1)
    for tables, boxes in ((without, 0), (with_one, 1)):
        tables["compartments"] = [{"point_id": p, "size": "S", "count": n} for p, n in (("L1", boxes), ("L2", 9))]
    shut, opened = decide(network(without)), decide(network(with_one))
    price = shut.prices.set_index(["limit", "place_id"]).at[("point room", "L1"), "price_eur"]
    assert pytest.approx(shut.answer.objective_eur - opened.answer.objective_eur) == price


def test_what_lies_at_a_point_keeps_its_room(network, town):
    """L1 has one box and two parcels of tonight in it: both are collected there, nobody else goes there."""
    tables = busy(town, returns=3, boxes=1)
    tables["compartments"] = [{"point_id": "L1", "size": "S", "count": 1}, {"point_id": "L2", "size": "S", "count": 5}]
    tables["returns"] = [{**r, "point_id": "L1"} for r in tables["returns"][:2]] + tables["returns"][2:]
    decided = decide(network(tables)).decisions
    assert ["L1", "L1"] == list(decided["point_id"][:2])
    assert decided["point_id"][2] != "L1"


def test_work_waits_a_day_when_hours_are_short(network, town):
    """0.25 h a day and 6 minutes a shirt: two are restocked on day 0 and two on day 1, none sold in the outlet."""
    decided = decide(network(busy(town, hours=0.25), Policy(service=Service(process_days=2))))
    assert [0, 0, 1, 1] == sorted(decided.decisions["day"])
    assert {"RESTOCK"} == set(decided.decisions["outcome"])


def test_without_a_second_day_the_rest_takes_another_outcome(network, town):
    """The same hours on a single day: two shirts are restocked, two go to the outlet."""
    decided = decide(network(busy(town, hours=0.25), Policy(service=Service(process_days=1))))
    assert {"RESTOCK": 2, "OUTLET": 2} == decided.decisions["outcome"].value_counts().to_dict()
    hours = decided.prices.set_index("limit").loc["process hours"]
    assert (0.25, 0.2) == (hours["capacity"], pytest.approx(hours["used"]))


def test_keep_share_is_of_the_planned_returns(network, town):
    """Ten cheap shirts and a share of 25 %: two may be kept (2.5 rounded down)."""
    tables = busy(town, returns=10)
    tables["returns"] = [{**r, "value_eur": 2, "grade": "D", "reason": "defective"} for r in tables["returns"]]
    decided = decide(network(tables, Policy(keep=Keep(max_share=0.25))))
    assert 2 == (decided.decisions["outcome"] == "KEEP").sum()


def test_a_kept_return_goes_nowhere(network, town):
    """A KEEP row names no place, costs the abuse it teaches, and has no fee."""
    tables = busy(town, returns=1)
    tables["returns"] = [{**tables["returns"][0], "value_eur": 2}]
    instance = network(tables, Policy(keep=Keep(max_share=1), fees=(Fee(kind="LOCKER", eur=1),)))
    row = decide(instance).decisions.iloc[0]
    assert "KEEP" == row["outcome"]
    assert row[["point_id", "hub_id", "site_id", "process_id", "day"]].isna().all()
    assert pytest.approx(2 * instance.rates["keep_abuse_share"]) == row["cost_eur"]
    assert 0 == row["customer_fee_eur"]


def test_fees_are_for_withdrawals_only(network, town):
    """A withdrawal pays the fee of its kind of point, a claim does not; the fee is no cost of ours."""
    policy = Policy(fees=(Fee(kind="LOCKER", eur=1.5),))
    tables = busy(town, returns=2)
    tables["returns"][1] = {**tables["returns"][1], "reason": "not_as_described"}
    paid, free = decide(network(tables, policy)), decide(network(tables))
    assert [1.5, 0] == list(paid.decisions["customer_fee_eur"])
    assert free.answer.objective_eur == paid.answer.objective_eur


def test_contract_minimum_draws_goods_or_is_paid(network, town):
    """Z is promised one item: at 1 EUR missing it stays missing, at 60 EUR a shirt is recycled there instead."""
    tables = busy(town, returns=2)
    tables["returns"] = [{**r, "flow": "END_OF_CONTRACT", "reason": "end_of_contract"} for r in tables["returns"]]
    objective = {}
    for shortfall_eur, recycled in ((1, 0), (60, 1)):
        sites = [
            {**s, "contract_min_items": 1, "shortfall_eur": shortfall_eur} if s["site_id"] == "Z" else s
            for s in tables["sites"]
        ]
        decided = decide(network({**tables, "sites": sites}))
        assert recycled == (decided.decisions["site_id"] == "Z").sum()
        objective[shortfall_eur] = decided.answer.objective_eur - decided.decisions["cost_eur"].sum()
    assert {1: pytest.approx(1), 60: pytest.approx(0)} == objective


def test_budgets_bind_and_have_a_price(network, town):
    """A CO2e budget a tenth below the free optimum is kept at a cost, and carries a price."""
    free = decide(network(busy(town)))
    budget = 0.9 * free.decisions["co2e_kg"].sum()
    tight = decide(network(busy(town), Policy(budgets=Budgets(max_co2e_kg=budget))))
    assert tight.decisions["co2e_kg"].sum() <= budget + 1e-6
    assert tight.answer.objective_eur > free.answer.objective_eur
    assert 0 < tight.prices.set_index("limit").at["CO2e budget", "price_eur"]


def test_runner_up_is_the_second_best(network, town):
    """A single return: the runner-up is what it would do were its option gone, and costs just that much more."""
    tables = busy(town, returns=1)
    best = decide(network(tables))
    row = best.decisions.iloc[0]
    without = [p for p in tables["points"] if p["point_id"] != row["point_id"]]
    second = decide(network({**tables, "points": without}), pickup=best_pickup(best, tables, without))
    assert pytest.approx(second.answer.objective_eur - best.answer.objective_eur) == row["runner_up_extra_eur"]
    assert f"{second.decisions.iloc[0]['point_id']}, then" in row["runner_up"]


def best_pickup(decided, tables, kept):
    """The planning prices of the points that are left."""
    rows = [i for i, p in enumerate(tables["points"]) if p in kept]
    return type(decided.pickup)(decided.pickup.cost_eur[rows], decided.pickup.co2e_kg[rows])


def test_every_planned_return_is_explained(decided_city):
    """Every row says why; every planned one with a choice has a runner-up, and a price difference with it."""
    table = decided_city.decisions
    planned = table[table["state"] == "PLANNED"]
    assert table["why"].notna().all()
    assert (planned["runner_up"].notna() == planned["runner_up_extra_eur"].notna()).all()
    assert planned["why"].str.contains("cheapest of|best of|the only").all()


def test_denied_and_later_rows_keep_their_reason(tiny):
    """The policy's reason stands in the table, and nothing else does."""
    table = decide(tiny).decisions.set_index("return_id")
    assert table.at["R11", "why"].startswith("asked 20 days after delivery")
    assert table.loc[["R11", "R12"], ["point_id", "outcome", "cost_eur", "runner_up"]].isna().all(axis=None)


def test_a_night_without_planned_returns_pays_its_contracts(network, town):
    """Nothing to decide is a decision too: two missing items at 3 EUR are 6 EUR."""
    tables = town()
    tables["returns"] = [{**r, "ready_at": "2026-11-23T23:00"} for r in tables["returns"]]
    tables["sites"] = [
        {**s, "contract_min_items": 2, "shortfall_eur": 3} if s["site_id"] == "Z" else s for s in tables["sites"]
    ]
    decided = decide(network(tables))
    assert (6, Status.OPTIMAL) == (decided.answer.objective_eur, decided.answer.status)
    assert ["LATER", "LATER"] == list(decided.decisions["state"])


def test_bound_without_pickup_holds_when_pickup_is_free(tiny):
    """With free pickup the optimum is not below the bound proven without the estimate."""
    decided = decide(tiny)
    free = type(decided.pickup)(np.zeros(len(tiny.points)), np.zeros(len(tiny.points)))
    assert decided.bound_without_pickup_eur <= decide(tiny, pickup=free).answer.objective_eur + 1e-6


def test_without_time_there_is_still_an_honest_plan(city):
    """With no time to prove anything the plan is within all limits, FEASIBLE, its bound not above the optimum."""
    rushed, optimum = decide(city, budget_s=0.01), decide(city).answer.objective_eur
    assert Status.FEASIBLE == rushed.answer.status
    assert [] == check_decided(city, rushed.decisions)
    assert rushed.answer.bound_eur <= optimum <= rushed.answer.objective_eur


def test_unknown_methods_are_refused(tiny):
    """The error names the methods there are."""
    with pytest.raises(ValueError, match="unknown method 'magic'; choose one of exact"):
        decide(tiny, method="magic")
