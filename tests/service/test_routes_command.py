"""Promises of `retour routes`: the record, the exit codes, and a solution file that is whole or absent."""

import dataclasses
import json

import pytest
from typer.testing import CliRunner

from retour import BackendError, InfeasibleError
from retour.vocabulary import Status
from routing.standard import check_solution, read_solution, read_standard, solve
from service import cli, routing_file

SQUARE = """NAME : square
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 6
NODE_COORD_SECTION
1 0 0
2 3 4
3 3 8
4 -3 4
5 0 -5
DEMAND_SECTION
1 0
2 2
3 3
4 4
5 1
DEPOT_SECTION
1
-1
EOF
"""
VROOM = {
    "vehicles": [{"id": 1, "start_index": 0, "end_index": 0}],
    "jobs": [{"id": 5, "location_index": 1}],
    "matrices": {"car": {"durations": [[0, 60], [60, 0]]}},
}


@pytest.fixture
def square(tmp_path):
    """A file of four clients whose optimum is 37."""
    path = tmp_path / "square.vrp"
    path.write_text(SQUARE, encoding="utf-8")
    return path


def routes(*words: object):
    """Run the command in this process, for a few iterations."""
    words = ("routes", *words, "--iterations", 50)
    return CliRunner().invoke(cli.app, [str(word) for word in words], prog_name="retour")


def test_the_record_holds_what_was_promised(square):
    """Standard output is one object with the agreed keys, cost in the convention's units."""
    found = routes(square, "--json")
    told = json.loads(found.stdout)
    assert 0 == found.exit_code
    assert ("OPTIMAL", 37, 37, 0.0, True, []) == tuple(
        told[key] for key in ("status", "cost", "bound", "gap", "feasible", "violations")
    )
    assert ("square", "round", "CVRP", 4, 2) == tuple(
        told[key] for key in ("instance", "convention", "kind", "clients", "routes")
    )
    assert told["seconds"] > 0 and told["peak_mb"] > 0 and told["engine"] and told["engine_why"]


def test_every_field_is_documented(square, request):
    """docs/routes.md names each field of the record."""
    page = (request.config.rootpath / "docs" / "routes.md").read_text(encoding="utf-8")
    assert [] == [field for field in json.loads(routes(square, "--json").stdout) if f"`{field}`" not in page]


def test_a_solution_file_is_written_and_reads_back(square, tmp_path):
    """What is written is what was counted, by the numbering of `.sol` files."""
    found = routes(square, "--out", tmp_path / "square.sol")
    checked = check_solution(read_standard(square), read_solution(tmp_path / "square.sol"))
    assert (0, 37, True) == (found.exit_code, checked.cost, checked.feasible)
    assert (tmp_path / "square.sol").read_text(encoding="utf-8").endswith("Cost 37\n")


def test_another_convention_may_be_asked_for(square):
    """Tenths instead of whole units."""
    told = json.loads(routes(square, "--convention", "dimacs", "--json").stdout)
    assert (369, "dimacs") == (told["cost"], told["convention"])


def test_it_begins_with_a_given_solution(square, tmp_path, monkeypatch):
    """The solver is handed the routes of the file."""
    (tmp_path / "begin.sol").write_text("Route #1: 1 2\nRoute #2: 3 4\n", encoding="utf-8")
    handed = {}
    real = routing_file.solve_standard
    monkeypatch.setattr(
        routing_file, "solve_standard", lambda instance, **given: real(instance, **(handed.update(given) or given))
    )
    assert 0 == routes(square, "--start", tmp_path / "begin.sol").exit_code
    assert ((1, 2), (3, 4)) == handed["start"]


def test_a_summary_is_for_people(square):
    """Without --json the cost, the engine and the verdict are told in words."""
    told = routes(square).stdout
    assert all(word in told for word in ("37", "OPTIMAL", "no broken rule", "square"))


def test_every_defect_of_a_file_ends_in_3(square, tmp_path):
    """All of them, each with its line; nothing is written."""
    square.write_text(SQUARE.replace("CAPACITY : 6", "CAPACITY : six").replace("3 3\n", "3 x\n"), encoding="utf-8")
    found = routes(square, "--out", tmp_path / "square.sol")
    assert 3 == found.exit_code
    assert "square.vrp row 5: CAPACITY is 'six'" in found.stderr
    assert "square.vrp DEMAND_SECTION row 15: 'x' is no number." in found.stderr
    assert not (tmp_path / "square.sol").exists()


