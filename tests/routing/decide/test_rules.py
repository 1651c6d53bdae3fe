"""Each rule of law and policy removes what it must, and says so with its source."""

from __future__ import annotations

import pytest

from retour.indexed import OUTCOMES
from retour.pickup_estimate import estimate_pickup
from retour.policy import Hazard, Keep, KindLimits, OutcomeRules, Policy, Reach, Service
from routing.decide import why_not
from routing.decide.option_table import option_table
from routing.decide.options import admissible_options
from routing.decide.problem import night_problem

KM = 1 / 111.195


def offered(instance, return_id="R1"):
    """The options of one return."""
    table = option_table(instance, night_problem(instance, estimate_pickup(instance)))
    return table[table["return_id"] == return_id]


def points(instance, return_id="R1"):
    """Where one return may be handed over."""
    return set(offered(instance, return_id)["point_id"].dropna())


def outcomes(instance, return_id="R1"):
    """What may become of one return."""
    return set(offered(instance, return_id)["outcome"])


def with_return(town, **changes):
    """The town with one return that differs in some columns."""
    tables = town()
    return {**tables, "returns": [{**tables["returns"][0], **changes}]}


def with_point(town, point_id, **changes):
    """The town with one point that differs in some columns."""
    tables = town()
    return {**tables, "points": [{**p, **changes} if p["point_id"] == point_id else p for p in tables["points"]]}


def told(instance, return_id="R1"):
    """All that is said about removed options, as one text."""
    return "\n".join(why_not(instance, return_id))


def test_a_healthy_return_may_go_everywhere_near(network, town):
    """R1 stands 1 km from L1 and H and 2 km from L2; restock and outlet are possible, destruction is not."""
    instance = network(town())
    assert {"L1", "L2", "H"} == points(instance)
    assert {"RESTOCK", "OUTLET"} == outcomes(instance)


def test_damaged_battery_avoids_lockers_and_ends_at_a_certified_recycler(network, town):
    """ADR: a damaged lithium battery goes through no locker or relay, and only to certified treatment."""
    instance = network(with_return(town, class_id="phone", reason="defective", grade="E", damaged_battery=True))
    assert {"H"} == points(instance)
    assert {"RECYCLE"} == outcomes(instance)
    assert "L1, L2: a damaged battery may not go through it (ADR" in told(instance)
    assert "KEEP: a damaged battery must be treated (ADR" in told(instance)


def test_damaged_battery_needs_a_battery_certificate_whatever_the_class(network, town):
    """A shirt with a damaged heating battery may not be recycled at a site without the certificate."""
    tables = with_return(town, grade="D", reason="defective", damaged_battery=True)
    tables["sites"] = [{**s, "certificates": ()} for s in tables["sites"]]
    instance = network(tables)
    assert offered(instance).empty
    assert "Z-recycle: the site holds no certificate for it" in told(instance)


def test_resaleable_goods_are_not_destroyed(network, town):
    """AGEC and ESPR: a shirt like new is not recycled, even where recycling is possible; a worn-out one is."""
    assert "RECYCLE" not in outcomes(network(town()))
    assert "resaleable goods are not destroyed (Code de l'environnement" in told(network(town()))
    assert {"RECYCLE"} <= outcomes(network(with_return(town, grade="D", reason="defective", flow="DAMAGED")))


def test_flows_that_are_not_protected_may_be_recycled(network, town):
    """Recalled goods may be destroyed however good they are."""
    assert "RECYCLE" in outcomes(network(with_return(town, flow="RECALL", reason="recall")))


def test_treatment_of_batteries_needs_certificates_but_restocking_does_not(network, town):
    """A phone is refurbished at the certified site only; putting it back on the shelf needs no certificate."""
    tables = with_return(town, class_id="phone", grade="C")
    tables["processes"] = [{**p, "site_id": "W"} for p in tables["processes"]]
    assert offered(network(tables)).empty
    assert "RESTOCK" in outcomes(network(with_return(town, class_id="phone", grade="A")))


