"""Two-stage facility location: optima of small problems, flows, reading, checking."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from network_design.locate.check.two_stage import SERVING, SUPPLY, check
from network_design.locate.reading.two_stage import read
from network_design.locate.two_stage import solve
from network_design.locate.two_stage.relaxation import TwoStageRelaxation
from network_design.locate.two_stage_problem import TwoStageProblem
from retour.errors import InfeasibleError, InputError
from retour.vocabulary import Status

BUDGET_S = 30.0  # none of these takes a tenth of it


def draw_problem(seed):
    """Two or three plants, two to four satellites, two to five customers, whole figures, room for all demand."""
    draw = np.random.default_rng(seed)
    plants, satellites, customers = draw.integers(2, 4), draw.integers(2, 5), draw.integers(2, 6)
    demand = draw.integers(1, 9, customers).astype(float)
    need = demand.sum()
    return TwoStageProblem(
        name=f"drawn {seed}",
        plant_cost=draw.integers(0, 60, plants).astype(float),
        plant_capacity=np.ceil(need / plants) + draw.integers(0, int(need), plants),
        satellite_cost=draw.integers(0, 40, satellites).astype(float),
        satellite_capacity=np.ceil(need / satellites) + draw.integers(0, int(need), satellites),
        demand=demand,
        supply_cost=draw.integers(0, 12, (plants, satellites)).astype(float),
        serving_cost=draw.integers(0, 12, (satellites, customers)).astype(float),
    )


def optimum(problem):
    """The least cost over all choices of plants and satellites."""
    best = np.inf
    for at in product((False, True), repeat=problem.plants):
        for sat in product((False, True), repeat=problem.satellites):
            if any(at) and any(sat):
                fixed = problem.plant_cost[list(at)].sum() + problem.satellite_cost[list(sat)].sum()
                best = min(best, fixed + cheapest_flow(problem, np.array(at), np.array(sat)))
    return best


def cheapest_flow(problem, at, sat):
    """The flow between open sites as a linear program."""
    supply, serving = problem.supply_cost[np.ix_(at, sat)], problem.serving_cost[sat]
    (plants, satellites), customers = supply.shape, problem.customers
    first, second = plants * satellites, satellites * customers
    sent = np.hstack([np.kron(np.eye(plants), np.ones(satellites)), np.zeros((plants, second))])
    passed = np.hstack([np.zeros((satellites, first)), np.kron(np.eye(satellites), np.ones(customers))])
    balance = np.hstack([np.tile(np.eye(satellites), plants), -np.kron(np.eye(satellites), np.ones(customers))])
    served = np.hstack([np.zeros((customers, first)), np.tile(np.eye(customers), satellites)])
    found = linprog(
        np.concatenate([supply.ravel(), serving.ravel()]),
        np.vstack([sent, passed]),
        np.concatenate([problem.plant_capacity[at], problem.satellite_capacity[sat]]),
        np.vstack([balance, served]),
        np.concatenate([np.zeros(satellites), problem.demand]),
    )
    return found.fun if found.success else np.inf


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
