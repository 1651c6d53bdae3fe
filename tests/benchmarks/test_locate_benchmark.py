"""The harness for location problems gives all methods the same questions and judges every plan and bound itself."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from benchmarks.locate import main
from benchmarks.locating.by_pulp import cbc_bound
from benchmarks.locating.case import Case
from benchmarks.locating.chart import chart
from benchmarks.locating.gaps import is_proven, to_bound, to_published
from benchmarks.locating.judge import judge, rounded
from benchmarks.locating.measure import NOT_BUILT, ended, measure
from benchmarks.locating.methods import METHODS, OURS
from benchmarks.locating.page import write_page
from benchmarks.locating.programs.counted import counted_program
from benchmarks.locating.question import Question
from benchmarks.locating.sets import SETS, Target, instances
from benchmarks.locating.summary import holds, summary
from benchmarks.locating.table import tables
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import BUILD, Journal, read
from benchmarks.measuring.outcomes import DONE, KILLED, REFUSED, TOO_LARGE
from benchmarks.measuring.page import BEGIN, END
from benchmarks.measuring.records import Records
from benchmarks.measuring.standard_case import KEY
from benchmarks.measuring.telling import Telling
from benchmarks.measuring.watched import Watched

MACHINE = {"processor": "P", "cores": 2, "memory_gb": 8, "python": "3.11", "libraries": {}, "commit": "c0ffee"}
GENERAL = [name for name in METHODS if name not in (OURS, "spopt")]
# Two pairs of neighbours, far from each other: 1 -1- 2 -5- 3 -1- 4.
PAIRS = "4 3 2\n1 2 1\n2 3 5\n3 4 1\n"
# Two sites at 5 that hold 6 each; three customers of 4, the cost of serving each whole from either site.
SPLIT = "2 3\n6 5\n6 5\n4\n1 9\n4\n2 8\n4\n9 3\n"
# The same costs; the sites hold 4 and 8.
SINGLE = "2 3\n4 8\n5 5\n4 4 4\n1 9\n2 8\n9 3\n"
TWO_STAGES = "1 2 2\n3\n2\n10 100\n1 2\n5 7\n5 1\n1 4\n4 1\n"
ROUTES = "3\n2\n0 0\n100 0\n1 0\n2 0\n99 0\n2\n10\n10\n1\n1\n1\n5\n5\n1\n1\n"
BY_HAND = {
    "pmedian": (PAIRS, 2),  # one of each pair, the other is 1 away
    "pcentre": (PAIRS, 1),
    "ufl": (SPLIT, 16),  # both: 10 + 1 + 2 + 3; the first alone: 5 + 1 + 2 + 9 = 17
    "cflp": (SPLIT, 19),  # the first serves 1 and half of 2: 10 + 1 + (2 + 8) / 2 + 3
    "sscflp": (SINGLE, 22),  # the first serves 1 only: 10 + 1 + 8 + 3
    "tscflp": (TWO_STAGES, 120),  # both satellites: 100 + 8 + 3 x 1 + 2 x 2 + 3 x 1 + 2 x 1
    "lrp": (ROUTES, 18),  # both depots: 10, a route of 4 and one of 2, each at 1
}
VALUES = "instance,file,n_facilities,n_customers,p,value,status,source,convention\n"


@pytest.fixture
def ask(tmp_path):
    """Ask for the least cost of a kind, of the file that is worked out by hand."""

    def question(kind):
        file = tmp_path / f"{kind}.txt"
        file.write_text(BY_HAND[kind][0])
        return Question(file, kind)

    return question


@pytest.fixture
def threads_to_choose():
    """HiGHS keeps the number of threads that a process began with; here others in it begin with theirs."""
    import highspy

    highspy.Highs.resetGlobalScheduler(True)
    yield
    highspy.Highs.resetGlobalScheduler(True)


@pytest.fixture
def files(tmp_path):
    """A folder of sets: the pairs, asked two ways."""
    folder = tmp_path / "sets" / "pmed"
    folder.mkdir(parents=True)
    (folder / "pairs.txt").write_text(PAIRS)
    rows = "pairs,pairs.txt,4,4,2,2,optimal,,\npairs_pcenter,pairs.txt,4,4,2,1,optimal,,\nabsent,no.txt,4,4,2,2,,,\n"
    (folder / "bks.csv").write_text(VALUES + rows)
    return folder.parent


def case(method=OURS, *, set_name="pmed", instance="pmed1", published=100.0, customers=100, budget_s=10.0, seed=1):
    """A case of so many sites and customers."""
    return Case(
        set_name, instance, SETS[set_name].kind, customers, customers, published, True, budget_s, 1.0, method, seed
    )


def record(method=OURS, cost=100.0, bound=100.0, *, outcome=DONE, note="", seconds=1.0, broken=(), **of_case):
    """A record as the harness writes it."""
    judged = {"cost": cost, "bound": bound, "feasible": cost is not None, "violations": list(broken)}
    told = {"outcome": outcome, "note": note, "seconds": seconds, "peak_mb": 100.0}
    return case(method, **of_case).as_record() | judged | told | {"at": "2026-11-25T01:02:03", "machine": MACHINE}


@pytest.mark.usefixtures("threads_to_choose")
@pytest.mark.parametrize("method", GENERAL)
@pytest.mark.parametrize("kind", BY_HAND)
def test_general_solvers_prove_what_is_worked_out_by_hand(kind, method, ask, tmp_path):
    """Whoever is given our program of a small problem proves its least cost, and the checker finds nothing broken."""
    question, told, plan = ask(kind), tmp_path / "journal", tmp_path / "here.plan"
    solver, telling, clock = METHODS[method].load(), Telling(told, plan=plan), Clock(20.0)
    assert solver.refusal(question) is None
    telling.begin(clock)
    solver.run(question, question.read(), seed=1, clock=clock, telling=telling)
    found = {}
    for line in read(told):
        found |= line.get("found", {})
    judged = judge(question, plan, found["bound"])
    assert () == judged.violations
    assert BY_HAND[kind][1] == pytest.approx(judged.cost) == pytest.approx(judged.bound, rel=1e-5)
    assert 0 < found["built_s"] <= found["answered_s"]


def test_covering_counts_what_is_left(ask):
    """Within a radius of 0 two sites cover themselves: of four customers two are left."""
    from scipy.optimize import milp

    problem = ask("pmedian").read().replace(kind="mclp", radius=0.0)
    program = counted_program(problem)
    limits = (program.matrix, program.row_lower, program.row_upper)
    solved = milp(program.cost, integrality=program.whole, bounds=(0, program.upper), constraints=limits)
    assert 2 == pytest.approx(solved.fun)
    assert 2 == len(program.plan(solved.x).open_sites)


@pytest.mark.slow
def test_methods_are_measured_side_by_side_and_nothing_twice(files, tmp_path):
    """Ours and a peer prove the optimum of both questions; started again, nothing is left to measure."""
    asked = {"sets": "pmed,pmed_pcentre", "only": "", "methods": "retour,highs", "seeds": "1", "share": 6.0}
    for _ in range(2):
        main(**asked, files=files, memory_mb=None, out=tmp_path, page=None, warm_up=False)
    records = Records(tmp_path / "records.jsonl", key=KEY).read()
    assert [("pmed", "retour"), ("pmed", "highs")] == [(r["set_name"], r["method"]) for r in records[:2]]
    assert 4 == len(records) == len((tmp_path / "records.jsonl").read_text().splitlines())
    assert [(DONE, 2.0, 2.0)] * 2 + [(DONE, 1.0, 1.0)] * 2 == [(r["outcome"], r["cost"], r["bound"]) for r in records]
    assert all(0 < r["seconds"] and r["peak_mb"] > 50 for r in records)
    assert "| pairs | 4 x 4 | 2 | ours | 2 | 0.000 | 0.000 |" in (tmp_path / "locate.md").read_text()


def test_absent_sets_are_left_out_with_a_reason(files, tmp_path, capsys):
    """A set without files is no error; instances without a file or a published value are not looked for."""
    main(
        sets="lrp_prodhon", only="", methods="highs", seeds="1", share=1.0, files=files, memory_mb=None, out=tmp_path,
        page=None, warm_up=False,
    )  # fmt: skip
    assert "lrp_prodhon: left out" in capsys.readouterr().err
    assert ["pairs"] == [found.name for found in instances("pmed", files)]


def test_a_method_that_takes_too_much_memory_is_ended(ask, tmp_path):
    """Beyond the memory allowed the process is killed, and there is no plan."""
    found = measure(case("scip"), ask("pmedian"), folder=tmp_path, memory_mb=1.0)
    assert (TOO_LARGE, None, False) == (found["outcome"], found["cost"], found["feasible"])


def test_a_model_that_was_never_built_is_told_apart(tmp_path):
    """Killed while building it is `not built`; killed while solving it is not."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    run = Watched(1, process, tmp_path / "journal", tmp_path / "plan", tmp_path / "err", killed=KILLED)
    (tmp_path / "journal").write_text(json.dumps({"begins": BUILD}) + "\n")
    expected = {"outcome": NOT_BUILT, "note": "the solver had no model after 60 s"}
    assert expected == ended(run, {}, budget_s=60.0, memory_mb=900.0)
    with Journal(tmp_path / "journal").stage("solve"):
        assert {"outcome": KILLED, "note": "in solve"} == ended(run, {}, budget_s=60.0, memory_mb=900.0)


