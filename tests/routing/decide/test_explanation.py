"""One return explained alone: the same money as its night, thresholds that hold, rules with their price and source."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from retour.ledger import decision_ledger
from retour.policy import Carbon, Policy
from routing.decide import decide
from routing.decide.alternatives import alternatives, chosen_of, decide_alone
from routing.decide.explain_return import RULE, explain_return
from routing.decide.levers import CARBON, CLOCK, COMMISSION, DISTANCE, LANE, LIMIT, PROCESS, VALUE, WEIGHT, levers
from routing.decide.turning import cheapest_turns

EVERY = 15
KM = 1 / 111.195
NUDGE = 1e-5
LATE_EUR_PER_DAY = 10.0
CERTIFIED = ("BATTERY", "WEEE")


@pytest.fixture(scope="module")
def tight_city(city):
    """A third of the sample city's returns with a third of its workshop hours: many limits bind."""
    hours = city.tables["processes"]["capacity_h"] / 3
    fewer = city.returns.iloc[::3]
    return city.replace(returns=fewer, processes=city.tables["processes"].assign(capacity_h=hours))


@pytest.fixture(scope="module")
def decided_tight(tight_city):
    """Its decisions."""
    return decide(tight_city)


def planned_rows(decided):
    """The decisions of planned returns, some of them."""
    rows = decided.decisions[decided.decisions["state"] == "PLANNED"].iloc[::EVERY]
    return [row for _, row in rows.iterrows()]


def alone(instance, return_id):
    """The night with one return only, its network derived afresh."""
    returns = instance.returns
    return instance.replace(returns=returns[returns["return_id"] == return_id])


def explained(instance, decided, return_id):
    """The explanation of one return of a decided night."""
    row = decided.decisions.set_index("return_id", drop=False).loc[return_id]
    return explain_return(alone(instance, return_id), decided.prices, row, decided.pickup)


def where(instance, found, a):
    """Names of an alternative: point, hub, process, day; nothing for KEEP."""
    way, ix, ways = found.way[a], instance.indexed, found.options.ways
    if way < 0:
        return ()
    places = ix.points.ids[found.point[a]], ix.hub_ids[ways.hub_idx[way]], ix.processes.ids[ways.process_idx[way]]
    return (*places, int(ways.day[way]))


def test_parts_are_the_rows_of_the_ledger(tight_city, decided_tight):
    """To the cent: the parts of a return are its ledger rows of the whole night, and carbon closes its cost."""
    ledger = decision_ledger(tight_city, decided_tight.decisions, decided_tight.pickup)
    for row in planned_rows(decided_tight):
        told = explained(tight_city, decided_tight, row["return_id"])
        rows = ledger[(ledger["subject"] == "return") & (ledger["subject_id"] == row["return_id"])]
        of_activity = {p.activity: round(p.cost_eur, 6) for p in told.parts if p.activity != "carbon"}
        assert rows.set_index("activity")["cost_eur"].round(6).to_dict() == of_activity
        assert round(row["cost_eur"], 6) == round(sum(p.cost_eur for p in told.parts), 6)
        assert round(row["co2e_kg"], 6) == round(sum(p.co2e_kg for p in told.parts), 6)


def test_a_return_alone_is_what_it_was_among_all(tight_city, decided_tight):
    """Cost, emissions and runner-up are those of the night's own table; tolls are all between cost and price."""
    for row in planned_rows(decided_tight):
        told = explained(tight_city, decided_tight, row["return_id"])
        assert round(row["cost_eur"], 6) == round(told.cost_eur, 6)
        assert round(row["co2e_kg"], 6) == round(told.co2e_kg, 6)
        assert round(row["runner_up_extra_eur"], 3) == round(told.runner_up.extra_eur, 3)
        assert round(told.price_eur - told.cost_eur, 2) == round(sum(b.toll_eur for b in told.limits), 2)


def test_limits_that_bind_are_priced_somewhere(tight_city, decided_tight):
    """In a tight night some explained return pays for a limit; its price is that of the prices table."""
    stored = decided_tight.prices.set_index(["limit", "place_id", "detail"])["price_eur"].to_dict()
    told = [explained(tight_city, decided_tight, row["return_id"]) for row in planned_rows(decided_tight)]
    paid = [b for t in told for b in t.limits]
    assert paid
    assert [b.price_eur for b in paid] == [stored[b.limit, b.place_id, b.detail] for b in paid]


