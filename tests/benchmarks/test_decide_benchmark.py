"""The harness measures in processes of its own, keeps what it has, and says what did not finish."""

from __future__ import annotations

import pytest

from benchmarks.decide import main
from benchmarks.deciding.case import Case
from benchmarks.deciding.linear import linear_program
from benchmarks.deciding.methods import METHODS
from benchmarks.deciding.networks import country
from benchmarks.deciding.page import write_page
from benchmarks.deciding.records import NOT_TRIED, NightRecords, not_tried
from benchmarks.deciding.summary import summary
from benchmarks.deciding.table import tables
from benchmarks.deciding.watch import measure
from benchmarks.measuring.journal import Journal, read
from benchmarks.measuring.outcomes import DONE, FAILED, KILLED, TOO_LARGE
from benchmarks.measuring.page import BEGIN, END
from retour import load_network
from retour.pickup_estimate import estimate_pickup
from routing.decide.deadline import Deadline
from routing.decide.exact import solve_relaxation
from routing.decide.model import joint_model
from routing.decide.problem import night_problem
from routing.decide.reduce import worth_a_look

MACHINE = {"processor": "P", "cores": 2, "memory_gb": 8, "python": "3.11", "libraries": {}, "commit": "c0ffee"}


def record(method="highs-ipm", *, returns=100, outcome=DONE, **found):
    """A record as the harness writes it."""
    case = Case(method, returns, seed=1, limit_s=60.0).as_record()
    return case | {"outcome": outcome, "at": "2026-11-23T01:02:03", "machine": MACHINE} | found


@pytest.mark.slow
def test_rules_and_a_solver_are_measured_side_by_side(tmp_path):
    """A small night measured by two methods: costs above the proven bound, times, memory; again: nothing is redone."""
    asked = {"sizes": "300", "methods": "highs-simplex,greedy", "seeds": "1", "limit_s": 60.0, "memory_mb": None}
    main(**asked, out=tmp_path, page=None, try_all=False, warm_up=False)
    main(**asked, out=tmp_path, page=None, try_all=False, warm_up=False)
    solver, greedy = NightRecords(tmp_path / "records.jsonl").read()
    assert (DONE, DONE) == (solver["outcome"], greedy["outcome"])
    assert solver["cost_eur"] == pytest.approx(solver["bound_eur"])
    assert greedy["cost_eur"] >= solver["bound_eur"]
    assert min(solver["build_s"], solver["solve_s"], solver["peak_mb"]) > 0
    assert 2 == len((tmp_path / "records.jsonl").read_text().splitlines())
    assert "greedy best margin" in (tmp_path / "decide.md").read_text()


def test_a_method_that_takes_too_much_memory_is_ended(tmp_path):
    """Beyond the memory allowed the process is killed and its record says in which stage."""
    network = country(60, seed=1, folder=tmp_path)
    found = measure(Case("greedy", 60, 1, 60.0), network, folder=tmp_path, memory_mb=1.0)
    assert (TOO_LARGE, "load took more than 1 MB") == (found["outcome"], found["note"])