def test_what_a_method_has_no_model_for_is_said(ask):
    """spopt counts sites only; without it there is a reason, too."""
    assert "no model" in METHODS["spopt"].load().refusal(ask("lrp"))
    if find_spec("spopt") is None:
        assert "not installed" in METHODS["spopt"].load().refusal(ask("pmedian"))


def test_a_plan_is_priced_anew_whatever_is_said_of_it(ask, tmp_path):
    """Sites 1 and 3: cost 2. A bound of 3 is above it; a third site is one too many; without a plan there is none."""
    question, plan = ask("pmedian"), tmp_path / "plan"
    fair = {"open_sites": [0, 2], "assignment": [0, 0, 2, 2], "flows": {}, "routes": []}
    plan.write_text(json.dumps(fair))
    assert (2.0, 2.0, ()) == _figures(judge(question, plan, 1.2))
    assert "bound" in judge(question, plan, 3.0).violations[0]
    plan.write_text(json.dumps(fair | {"open_sites": [0, 1, 2], "assignment": [0, 1, 2, 2]}))
    assert "3 sites are open" in judge(question, plan, None).violations[0]
    plan.unlink()
    assert (None, 2.0, ()) == _figures(judge(question, plan, 1.2))


def test_bounds_are_rounded_up_where_costs_are_whole_but_not_for_noise():
    """4.2 proves 5, and so does 4 and a thousandth; 5.0000000001 is 5; elsewhere a bound stays as it is."""
    assert [5.0, 5.0, 5.0] == [rounded(bound, whole=True) for bound in (4.2, 4.001, 5 + 1e-10)]
    assert [4.2, None] == [rounded(4.2, whole=False), rounded(None, whole=True)]


