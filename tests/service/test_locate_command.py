"""Promises of `retour locate`: the record, the exit codes, and an answer file that is whole or absent."""

import dataclasses
import gzip
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from network_design.locate.answer import LocationAnswer
from network_design.locate.kinds import KINDS
from retour import BackendError
from retour.vocabulary import Status
from service import cli, location_file

# A path 1 - 2 - 3 - 4 - 5 with lengths 1, 1, 10, 1: opening 2 and 4 (or 5) costs 1 + 0 + 1 + 0 + 1.
PATH = "5 4 2\n1 2 1\n2 3 1\n3 4 10\n4 5 1\n"
POINTS = "NAME : p\nTYPE : TSP\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n"


@pytest.fixture
def path(tmp_path):
    """A gzipped pmed file of five nodes whose optimum is 3."""
    file = tmp_path / "path.gz"
    file.write_bytes(gzip.compress(PATH.encode()))
    return file


def locate(*words: object):
    """Run the command in this process."""
    words = ("locate", *words, "--time-budget", 60)
    return CliRunner().invoke(cli.app, [str(word) for word in words], prog_name="retour")


def test_the_record_holds_what_was_promised(path):
    """Standard output is one object with the agreed keys, whole costs without a point."""
    found = locate(path, "--kind", "pmedian", "--json")
    told = json.loads(found.stdout)
    assert 0 == found.exit_code == told["exit_code"]
    assert ("OPTIMAL", 3, 3, 0.0, True, []) == tuple(
        told[key] for key in ("status", "cost", "bound", "gap", "feasible", "violations")
    )
    assert ("path", "pmedian", 2, 1, 60.0) == tuple(
        told[key] for key in ("instance", "kind", "open_sites", "seed", "time_budget_s")
    )
    assert told["seconds"] > 0 and told["peak_mb"] > 0 and told["method"] and told["parts"]["largest_distance"] == 1
    assert isinstance(told["cost"], int) and isinstance(told["bound"], int)


def test_every_field_and_kind_is_documented(path, request):
    """docs/locate.md names each field of the record, and each kind."""
    page = (request.config.rootpath / "docs" / "locate.md").read_text(encoding="utf-8")
    told = json.loads(locate(path, "--kind", "pmedian", "--json").stdout)
    assert [] == [name for name in (*told, *KINDS) if f"`{name}`" not in page]


def test_p_of_the_command_goes_before_the_file_s(path):
    """Five sites for five customers cost nothing."""
    told = json.loads(locate(path, "--kind", "pmedian", "--p", 5, "--json").stdout)
    assert (0, 0, 5) == (told["cost"], told["gap"], told["open_sites"])


@pytest.mark.parametrize(("kind", "cost"), [(("pcentre",), 1), (("mclp", "--radius", 0.5), 3)])
def test_other_questions_of_the_same_file(path, kind, cost):
    """The largest distance; how many are not within half a unit."""
    told = json.loads(locate(path, "--kind", *kind, "--json").stdout)
    assert ("OPTIMAL", cost, True) == (told["status"], told["cost"], told["feasible"])


def test_the_answer_is_written_numbered_from_1(path, tmp_path):
    """Sites, assignments and prices; the numbering is said."""
    found = locate(path, "--kind", "pmedian", "--out", tmp_path / "answer.json")
    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert 0 == found.exit_code and "Written" in found.stdout
    assert ([2, 2, 2], 3) == (answer["assignments"][:3], answer["cost"])
    assert 2 in answer["open_sites"] and set(answer["assignments"]) == set(answer["open_sites"])
    assert "from 1" in answer["numbering"]
    assert 5 == len(answer["customer_price"]) and answer["one_more_site_saves"] >= 1  # a third site saves 1


