"""Promises of the command line: exit codes, clean JSON, help for every command."""

import json
import subprocess
import sys
from typing import get_args

import pytest
from typer.testing import CliRunner

from retour import BackendError, InfeasibleError, InputError, Issue
from routing.pickup.engines import AUTO, ENGINES
from service import cli, planning, screen
from service.store import publish

TINY = "data/tiny"
COMMANDS = ["app", "check", "compare", "decide", "design", "drivers", "explain", "import", "locate", "plan", "quote",
            "replan", "replay", "routes", "runs", "sample"]  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path, request):
    """Work at the root of the project, with runs in a temporary folder."""
    monkeypatch.chdir(request.config.rootpath)
    monkeypatch.setenv("RETOUR_RUNS", str(tmp_path / "runs"))


def retour(*words: object):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


@pytest.fixture
def planned(monkeypatch, plan, tiny, sound):
    """Let `retour plan` store the hand-written night, or whatever night is passed."""

    def use(night=plan, violations=sound):
        def make(asked, *, root, **_context):
            return publish(root, night, asked=asked, instance=tiny, violations=violations)

        monkeypatch.setattr(planning, "plan_to_run", make)

    return use


def raising(error):
    """A planner that fails."""

    def make(asked, **_context):
        raise error

    return make


def test_commands_are_the_documented_ones():
    """The command has these words and no stubs."""
    assert COMMANDS == sorted(c.name or c.callback.__name__ for c in cli.app.registered_commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command):
    """Help works without a network, and every option has a sentence."""
    found = retour(command, "--help")
    assert (0, True) == (found.exit_code, "Usage: retour" in found.output)


def test_engines_offered_are_those_registered():
    """The command offers every routing engine there is, a choice by itself, and no other."""
    assert sorted([AUTO, *ENGINES]) == sorted(get_args(cli.Engine))


def test_a_sound_network_is_profiled():
    """Checking a sound network ends in 0 and counts what is in it."""
    found = retour("check", TINY)
    assert (0, True) == (found.exit_code, "12" in found.stdout)


def test_check_as_json_is_one_object():
    """--json gives counts and an empty list of issues."""
    told = json.loads(retour("check", TINY, "--json").stdout)
    assert ("VALID", 12, []) == (told["status"], told["counts"]["returns"], told["issues"])


@pytest.mark.parametrize(
    ("words", "option"),
    [(("design", "--returns", 100), "--returns"), (("tiny", "--size", "small"), "--size")],
    ids=["returns of a design", "size of a night"],
)
def test_options_that_a_sample_does_not_take_are_wrong_usage(tmp_path, words, option):
    """They are not ignored: exit code 2, and nothing is written."""
    kind, *given = words
    found = retour("sample", kind, tmp_path / "new", *given)
    assert (2, True, False) == (found.exit_code, option in found.stderr, (tmp_path / "new").exists())


@pytest.mark.parametrize("command", ["plan", "decide", "check"])
def test_a_design_network_is_no_night(tmp_path, command):
    """Also one without design.toml: one sentence names its tables and the command to use, and ends in 3."""
    assert 0 == retour("sample", "design", tmp_path / "net").exit_code
    (tmp_path / "net" / "design.toml").unlink()
    found = retour(command, tmp_path / "net", "--json")
    (issue,) = json.loads(found.stdout)["issues"]
    expected = "this is a design network (it has periods.csv, products.csv, places.csv, ...); use `retour design`"
    assert (3, expected) == (found.exit_code, issue["message"])


def test_a_night_network_is_no_design():
    """It names what it has of a night."""
    found = retour("design", TINY, "--json")
    (issue,) = json.loads(found.stdout)["issues"]
    assert 3 == found.exit_code
    assert issue["message"].startswith("this is a night network (it has returns.csv, item_classes.csv, ")
    assert issue["message"].endswith("use `retour plan`")


def test_bad_input_ends_in_3_with_every_issue(monkeypatch):
    """Every issue is printed, to standard error only."""
    negative = Issue("points", 18, "capacity_parcels", "found -40; it must be 0 or more")
    monkeypatch.setattr(planning, "plan_to_run", raising(InputError([negative, Issue("hubs", None, None, "empty")])))
    found = retour("plan", TINY)
    assert (3, "") == (found.exit_code, found.stdout)
    assert "points row 18, capacity_parcels: found -40" in found.stderr
    assert "2 issues" in found.stderr


def test_bad_input_as_json(monkeypatch):
    """With --json the issues are one object on standard output."""
    monkeypatch.setattr(planning, "plan_to_run", raising(InputError([Issue("points", 18, "lat", "found 91")])))
    found = retour("plan", TINY, "--json")
    told = json.loads(found.stdout)
    assert (3, "INVALID") == (found.exit_code, told["status"])
    assert [{"table": "points", "row": 18, "column": "lat", "message": "found 91"}] == told["issues"]


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (InfeasibleError(["412 parcels must leave but the vans carry 380. Add a van."]), 4, "INFEASIBLE"),
        (BackendError("HiGHS returned no solution."), 5, "FAILED"),
        (ZeroDivisionError("division by zero"), 5, "FAILED"),
    ],
)
def test_each_kind_of_error_has_its_exit_code(monkeypatch, error, code, status):
    """Your limits end in 4, our solver and our own mistakes in 5; always a sentence, never a traceback."""
    monkeypatch.setattr(planning, "plan_to_run", raising(error))
    said, told = retour("plan", TINY), json.loads(retour("plan", TINY, "--json").stdout)
    assert (code, code, status) == (said.exit_code, told["exit_code"], told["status"])
    assert str(error) in said.stderr
    assert "Traceback" not in said.output


