"""Any return of a stored run is explained from the run alone, at the command and on paper."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service import cli
from service.describe import Asked
from service.explaining import explain_stored
from service.explanation_html import changes_html, limits_html, removed_html
from service.planning import decide_to_run
from service.store import publish

CITY = Path(__file__).parents[2] / "data" / "city"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with the decided city, whose network folder is gone by now."""
    network = shutil.copytree(CITY, tmp_path_factory.mktemp("networks") / "city")
    root = tmp_path_factory.mktemp("runs")
    decide_to_run(Asked("decide", network, seed=1, engine="none"), root=root)
    shutil.rmtree(network)
    return root


@pytest.fixture(scope="module")
def run(store):
    """The stored run."""
    from service.store import open_run

    return open_run(store)


def retour(*words):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


def test_parts_are_the_rows_of_the_stored_ledger(run):
    """Every stored row of a return is a part of its explanation to the cent, the pickup estimate included."""
    decisions = run.table("decisions")
    for return_id in decisions.loc[decisions["state"] == "PLANNED", "return_id"].iloc[::200]:
        told = explain_stored(run, return_id)
        rows = run.query("SELECT activity, cost_eur FROM ledger WHERE subject_id = ?", [return_id])
        parts = {p.activity: round(p.cost_eur, 2) for p in told.parts if p.activity != "carbon"}
        assert rows.set_index("activity")["cost_eur"].round(2).to_dict() == parts
        assert told.changes or told.runner_up.extra_eur < 0


def test_command_explains_to_people(store):
    """Parts, limits, second best, changes and rules stand in the answer, with a source of law."""
    answer = retour("explain", "latest", "R0673", "--out", store)
    headings = ("Priced parts", "Binding limits", "Second best", "What would change it", "What was not open to it")
    assert (0, []) == (answer.exit_code, [h for h in headings if h not in answer.stdout])
    assert "L.541-15-8" in answer.stdout


def test_command_explains_to_machines(store, run):
    """--json is one object: the explanation, the run's id, and nothing that JSON cannot hold."""
    answer = json.loads(retour("explain", run.path, "R0673", "--out", store, "--json").stdout)
    assert ("DONE", run.id, "R0673") == (answer["status"], answer["run"], answer["return_id"])
    assert round(sum(p["cost_eur"] for p in answer["parts"]), 6) == round(answer["cost_eur"], 6)


def test_an_unknown_return_is_told_with_those_alike(store):
    """A mistyped return ends in code 3 and names what was perhaps meant."""
    answer = retour("explain", "latest", "R673", "--out", store)
    assert (3, True) == (answer.exit_code, "did you mean R0673" in answer.stderr)


def test_an_unknown_run_is_told_with_those_alike(store, run):
    """A mistyped run ends in code 3 and names what was perhaps meant."""
    answer = retour("explain", run.id[:-1], "R0673", "--out", store)
    assert (3, True) == (answer.exit_code, f"did you mean {run.id}?" in answer.stderr)


def test_a_run_without_pickup_prices_says_so(tmp_path, plan, asked, tiny, sound):
    """A run stored before pickup prices were kept is not explained with wrong ones."""
    publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound)
    answer = retour("explain", "latest", "R01", "--out", tmp_path)
    assert (3, True) == (answer.exit_code, "keeps no pickup prices" in answer.stderr)


def test_html_names_rules_with_what_they_cost(run):
    """The page's pieces hold every change, limit and rule of the explanation, with the rule's source."""
    told = explain_stored(run, "R0673")
    assert len(told.changes) == changes_html(told.changes).count("<p>")
    assert len(told.limits) + 1 == limits_html(told.limits).count("<tr>")
    rules = removed_html(told.removed)
    assert len(told.removed) == rules.count("<tr>")
    assert "points.refuses" in rules and "+€" in rules
