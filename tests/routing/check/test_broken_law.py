"""One broken plan per rule of law and policy on outcomes: the checker names the rule, and nothing else is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import pandas as pd
import pytest

from retour import Instance
from retour.plan import shaped
from retour.policy import Exchange, Hazard, OutcomeRules, Policy
from retour.vocabulary import Flow, Wish
from routing.check import check_part
from routing.decide.outcome_rules import admissible

CERTIFIED = ("BATTERY", "HAZARDOUS", "WEEE")


@pytest.fixture(scope="module")
def yard(tiny: Instance) -> Instance:
    """The tiny network with one process of every outcome at S3, all certificates there and none at S1.

    Every class recovers something by every outcome in grades A, C and E; donation only in A and C.
    """
    outcomes = [o for o in OutcomeRules().allowed if o != "KEEP"]
    processes = tiny.table("processes")
    blank = processes.iloc[[0] * len(outcomes)].assign(capacity_h=float("nan"), capacity_items=float("nan"))
    every = blank.assign(process_id=[f"{o}-S3" for o in outcomes], site_id="S3", outcome=outcomes)
    values = pd.DataFrame(
        [(c, g, str(o), 0.5) for c in tiny.table("item_classes")["class_id"] for g in "ACE" for o in outcomes],
        columns=["class_id", "grade", "outcome", "recovered_share"],
    )
    sites = tiny.sites.assign(certificates=[(), ("BATTERY", "WEEE"), CERTIFIED])
    keep = values[(values["grade"] != "E") | (values["outcome"] != "DONATE")]
    lanes = tiny.table("lanes")
    return tiny.replace(
        processes=pd.concat([processes, every]), recovery_values=keep.reset_index(drop=True), sites=sites,
        lanes=pd.concat([lanes, lanes[(lanes["from_id"] == "H1") & (lanes["to_id"] == "S3")].assign(from_id="H2")]),
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A decision on R01 (a shirt, changed mind, grade A, unless changed) and the rule it breaks; None: none."""

    rule: str | None
    outcome: str
    changes: Mapping[str, object] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    site: str = "S3"
    point: str = "P5"


def broken(yard: Instance, case: Case) -> set[str]:
    """Return the rules that the decision breaks."""
    row = yard.returns[yard.returns["return_id"] == "R01"].assign(**case.changes)
    instance = yard.replace(returns=row, policy=case.policy)
    decision = {
        "return_id": "R01", "state": "PLANNED", "point_id": case.point, "entry_hub_id": "H1", "hub_id": "H1",
        "site_id": case.site, "process_id": f"{case.outcome}-S3" if case.site == "S3" else "Q1-restock",
        "outcome": case.outcome, "day": 0,
    }  # fmt: skip
    found = check_part(instance, shaped("decisions", pd.DataFrame([decision]))).found
    assert all(f["found"] != f["limit"] and f["message"].endswith(".") for f in found)
    return {f["rule"] for f in found}


