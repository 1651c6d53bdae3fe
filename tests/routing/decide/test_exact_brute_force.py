"""Small random nights: the joint model against trying everything, and against the readable model."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from retour.errors import InfeasibleError
from retour.pickup_estimate import estimate_pickup
from retour.policy import Budgets, Keep, Policy, Service
from routing.check import check_decided
from routing.decide import decide
from routing.decide.option_table import option_table
from routing.decide.problem import night_problem
from routing.decide.rich_model import reference_plan

KM = 1 / 111.195
HALF_A_CENT = 0.005


@st.composite
def small_nights(draw):
    """Tables and policy of three to five returns, lockers and a carrier relay, two hubs, short processes."""
    maybe = st.one_of(st.none(), st.integers(0, 3))
    returns = [
        {
            "return_id": f"R{i}",
            "class_id": draw(st.sampled_from(["shirt", "phone"])),
            "reason": "changed_mind",
            "lat": 45 + draw(st.integers(0, 4)) * KM,
            "lon": 5.0,
            "volume_l": draw(st.sampled_from([5, 60])),
            "weight_kg": 1,
            "value_eur": draw(st.integers(5, 90)),
            "grade": draw(st.sampled_from(["A", "C"])),
            "requested_on": "2026-11-12",
            "point_id": draw(st.sampled_from([None, None, None, "L1"])),
        }
        for i in range(draw(st.integers(3, 5)))
    ]
    points = [
        {"point_id": "L1", "kind": "LOCKER", "lat": 45.0, "lon": 5.0, "emptied_by": "VAN", "hub_id": "U"},
        {
            "point_id": "L2",
            "kind": "RELAY",
            "lat": 45 + 2 * KM,
            "lon": 5.0,
            "emptied_by": "VAN",
            "hub_id": "V",
            "capacity_parcels": draw(maybe),
        },
        {"point_id": "C", "kind": "RELAY", "lat": 45 + 3 * KM, "lon": 5.0, "emptied_by": "CARRIER"},
    ]
    processes = [
        {
            "process_id": f"{site}-{o}",
            "site_id": site,
            "outcome": o,
            "cost_eur": draw(st.integers(0, 4)),
            "yield_share": 1,
            "capacity_h": draw(st.sampled_from([None, 0.5, 1.0])),
            "capacity_items": draw(maybe),
        }
        for site, o in draw(
            st.lists(
                st.sampled_from([("W", "RESTOCK"), ("W", "OUTLET"), ("Z", "OUTLET"), ("Z", "REFURBISH")]),
                min_size=2,
                max_size=3,
                unique=True,
            )
        )
    ]
    tables = {
        "returns": returns,
        "points": points,
        "processes": processes,
        "item_classes": [
            {"class_id": "shirt", "decay_per_day": 0.02, "handling_min": 15},
            {"class_id": "phone", "decay_per_day": 0.05, "handling_min": 25},
        ],
        "recovery_values": [
            {"class_id": c, "grade": g, "outcome": o, "recovered_share": s}
            for c in ("shirt", "phone")
            for g in "AC"
            for o, s in (("RESTOCK", 0.8), ("OUTLET", 0.5), ("REFURBISH", 0.7))
        ],
        "sizes": [
            {"size": "S", "volume_l": 20, "max_weight_kg": 10},
            {"size": "L", "volume_l": 100, "max_weight_kg": 25},
        ],
        "compartments": [{"point_id": "L1", "size": s, "count": draw(st.integers(0, 2))} for s in "SL"],
        "fill": [{"point_id": "L1", "size": "S", "parcels": draw(st.integers(0, 1))}],
        "hubs": [
            {"hub_id": h, "lat": 45.0, "lon": 5.0 + 0.1 * n, "sorting_parcels": draw(maybe)} for n, h in enumerate("UV")
        ],
        "sites": [
            {"site_id": "W", "lat": 45.0, "lon": 5.2, "operator": "OWN"},
            {
                "site_id": "Z",
                "lat": 45.0,
                "lon": 5.3,
                "operator": "THIRD_PARTY",
                "contract_min_items": draw(st.integers(0, 2)),
                "shortfall_eur": draw(st.sampled_from([0, 2, 9])),
            },
        ],
        "lanes": [
            {"from_id": "U", "to_id": "W", "cost_eur_per_parcel": 0.5, "capacity_parcels": draw(maybe)},
            {"from_id": "U", "to_id": "Z", "cost_eur_per_parcel": 0.7},
            {"from_id": "V", "to_id": "Z", "cost_eur_per_parcel": 0.4, "cost_eur_per_kg": 0.1},
            {"from_id": "U", "to_id": "V", "cost_eur_per_parcel": 0.2, "lead_time_h": 24},
            {
                "from_id": "C",
                "to_id": "U",
                "cost_eur_per_parcel": 4.0,
                "lead_time_h": 30,
                "capacity_parcels": draw(maybe),
            },
        ],
        "vehicles": [
            {"vehicle_type_id": f"van {h}", "hub_id": h, "count": 1, "shift_start": "18:00", "shift_end": "23:00"}
            for h in "UV"
        ],
    }
    policy = Policy(
        keep=Keep(max_value_eur=30, max_share=draw(st.sampled_from([0.0, 0.25, 0.6]))),
        service=Service(process_days=draw(st.integers(1, 2))),
        budgets=Budgets(
            max_spend_eur=draw(st.one_of(st.none(), st.integers(5, 30))), max_co2e_kg=draw(st.sampled_from([None, 6.0]))
        ),
    )
    return tables, policy


def try_everything(instance, problem) -> float:
    """The least cost over all joint decisions, inf when none is allowed; limits counted by hand.

    Depth first, cheapest options first; a branch ends where a limit breaks or the best plan cannot be beaten.
    """
    options = sorted(option_table(instance, problem).to_dict("records"), key=lambda o: o["cost_eur"])
    by_return = [[o for o in options if o["return_id"] == r] for r in sorted({o["return_id"] for o in options})]
    if len(by_return) < len(problem.options):
        return math.inf
    least_left = [sum(o[0]["cost_eur"] for o in by_return[i:]) for i in range(len(by_return) + 1)]
    limit, best = limits_by_hand(instance, len(by_return)), math.inf

    def decide_from(i, plan, used, cost):
        nonlocal best
        if cost + least_left[i] >= best:
            return
        if i == len(by_return):
            best = min(best, cost + shortfall_eur(instance, plan))
            return
        for option in by_return[i]:
            then = used + Counter(dict(uses_of(option)))
            if all(amount <= limit(key) + 1e-9 for key, amount in then.items()):
                decide_from(i + 1, [*plan, option], then, cost + option["cost_eur"])

    decide_from(0, [], Counter(), 0.0)
    return best


def limits_by_hand(instance, planned):
    """A function from what is used to how much of it there is, inf where nothing limits it."""
    t, policy = instance.tables, instance.policy
    lies = t["returns"]["point_id"] == "L1"
    large = instance.indexed.returns.size_idx != 0
    boxes = dict(zip(t["compartments"]["size"], t["compartments"]["count"], strict=True))
    limit = {
        ("room", "L1"): max(0, sum(boxes.values()) - t["fill"]["parcels"].sum() - lies.sum()),
        ("large", "L1"): max(0, boxes["L"] - (lies & large).sum()),
        ("kept",): policy.keep.max_share * planned,
        ("spend",): policy.budgets.max_spend_eur,
        ("co2e",): policy.budgets.max_co2e_kg,
    }
    limit |= {("room", p.point_id): p.capacity_parcels for p in t["points"].itertuples() if p.kind == "RELAY"}
    limit |= {("sorts", h.hub_id): h.sorting_parcels for h in t["hubs"].itertuples()}
    limit |= {("hours", p.process_id): p.capacity_h for p in t["processes"].itertuples()}
    limit |= {("items", p.process_id): p.capacity_items for p in t["processes"].itertuples()}
    limit |= {("lane", f"{lane.from_id}-{lane.to_id}"): lane.capacity_parcels for lane in t["lanes"].itertuples()}
    known = {key: value for key, value in limit.items() if value is not None and not math.isnan(value)}
    return lambda key: known.get(key[:2], math.inf)


def uses_of(option):
    """What one option uses: room, sorting on a day, hours and items on a day, lanes, shares and budgets."""
    yield ("spend",), option["spend_eur"]
    yield ("co2e",), option["co2e_kg"]
    if option["outcome"] == "KEEP":
        yield ("kept",), 1
        return
    if not option["lies_there"]:
        yield ("room", option["point_id"]), 1
        if option["point_id"] == "L1" and option["size"] == "L":
            yield ("large", "L1"), 1
    yield ("sorts", option["hub_id"], option["sorting_day"]), 1
    yield ("hours", option["process_id"], option["day"]), option["hours"]
    yield ("items", option["process_id"], option["day"]), 1
    yield ("lane", f"{option['hub_id']}-{option['site_id']}"), 1
    if option["hub_id"] != option["entry_hub_id"]:
        yield ("lane", f"{option['entry_hub_id']}-{option['hub_id']}"), 1
    if option["point_id"] == "C":
        yield ("lane", f"C-{option['entry_hub_id']}"), 1


def shortfall_eur(instance, plan) -> float:
    """What missed contract minimums cost."""
    brought = Counter(o["site_id"] for o in plan)
    return sum(
        max(0, s.contract_min_items - brought[s.site_id]) * s.shortfall_eur
        for s in instance.tables["sites"].itertuples()
    )


@settings(max_examples=30, deadline=None)
@given(night=small_nights())
def test_joint_optimum_equals_trying_everything(network, night):
    """The exact method finds the least cost of all joint decisions, or says that there is none."""
    instance = network(*night)
    best = try_everything(instance, night_problem(instance, estimate_pickup(instance)))
    event("fits" if math.isfinite(best) else "does not fit")
    if math.isinf(best):
        with pytest.raises(InfeasibleError, match="No plan fits"):
            decide(instance)
    else:
        decided = decide(instance)
        assert pytest.approx(best, abs=HALF_A_CENT) == decided.answer.objective_eur
        assert decided.answer.status == "OPTIMAL"
        assert [] == check_decided(instance, decided.decisions)


@settings(max_examples=12, deadline=None)
@given(night=small_nights())
def test_readable_model_agrees(network, night):
    """The model written by name, solved by another solver, comes to the same cost or the same verdict."""
    instance = network(*night)
    problem = night_problem(instance, estimate_pickup(instance))
    if len(problem.options.without_option):
        return
    try:
        expected, _ = reference_plan(instance, problem)
    except InfeasibleError:
        with pytest.raises(InfeasibleError, match="No plan fits"):
            decide(instance)
    else:
        assert pytest.approx(expected, abs=HALF_A_CENT) == decide(instance).answer.objective_eur


@settings(max_examples=25, deadline=None)
@given(night=small_nights())
def test_comparators_and_bound_keep_their_side(network, night):
    """No comparator that places every return is cheaper than the optimum, and the bound is never above it."""
    instance = network(*night)
    try:
        decided = decide(instance)
    except InfeasibleError:
        return
    table = decided.comparators.set_index("method")
    placed = table[table["unplaced"] == 0]["cost_eur"]
    assert (placed >= table.at["joint optimum", "cost_eur"] - HALF_A_CENT).all()
    assert table.at["bound", "cost_eur"] <= table.at["joint optimum", "cost_eur"] + HALF_A_CENT
    assert decided.bound_without_pickup_eur <= table.at["joint optimum", "cost_eur"] + HALF_A_CENT
