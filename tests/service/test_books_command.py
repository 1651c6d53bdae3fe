"""`retour design NETWORK --actuals FILE`: the network as it is against the books, stored, told, and part of a study."""

import json

import pytest
from typer.testing import CliRunner

from service import cli
from service.designing_study_store import StudyRun
from tests.network_design.conftest import loaded, small_tables

BOOKS = """activity,place_id,to_id,cost,quantity_t,distance_t_km
transport,Z,N,120,20,1200
transport,N,M,24,10,120
fixed,N,,70,,
fixed,F,,20,,
"""


def retour(*words: object):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


@pytest.fixture
def network(tmp_path):
    """The folder of the small network with both sites there, F at 20 t, and the books of its last two years."""
    tables = small_tables()
    tables["places"] = tables["places"].assign(
        status=["ALWAYS", "EXISTING", "EXISTING", "ALWAYS"], initial_size_t=[None, 10, 20, None]
    )
    loaded(tables, tmp_path)
    (tmp_path / "books.csv").write_text(BOOKS)
    return tmp_path / "network"


def test_books_are_told_why_they_deviate(network, tmp_path):
    """--json has totals and causes; pasted into a study, the changes leave nothing to tell."""
    words = ["design", network, "--out", tmp_path / "runs", "--json"]
    told = json.loads(retour(*words, "--actuals", tmp_path / "books.csv").stdout)
    assert (0, "FEASIBLE", True) == (told["exit_code"], told["status"], told["feasible"])
    assert ["DISTANCE", "FIXED", "ALL"] == [cause["cause"] for cause in told["causes"]]
    assert {"calibration", "causes", "members", "outcomes"} == set(StudyRun(
        tmp_path / "runs" / "studies" / told["run_id"]).manifest.tables)  # fmt: skip
    study = f'name = "again"\nchanges = [{told["causes"][-1]["changes"]}]\n[baseline]\nactuals = "books.csv"\n'
    (tmp_path / "STUDY.toml").write_text(study)
    again = json.loads(retour(*words[:2], tmp_path / "STUDY.toml", *words[2:]).stdout)
    assert ([], True) == (again["causes"], all(row["fits"] for row in again["calibration"]))
    # Two years with both sites there: N costs 35 a year after the change, F 10, which only a design may close.
    cost = {row["design_id"]: row["expected_cost"] for row in again["summary"]}
    assert pytest.approx(20) == cost["as it is"] - cost["baseline"]


def test_the_calibration_is_shown(network, tmp_path):
    """A person reads each total, why it deviates, what to paste, and that nothing has been changed."""
    shown = retour("design", network, "--out", tmp_path / "runs", "--actuals", tmp_path / "books.csv").stdout
    for part in (
        "The network as it is against the books", "1 DISTANCE (books, row 2, 3): all ways: 0.8333 times as long",
        'changes = [{ table = "distances", factor = 1.2 }]', "nothing has been changed",
    ):  # fmt: skip
        assert part in " ".join(shown.split())


def test_defects_of_the_books_end_in_3(network, tmp_path):
    """Every defect of the books is told with its row; a file that is not there too; wrong words are wrong usage."""
    (tmp_path / "books.csv").write_text(BOOKS.replace("transport,Z", "transprt,Z"))
    words = ["design", network, "--out", tmp_path / "runs", "--json"]
    told = json.loads(retour(*words, "--actuals", tmp_path / "books.csv").stdout)
    assert (3, ("books.csv", 2, "activity")) == (
        told["exit_code"], tuple(told["issues"][0][k] for k in ("table", "row", "column"))
    )  # fmt: skip
    assert 3 == retour(*words, "--actuals", tmp_path / "none.csv").exit_code
    assert 2 == retour(*words, "--observed", tmp_path / "books.csv").exit_code
    assert not (tmp_path / "runs").exists()