def test_what_cbc_proved_is_read_from_its_log():
    """Stopped: the lower bound. Optimal: the objective. Cut short: the last best possible. Nothing: minus infinity."""
    stopped = (
        "Cbc0010I best possible 5\nResult - Stopped on time limit\nObjective value:   12.5\nLower bound:   7.250\n"
    )
    assert 7.25 == cbc_bound(stopped)
    assert 12.5 == cbc_bound("Result - Optimal solution found\n\nObjective value:   12.5\n")
    assert 6.0 == cbc_bound("Cbc0010I 1e+50 best solution, best possible 5 (1 s)\nCbc0010I best possible 6 (2 s)\n")
    assert float("-inf") == cbc_bound("Welcome to the CBC MILP Solver\n")


def test_names_say_what_is_asked_of_a_file(tmp_path):
    """Of one file with several rows: with capacities, without, and a capacity that comes with the name."""
    folder = tmp_path / "orlib_cap"
    folder.mkdir()
    for name in ("cap41", "capa"):
        (folder / f"{name}.gz").touch()
    rows = "cap41,cap41.gz,16,50,,9.5,optimal,,\ncap41_uncap,cap41.gz,16,50,,9,optimal,,\n"
    rows += "capa_8000,capa.gz,100,1000,,7,best known,,\n"
    (folder / "bks.csv").write_text(VALUES + rows)
    found = {each.name: each for each in instances("orlib_cap", tmp_path)}
    assert ["cflp", "ufl", "cflp"] == [each.question.kind for each in found.values()]
    assert [None, None, 8000.0] == [each.question.capacity for each in found.values()]
    assert (7.0, False) == (found["capa_8000"].published, found["capa_8000"].optimal)