def test_a_summary_is_for_people(path):
    """Without --json the cost, the status and the verdict are told in words."""
    told = locate(path, "--kind", "pmedian").stdout
    assert all(word in told for word in ("path", "p-median", "OPTIMAL", "gap 0.000%", "no broken rule"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--kind", "pmedian"), "the file does not say how many sites to open; give it with"),
        (("--kind", "mclp", "--p", 1), "give it with"),
        (("--kind", "lrp", "--p", 1), "location-routing"),
        (("--kind", "pmedian", "--p", 1, "--capacity", 5), "takes none; leave it out"),
        (("--kind", "golf"), "golf"),
    ],
)
def test_wrong_usage_ends_in_2(tmp_path, words, sentence):
    """A missing figure, one too many, an unknown kind."""
    (tmp_path / "points.tsp").write_text(POINTS, encoding="utf-8")
    found = locate(tmp_path / "points.tsp", *words)
    assert 2 == found.exit_code
    assert sentence in " ".join(found.stderr.replace("│", " ").split())


def test_every_defect_of_a_file_ends_in_3(path, tmp_path):
    """All of them, each with its line; nothing is written."""
    path.write_text(PATH.replace("2 3 1", "2 x 1").replace("4 5 1", "4 9 1"), encoding="utf-8")
    found = locate(path, "--kind", "pmedian", "--out", tmp_path / "answer.json")
    assert 3 == found.exit_code
    assert "path.gz row 3: '2 x 1' is no edge" in found.stderr
    assert "path.gz row 5: node 9 does not exist" in found.stderr
    assert not (tmp_path / "answer.json").exists()


def test_no_place_for_the_answer_ends_in_3(path, tmp_path):
    """Said before any time is spent."""
    found = locate(path, "--kind", "pmedian", "--out", tmp_path / "none" / "answer.json")
    assert 3 == found.exit_code and "which does not exist" in found.stderr


def test_an_impossible_problem_ends_in_4(path):
    """Two parts, one site."""
    path.write_text("3 1 1\n1 2 4\n", encoding="utf-8")
    found = locate(path, "--kind", "pmedian", "--json")
    told = json.loads(found.stdout)
    assert (4, "INFEASIBLE") == (found.exit_code, told["status"])
    assert "2 parts" in told["error"]


def test_a_solver_that_breaks_ends_in_5(path, monkeypatch):
    """The sentence is the solver's."""

    def broken(problem, **given):
        raise BackendError("out of order")

    monkeypatch.setattr("network_design.locate.pmedian.solve", broken)
    found = locate(path, "--kind", "pmedian")
    assert 5 == found.exit_code and "out of order" in found.stderr


@pytest.mark.parametrize(
    ("claim", "rule"),
    [({"cost": 2.0}, "priced_right"), ({"bound": 4.0}, "bound_below_cost"), ({"open_sites": (1,)}, "site_count")],
)
def test_what_the_checker_contradicts_is_never_passed_on(path, tmp_path, monkeypatch, claim, rule):
    """A wrong cost, a bound above the cost, a rule broken: FAILED, 5, nothing written."""
    sound = LocationAnswer(Status.OPTIMAL, 3.0, 3.0, (1, 3), np.array([1, 1, 1, 3, 3]))
    claimed = dataclasses.replace(sound, **claim)
    monkeypatch.setattr("network_design.locate.pmedian.solve", lambda problem, **given: claimed)
    found = locate(path, "--kind", "pmedian", "--json", "--out", tmp_path / "answer.json")
    told = json.loads(found.stdout)
    assert (5, "FAILED", False) == (found.exit_code, told["status"], told["feasible"])
    assert rule in [violation["rule"] for violation in told["violations"]]
    assert not (tmp_path / "answer.json").exists()


def test_flows_and_routes_are_written_numbered_from_1():
    """What other kinds bring: amounts per echelon, vehicles with their depot."""
    answer = LocationAnswer(
        Status.FEASIBLE, 1.5, None, (0,), flows={"plants": np.array([[0, 2, 2.5]])}, routes=((0, (3, 1)),),
        site_price=np.array([0.25]),
    )  # fmt: skip
    solved = location_file.SolvedLocation("x", Status.FEASIBLE, 1.5, None, None, {}, (), answer)
    document = location_file.location_document("lrp", solved)
    assert {"plants": [[1, 3, 2.5]]} == document["flows"]
    assert [{"depot": 1, "customers": [4, 2]}] == document["routes"]
    assert ([0.25], [1], None) == (document["site_price"], document["open_sites"], document["bound"])