def with_lever_at(instance, prices, found, lever, value):
    """The night with one parameter at another value, changed where a user would change it."""
    tables = instance.tables
    if lever.kind == LIMIT:
        return instance, with_price(prices, found.limits.table.iloc[lever.row], value)
    if lever.kind == CARBON:
        return instance.replace(
            policy=instance.policy.model_copy(update={"carbon": Carbon(price_eur_per_t=value)})
        ), prices
    if lever.kind == CLOCK:
        asked = instance.returns["requested_on"].astype("datetime64[us]") + pd.Timedelta(days=value - lever.now)
        return instance.replace(returns=instance.returns.assign(requested_on=asked)), prices
    if lever.kind in (VALUE, WEIGHT):
        column = {VALUE: "value_eur", WEIGHT: "weight_kg"}[lever.kind]
        return instance.replace(returns=instance.returns.assign(**{column: value})), prices
    table, column = {
        PROCESS: ("processes", "cost_eur"),
        LANE: ("lanes", "cost_eur_per_parcel"),
        COMMISSION: ("points", "commission_eur"),
    }[lever.kind]
    frame = tables[table]
    ids = frame["from_id"] + " to " + frame["to_id"] if table == "lanes" else frame.iloc[:, 0]
    return instance.replace(
        **{table: frame.assign(**{column: frame[column].where(ids != lever.subject, value)})}
    ), prices


def with_price(prices, limit, price_eur):
    """A prices table with one limit at another price."""
    same = (prices["limit"] == limit["limit"]) & (prices["place_id"] == limit["place_id"])
    same &= prices["detail"].fillna("") == limit["detail"]
    row = pd.DataFrame([{**limit.to_dict(), "capacity": np.inf, "used": 0.0, "price_eur": price_eur}])
    if same.any():
        return prices.assign(price_eur=prices["price_eur"].where(~same, price_eur))
    return pd.concat([prices, row], ignore_index=True)


def decided_again(instance, prices, pickup):
    """Where the only return goes at these prices."""
    found = alternatives(instance, prices, pickup)
    return where(instance, found, decide_alone(found))


def turns_of(instance, decided, row):
    """The alternatives of one return, its decision, and every kind of change that turns it; none where it ties."""
    one = alone(instance, row["return_id"])
    found = alternatives(one, decided.prices, decided.pickup)
    mine = chosen_of(one, found, row)
    others = np.where(found.available, found.price_eur, np.inf)
    others[mine] = np.inf
    if others.min() < found.price_eur[mine] + 1e-6:
        return one, found, mine, []
    near = np.array([mine, others.argmin()])
    return one, found, mine, cheapest_turns(levers(one, found, decided.pickup, near), mine, most=EVERY)


def test_decisions_turn_at_their_thresholds(tight_city, decided_tight):
    """Decided again just short of a threshold the return goes where it went, just beyond it goes elsewhere."""
    seen = Counter()
    for row in planned_rows(decided_tight):
        one, found, mine, turns = turns_of(tight_city, decided_tight, row)
        for turn in (t for t in turns if t.lever.kind != DISTANCE):
            step = NUDGE * max(1.0, abs(turn.change)) * (1 if turn.up else -1)
            short = with_lever_at(one, decided_tight.prices, found, turn.lever, turn.at - step)
            beyond = with_lever_at(one, decided_tight.prices, found, turn.lever, turn.at + step)
            assert where(one, found, mine) == decided_again(*short, decided_tight.pickup), (row["return_id"], turn)
            assert where(one, found, mine) != decided_again(*beyond, decided_tight.pickup), (row["return_id"], turn)
            seen[turn.lever.kind] += 1
    assert {LIMIT, VALUE, PROCESS, LANE, COMMISSION} <= seen.keys()


def test_a_late_refund_turns_a_decision(network, town):
    """L2's parcels ride with a carrier for 24 h and L2 is nearer; once the refund is late enough, L1 is better."""
    tables = town()
    tables["returns"] = [{**tables["returns"][1], "requested_on": "2026-11-10"}]
    tables["points"] = [{**p, "emptied_by": "CARRIER"} if p["point_id"] == "L2" else p for p in tables["points"]]
    carrier = {"from_id": "L2", "to_id": "U", "cost_eur_per_parcel": 0.1, "lead_time_h": 24}
    tables["lanes"] = [*tables["lanes"], carrier]
    tables["rates"] = [{"rate_id": "late_refund_eur_per_day", "value": LATE_EUR_PER_DAY}]
    instance = network(tables)
    decided = decide(instance)
    row = decided.decisions.iloc[0]
    one, found, mine, turns = turns_of(instance, decided, row)
    clock = next(t for t in turns if t.lever.kind == CLOCK)
    assert ("L2", "L1") == (row["point_id"], where(one, found, clock.then)[0])
    spared_days = row["runner_up_extra_eur"] / LATE_EUR_PER_DAY  # what L1 costs more, in days late
    assert 1.0 - spared_days == pytest.approx(clock.at)


