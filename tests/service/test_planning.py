"""Promises of a real night from the folder to the store."""

import json
import subprocess
import sys
import time

import pytest

from retour.progress import Progress
from service.describe import Asked
from service.jobs import start_plan
from service.planning import decide_to_run, plan_to_run
from service.status_file import JobState
from service.stopwatch import Stopwatch

PATIENCE_S = 120.0


@pytest.fixture
def ask(request):
    """What is asked of data/tiny, limited by iterations so that it can be repeated."""
    folder = request.config.rootpath / "data" / "tiny"
    return lambda kind="plan", **changes: Asked(kind, folder, seed=1, **{"iterations": 50, **changes})


@pytest.fixture(scope="module")
def runs(tmp_path_factory, request):
    """The same night planned twice, and the news of the second time."""
    root, news = tmp_path_factory.mktemp("runs"), []
    asked = Asked("plan", request.config.rootpath / "data" / "tiny", seed=1, iterations=50)
    return plan_to_run(asked, root=root), plan_to_run(asked, root=root, listener=news.append), news


def test_a_night_is_planned_checked_and_stored(runs):
    """Every promise holds, and the objective is the ledger's total to the cent."""
    m = runs[0].manifest
    assert (True, 0, ()) == (m.feasible, m.violations, m.degraded)
    assert round(m.ledger_total_eur, 2) == round(m.objective_eur, 2)
    assert (10, 1, 1) == tuple(m.kpis[k] for k in ("returns_planned", "returns_denied", "returns_later"))
    assert {"load", "plan", "check"} == m.seconds.keys()


def test_the_same_night_twice_is_the_same_bytes(runs):
    """Same network, seed and iterations: every stored result table is equal byte for byte."""
    one, two, _ = (r if isinstance(r, list) else r.manifest for r in runs)
    assert one.tables == two.tables
    assert one.inputs == two.inputs
    assert one.id != two.id


def test_whoever_waits_hears_every_stage(runs):
    """News come from reading to storing, with shares from 0 to 1."""
    news = runs[2]
    assert all(isinstance(n, Progress) and 0 <= n.done <= 1 for n in news)
    stages = list(dict.fromkeys(n.stage for n in news))
    assert ("load", "store") == (stages[0], stages[-1])
    assert {"decide", "route", "check"} <= set(stages)


def test_decisions_alone_make_a_run(tmp_path, ask):
    """Deciding without routes is stored with its proof, its ledger includes the pickup estimate, and no van drives."""
    run = decide_to_run(ask("decide", iterations=None, budget_s=20.0), root=tmp_path)
    m = run.manifest
    assert ("decide", True, 0) == (m.kind, m.feasible, m.kpis["vans"])
    assert round(m.ledger_total_eur, 2) == round(m.objective_eur, 2)
    assert "pickup estimate" in set(run.table("ledger")["activity"])
    assert m.bound_eur is not None
    assert "Routes</h2>" not in run.report.read_text(encoding="utf-8")


def test_a_job_ends_with_its_run(tmp_path, ask):
    """A plan in a process of its own ends DONE and names the stored run."""
    job = start_plan(ask(), root=tmp_path)
    until = time.monotonic() + PATIENCE_S
    while not job.has_ended and time.monotonic() < until:
        time.sleep(0.1)
    assert (JobState.DONE, 0) == (job.status.state, job.status.exit_code)
    assert (tmp_path / str(job.status.run_id) / "run.json").is_file()


def test_the_command_plans_and_says_it_in_one_object(tmp_path):
    """In a process of its own `retour plan --json` ends in 0 with one object on standard output."""
    command = [sys.executable, "-m", "service.cli", "plan", "data/tiny", "--iterations", "50", "--out", str(tmp_path)]
    found = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    told = json.loads(found.stdout)
    assert (0, True, []) == (found.returncode, told["feasible"], told["violations"])
    assert told["bound"] <= told["cost"]
    assert "" == found.stderr


def test_a_budget_counts_from_the_start_of_the_process():
    """What was spent before and what storing will take is not given to the solvers: 100 - 5 - 2 - 40."""
    assert pytest.approx(53.0, abs=0.5) == Stopwatch(40.0).left_s(100.0)
    assert Stopwatch(0.0).left_s(None) is None
    assert 1.0 == Stopwatch(500.0).left_s(100.0)


def test_storing_is_given_time_as_loading_took_it():
    """Loading took 4 s, so 32 s are kept back for checking and storing, but never more than half the budget."""
    watch = Stopwatch(0.0)
    watch.seconds["load"] = 4.0
    assert pytest.approx(68.0, abs=0.5) == watch.left_s(100.0)
    assert pytest.approx(20.0, abs=0.5) == watch.left_s(40.0)
