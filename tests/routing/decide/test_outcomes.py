"""Each of the fourteen outcomes is decided where it is best, and never where law or policy forbid it."""

from __future__ import annotations

import pytest

from retour.pickup_estimate import estimate_pickup
from retour.policy import Exchange, Hazard, OutcomeRules, Policy
from retour.vocabulary import Outcome
from routing.check import check_decided
from routing.decide import decide, why_not
from routing.decide.comparators import fixed_rules
from routing.decide.problem import night_problem

SOLD = {"grade": "A", "reason": "changed_mind"}
WORN = {"grade": "D", "reason": "defective"}
LAWFUL = dict.fromkeys(Outcome, SOLD) | {
    Outcome.EXCHANGE: SOLD | {"wants": "EXCHANGE"},
    Outcome.PARTS: WORN,
    Outcome.RECYCLE: WORN,
    Outcome.DISPOSE: WORN,
    Outcome.KEEP: WORN | {"value_eur": 5},
}


def everything(town, best, **changes):
    """The town with one shirt of 60 EUR and every outcome at the certified site Z, all alike but for their value.

    The best outcome recovers 60 %, any other 30 %; where KEEP is best, none recovers anything. No charity
    takes grade D.
    """
    tables = town()
    movable = [o for o in Outcome if o != Outcome.KEEP]
    share = {o: 0.0 if best == Outcome.KEEP else 0.6 if o == best else 0.3 for o in movable}
    return {
        **tables,
        "returns": [{**tables["returns"][0], "value_eur": 60, **changes}],
        "recovery_values": [
            {"class_id": "shirt", "grade": g, "outcome": str(o), "recovered_share": share[o]}
            for g in "AD" for o in movable if (g, o) != ("D", Outcome.DONATE)
        ],
        "processes": [{"process_id": str(o), "site_id": "Z", "outcome": str(o), "cost_eur": 1} for o in movable],
    }  # fmt: skip


def decided(network, tables, policy=None):
    """The outcome of the town's only return, which the checker finds lawful."""
    instance = network(tables, policy or Policy(keep={"max_share": 1}))
    decisions = decide(instance).decisions
    assert [] == check_decided(instance, decisions)
    return decisions["outcome"].iloc[0]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_taken_where_it_is_best(network, town, outcome):
    """A shirt of 60 EUR brings 36 EUR by the best outcome and 18 by any other, at equal cost.

    A worthless shirt of 5 EUR is best kept: 5 x 13.7 % in abuse against a trip, a hub, a lane and a process.
    """
    assert outcome == decided(network, everything(town, outcome, **LAWFUL[outcome]))


@pytest.mark.parametrize(
    ("outcome", "changes", "says"),
    [
        ("EXCHANGE", SOLD, "EXCHANGE: no exchange is asked for or offered (Directive (EU) 2019/771"),
        ("PARTS", SOLD, "PARTS: an earlier step of the hierarchy is open to unsold goods (Code de l'environnement"),
        ("PARTS", {"grade": "A", "reason": "excess_stock", "flow": "UNSOLD"}, "PARTS: an earlier step"),
        ("RECYCLE", SOLD, "RECYCLE, DISPOSE: resaleable goods are not destroyed"),
        ("DISPOSE", {"grade": "A", "reason": "defective"}, "RECYCLE, DISPOSE: resaleable goods are not destroyed"),
        ("RESTOCK", SOLD | {"flow": "RECALL", "reason": "recall"}, "recalled goods do not go back to the market (Reg"),
        ("DONATE", SOLD | {"flow": "RECALL", "reason": "recall"}, "recalled goods do not go back to the market (Reg"),
    ],
)  # fmt: skip
def test_no_value_buys_what_the_law_forbids(network, town, outcome, changes, says):
    """However much it brings, the outcome is not taken, and the rule is told with its source."""
    tables = everything(town, outcome, **changes)
    assert outcome != decided(network, tables)
    assert says in "\n".join(why_not(network(tables), "R1"))