def test_policy_forbids_outcomes_in_general_by_class_and_by_reason(network, town):
    """Each of the three lists of the policy removes an outcome and is named."""
    lists = {
        "allowed": tuple(o for o in OUTCOMES if o != "OUTLET"),
        "forbidden_by_class": {"shirt": ("OUTLET",)},
        "forbidden_by_reason": {"changed_mind": ("OUTLET",)},
    }
    for name, value in lists.items():
        instance = network(town(), Policy(outcomes=OutcomeRules(**{name: value})))
        assert {"RESTOCK"} == outcomes(instance)
        assert f"OUTLET: the policy {'does not allow' if name == 'allowed' else 'forbids'} it" in told(instance)
        assert f"policy outcomes.{name}" in told(instance)


def test_an_outcome_must_be_likely_enough(network, town):
    """A shirt of unknown grade is A with 60 %: restocking is offered from odds of 0.6 on, not from 0.7."""
    tables = with_return(town, grade=None)
    odds = (("A", 0.6), ("D", 0.4))
    tables["grade_odds"] = [
        {"class_id": "shirt", "reason": "changed_mind", "grade": g, "probability": p} for g, p in odds
    ]
    assert "RESTOCK" in outcomes(network(tables, Policy(outcomes=OutcomeRules(min_feasible_odds=0.6))))
    strict = network(tables, Policy(outcomes=OutcomeRules(min_feasible_odds=0.7, min_resaleable_odds=0.7)))
    assert "RESTOCK" not in outcomes(strict)
    assert "the condition hardly allows it (recovery_values, policy outcomes.min_feasible_odds)" in told(strict)


def test_points_refuse_tags_weight_and_size(network, town):
    """A point's own refusals, the weight limit of its kind, and compartments that are all too small."""
    refusing = with_point(town, "L1", refuses=("BATTERY",)) | {
        "returns": with_return(town, class_id="phone")["returns"]
    }
    assert "L1: refuses this kind of goods (points.refuses)" in told(network(refusing))
    heavy = network(with_return(town, weight_kg=21))
    assert {"H"} == points(heavy)
    assert "L1, L2: the parcel is too heavy" in told(heavy)
    assert {"L1", "L2", "H"} == points(
        network(with_return(town, weight_kg=21), Policy(limits=KindLimits(locker_kg=25)))
    )
    big = network(with_return(town, volume_l=150))
    assert {"H"} == points(big)
    assert "L1, L2: the parcel fits no compartment (sizes)" in told(big)


def test_reach_counts_road_metres(network, town):
    """L2 stands 2 km from R1: a reach of 1.9 km leaves it out; the point's own reach goes before the policy's."""
    near = network(town(), Policy(reach=Reach(locker_m=1900)))
    assert {"L1", "H"} == points(near)
    assert "L2: farther than customers are sent (points.reach_m, policy reach)" in told(near)
    own = network(with_point(town, "L2", reach_m=2100), Policy(reach=Reach(locker_m=1900)))
    assert {"L1", "L2", "H"} == points(own)


def test_only_the_nearest_admissible_points_are_offered(network, town):
    """With one point on offer, R1 gets L1; when L1 refuses it, the next nearest takes its place. Home always counts."""
    one = Policy(reach=Reach(nearest=1))
    assert {"L1", "H"} == points(network(town(), one))
    assert "1 points: others are nearer (policy reach.nearest)" in told(network(town(), one))
    assert {"L2", "H"} == points(network(with_point(town, "L1", max_weight_kg=0.1), one))


def test_the_search_goes_on_until_enough_admissible_points_are_found(network, town):
    """Forty relays nearby refuse the parcel; the locker behind them is still found."""
    tables = town()
    relay = {"kind": "RELAY", "lon": 5.0, "emptied_by": "VAN", "hub_id": "U", "max_weight_kg": 0.1}
    tables["points"] += [{**relay, "point_id": f"P{i}", "lat": 45 + KM + i * 1e-5} for i in range(40)]
    assert {"L1", "H"} == points(network(tables, Policy(reach=Reach(nearest=1))))


def test_a_return_that_lies_at_a_point_stays_there(network, town):
    """No other point, no KEEP, and no rule turns away what is there already."""
    instance = network(with_return(town, point_id="L2", weight_kg=24, value_eur=5, lat=None, lon=None))
    assert {"L2"} == points(instance)
    assert "KEEP" not in outcomes(instance)
    assert "KEEP: it was handed over already" in told(instance)


