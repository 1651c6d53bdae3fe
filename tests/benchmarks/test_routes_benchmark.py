"""The harness for routes runs peers side by side, judges every plan it finds, and keeps what it has."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from functools import partial

import pytest

from benchmarks.driving.case import Case
from benchmarks.driving.chart import chart
from benchmarks.driving.gaps import gap, gap_at
from benchmarks.driving.measure import best_over_time, measure
from benchmarks.driving.methods import METHODS, OURS, PYVRP
from benchmarks.driving.night import SUFFIX, Night, make_night
from benchmarks.driving.page import write_page
from benchmarks.driving.sets import SETS, instances
from benchmarks.driving.standard_file import StandardFile
from benchmarks.driving.summary import ratio, summary
from benchmarks.driving.table import tables
from benchmarks.measuring import watched
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import read
from benchmarks.measuring.outcomes import DONE, FAILED, KILLED, REFUSED, TOO_LARGE
from benchmarks.measuring.page import BEGIN, END
from benchmarks.measuring.records import Records
from benchmarks.measuring.standard_case import KEY
from benchmarks.measuring.telling import Telling
from benchmarks.measuring.watched import Watched
from benchmarks.routes import main
from routing.standard import read_solution

MACHINE = {"processor": "P", "cores": 2, "memory_gb": 8, "python": "3.11", "libraries": {}, "commit": "c0ffee"}
SIX = """NAME : six
TYPE : {kind}
DIMENSION : 7
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 3
NODE_COORD_SECTION
1 0 0
2 10 0
3 10 1
4 10 2
5 -10 0
6 -10 1
7 -10 2
DEMAND_SECTION
1 0
2 1
3 1
4 1
5 1
6 1
7 1
{more}DEPOT_SECTION
1
-1
EOF
"""
# Two vans, one to each side: 10 + 1 + 1 + 10 (the way back, 10.2, is rounded) each.
LEAST = 44


@pytest.fixture
def files(tmp_path):
    """A folder of sets with one instance: six clients, three on each side of the depot."""
    folder = tmp_path / "vrp"
    (folder / "X").mkdir(parents=True)
    (folder / "X" / "six.vrp").write_text(SIX.format(kind="CVRP", more=""))
    (folder / "X" / "bks.csv").write_text(f"instance,n,bks\nsix,6,{LEAST}\nabsent,9,1\n")
    return folder


@pytest.fixture
def six(files):
    """The file of the six clients."""
    return files / "X" / "six.vrp"


def case(method=PYVRP, *, instance="six", seed=1, budget_s=1.0, set_name="X", best_known=float(LEAST)):
    """A case on the six clients, or on another instance."""
    return Case(set_name, instance, 6, best_known, budget_s, method, seed)


def record(method=PYVRP, cost=None, *, outcome=DONE, trace=(), seconds=1.0, peak_mb=100.0, **of_case):
    """A record as the harness writes it; without a cost no plan was found."""
    found = {"plans": int(cost is not None), "feasible": int(cost is not None), "seconds": seconds, "peak_mb": peak_mb}
    told = {"outcome": outcome, "note": "", "cost": cost, "trace": list(trace), "runs": []} | found
    return case(method, **of_case).as_record() | told | {"at": "2026-11-25T01:02:03", "machine": MACHINE}


@pytest.mark.slow
def test_peers_are_measured_side_by_side_and_nothing_twice(files, tmp_path):
    """PyVRP runs once per core, OR-Tools and VROOM once; all find the best plan, and it passes the checker."""
    asked = {"sets": "X", "only": "", "methods": "pyvrp,ortools,vroom", "seeds": "1,2", "share": 1 / 60}
    for _ in range(2):
        main(**asked, files=files, memory_mb=None, out=tmp_path, page=None, warm_up=False)
    records = Records(tmp_path / "records.jsonl", key=KEY).read()
    assert ["pyvrp", "ortools", "vroom", "pyvrp"] == [r["method"] for r in records]
    assert 4 == len((tmp_path / "records.jsonl").read_text().splitlines())
    asked_for = [r for r in records if r["outcome"] != REFUSED]  # VROOM's library may be absent
    assert {DONE} == {r["outcome"] for r in asked_for}
    assert {LEAST} == {r["cost"] for r in asked_for}
    assert all(r["feasible"] == r["plans"] == len(r["runs"]) for r in asked_for)
    assert "| six | 6 | PyVRP | 1, 2 | 0.00 |" in (tmp_path / "routes.md").read_text()


def test_absent_sets_are_left_out_with_a_reason(files, tmp_path, capsys):
    """A set without files is no error; instances without a file are not looked for."""
    main(
        sets="VRPB", only="", methods="pyvrp", seeds="1", share=1.0, files=files, memory_mb=None, out=tmp_path,
        page=None, warm_up=False,
    )  # fmt: skip
    assert "VRPB: left out" in capsys.readouterr().err
    assert ["six"] == [found.name for found in instances("X", files, tmp_path, wanted=frozenset())]


def test_a_run_that_overruns_is_killed_and_its_best_plan_counts(six, tmp_path, monkeypatch):
    """Killed halfway through its time, PyVRP leaves the plan it told last, and that is judged."""
    monkeypatch.setattr(watched, "GRACE", 0.5)
    monkeypatch.setattr(watched, "GRACE_S", 0.0)
    found = measure(case(budget_s=4.0), six, runs=1, folder=tmp_path, memory_mb=8000.0)
    assert (KILLED, LEAST, 1, None) == tuple(found[field] for field in ("outcome", "cost", "feasible", "seconds"))


def test_a_method_that_takes_too_much_memory_is_ended(six, tmp_path):
    """Beyond the memory allowed all runs are killed."""
    assert TOO_LARGE == measure(case(), six, runs=2, folder=tmp_path, memory_mb=1.0)["outcome"]


def test_a_method_that_fails_says_why(tmp_path):
    """The last words of a process that failed are its note."""
    with (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen([sys.executable, "-c", "import sys; sys.exit('no such luck')"], stderr=err)
    process.wait()
    failed = Watched(1, process, tmp_path / "journal", tmp_path / "plan", tmp_path / "err")
    assert (FAILED, "exit 1: no such luck") == failed.outcome({})


def test_what_a_method_lacks_is_said(tmp_path):
    """VROOM and OR-Tools know no deliveries before pickups: not asked, with the reason."""
    file = tmp_path / "backhauls.vrp"
    fetched = "".join(f"{node} {int(node in (4, 7))}\n" for node in range(1, 8))
    brought = SIX.replace("\n4 1\n", "\n4 0\n").replace("\n7 1\n", "\n7 0\n")
    file.write_text(brought.format(kind="VRPB", more=f"BACKHAUL_SECTION\n{fetched}"))
    found = measure(case("ortools", instance="backhauls"), file, runs=1, folder=tmp_path, memory_mb=8000.0)
    assert REFUSED == found["outcome"]
    assert "deliveries before pickups" in found["note"]


def test_plans_are_told_as_they_come_but_not_too_often(tmp_path):
    """The first plan is written at once; one that comes right after waits for its turn, with its own time."""
    told, plan = tmp_path / "journal", tmp_path / "plan"
    telling = Telling(told, plan=plan)
    telling.begin(Clock(10.0))
    for cost in (30, 20, 10):
        telling.better(cost, partial(_write, str(cost)))
    assert "30" == plan.read_text()
    telling.begin(Clock(10.0, started=time.perf_counter() - 5.0))
    telling.tick()
    assert "10" == plan.read_text()
    assert [30, 10] == [line["cost"] for line in read(told)]
    telling.answer(9, partial(_write, "9"))
    assert 9 == read(told)[-1]["found"]["claimed"]


def test_reading_the_file_again_does_not_count():
    """A clock with a credit starts later."""
    clock = Clock(10.0, credit_s=3.0, started=time.perf_counter() - 5.0)
    assert clock.left_s == pytest.approx(8.0, abs=0.5)


def test_large_matrices_leave_room_for_fewer_runs():
    """26 bytes a pair: 10 GB at 20,000 places, so that 16 GB hold one run and 24 GB two; threads need one run."""
    places = {"places": 20_000, "cores": 2}
    assert [1, 2] == [METHODS[PYVRP].runs(**places, memory_mb=mb) for mb in (16_000.0, 24_000.0)]
    assert 1 == METHODS[OURS].runs(**places, memory_mb=24_000.0)


def test_pyvrp_plans_come_back_in_the_numbering_of_the_file(six, tmp_path):
    """A solution that PyVRP makes is written as a `.sol` file that the checker finds feasible, at PyVRP's own cost."""
    import pyvrp

    task = StandardFile.read(six).for_pyvrp()
    solution = pyvrp.Solution(task.data, [[0, 1, 2], [3, 4, 5]])
    task.write(solution, tmp_path / "plan")
    assert ((1, 2, 3), (4, 5, 6)) == read_solution(tmp_path / "plan")
    judged = StandardFile.read(six).judge(tmp_path / "plan")
    assert (LEAST, ()) == (judged.cost, judged.violations)


