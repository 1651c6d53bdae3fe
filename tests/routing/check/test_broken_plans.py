"""The checker catches every deliberately broken plan, naming rule, ids, what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import pytest

from retour import Instance
from retour.plan import Plan
from routing.check import check_plan
from routing.night import plan_night

Edit = Callable[[Plan], tuple[Plan, str]]


@pytest.fixture(scope="module")
def sound(tiny: Instance) -> Plan:
    """A sound plan of the tiny network."""
    return plan_night(tiny, seed=1, iterations=50)


def edited(plan: Plan, name: str, row: object, **values: object) -> Plan:
    """Return the plan with some cells of one table row changed."""
    table = getattr(plan, name).copy()
    for column, value in values.items():
        table[column] = table[column].astype(object)
        table.at[row, column] = value
    return replace(plan, **{name: table.infer_objects()})


def row_of(plan: Plan, return_id: str) -> object:
    """Return the index label of a return's decision."""
    return plan.decisions.index[plan.decisions["return_id"] == return_id][0]


def without(plan: Plan, name: str, row: object) -> Plan:
    """Return the plan with one table row dropped."""
    return replace(plan, **{name: getattr(plan, name).drop(index=row).reset_index(drop=True)})


def redirected(who: str, **values: object) -> Edit:
    """Change one return's decision."""
    return lambda plan: (edited(plan, "decisions", row_of(plan, who), **values), str(values.get("return_id", who)))


def at_first(name: str, key: str, **change: Callable[[pd.Series], object]) -> Edit:
    """Change the first row of a table by functions of that row."""

    def edit(plan: Plan) -> tuple[Plan, str]:
        first = getattr(plan, name).iloc[0]
        return edited(plan, name, 0, **{c: f(first) for c, f in change.items()}), str(first[key])

    return edit


def a_decision_missing(plan: Plan) -> tuple[Plan, str]:
    """Forget R04."""
    return without(plan, "decisions", row_of(plan, "R04")), "R04"


def decided_twice(plan: Plan) -> tuple[Plan, str]:
    """Decide R04 twice."""
    again = plan.decisions[plan.decisions["return_id"] == "R04"]
    return replace(plan, decisions=pd.concat([plan.decisions, again], ignore_index=True)), "R04"


def required_visit_left(plan: Plan) -> tuple[Plan, str]:
    """Leave the first required visit."""
    visit = plan.visits[plan.visits["required"] & plan.visits["visited"]].iloc[0]["visit_id"]
    stops = plan.stops[plan.stops["visit_id"] != visit].reset_index(drop=True)
    row = plan.visits.index[plan.visits["visit_id"] == visit][0]
    return edited(replace(plan, stops=stops), "visits", row, visited=False), visit


def stop_without_visit(plan: Plan) -> tuple[Plan, str]:
    """Drive to a point that is marked as left."""
    visit = plan.stops.iloc[0]["visit_id"]
    row = plan.visits.index[plan.visits["visit_id"] == visit][0]
    return edited(plan, "visits", row, visited=False), visit


def visited_twice(plan: Plan) -> tuple[Plan, str]:
    """Stop twice for one visit."""
    again = plan.stops.iloc[[0]].assign(position=99)
    return replace(plan, stops=pd.concat([plan.stops, again], ignore_index=True)), plan.stops.iloc[0]["visit_id"]


def too_many_vans(plan: Plan) -> tuple[Plan, str]:
    """Use each van five times over."""
    kind = plan.routes.iloc[0]["vehicle_type_id"]
    copies = [plan.routes.iloc[[0]].assign(route_id=f"X{i}") for i in range(5)]
    return replace(plan, routes=pd.concat([plan.routes, *copies], ignore_index=True)), kind


def cheaper_ledger_row(plan: Plan) -> tuple[Plan, str]:
    """Halve the cost of one ledger row."""
    row = plan.ledger.index[plan.ledger["cost_eur"].abs() > 1][0]
    return edited(plan, "ledger", row, cost_eur=plan.ledger.at[row, "cost_eur"] / 2), str(
        plan.ledger.at[row, "subject_id"]
    )


def ledger_row_missing(plan: Plan) -> tuple[Plan, str]:
    """Forget the driver's wages."""
    row = plan.ledger.index[plan.ledger["activity"] == "driver"][0]
    return without(plan, "ledger", row), "all"


def bound_above_objective(plan: Plan) -> tuple[Plan, str]:
    """Claim a bound that the plan itself undercuts."""
    first = plan.answers[0]
    lying = replace(first, bound_eur=(first.objective_eur or 0.0) + 10)
    return replace(plan, answers=(lying, *plan.answers[1:])), first.stage


def objective_too_good(plan: Plan) -> tuple[Plan, str]:
    """Claim one euro less than the ledger."""
    return replace(plan, objective_eur=plan.objective_eur - 1), "all"


@dataclass(frozen=True)
class Broken:
    """A way to break a plan, and the rule that must catch it."""

    rule: str
    edit: Edit