def test_a_nearer_point_wins_where_it_says(network, town):
    """L2 is 1 km from R2 but costly to empty; it wins once it is nearer than the distance given, seen by moving it."""
    instance = network({**town(), "returns": town()["returns"][1:]})
    decided = decide(instance)
    _, _, _, turns = turns_of(instance, decided, decided.decisions.iloc[0])
    nearer = next(t for t in turns if t.lever.kind == DISTANCE and t.lever.subject == "L2")
    assert 1.0 == pytest.approx(nearer.lever.now, abs=1e-3)
    for offset_km, expected in ((0.001, "L1"), (-0.001, "L2")):
        moved = instance.tables["points"].copy()
        moved.loc[moved["point_id"] == "L2", "lat"] = 45 + (2 + nearer.at + offset_km) * KM
        found = alternatives(instance.replace(points=moved), decided.prices, decided.pickup)
        assert expected == where(instance, found, decide_alone(found))[0]


def test_worth_less_it_is_kept(network, town):
    """A shirt of 40 EUR is restocked; at 15 EUR and less the policy lets the customer keep it, were that better."""
    tables = town()
    far = {**tables["returns"][0], "lat": 45.04, "value_eur": 16.0, "grade": "A"}
    tables["returns"] = [far]
    tables["recovery_values"] = [{**r, "recovered_share": 0.1} for r in tables["recovery_values"]]
    decided = decide(network(tables))
    told = explained(network(tables), decided, "R1")
    value = next(c for c in told.changes if c.kind == VALUE)
    assert 15.0 == value.at
    assert "1.00 EUR less (15.00 instead of 16.00 EUR), the customer would keep it" in value.says


def test_a_missing_certificate_has_its_price(network, town):
    """Without its certificate Z may not refurbish a phone: the rule, its source and what it costs are told."""
    tables = town()
    phone = {"class_id": "phone", "grade": "C", "reason": "defective", "value_eur": 400.0}
    tables["returns"] = [{**tables["returns"][0], **phone}]
    tables["sites"] = [{**s, "certificates": CERTIFIED if s["site_id"] == "W" else ()} for s in tables["sites"]]
    tables["processes"].append(
        {"process_id": "W-recycle", "site_id": "W", "outcome": "RECYCLE", "cost_eur": 0.3, "yield_share": 1}
    )
    instance = network(tables, Policy(outcomes={"min_resaleable_odds": 1.0, "resaleable_grades": ("A",)}))
    decided = decide(instance)
    told = explained(instance, decided, "R1")
    certified = instance.replace(sites=instance.tables["sites"].assign(certificates=[CERTIFIED] * 2))
    saved_eur = told.cost_eur - decide(certified).decisions.iloc[0]["cost_eur"]
    rule = next(c for c in told.changes if c.kind == RULE)
    gone = next(r for r in told.removed if r.says == "the site holds no certificate for it")
    assert ("RECYCLE", ("Z-refurbish", "Z-recycle")) == (told.outcome, gone.names)
    assert instance.policy.hazard.source == gone.source
    assert (round(saved_eur, 6), round(saved_eur, 6)) == (round(rule.gain_eur, 6), round(gone.costs_eur, 6))
    assert "it would go to refurbish at Z" in rule.says


def test_a_full_locker_is_named(network, town):
    """L1 is full: the explanation says so, and what a place there would have to cost less."""
    tables = town()
    tables["fill"] = [{"point_id": "L1", "size": "S", "parcels": 2}, {"point_id": "L1", "size": "L", "parcels": 1}]
    tables["returns"] = tables["returns"][:1]
    instance = network(tables)
    told = explained(instance, decide(instance), "R1")
    assert "home pickup H" in told.decision
    assert any(r.kind == "limits" and "locker L1" in r.names[0] for r in told.removed)
    assert any(
        c.kind == LIMIT and c.says.startswith("If ") and "handed over at locker L1" in c.says for c in told.changes
    )


def test_the_only_way_has_no_runner_up(network, town):
    """A damaged battery has one point and one process: no second, nothing to change, the law named."""
    tables = town()
    broken = {"class_id": "phone", "reason": "defective", "grade": "E", "damaged_battery": True}
    tables["returns"] = [{**tables["returns"][0], **broken}]
    instance = network(tables)
    told = explained(instance, decide(instance), "R1")
    assert (None, 1) == (told.runner_up, told.options)
    assert "It is the only way that rules and limits leave." == told.why
    assert any(r.source == instance.policy.hazard.source for r in told.removed)


def test_a_denied_return_says_why(tiny):
    """R11 of tiny was asked for too late: its state, the window and its source, and no price."""
    decided = decide(tiny)
    told = explained(tiny, decided, "R11")
    assert ("DENIED", (), 0.0) == (told.state, told.parts, told.cost_eur)
    assert "Directive 2011/83/EU" in told.why


def test_a_decision_of_another_night_is_refused(network, town):
    """A decision that the night does not offer is told, not explained away."""
    instance = network({**town(), "returns": town()["returns"][:1]})
    decided = decide(instance)
    row = decided.decisions.iloc[0].replace({decided.decisions.iloc[0]["process_id"]: "W-repair"})
    with pytest.raises(KeyError, match="not among the options"):
        explain_return(alone(instance, "R1"), decided.prices, row, decided.pickup)
