"""`retour design NETWORK --actuals FILE`: the network as it is against the books, stored, told, and part of a study."""

import json

import pytest
from typer.testing import CliRunner

from service import cli
from service.studies.run import StudyRun
from service.studies.terminal import show_study
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the small network with both sites there, F at 20 t, and the books of its last two years."""
    tables, here = small_tables(), tmp_path_factory.mktemp("books")
    tables["places"] = tables["places"].assign(
        status=["ALWAYS", "EXISTING", "EXISTING", "ALWAYS"], initial_size_t=[None, 10, 20, None]
    )
    loaded(tables, here)
    (here / "books.csv").write_text(BOOKS)
    return here


@pytest.fixture(scope="module")
def told(folder):
    """What --json tells of the network as it is."""
    words = ["design", folder / "network", "--actuals", folder / "books.csv", "--out", folder / "runs", "--json"]
    return json.loads(retour(*words).stdout)


def test_books_are_told_why_they_deviate(told, folder):
    """--json has totals and causes; the run has them as tables."""
    assert (0, "FEASIBLE", True) == (told["exit_code"], told["status"], told["feasible"])
    assert ["DISTANCE", "FIXED", "ALL"] == [cause["cause"] for cause in told["causes"]]
    run = StudyRun(folder / "runs" / "studies" / told["run_id"])
    assert {"calibration", "causes", "members", "outcomes"} == set(run.manifest.tables)


def test_what_is_proposed_can_be_pasted(told, folder):
    """With all changes in a study nothing deviates; as it is it is one more design there, dearer than the best."""
    changes = told["causes"][-1]["changes"]
    study = f'name = "again"\nchanges = [{changes}]\n[baseline]\nactuals = "books.csv"\n'
    (folder / "STUDY.toml").write_text(study)
    words = ["design", folder / "network", folder / "STUDY.toml", "--out", folder / "runs", "--json"]
    again = json.loads(retour(*words).stdout)
    assert ([], True) == (again["causes"], all(row["fits"] for row in again["calibration"]))
    # Two years with both sites there: N costs 35 a year after the change, F 10, which only a design may close.
    cost = {row["design_id"]: row["expected_cost"] for row in again["summary"]}
    assert pytest.approx(20) == cost["as it is"] - cost["baseline"]
    assert ["baseline", "as it is"] == [member["design_id"] for member in again["members"]]


def test_the_calibration_is_shown(told, folder, capsys):
    """A person reads each total, why it deviates, what to paste, and that nothing has been changed."""
    show_study(StudyRun(folder / "runs" / "studies" / told["run_id"]), seconds=1.0)
    shown = " ".join(capsys.readouterr().out.split())
    for part in (
        "The network as it is against the books", "1 DISTANCE (books, row 2, 3): all ways: 0.8333 times as long",
        'changes = [{ table = "distances", factor = 1.2 }]', "nothing has been changed",
    ):  # fmt: skip
        assert part in shown


def test_defects_of_the_books_end_in_3(folder, tmp_path):
    """Every defect of the books is told with its row; a file that is not there too; wrong words are wrong usage."""
    (tmp_path / "books.csv").write_text(BOOKS.replace("transport,Z", "transprt,Z"))
    words = ["design", folder / "network", "--out", tmp_path / "runs", "--json"]
    told = json.loads(retour(*words, "--actuals", tmp_path / "books.csv").stdout)
    assert (3, ("books.csv", 2, "activity")) == (
        told["exit_code"], tuple(told["issues"][0][k] for k in ("table", "row", "column"))
    )  # fmt: skip
    assert 3 == retour(*words, "--actuals", tmp_path / "none.csv").exit_code
    assert 2 == retour(*words, "--observed", tmp_path / "books.csv").exit_code
    assert not (tmp_path / "runs").exists()
