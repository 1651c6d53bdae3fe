"""Promises of `retour quote`: from a network or a stored run, by id or from a file, every defect told at once."""

import json

import pytest
from typer.testing import CliRunner

from service import cli
from service.describe import Asked
from service.planning import decide_to_run
from service.quoting import open_desk

TINY = "data/tiny"
SHIRT = {"class_id": "shirt", "reason": "poor_fit", "lat": 45.76, "lon": 4.85, "volume_l": 6, "weight_kg": 1.2,
         "value_eur": 60}  # fmt: skip


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch, request):
    """Work at the root of the project."""
    monkeypatch.chdir(request.config.rootpath)


@pytest.fixture(scope="module")
def run(tmp_path_factory, request):
    """A stored run of tiny's decisions."""
    root = tmp_path_factory.mktemp("runs")
    network = request.config.rootpath / TINY
    return decide_to_run(Asked("decide", network, seed=1, engine="none"), root=root)


def told(*words: object) -> tuple[int, dict]:
    """Run a command with --json and return its exit code and object."""
    found = CliRunner().invoke(cli.app, [*(str(w) for w in words), "--json"], prog_name="retour")
    return found.exit_code, json.loads(found.stdout)


def test_a_run_quotes_what_it_decided(run):
    """At a run's prices a return's cheapest ways include the decision itself, at the cost the run stored."""
    decisions = run.table("decisions").set_index("return_id")
    code, quote = told("quote", run.path, "--return", "R01")
    costs = {a["point_id"]: a["cost_eur"] - a["limits_eur"] for a in quote["alternatives"]}
    chosen = decisions.loc["R01"]
    assert (0, "OFFERED") == (code, quote["status"])
    assert round(float(chosen["cost_eur"]), 2) == round(costs[chosen["point_id"]], 2)


def test_a_network_is_decided_first_and_says_so():
    """Without a run the night is decided for its prices, and the answer says where they come from."""
    code, quote = told("quote", TINY, "--return", "R01", "--time-budget", 20)
    assert (0, True) == (code, "made for this quote" in quote["prices_from"])


def test_a_denied_return_is_told_the_rule(run):
    """A return asked for after its window gets no alternative and the source of the rule; that is an answer, not an
    error."""
    denied = run.table("decisions").query("state == 'DENIED'").iloc[0]
    code, quote = told("quote", run.path, "--return", denied["return_id"])
    assert (0, "DENIED", [], denied["why"]) == (code, quote["status"], quote["alternatives"], quote["why"])


def test_a_new_return_comes_from_a_file(run, tmp_path):
    """A JSON object and a CSV of one row say the same and get the same answer."""
    (tmp_path / "new.json").write_text(json.dumps(SHIRT))
    (tmp_path / "new.csv").write_text(f"{','.join(SHIRT)}\n{','.join(map(str, SHIRT.values()))}\n")
    answers = [told("quote", run.path, "--return", tmp_path / name) for name in ("new.json", "new.csv")]
    offers = [answer["alternatives"] for _, answer in answers]
    assert ([0, 0], True) == ([code for code, _ in answers], len(offers[0]) >= 2)
    assert offers[0] == offers[1]


def test_every_defect_of_a_file_is_told_at_once(run, tmp_path):
    """Unknown classes, values beyond limits and unknown columns are issues of the file, all together, exit code 3."""
    (tmp_path / "new.json").write_text(json.dumps({**SHIRT, "class_id": "shrit", "volume_l": -3, "colour": "red"}))
    code, answer = told("quote", run.path, "--return", tmp_path / "new.json")
    named = {(issue["table"], issue["column"]) for issue in answer["issues"]}
    assert (3, True) == (code, named >= {("new.json", c) for c in ("class_id", "volume_l", "colour")})
    assert "did you mean 'shirt'?" in answer["error"]


@pytest.mark.parametrize("content", ["[]", "{", '"R01"'])
def test_a_file_that_holds_no_return_says_what_to_give(run, tmp_path, content):
    """What is no JSON object is refused in one sentence."""
    (tmp_path / "new.json").write_text(content)
    code, answer = told("quote", run.path, "--return", tmp_path / "new.json")
    assert (3, 1, "INVALID") == (code, len(answer["issues"]), answer["status"])


def test_unknown_returns_are_told_with_the_nearest(run):
    """A mistyped id is answered with the id that was meant, in a run and in a network."""
    answers = [told("quote", where, "--return", "R011") for where in (run.path, TINY)]
    assert [3, 3] == [code for code, _ in answers]
    assert all("R01" in answer["error"] for _, answer in answers)


def test_a_desk_of_a_run_needs_nothing_but_the_run(run):
    """The desk opens from the stored tables: prices, pickup prices, and what lies at points."""
    desk, instance = open_desk(run)
    lying = run.input("returns")["point_id"].notna().sum()
    priced = run.table("prices")
    assert (lying, (priced["price_eur"] > 0).sum()) == (len(instance.returns), (desk.prices > 0).sum())