def test_claims_may_be_settled_by_another_piece_unasked(network, town):
    """Replacement comes before money back for a claim, unless the shop's policy offers none."""
    tables = everything(town, Outcome.EXCHANGE, grade="A", reason="wrong_item")
    assert "EXCHANGE" == decided(network, tables)
    assert "EXCHANGE" != decided(network, tables, Policy(exchange=Exchange(offered_for=())))
    assert "EXCHANGE" != decided(network, tables, Policy(exchange=Exchange(allowed=False)))


@pytest.mark.parametrize(("wants", "outcome"), [("EXCHANGE", "EXCHANGE"), ("REFUND", "RESTOCK")])
def test_fixed_rules_grant_an_exchange_to_who_asks(network, town, wants, outcome):
    """As the market does: another piece where it is asked for, whatever that brings, else back to the shelf."""
    instance = network(everything(town, Outcome.RESTOCK, **SOLD, wants=wants))
    problem = night_problem(instance, estimate_pickup(instance))
    way = problem.options.z_way[fixed_rules(instance, problem).z[0]]
    assert outcome == instance.indexed.processes.ids[problem.options.ways.process_idx[way]]


def test_donation_comes_before_destruction(network, town):
    """A worn shirt is recycled where that brings most, and given away from the day a charity takes worn shirts."""
    destroy_or_give = Policy(outcomes=OutcomeRules(allowed=("DONATE", "RECYCLE")))
    tables = everything(town, Outcome.RECYCLE, **WORN)
    assert "RECYCLE" == decided(network, tables, destroy_or_give)
    gift = {"class_id": "shirt", "grade": "D", "outcome": "DONATE", "recovered_share": 0.0}
    tables["recovery_values"] = [*tables["recovery_values"], gift]
    assert "DONATE" == decided(network, tables, destroy_or_give)
    told = "\n".join(why_not(network(tables, destroy_or_give), "R1"))
    assert "RECYCLE: donation comes before destruction (Code de l'environnement L.541-15-8" in told


def test_the_hierarchy_may_be_all_there_is(network, town):
    """Where destruction itself is not forbidden, goods still take the first open step: parts, then recycling."""
    steps = OutcomeRules(not_for_resaleable=(), destruction=(), allowed=("PARTS", "RECYCLE", "DISPOSE"))
    tables = everything(town, Outcome.DISPOSE, **SOLD)
    assert "PARTS" == decided(network, tables, Policy(outcomes=steps))
    idle = [{**p, "capacity_items": 0} if p["outcome"] == "PARTS" else p for p in tables["processes"]]
    assert "RECYCLE" == decided(network, {**tables, "processes": idle}, Policy(outcomes=steps))
    assert "DISPOSE" == decided(network, tables, Policy(outcomes=steps.model_copy(update={"hierarchy": ()})))


@pytest.mark.parametrize(("held", "outcome"), [((), None), (("BATTERY", "WEEE"), "RESTOCK")])
def test_waste_goes_to_certified_sites_whatever_becomes_of_it(network, town, held, outcome):
    """A phone taken back at the end of its life may be sold again, but only by a site that may hold such waste."""
    tables = town()
    tables["returns"] = [
        {**tables["returns"][0], "class_id": "phone", "reason": "end_of_life", "flow": "END_OF_LIFE", "grade": "A"}
    ]
    tables["sites"] = [{**s, "certificates": held} if s["site_id"] == "W" else s for s in tables["sites"]]
    if outcome:
        assert outcome == decided(network, tables)
    else:
        told = "\n".join(why_not(network(tables), "R1"))
        assert "W-restock: the site holds no certificate for it (ADR" in told


def test_hazardous_goods_keep_away_from_lockers(network, town):
    """A battery of an e-bike is fetched at home, though the locker is nearer; a policy may say otherwise."""
    tables = town()
    tables["item_classes"] = [{**c, "tags": ("HAZARDOUS",)} for c in tables["item_classes"]]
    tables["returns"] = tables["returns"][:1]
    assert {"H"} == set(decide(network(tables)).decisions["point_id"])
    assert "L1, L2: hazardous goods may not go through it (ADR" in "\n".join(why_not(network(tables), "R1"))
    open_lockers = Policy(hazard=Hazard(forbidden_tags=()))
    assert {"L1"} == set(decide(network(tables, open_lockers)).decisions["point_id"])