def test_the_best_of_all_runs_over_time():
    """Two runs' plans in the order of time; only those better than all before count."""
    assert [(1.0, 9), (2.0, 7)] == best_over_time([(1.0, 9), (3.0, 8), (2.0, 7), (2.5, 9)])


def test_gap_over_time_counts_what_was_known_by_then():
    """Best known 44: 66 after 0.05 s is 50 %, 55 after 0.4 s is 25 %; the answer, 44, is 0 %."""
    one = record(cost=44, trace=[(0.05, 66), (0.4, 55)])
    assert [50.0, 50.0, 25.0, 0.0] == [gap_at(one, [one], share=share) for share in (0.1, 0.25, 0.5, 1.0)]
    assert gap_at(record(cost=44), [], share=0.5) is None


def test_where_nobody_knows_the_best_it_is_the_best_found():
    """Costs 100 and 110 of the same night: gaps 0 and 10 %."""
    night = {"set_name": "country", "instance": "night-300", "best_known": None}
    both = [record(OURS, 100.0, **night), record(PYVRP, 110.0, **night)]
    assert [0.0, 10.0] == pytest.approx([gap(r, both) for r in both])
    assert "PyVRP on night-300: mean cost 110.00 EUR; gaps are to the best plan found here, 100.00 EUR" in tables(both)
    assert "night-300, 1 s: our plans cost 9.09 % less than PyVRP's, mean of 1." in summary(both)


