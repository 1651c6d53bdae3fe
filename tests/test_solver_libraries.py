"""The solver libraries live together in one process, whichever is imported first."""

import subprocess
import sys

import pytest

HIGHS = "import highspy"
ORTOOLS = "from ortools.sat.python import cp_model; from ortools.constraint_solver import pywrapcp"

# Maximise x with x <= 3: the answer is 3, so the least cost is -3.
SOLVE_BOTH_WAYS = """
import pulp

model = highspy.Highs()
model.setOptionValue("output_flag", False)
x = model.addVariable(lb=0, ub=3)
model.maximize(x)
assert 3 == model.getInfo().objective_function_value

problem = pulp.LpProblem("tiny", pulp.LpMinimize)
problem += -pulp.LpVariable("x", lowBound=0, upBound=3)
problem.solve(pulp.HiGHS(msg=False))
assert -3 == pulp.value(problem.objective)

print("solved")
"""


@pytest.mark.parametrize("first, second", [(HIGHS, ORTOOLS), (ORTOOLS, HIGHS)], ids=["highs", "ortools"])
def test_highs_and_ortools_share_a_process(first, second):
    """HiGHS, alone and under PuLP, still solves beside OR-Tools, in either order of import.

    From highspy 1.15 on this fails: see docs/decisions/0001-solver-pins-and-lock.md.
    """
    program = "\n".join([first, second, SOLVE_BOTH_WAYS])
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (0, "solved") == (answer.returncode, answer.stdout.strip()), answer.stderr


def test_highs_finds_the_optimum_beside_a_continuous_column():
    """Least 2 x + 3 z with x + z >= 4.5 and z whole is 9 (x = 4.5); highspy 1.14.0 calls 15 optimal."""
    import highspy

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    x = model.addVariable(lb=0, ub=10)
    z = model.addVariable(lb=0, ub=10, type=highspy.HighsVarType.kInteger)
    model.addConstr(x + z >= 4.5)
    model.minimize(2 * x + 3 * z)
    assert 9 == pytest.approx(model.getInfo().objective_function_value)