def test_unexpected_errors_leave_a_log(monkeypatch, tmp_path):
    """The traceback of our own mistakes is kept beside the runs."""
    monkeypatch.setattr(planning, "plan_to_run", raising(ZeroDivisionError("division by zero")))
    retour("plan", TINY, "--out", tmp_path / "out")
    (log,) = (tmp_path / "out" / "logs").iterdir()
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["plan", f"plan {TINY} --engine magic", f"plan {TINY} --date soon", "fly"])
def test_wrong_usage_ends_in_2(words):
    """Unknown words, engines and dates are wrong usage."""
    assert 2 == retour(*words.split()).exit_code


@pytest.mark.parametrize("budget", ["inf", "nan", "0"])
def test_a_budget_without_end_is_wrong_usage(budget):
    """A time budget is a finite number of seconds."""
    assert 2 == retour("plan", TINY, "--time-budget", budget).exit_code


@pytest.mark.parametrize("command", ["plan", "decide"])
@pytest.mark.parametrize("below", ["", "runs"])
def test_a_store_that_cannot_be_written_is_refused_first(tmp_path, command, below):
    """A plain file where the runs should go ends in 3 with its path, before anything is read or planned."""
    file = tmp_path / "notes.txt"
    file.touch()
    found = retour(command, tmp_path / "no-network", "--out", file / below)
    assert 3 == found.exit_code
    assert f"no run can be stored in {file / below}" in found.stderr


def test_a_mapping_that_is_not_there_ends_in_3(tmp_path):
    """The sentence names the path of the mapping."""
    found = retour("import", "points", "README.md", tmp_path / "net", "--map", tmp_path / "none.toml")
    assert (3, True) == (found.exit_code, str(tmp_path / "none.toml") in found.stderr)


def test_a_number_of_returns_that_cannot_be_is_wrong_usage(tmp_path):
    """The tiny sample is typed in: asking for another number of returns ends in 2 and writes nothing."""
    found = retour("sample", "tiny", tmp_path / "net", "--returns", 5)
    assert (2, True, False) == (found.exit_code, "12 returns" in found.stderr, (tmp_path / "net").exists())


def test_a_stored_plan_ends_in_0_and_says_where(planned):
    """The summary names the cost, the alerts and what to open."""
    planned()
    found = retour("plan", TINY)
    assert 0 == found.exit_code
    for words in ("€52.06", "€46.25", "P2 is left", "report.html", "retour app"):
        assert words in found.stdout


def test_json_of_a_plan_has_what_is_promised(planned, tmp_path):
    """One object: status, cost, bound, gap, seconds, peak_mb, feasible, violations, and where the run is."""
    planned()
    told = json.loads(retour("plan", TINY, "--seed", 7, "--json").stdout)
    assert {"status", "cost", "bound", "gap", "seconds", "peak_mb", "feasible", "violations"} <= told.keys()
    assert ("FEASIBLE", None, 7) == (told["status"], told["bound"], told["seed"])
    assert (True, []) == (told["feasible"], told["violations"])
    assert round(told["cost"], 2) == round(told["ledger_total_eur"], 2) == -52.06
    assert str(tmp_path / "runs") in told["run"]


def test_a_degraded_plan_ends_in_6(planned, degraded_plan):
    """A fallback plan is stored, says why, and ends in 6."""
    planned(degraded_plan)
    found, told = retour("plan", TINY), retour("plan", TINY, "--json")
    assert (6, 6) == (found.exit_code, told.exit_code)
    assert "savings heuristic" in found.stdout
    assert "savings heuristic" in json.loads(told.stdout)["degraded"][0]


def test_broken_promises_are_listed(planned, plan, broken):
    """A plan the checker refuses is not feasible and lists each broken promise."""
    planned(plan, broken)
    told = json.loads(retour("plan", TINY, "--json").stdout)
    assert (False, 1, "van_capacity") == (told["feasible"], told["violation_count"], told["violations"][0]["rule"])


def test_runs_are_listed(planned):
    """`retour runs` shows what was stored; an empty store says how to fill it."""
    assert "retour plan" in retour("runs").stdout
    planned()
    stored = json.loads(retour("plan", TINY, "--json").stdout)["run_id"]
    told = json.loads(retour("runs", "--json").stdout)
    assert [stored] == [run["id"] for run in told["runs"]]
    assert 0 == retour("runs").exit_code


def test_a_sample_is_written_once(tmp_path):
    """A sample is a network that can be planned; writing into it again ends in 3."""
    assert 0 == retour("sample", "tiny", tmp_path / "net").exit_code
    assert 0 == retour("check", tmp_path / "net").exit_code
    assert 3 == retour("sample", "tiny", tmp_path / "net").exit_code


def test_the_real_command_keeps_standard_output_clean(tmp_path):
    """In a process of its own: bad input ends in 3, stdout is one JSON object, and nothing is written."""
    command = [sys.executable, "-m", "service.cli", "plan", str(tmp_path / "none"), "--out", str(tmp_path / "o")]
    found = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    assert (3, "INVALID") == (found.returncode, json.loads(found.stdout)["status"])
    assert not (tmp_path / "o").exists()


def test_wrong_usage_as_json_is_an_object_too():
    """A wrong option beside --json ends in 2 with an object on standard output."""
    command = [sys.executable, "-m", "service.cli", "plan", "--nonsense", "--json"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (2, "USAGE") == (found.returncode, json.loads(found.stdout)["status"])


def test_a_missing_app_is_told(monkeypatch, tmp_path):
    """Without its page the app does not start, and the command says what is missing."""
    monkeypatch.setattr(screen, "APP", tmp_path / "app.py")
    found = retour("app")
    assert (5, True) == (found.exit_code, "is missing" in found.stderr)