AGEC_ONLY = Policy(outcomes=OutcomeRules(not_for_resaleable=()))
ESPR_ONLY = Policy(outcomes=OutcomeRules(destruction=()))
STEPS_ONLY = Policy(outcomes=OutcomeRules(not_for_resaleable=(), destruction=()))
WORN_OUT = {"class_id": "phone", "flow": "END_OF_LIFE", "reason": "end_of_life", "grade": "C"}
RECALLED = {"flow": "RECALL", "reason": "recall"}
DEFECTIVE = {"reason": "defective", "grade": "E"}
CASES = [
    Case(None, "DONATE"),
    Case("resaleable goods destroyed", "RECYCLE", {"reason": "defective"}, ESPR_ONLY),
    Case(None, "RECYCLE", DEFECTIVE),
    Case("donation before destruction", "DISPOSE", {"reason": "defective"}, AGEC_ONLY),
    Case(None, "DISPOSE", DEFECTIVE),
    Case("hierarchy of outcomes", "PARTS"),
    Case("hierarchy of outcomes", "PARTS", {"flow": "UNSOLD", "reason": "excess_stock"}),
    Case("hierarchy of outcomes", "RECYCLE", policy=STEPS_ONLY),
    Case(None, "PARTS", {"reason": "defective"}),
    Case(None, "PARTS", {"grade": "E"}),
    Case("recalled goods on sale", "OUTLET", RECALLED),
    Case("recalled goods on sale", "DONATE", RECALLED),
    Case(None, "REPAIR", RECALLED),
    Case(None, "RECYCLE", RECALLED),
    Case("exchange not wanted", "EXCHANGE"),
    Case("exchange not wanted", "EXCHANGE", {"wants": "EXCHANGE"}, Policy(exchange=Exchange(allowed=False))),
    Case("exchange not wanted", "EXCHANGE", {"wants": "EXCHANGE", "flow": "UNSOLD", "reason": "excess_stock"}),
    Case(None, "EXCHANGE", {"wants": "EXCHANGE"}),
    Case(None, "EXCHANGE", {"reason": "wrong_item"}),
    Case("certificate", "RESTOCK", WORN_OUT, site="S1"),
    Case(None, "RESTOCK", WORN_OUT),
    Case(None, "RESTOCK", WORN_OUT, Policy(hazard=Hazard(waste_flows=())), site="S1"),
    Case(None, "RESTOCK", {"class_id": "phone"}, site="S1"),
    Case("hazardous goods at point", "RESTOCK", {"class_id": "phone"}, Policy(hazard=Hazard(forbidden_tags=("WEEE",))),
         point="P3"),
    Case(None, "RESTOCK", {"class_id": "phone"}, point="P3"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.outcome}-{'-'.join(map(str, c.changes.values()))}-{c.rule}")
def test_each_rule_is_caught_by_its_own_name(yard, case):
    """A decision breaks the rule it was made to break, or none."""
    assert ({case.rule} if case.rule else set()) == broken(yard, case)


def test_a_step_that_is_closed_does_not_count(yard):
    """With every use of the whole idle, unreachable or forbidden, a shirt may be taken apart."""
    use = OutcomeRules().hierarchy[0]
    processes = yard.table("processes")
    whole = processes["outcome"].isin(use)
    idle = yard.replace(processes=processes.assign(capacity_items=processes["capacity_items"].mask(whole, 0)))
    assert set() == broken(idle, Case(None, "PARTS"))
    assert set() == broken(yard, Case(None, "PARTS", policy=Policy(outcomes=OutcomeRules(allowed=("PARTS",)))))
    lanes = yard.table("lanes")
    apart = yard.replace(
        processes=processes.assign(site_id=processes["site_id"].mask(whole, "S1")), lanes=lanes[lanes["to_id"] != "S1"]
    )
    assert set() == broken(apart, Case(None, "PARTS"))


def test_planning_and_checking_read_the_law_alike(yard):
    """For every flow, reason, wish, grade and process the planner leaves exactly what the checker lets pass."""
    reasons = ["changed_mind", "excess_stock", "defective", "end_of_life"]
    cases = product(("shirt", "phone"), Flow, reasons, Wish, ("A", "C", "E"), (False, True))
    columns = ["class_id", "flow", "reason", "wants", "grade", "damaged_battery"]
    goods = pd.DataFrame([c for c in cases if not c[-1] or c[-2] == "E"], columns=columns).map(
        lambda cell: cell if isinstance(cell, bool) else str(cell)
    )
    one = yard.returns[yard.returns["return_id"] == "R01"]
    many = (
        one.loc[one.index.repeat(len(goods))].reset_index(drop=True).assign(**goods, return_id=goods.index.astype(str))
    )
    instance = yard.replace(returns=many)
    ix = instance.indexed
    left = admissible(instance)[ix.returns.profile]
    for q, process in enumerate(instance.table("processes").to_dict("records")):
        decisions = many[["return_id"]].assign(
            state="PLANNED", point_id="P5", entry_hub_id="H1", hub_id="H1", site_id=process["site_id"],
            process_id=process["process_id"], outcome=process["outcome"], day=0,
        )  # fmt: skip
        found = check_part(instance, shaped("decisions", decisions)).found
        wrong = {f["ids"] for f in found}
        assert set(many.loc[~left[:, q], "return_id"]) == wrong, process["process_id"]