def test_summary_compares_with_pyvrp_on_what_both_solved():
    """Ours 44.44 (1 %), PyVRP 45.32 (3 %); where PyVRP has no plan ours alone does not count: a third."""
    records = [
        record(OURS, 44.44),
        record(PYVRP, 45.32),
        record(OURS, 88.0, instance="other"),
        record(PYVRP, None, instance="other", outcome=KILLED),
    ]
    assert ratio(records, records) == pytest.approx(1 / 3)
    line = next(line for line in summary(records).splitlines() if line.startswith("| X, 1 s"))
    assert ["50.50", "3.00 (1 of 2)", "0.33", "2 of 2", "no: gap"] == [w.strip() for w in line.split("|")[3:-1]]


def test_page_keeps_what_was_written_by_hand(tmp_path):
    """Only what lies between the marks is replaced; the chart lies beside the page, with a line per method."""
    page = tmp_path / "routes.md"
    page.write_text(f"# Mine\n\n{BEGIN}\nof yesterday\n{END}\n\nAlso mine.\n")
    records = [record(OURS, 44, trace=[(0.1, 50)]), record(PYVRP, 46), record("vroom", outcome=REFUSED)]
    write_page(records, page)
    text = page.read_text()
    assert text.startswith(f"# Mine\n\n{BEGIN}\n") and text.endswith(f"{END}\n\nAlso mine.\n")
    assert "of yesterday" not in text and "**not asked**" in text
    assert 2 == (tmp_path / "routes.svg").read_text().count("<polyline")
    assert "Nothing measured yet" in chart([])


def test_every_set_of_the_protocol_has_a_budget():
    """Nine sets of files and the country night; very large instances and the night have more time."""
    assert 10 == len(SETS)
    longer = {name: each.budget_s for name, each in SETS.items() if each.budget_s > 60.0}
    assert {"AGS": 150.0, "country": 300.0} == longer


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """The pickups of a country night of 300 returns."""
    return make_night(300, tmp_path_factory.mktemp("nights"))


def test_a_night_is_planned_by_plain_pyvrp(night, tmp_path):
    """The plan that comes back breaks nothing, and costs no more than PyVRP says: our vans may leave later."""
    asked = case(instance="night-300", set_name="country", best_known=None)
    found = measure(asked, night, runs=1, folder=tmp_path, memory_mb=8000.0)
    assert (DONE, 1, 1) == (found["outcome"], found["plans"], found["feasible"])
    claimed = [line["found"] for line in read(next(tmp_path.glob("*.journal"))) if "claimed" in line.get("found", {})]
    assert found["cost"] <= claimed[0]["claimed"] + 1e-4


def test_a_broken_plan_of_a_night_is_found(night, tmp_path):
    """A route that makes the same stop twice breaks a rule."""
    problem = Night.read(night).problem
    kind = problem.vehicle_types[0]
    stop = next(s for s in problem.stops if s.hub_id in (None, kind.hub_id))
    (tmp_path / "plan").write_text(json.dumps([[kind.vehicle_type_id, 1, [[stop.stop_id], [stop.stop_id]]]]))
    assert Night.read(night).judge(tmp_path / "plan").violations
    assert SUFFIX == night.suffix


def _write(words, path):
    path.write_text(words)