def test_a_method_that_fails_says_why(tmp_path):
    """The last words of a process that failed are in its record."""
    found = measure(Case("greedy", 60, 1, 60.0), tmp_path / "nowhere", folder=tmp_path, memory_mb=4000.0)
    assert FAILED == found["outcome"]
    assert "nowhere" in found["note"]


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A country night of 300 returns."""
    return load_network(country(300, seed=1, folder=tmp_path_factory.mktemp("nights")))


@pytest.mark.parametrize("method", ["highs-ipm", "highs-ipm-crossover", "highs-simplex", "pdlp-1e-6"])
def test_solvers_prove_what_they_found(method, night, tmp_path):
    """Each finds the least cost of the linear program, and the duals it returns prove it: the bound meets the cost."""
    told = tmp_path / "journal"
    METHODS[method].run(night, seed=1, deadline=Deadline(60.0), journal=Journal(told))
    found = {key: value for line in read(told) for key, value in line.get("found", {}).items()}
    model = linear_program(night).model
    least_eur = solve_relaxation(model, seed=0, time_limit_s=60.0).objective
    assert found["converged"]
    assert found["cost_eur"] == pytest.approx(least_eur, rel=1e-5)
    assert found["bound_eur"] == pytest.approx(least_eur, rel=1e-5)
    assert found["bound_eur"] <= least_eur + 1e-6
    assert found["worst_violation"] < 1e-2


def test_solvers_get_a_smaller_program_with_the_same_optimum(night):
    """Options that another one beats in cost and in every limit can go: fewer columns, the same least cost."""
    problem = night_problem(night, estimate_pickup(night))
    whole = joint_model(problem, worth_a_look(problem), excess_eur=problem.limits.excess_eur)
    reduced = linear_program(night).model
    assert len(reduced.cost) < len(whole.cost)
    least, least_reduced = (solve_relaxation(m, seed=0, time_limit_s=60.0).objective for m in (whole, reduced))
    assert least == pytest.approx(least_reduced)


def test_a_method_that_missed_a_night_is_not_tried_on_larger_ones(tmp_path):
    """Larger nights than the smallest missed one are hopeless; equal and smaller ones, and other methods, are not."""
    records = NightRecords(tmp_path / "records.jsonl")
    records.add(record(returns=500, outcome=KILLED))
    records.add(record(returns=400, outcome=KILLED))
    cases = [Case("highs-ipm", n, 1, 60.0) for n in (400, 500, 900)] + [Case("greedy", 900, 1, 60.0)]
    assert [None, 400, 400, None] == [records.failed_below(case) for case in cases]
    assert NOT_TRIED == not_tried(cases[2], failed_at=400)["outcome"]


def test_the_latest_record_of_a_case_counts_and_failures_are_measured_again(tmp_path):
    """A case that failed is not done; measured again, only its last record is read."""
    records, case = NightRecords(tmp_path / "records.jsonl"), Case("highs-ipm", 100, 1, 60.0)
    records.add(record(outcome=FAILED))
    assert not records.has(case)
    records.add(record())
    assert records.has(case)
    assert [DONE] == [r["outcome"] for r in records.read()]


def test_gap_compares_with_the_own_bound_and_with_the_best():
    """Cost -99, own bound -100: gap 1/99; best bound of any method -99.5: 0.5/99 above it."""
    own = record(cost_eur=-99.0, bound_eur=-100.0, seconds=2.0, build_s=0.5, peak_mb=300.0)
    best = record("pdlp-1e-4", cost_eur=-98.0, bound_eur=-99.5, seconds=2.0, build_s=0.5, peak_mb=300.0)
    row = next(line for line in tables([own, best]).splitlines() if "| HiGHS interior point |" in line)
    cells = [cell.strip() for cell in row.split("|")[1:-1]]
    assert ["-99.00", "-100.00", "1.0101 %", "0.5051 %", "2.0", "0.5", "300"] == cells[1:8]


def test_summary_compares_with_the_fastest_solver_where_one_finished():
    """Ours 2 s, the faster of two solvers 30 s, 20 s of it solving: 15 times faster, 10 without building."""
    gap = {"cost_eur": 100.0, "bound_eur": 100.0}
    said = summary(
        [
            record("exact", seconds=2.0, solve_s=2.0, **gap),
            record("highs-ipm", seconds=30.0, solve_s=20.0, **gap),
            record("highs-simplex", seconds=40.0, solve_s=30.0, **gap),
            record("highs-simplex", returns=900, outcome=KILLED),
        ]
    )
    assert "has 100 returns: HiGHS interior point took 30.0 s" in said
    assert "2.0 s: 15.0 times faster, 10.0 times if building" in said


def test_page_keeps_what_was_written_by_hand(tmp_path):
    """Only what lies between the marks is replaced; the chart lies beside the page and marks what did not finish."""
    page = tmp_path / "decide.md"
    page.write_text(f"# Mine\n\n{BEGIN}\nold\n{END}\n\nAlso mine.\n")
    write_page([record(seconds=2.0), record(returns=900, outcome=KILLED, note="killed in solve")], page)
    text = page.read_text()
    assert text.startswith(f"# Mine\n\n{BEGIN}\n") and text.endswith(f"{END}\n\nAlso mine.\n")
    assert "old" not in text and "**killed at limit**: killed in solve" in text
    assert 1 == (tmp_path / "decide.svg").read_text().count("<polygon")
