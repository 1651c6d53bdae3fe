"""Arrays behind the solvers: room in nested compartments, expected recovery, profiles, lanes, worked by hand."""

import numpy as np
import pandas as pd
import pytest

from retour import Instance, load_network
from retour.indexed import GRADES, OUTCOMES
from retour.policy import Policy, Service
from retour.vocabulary import Grade, Outcome


@pytest.fixture(scope="module")
def small(small_original) -> Instance:
    """The small network behind the gate."""
    return load_network(small_original)


def test_larger_compartments_take_smaller_parcels(small):
    """Room for a size and up is the compartments of that size and up, less what lies there."""
    # P1 has 4 S, 3 M, 2 L; 1 S and 2 M wait. All: 9-3. S up: 9-3, M up: 5-2, L: 2-0.
    assert [6, 6, 3, 2] == small.indexed.points.free[0].tolist()


def test_points_without_compartments_count_parcels_only(small):
    """A relay of 40 with 10 waiting has room for 30 of any size; without a capacity there is no limit."""
    assert [30, np.inf, np.inf, np.inf] == small.indexed.points.free[1].tolist()
    assert [np.inf] * 4 == small.indexed.points.free[2].tolist()
    assert [9, 40, np.inf, 5] == small.indexed.points.capacity.tolist()


def test_an_overfull_locker_has_negative_room(small):
    """Three L parcels in two L compartments leave no room, and less than none."""
    fill = pd.DataFrame({"point_id": ["P1"], "size": ["L"], "parcels": [3]})
    full = small.replace(fill=fill.reindex(columns=small.table("fill").columns))
    assert [6, 6, 2, -1] == full.indexed.points.free[0].tolist()


def test_a_parcel_needs_the_smallest_size_that_takes_it(small):
    """6 litres and 12 litres need M (15), 1 litre takes S; what no size takes is -1."""
    assert [1, 0, 1, 0] == small.indexed.returns.size_idx.tolist()
    heavy = small.replace(returns=small.returns.assign(weight_kg=[1.2, 6.0, 26.0, 0.4]))
    assert [1, 1, -1, 0] == heavy.indexed.returns.size_idx.tolist()


def share(instance: Instance, return_id: str, outcome: Outcome) -> float:
    """Expected recovered share of one return and outcome."""
    position = instance.returns["return_id"].tolist().index(return_id)
    return float(instance.indexed.profiles.share[instance.indexed.returns.profile[position], OUTCOMES.index(outcome)])


def test_expected_shares_weigh_the_grades(small):
    """Before inspection a share is the mean over the grades; an outcome that is not possible recovers nothing."""
    # R3: shoes, changed mind: A 0.75, B 0.25. RESTOCK only at A: 0.75 x 0.9. OUTLET only at B: 0.25 x 0.5.
    assert pytest.approx(0.675) == share(small, "R3", Outcome.RESTOCK)
    assert pytest.approx(0.125) == share(small, "R3", Outcome.OUTLET)
    # R2: phone, defective: B 0.6, E 0.4. REPAIR 0.6 x 0.4, RECYCLE 0.4 x -0.02.
    assert pytest.approx(0.24) == share(small, "R2", Outcome.REPAIR)
    assert pytest.approx(-0.008) == share(small, "R2", Outcome.RECYCLE)
    assert 0 == share(small, "R2", Outcome.RESTOCK)


def test_a_known_grade_is_certain(small):
    """R1 was inspected: grade A, whatever the odds of its reason."""
    assert pytest.approx(0.9) == share(small, "R1", Outcome.RESTOCK)
    profile = small.indexed.returns.profile[0]
    assert [1, 0, 0, 0, 0] == small.indexed.profiles.grade_odds[profile].tolist()


def test_resaleable_odds_count_the_policy_grades(small):
    """R2 is B with 0.6 and E with 0.4; A, B and C are resaleable, so 0.6."""
    profile = small.indexed.returns.profile[1]
    assert pytest.approx(0.6) == small.indexed.profiles.resaleable[profile]


def test_no_odds_are_needed_where_every_grade_is_known(small):
    """A network whose returns are all inspected does without the table of odds."""
    inspected = small.replace(
        returns=small.returns.assign(grade=pd.Series(list("ABAB"), dtype="str")),
        grade_odds=small.table("grade_odds").iloc[:0],
    )
    certain = inspected.indexed.profiles.grade_odds[inspected.indexed.returns.profile]
    assert [GRADES.index(Grade(g)) for g in "ABAB"] == certain.argmax(axis=1).tolist()


def test_returns_that_are_alike_share_a_profile(small):
    """A profile is a distinct class, reason, grade, flow and battery state; every return has one."""
    twice = small.replace(returns=pd.concat([small.returns, small.returns.assign(return_id=["A", "B", "C", "D"])]))
    assert len(small.indexed.profiles.table) == len(twice.indexed.profiles.table) == 4
    assert twice.indexed.returns.profile[:4].tolist() == twice.indexed.returns.profile[4:].tolist()


def test_ready_after_the_cutoff_is_not_tonight(small):
    """R2 is ready at 09:00: after a cutoff at 08:00 it waits for another night, the others need no moment."""
    early = small.replace(policy=Policy(service=Service(cutoff="08:00")))
    assert [True, True, True, True] == small.indexed.returns.tonight.tolist()
    assert [True, False, True, True] == early.indexed.returns.tonight.tolist()


def test_refund_slack_counts_from_tonight(small):
    """Asked on the 20th, due 14 days later on 4 December: 11 days after the night of 23 November; a claim has 30."""
    assert [11, 28, 10, 13] == small.indexed.returns.refund_slack_days.tolist()


def test_lanes_are_found_by_their_ends(small):
    """Lane 0 leads from P3 to H2, 1 and 2 from H1 to the sites, 3 from H2 to H1."""
    lanes = small.indexed.lanes
    assert [[-1, -1], [-1, -1], [-1, 0], [-1, -1]] == lanes.point_hub.tolist()
    assert [[-1, -1], [3, -1]] == lanes.hub_hub.tolist()
    assert [[1, 2], [-1, -1]] == lanes.hub_site.tolist()


def test_processes_take_the_classes_they_name(small):
    """No class named: every class."""
    assert [[True, True], [False, True], [False, True], [True, False]] == small.indexed.processes.takes.tolist()


def test_own_rates_replace_the_built_in_ones(small):
    """The network's own 150 s for parking is used where a point gives none."""
    assert [150] * 4 == small.indexed.points.stop_s.tolist()


def test_an_instance_cannot_be_changed_through_its_tables(small):
    """A caller may change the table it got; the instance keeps its own."""
    before = small.hash
    points = small.points
    points.loc[0, "lat"] = 0.0
    points["lon"] = 0.0
    assert 48.861 == small.points["lat"][0]
    del small.__dict__["hash"]
    assert before == small.hash