VIA_P1 = {"point_id": "P1", "entry_hub_id": "H1", "hub_id": "H1", "day": 0}
TO_STOCK = {"site_id": "S1", "process_id": "Q1-restock", "outcome": "RESTOCK"}
DUMPED = {"site_id": "S3", "process_id": "Q8-dispose", "outcome": "DISPOSE"}
NOWHERE = dict.fromkeys(["point_id", "entry_hub_id", "hub_id", "site_id", "process_id", "day"])
BROKEN = [
    Broken("missing return", a_decision_missing),
    Broken("return decided twice", decided_twice),
    Broken("unknown return", redirected("R04", return_id="R99")),
    Broken("state", redirected("R11", state="PLANNED", outcome="KEEP")),
    Broken("unknown id", redirected("R01", point_id="P99")),
    Broken("process at site", redirected("R01", **VIA_P1, site_id="S3", process_id="Q1-restock", outcome="RESTOCK")),
    Broken("process outcome", redirected("R01", **VIA_P1, outcome="DONATE", process_id="Q1-restock", site_id="S1")),
    Broken("process class", redirected("R01", **VIA_P1, outcome="REPAIR", process_id="Q4-repair", site_id="S2")),
    Broken("resaleable goods destroyed", redirected("R01", **VIA_P1 | DUMPED)),
    Broken("outcome unlikely", redirected("R01", **VIA_P1 | DUMPED)),
    Broken("damaged battery at point", redirected("R06", point_id="P1", entry_hub_id="H1")),
    Broken("damaged battery outcome", redirected("R06", outcome="PARTS", process_id="Q5-parts", site_id="S2")),
    Broken("lies elsewhere", redirected("R10", point_id="P1", entry_hub_id="H1")),
    Broken("out of reach", redirected("R01", **VIA_P1 | TO_STOCK | {"point_id": "P4"})),
    Broken("too heavy for point", redirected("R09", point_id="P5", entry_hub_id="H1")),
    Broken("point refuses", redirected("R09", point_id="P5", entry_hub_id="H1")),
    Broken("entry hub", redirected("R01", **VIA_P1 | TO_STOCK | {"entry_hub_id": "H2", "hub_id": "H2"})),
    Broken("no lane", redirected("R06", hub_id="H2")),
    Broken("processing day", redirected("R04", day=9)),
    Broken("keep-it", redirected("R04", **NOWHERE, outcome="KEEP")),
    Broken("required visit", required_visit_left),
    Broken("stop without visit", stop_without_visit),
    Broken("visited twice", visited_twice),
    Broken("fleet", too_many_vans),
    Broken("trips", at_first("routes", "route_id", trips=lambda r: 9)),
    Broken("starts before arrival", at_first("stops", "visit_id", start_s=lambda s: s["arrival_s"] - 600)),
    Broken("service too short", at_first("stops", "visit_id", departure_s=lambda s: s["start_s"])),
    Broken("leg distance", at_first("stops", "visit_id", distance_m=lambda s: s["distance_m"] / 2)),
    Broken("load sum", at_first("stops", "visit_id", load_parcels=lambda s: s["load_parcels"] + 3)),
    Broken("load at stop", at_first("stops", "point_id", parcels=lambda s: s["parcels"] - 1)),
    Broken("van capacity_kg", at_first("stops", "visit_id", load_kg=lambda s: 5000.0)),
    Broken("shift start", at_first("routes", "route_id", start_s=lambda r: 3600)),
    Broken("shift end", at_first("routes", "route_id", end_s=lambda r: 86_000)),
    Broken("paid time", at_first("routes", "route_id", duration_s=lambda r: r["duration_s"] / 2)),
    Broken("route distance", at_first("routes", "route_id", distance_m=lambda r: r["distance_m"] * 2)),
    Broken("base hub", at_first("routes", "route_id", hub_id=lambda r: "H2" if r["hub_id"] == "H1" else "H1")),
    Broken("visit load", at_first("visits", "visit_id", parcels=lambda v: v["parcels"] + 5)),
    Broken("ledger row", cheaper_ledger_row),
    Broken("ledger driver", ledger_row_missing),
    Broken("bound", bound_above_objective),
    Broken("objective", objective_too_good),
]  # fmt: skip


def test_a_sound_plan_breaks_nothing(tiny: Instance, sound: Plan) -> None:
    """The plan the solvers make is clean."""
    assert list(check_plan(tiny, sound)["message"]) == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda b: b.rule.replace(" ", "-"))
def test_a_broken_plan_is_caught(tiny: Instance, sound: Plan, broken: Broken) -> None:
    """Rule and id are named, and found differs from limit."""
    plan, who = broken.edit(sound)
    found = check_plan(tiny, plan)
    caught = found[found["rule"] == broken.rule]
    assert who in set(caught["ids"])
    assert (caught["found"] != caught["limit"]).all()
    assert caught["message"].str.endswith(".").all()
