"""A night that cannot be planned says which limit blocks, where, by how much, and the cheapest way out."""

from __future__ import annotations

import pytest

from retour.errors import InfeasibleError
from retour.policy import Budgets, Policy, Service
from routing.decide import decide

KM = 1 / 111.195


def reasons(instance):
    """The sentences of the error that deciding this instance must raise."""
    with pytest.raises(InfeasibleError) as error:
        decide(instance)
    assert 4 == error.value.exit_code
    return list(error.value.reasons)


def crowd(town, *, returns=3, **changes):
    """The town without home pickup and `returns` equal shirts 1 km from L1; other columns of the shirt by name."""
    tables = town()
    tables["returns"] = [{**tables["returns"][0], "return_id": f"R{i}", **changes} for i in range(returns)]
    tables["points"] = [p for p in tables["points"] if p["point_id"] != "H"]
    return tables


def edited(tables, name, key, **changes):
    """The tables with some columns of one row changed."""
    first = next(iter(tables[name][0]))
    return {**tables, name: [{**row, **changes} if row[first] == key else row for row in tables[name]]}


def test_a_return_without_any_option_is_named_with_its_rules(network, town):
    """A wardrobe of 100 kg: both lockers refuse it, it may not be kept, and the next step is named."""
    (sentence,) = reasons(network(crowd(town, returns=1, weight_kg=100)))
    assert sentence.startswith(
        "No plan fits: return R0 has no option, no point takes it: L1, L2: the parcel is too heavy"
    )
    assert "KEEP: worth more than may be kept" in sentence
    assert sentence.endswith("Open a point or a home zone that takes it, or widen policy reach.")


def test_a_return_without_recovery_is_named_with_its_rules(network, town):
    """A phone beyond repair and no certified site: the missing certificate is named."""
    tables = crowd(town, returns=1, class_id="phone", grade="E", reason="defective")
    (sentence,) = reasons(network(edited(tables, "sites", "Z", certificates=())))
    assert "return R0 has no option, no recovery is left" in sentence
    assert "Z-recycle: the site holds no certificate for it" in sentence


def test_many_hopeless_returns_are_listed_briefly(network, town):
    """Ten in full, the others by name."""
    found = reasons(network(crowd(town, returns=12, weight_kg=100)))
    assert 11 == len(found)
    assert "No plan fits: 2 more returns have no option: R10, R11." == found[-1]


def test_large_parcels_need_large_compartments(network, town):
    """Three parcels of size L, one large box in each locker: one box more, wherever, is the way out."""
    (sentence,) = reasons(network(crowd(town, volume_l=60)))
    assert "has room for 1 parcels of size L and larger but 2 can go nowhere else. Add 1 such compartments" in sentence


def test_a_full_point_says_how_much_room_is_missing(network, town):
    """Nine small parcels for two lockers of three boxes each: three places are missing."""
    found = reasons(network(crowd(town, returns=9)))
    missing = [int(s.split("Make room for ")[1].split(" more")[0]) for s in found]
    assert 3 == sum(missing)
    assert all("tonight but" in s and "can go nowhere else" in s for s in found)


def test_points_without_any_room_are_named(network, town):
    """Both lockers have no box at all, one return: one place is missing."""
    tables = crowd(town, returns=1)
    tables["compartments"] = [{"point_id": p, "size": "S", "count": 0} for p in ("L1", "L2")]
    (sentence,) = reasons(network(tables))
    assert "has room for 0 parcels tonight but 1 can go nowhere else. Make room for 1 more" in sentence


def test_hours_that_are_too_short_are_named_with_the_missing_time(network, town):
    """Three shirts of 6 minutes and 0.25 h of the only process: three need 0.3 h, so 0.05 h are missing."""
    tables = crowd(town)
    tables["processes"] = [{**p, "capacity_h": 0.25} for p in tables["processes"] if p["process_id"] == "W-restock"]
    (sentence,) = reasons(network(tables, Policy(service=Service(process_days=1))))
    assert "process W-restock day 0 at W works 0.25 h but 0.3 h are needed. Add 0.05 h" in sentence
    assert "policy service.process_days" in sentence


def test_items_hubs_and_lanes_are_named(network, town):
    """Each of the three limits, set to two for three parcels, is named with the one that is missing."""
    tables = crowd(town)
    only = {**tables, "processes": [p for p in tables["processes"] if p["process_id"] == "W-restock"]}
    one_day = Policy(service=Service(process_days=1))
    (items,) = reasons(network(edited(only, "processes", "W-restock", capacity_items=2), one_day))
    assert (
        "process W-restock day 0 at W treats 2 items but 3 can go nowhere else. Raise processes.capacity_items by 1"
        in items
    )
    (hub,) = reasons(network(edited(only, "hubs", "U", sorting_parcels=2)))
    assert "hub U can sort 2 parcels on day 0 but 3 must pass it. Raise hubs.sorting_parcels by 1" in hub
    lanes = [{**lane, "capacity_parcels": 2} if lane["to_id"] == "W" else lane for lane in only["lanes"]]
    (lane,) = reasons(network({**only, "lanes": lanes}))
    assert "the lane from U to W carries 2 parcels but 3 must take it. Raise lanes.capacity_parcels by 1" in lane


def test_budgets_are_named_with_what_is_missing(network, town):
    """Nothing can be spent: the error says the least that must be."""
    (spend,) = reasons(network(crowd(town, returns=1), Policy(budgets=Budgets(max_spend_eur=0))))
    assert "but the budget is 0. Raise policy budgets.max_spend_eur by" in spend
    (carbon,) = reasons(network(crowd(town, returns=1), Policy(budgets=Budgets(max_co2e_kg=0))))
    assert "kg CO2e but the budget is 0. Raise policy budgets.max_co2e_kg by" in carbon


def test_the_way_out_is_enough(network, town):
    """Granting what the error asks for makes the night feasible; one less does not."""
    tables = crowd(town, volume_l=60)
    asked = reasons(network(tables))[0]
    locker = asked.split("locker ")[1].split(" ")[0]
    boxes = [
        {**b, "count": b["count"] + 1} if (b["point_id"], b["size"]) == (locker, "L") else b
        for b in tables["compartments"]
    ]
    assert 3 == decide(network({**tables, "compartments": boxes})).decisions["point_id"].notna().sum()