def test_a_van_point_needs_vans_at_its_hub(network, town):
    """With no van at the hub nothing is collected."""
    tables = town()
    tables["vehicles"] = [{**v, "count": 0} for v in tables["vehicles"]]
    instance = network(tables)
    assert set() == points(instance)
    assert "nobody empties it (no van at its hub, no carrier lane from it)" in told(instance)


def test_a_carrier_point_needs_a_lane(network, town):
    """A carrier point counts from the moment a lane leads from it to a hub."""
    tables = with_point(town, "L1", emptied_by="CARRIER", hub_id=None)
    assert {"L2", "H"} == points(network(tables))
    tables["lanes"] = [*tables["lanes"], {"from_id": "L1", "to_id": "U", "cost_eur_per_parcel": 4}]
    assert {"L1", "L2", "H"} == points(network(tables))


def test_a_process_takes_its_classes_and_needs_a_lane(network, town):
    """A process that lists other classes, or whose site no lane reaches, is not offered."""
    tables = town()
    tables["processes"] = [
        {**p, "classes": ("phone",)} if p["process_id"] == "W-outlet" else p for p in tables["processes"]
    ]
    assert {"RESTOCK"} == outcomes(network(tables))
    assert "W-outlet: does not take this class (processes.classes)" in told(network(tables))
    cut_off = town(lanes=[lane for lane in town()["lanes"] if lane["to_id"] == "Z"])
    assert offered(network(cut_off)).empty
    assert "W-restock, W-outlet: no lane leads there (lanes)" in told(network(cut_off))


@pytest.mark.parametrize(
    "change, policy, says",
    [
        ({"value_eur": 15.5}, {}, "worth more than may be kept (policy keep.max_value_eur)"),
        ({"value_eur": 5}, {"allowed": False}, "the policy does not allow it (policy keep.allowed)"),
        ({"value_eur": 5, "flow": "UNSOLD", "reason": "excess_stock"}, {}, "not for this flow (policy keep.flows)"),
        ({"value_eur": 5, "class_id": "phone"}, {}, "such goods are not kept (policy keep.forbidden_tags)"),
    ],
)
def test_keep_has_its_own_rules(network, town, change, policy, says):
    """Value, policy, flow and tags each forbid KEEP and are named."""
    instance = network(with_return(town, **change), Policy(keep=Keep(**policy)))
    assert "KEEP" not in outcomes(instance)
    assert f"KEEP: {says}" in told(instance)


def test_a_cheap_shirt_may_be_kept(network, town):
    """Up to the policy's value the customer may keep it."""
    instance = network(with_return(town, value_eur=15))
    assert "KEEP" in outcomes(instance)
    assert "KEEP" not in told(instance)


def test_days_are_offered_where_a_process_is_limited(network, town):
    """A limited process is offered on every working day of the policy, an unlimited one on its first day only."""
    tables = town()
    tables["processes"] = [{**p, "capacity_h": 8} if p["process_id"] == "W-restock" else p for p in tables["processes"]]
    table = offered(network(tables, Policy(service=Service(process_days=3))))
    days = table.groupby("process_id")["day"].apply(lambda d: sorted(set(d)))
    assert {"W-restock": [0, 1, 2], "W-outlet": [0]} == days.to_dict()


def test_denied_and_later_returns_are_not_decided(network, town):
    """Only planned returns have options; the reason is told first."""
    late = network(with_return(town, delivered_on="2026-10-01"))
    assert 0 == len(admissible_options(late))
    assert why_not(late, "R1")[0].startswith("DENIED: asked 52 days after delivery")


def test_unknown_returns_are_named(network, town):
    """Asking about a return that does not exist says so."""
    with pytest.raises(KeyError, match="there is no return 'R99'"):
        why_not(network(town()), "R99")


def test_hazard_rules_are_policy(network, town):
    """A policy may open relays to damaged batteries; lockers stay shut."""
    tables = with_return(town, class_id="phone", reason="defective", grade="E", damaged_battery=True)
    tables["points"] = [{**p, "kind": "RELAY"} if p["point_id"] == "L1" else p for p in tables["points"]]
    assert {"L1", "H"} == points(network(tables, Policy(hazard=Hazard(forbidden_kinds=("LOCKER",)))))
