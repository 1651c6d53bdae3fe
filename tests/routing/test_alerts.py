"""What a planner must know tonight: points no van can empty, and long lists cut short."""

from __future__ import annotations

import pandas as pd

from retour import Instance
from retour.eligibility import DENIED
from retour.plan import shaped
from routing.alerts import find_alerts

NOBODY = shaped("decisions", pd.DataFrame({"return_id": [], "state": []}))


def left(*whys: str, parcels: int = 1) -> pd.DataFrame:
    """Visits P1, P2, ... that no van makes and none must make, for these reasons."""
    rows = [{"visit_id": f"P{n}", "point_id": f"P{n}", "why": why} for n, why in enumerate(whys, start=1)]
    return pd.DataFrame(rows).assign(
        required=False, visited=False, parcels=parcels, overflow_risk=0.0, expected_refused=0.0
    )


def test_a_closed_point_with_a_duty_is_an_alert(tiny):
    """It is not required, since nobody can go there, and still the planner must know; a mere closed point is none."""
    visits = left("closed tonight, although a damaged battery lies there", "closed tonight")
    alert = "P1 cannot be emptied tonight: closed tonight, although a damaged battery lies there."
    assert (alert,) == find_alerts(tiny, NOBODY, visits)


def test_a_night_without_visits_has_no_alerts(tiny):
    """Nothing to say, and nothing breaks, when there are no rows."""
    assert () == find_alerts(tiny, NOBODY, shaped("visits", pd.DataFrame(columns=["visit_id"])))


def test_an_empty_point_needs_no_van_and_no_alert(tiny):
    """Nothing waits there, so nothing is left undone."""
    visits = left("no van needed: nothing waits there, although 99% chance of overflow", parcels=0)
    assert () == find_alerts(tiny, NOBODY, visits)


def test_many_points_no_van_can_empty_are_counted(tiny):
    """Seven of them: five sentences and a count."""
    alerts = find_alerts(tiny, NOBODY, left(*["closed tonight, although a parcel waits since 2026-11-01"] * 7))
    assert [f"P{n} cannot" for n in range(1, 6)] == [alert[:9] for alert in alerts[:-1]]
    assert "and 2 more cannot be emptied tonight." == alerts[-1]


def test_a_long_list_of_returns_ends_in_a_count(tiny):
    """Five are named; with a sixth the sentence says how many more."""
    for number, end in ((5, "R4, R5."), (6, "R4, R5 and 1 more.")):
        ids = [f"R{n}" for n in range(1, number + 1)]
        decisions = shaped("decisions", pd.DataFrame({"return_id": ids, "state": DENIED}))
        alert = f"{number} returns denied by the policy: R1, R2, R3, {end}"
        assert (alert,) == find_alerts(tiny, decisions, left("closed tonight"))


def test_returns_that_stay_at_their_point_are_told(tiny: Instance) -> None:
    """Whose point is left tonight is planned, not collected: the alert says how many and what gain waits."""
    decisions = pd.DataFrame(
        {"return_id": ["R01", "R02"], "state": "PLANNED", "point_id": ["P1", "P3"], "cost_eur": [-30.0, -12.5]}
    )
    visits = pd.DataFrame({
        "visit_id": ["P1", "P3"], "point_id": ["P1", "P3"], "visited": [True, False], "required": False,
        "overflow_risk": 0.0, "expected_refused": 0.0, "parcels": 1, "why": "left",
    })  # fmt: skip
    told = [a for a in find_alerts(tiny, decisions, visits) if "stay at points" in a]
    assert len(told) == 1
    assert told[0].startswith("1 of tonight's returns") and "12.50 EUR" in told[0]