def test_budgets_are_those_of_the_protocol():
    """10 s for small sets, 60 s for others; location-routing has 120 s from 200 customers on."""
    first = {name: each.part_of(50).budget_s for name, each in SETS.items()}
    assert {"pmed", "pmed_pcentre", "orlib_cap"} == {name for name, budget_s in first.items() if budget_s == 10.0}
    assert [60.0, 120.0] == [SETS["lrp_prodhon"].part_of(customers).budget_s for customers in (199, 200)]
    assert [0.0, 0.05] == [SETS["orlib_cap"].part_of(customers).target.proven for customers in (50, 1000)]


def test_gaps_are_to_the_published_value_and_to_the_own_bound():
    """102 against 100 published and 99 proven: 2 % and 3 / 102; a better plan is below 0."""
    one = record(cost=102.0, bound=99.0)
    assert (2.0, 100 * 3 / 102) == pytest.approx((to_published(one), to_bound(one)))
    assert -1.0 == pytest.approx(to_published(record(cost=99.0)))
    assert [False, True] == [is_proven(one), is_proven(record())]
    assert (None, None) == (to_published(record(cost=None)), to_bound(record(bound=None)))


def test_targets_say_what_is_missed():
    """Late, without a bound, above the mean and the most allowed."""
    good, poor = record(), record(cost=101.0, bound=None, seconds=11.0)
    assert "yes" == holds(Target(each=0.0, proven=0.0), [good])
    assert "no: bound, mean, each, time" == holds(Target(mean=0.4, each=0.5), [good, poor])
    assert "no: proven" == holds(Target(proven=0.05), [record(bound=99.9)])


def test_summary_has_a_row_per_set_size_and_method():
    """Large instances have a row of their own; who has no plan is counted; gaps are over what has one."""
    large = {"set_name": "orlib_cap", "instance": "capa", "customers": 1000}
    records = [
        record(set_name="orlib_cap"),
        record(cost=100.5, **large),
        record("highs", None, 99.0, outcome=KILLED, seconds=None, **large),
        record("spopt", None, None, outcome=REFUSED, **large),
    ]
    lines = [[word.strip() for word in line.split("|")[1:-1]] for line in summary(records).splitlines()[4:]]
    assert ["orlib_cap, 10 s", "ours", "1 of 1"] == lines[0][:3]
    assert ["orlib_cap, 10 s, from 1,000 customers", "ours", "1 of 1", "0.500"] == lines[1][:4]
    assert ["HiGHS, arrays", "0 of 1", "-", "-", "0 of 1"] == lines[2][1:6]
    assert ["spopt, HiGHS", REFUSED] == lines[3][1:3]


def test_tables_say_what_went_wrong():
    """A killed run, a broken rule and an unproven plan are remarks."""
    records = [
        record(bound=None),
        record("highs", None, outcome=NOT_BUILT, note="the solver had no model after 60 s", seconds=None),
        record("scip", None, broken=["Site 4 is closed."]),
        record("pulp-cbc", None),
    ]
    text = tables(records)
    assert "| ours | 100 | 0.000 | - | 1.0 | 100 | 1 of 1 | no bound |" in text
    assert "**not built** the solver had no model after 60 s" in text
    assert "0 of 1 | Site 4 is closed. |" in text and "0 of 1 | no plan |" in text


def test_page_keeps_what_was_written_by_hand(tmp_path):
    """Only what lies between the marks is replaced; the chart has a dot per run, hollow without plan or bound."""
    page = tmp_path / "locate.md"
    page.write_text(f"# Mine\n\n{BEGIN}\nof yesterday\n{END}\n\nAlso mine.\n")
    write_page([record(), record("highs", None), record("spopt", None, None, outcome=REFUSED)], page)
    text, drawing = page.read_text(), (tmp_path / "locate.svg").read_text()
    assert text.startswith(f"# Mine\n\n{BEGIN}\n") and text.endswith(f"{END}\n\nAlso mine.\n")
    assert "of yesterday" not in text and "**not asked**" in text
    assert (2, 1) == (drawing.count("<circle"), drawing.count('fill="white" stroke'))
    assert "Nothing measured yet" in chart([])


def _figures(judged):
    return judged.cost, judged.bound, judged.violations