def test_an_impossible_instance_ends_in_4(square):
    """A client whose demand no vehicle holds is named."""
    square.write_text(SQUARE.replace("CAPACITY : 6", "CAPACITY : 3"), encoding="utf-8")
    told = json.loads(routes(square, "--json").stdout)
    assert ("INFEASIBLE", 4) == (told["status"], told["exit_code"])
    assert any("'3'" in reason for reason in told["reasons"])


@pytest.mark.parametrize(("error", "code"), [(InfeasibleError(["no"]), 4), (BackendError("no"), 5)])
def test_errors_of_the_solver_end_in_their_code(square, monkeypatch, error, code):
    """Your limits end in 4, our solver in 5."""

    def fail(instance, **given):
        raise error

    monkeypatch.setattr(routing_file, "solve_standard", fail)
    assert code == routes(square).exit_code


@pytest.mark.parametrize(
    ("change", "code", "written"),
    [({"degraded": True, "note": "The routing process died."}, 6, True), ({"status": Status.FAILED}, 5, False)],
)
def test_degraded_and_failed_answers_say_so(square, tmp_path, monkeypatch, change, code, written):
    """A fallback that serves everybody is written and ends in 6; a plan that does not is not written and ends in 5."""
    real = routing_file.solve_standard
    monkeypatch.setattr(
        routing_file, "solve_standard", lambda instance, **given: dataclasses.replace(real(instance, **given), **change)
    )
    found = routes(square, "--out", tmp_path / "square.sol", "--json")
    told = json.loads(found.stdout)
    assert (code, code) == (found.exit_code, told["exit_code"])
    assert (written, written) == ((tmp_path / "square.sol").exists(), told["out"] is not None)


def test_broken_solutions_are_never_called_feasible(square, monkeypatch):
    """Whatever an engine says, the independent checker has the last word."""
    monkeypatch.setattr(solve, "to_solution", lambda instance, routes: ((1, 2),))
    told = json.loads(routes(square, "--json").stdout)
    assert ("FAILED", False, {"required"}) == (
        told["status"], told["feasible"], {broken["rule"] for broken in told["violations"]},
    )  # fmt: skip


@pytest.mark.parametrize(
    "words", [("--engine", "magic"), ("--convention", "euclid"), ("--time-budget", "nan"), ("--seed", "-1")]
)
def test_wrong_words_end_in_2(square, words):
    """Wrong usage is told before anything is read."""
    assert 2 == routes(square, *words).exit_code


def test_an_impossible_place_for_the_answer_is_told_first(square, tmp_path):
    """No time is spent on an answer that could not be written."""
    found = routes(square, "--out", tmp_path / "none" / "square.sol")
    assert 3 == found.exit_code
    assert "does not exist; name a file in an existing folder" in found.stderr
    found = routes(square, "--out", "/proc/square.sol")  # where not even root writes
    assert 3 == found.exit_code
    assert "/proc/square.sol: cannot be written (" in found.stderr


def test_numbers_of_reasons_are_to_be_found_in_the_file(square):
    """Node 4 holds 4, which no vehicle carries: it is stop 3 of a solution file, and the reader is told so."""
    square.write_text(SQUARE.replace("CAPACITY : 6", "CAPACITY : 3"), encoding="utf-8")
    found = routes(square)
    assert (4, True) == (found.exit_code, "Stop '3' holds 4 parcels" in found.stderr)
    assert "numbered as in .sol files: stop 1 is node 2 of the file." in found.stderr


def test_vroom_problems_are_solved_and_answered(tmp_path):
    """Input of VROOM in, output of VROOM out."""
    (tmp_path / "v.json").write_text(json.dumps(VROOM), encoding="utf-8")
    told = json.loads(routes(tmp_path / "v.json", "--out", tmp_path / "a.json", "--json").stdout)
    answer = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert ("OPTIMAL", 120, "VROOM", None) == tuple(told[key] for key in ("status", "cost", "kind", "convention"))
    assert (0, 120, [5]) == (
        answer["code"], answer["summary"]["cost"],
        [step["id"] for step in answer["routes"][0]["steps"] if step["type"] == "job"],
    )  # fmt: skip


def test_options_of_one_format_are_refused_for_the_other(tmp_path):
    """A convention means nothing to VROOM."""
    (tmp_path / "v.json").write_text(json.dumps(VROOM), encoding="utf-8")
    found = routes(tmp_path / "v.json", "--convention", "exact")
    assert (3, True) == (found.exit_code, "--convention is for VRPLIB files" in found.stderr)
