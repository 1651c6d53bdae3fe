"""Two-stage facility location: optima of small problems, flows, reading, checking."""

from dataclasses import replace

import numpy as np
import pytest

from network_design.locate.check.two_stage import SERVING, SUPPLY, check
from network_design.locate.reading.two_stage import read
from network_design.locate.two_stage import solve
from network_design.locate.two_stage.relaxation import TwoStageRelaxation
from retour.errors import InfeasibleError, InputError
from retour.vocabulary import Status
from tests.network_design.locate.two_stage_oracle import draw_problem, optimum

BUDGET_S = 30.0  # none of these takes a tenth of it


@pytest.mark.parametrize("seed", range(20))
def test_small_problems_are_solved_to_their_optimum(seed):
    """What is called optimal is what trying every choice finds, and the checker agrees."""
    problem = draw_problem(seed)
    answer = solve(problem, seed=1, budget_s=BUDGET_S)
    assert (Status.OPTIMAL, pytest.approx(optimum(problem))) == (answer.status, answer.cost)
    assert () == check(problem, answer).violations


def test_bound_never_passes_the_optimum():
    """The relaxation's bound stays below the optimum whatever it aims at."""
    for seed in range(12):
        problem = draw_problem(seed)
        relaxation, best = TwoStageRelaxation.of(problem), optimum(problem)
        bounded = relaxation.bound(relaxation.root(), cutoff=2.0 * best + 10.0, steps=300)
        assert bounded.node.bound <= best + 1e-6


def test_too_small_an_echelon_is_named():
    """Plants that hold too little are named with both sums."""
    problem = draw_problem(1)
    short = replace(problem, plant_capacity=np.full(problem.plants, 0.5))
    with pytest.raises(InfeasibleError, match="all plants hold"):
        solve(short, seed=1, budget_s=BUDGET_S)


FILE = """1 2 2
3
4
9 100
1 2
5 10
6 20
3 4
5 6
"""


def test_files_are_read_in_their_order(tmp_path):
    """Demands, plants, supply costs, satellites, serving costs."""
    path = tmp_path / "case.txt"
    path.write_text(FILE)
    problem = read(path)
    assert ([3, 4], [9], [100]) == (
        problem.demand.tolist(), problem.plant_capacity.tolist(), problem.plant_cost.tolist(),
    )  # fmt: skip
    assert ([[1, 2]], [5, 6], [10, 20]) == (
        problem.supply_cost.tolist(), problem.satellite_capacity.tolist(), problem.satellite_cost.tolist(),
    )  # fmt: skip
    assert [[3, 4], [5, 6]] == problem.serving_cost.tolist()


def test_bad_values_and_lengths_are_refused(tmp_path):
    """A word that is no number is named with its line; a short file is refused."""
    path = tmp_path / "case.txt"
    path.write_text(FILE.replace("5 10", "five 10"))
    with pytest.raises(InputError, match="row 6, .*'five'"):
        read(path)
    path.write_text(FILE + "7")
    with pytest.raises(InputError, match="it has more"):
        read(path)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda flows: {**flows, SERVING: flows[SERVING][1:]}, {"served", "balance", "cost"}),
        (lambda flows: {**flows, SUPPLY: flows[SUPPLY] * [1.0, 1.0, 9.0]}, {"balance", "capacity", "cost"}),
        (lambda flows: {**flows, SUPPLY: flows[SUPPLY] + [[90.0, 0.0, 0.0]]}, {"known_plant"}),
    ],
)
def test_broken_plans_are_told(change, expected):
    """Each defect is named by the rules it breaks."""
    problem = draw_problem(2)
    answer = solve(problem, seed=1, budget_s=BUDGET_S)
    broken = check(problem, replace(answer, flows=change(answer.flows)))
    assert expected <= {violation["rule"] for violation in broken.violations}


def test_closed_sites_pass_nothing_on():
    """A plan whose sites are said to be closed breaks their capacity of nothing."""
    problem = draw_problem(2)
    answer = replace(solve(problem, seed=1, budget_s=BUDGET_S), open_sites=())
    assert "capacity" in {violation["rule"] for violation in check(problem, answer).violations}
