"""The report and the workbook of a study: everything that was asked is in them, with figures of the stored tables."""

import re
from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from service.run import REPORT
from service.studies.carrying_out import AskedStudy, study_to_run
from service.studies.charts import draw_front, draw_tornado, regret_board, scale_over
from service.studies.report import render
from service.studies.workbook import study_workbook
from tests.network_design.conftest import loaded, small_tables

ASKED = """
name = "<b>All</b> of it"
[[designs]]
id = "near"
levers = { must_open = ["N"] }
[[scenarios]]
id = "few"
probability = 0.5
changes = [{ table = "supply", column = "amount_t", set = 4 }]
[[scenarios]]
id = "many"
probability = 0.5
[uncertainty]
weight = 0.0
[front]
aims = ["cost", "emissions"]
points = 2
[sensitivity]
step = 0.5
[baseline]
actuals = "books.csv"
"""
BOOKS = "activity,place_id,to_id,cost,quantity_t,distance_t_km\ntransport,Z,N,120,20,1200\nfixed,N,,70,,\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A study that asks everything of the small network with its near site there, at 10 t."""
    tables, here = small_tables(), tmp_path_factory.mktemp("study")
    tables["places"] = tables["places"].assign(
        status=["ALWAYS", "EXISTING", "CANDIDATE", "ALWAYS"], initial_size_t=[None, 10, None, None]
    )
    loaded(tables, here, currency="CHF")
    (here / "STUDY.toml").write_text(ASKED)
    (here / "books.csv").write_text(BOOKS)
    return study_to_run(AskedStudy(here / "network", here / "STUDY.toml", 1, 40.0), root=here / "runs")


def test_the_report_tells_everything_that_was_asked(run):
    """Every part has its heading; names are escaped; links lead to reports that are there, and nothing is fetched."""
    page = (run.path / REPORT).read_text(encoding="utf-8")
    for heading in (
        "One design for all futures", "The network as it is, against the books", "Why, and what would settle it",
        "Designs over all futures", "Every design in every future", "What the aims trade for", "One lever at a time",
        "Every design that was stored",
    ):  # fmt: skip
        assert heading in page
    assert "&lt;b&gt;All&lt;/b&gt; of it" in page and "<b>All" not in page
    links = re.findall(r"(?:src|href)=\"(?!data:)([^\"]+)\"", page)
    assert {f"../../designs/{i}/report.html" for i in run.table("members")["run_id"]} == set(links)
    assert all((run.path / link).is_file() for link in links)


def test_what_was_not_asked_is_left_out(tmp_path):
    """A study of one option has its figures and no empty part."""
    loaded(small_tables(), tmp_path)
    (tmp_path / "STUDY.toml").write_text('name = "one"\n[[designs]]\nid = "near"\nlevers = { must_open = ["N"] }\n')
    asked = AskedStudy(tmp_path / "network", tmp_path / "STUDY.toml", 1, 20.0)
    page = render(study_to_run(asked, root=tmp_path / "runs"))
    assert "near, discounted" in page
    for heading in ("against the books", "Every design in every future", "trade for", "One lever", "no design</h2>"):
        assert heading not in page


def test_the_workbook_has_a_sheet_per_table(run):
    """The first sheet says what is proven; every table with rows follows, heading by heading."""
    book = openpyxl.load_workbook(BytesIO(study_workbook(run)))
    facts = {row[0].value: row[1].value for row in book["study"].iter_rows()}
    assert ("CHF", run.manifest.hedged.value) == (facts["Currency"], pytest.approx(facts["Its value, discounted"]))
    filled = [name for name in run.manifest.tables if len(run.table(name))]
    assert {"study", *filled} == set(book.sheetnames)
    sheet = book["regret"]
    assert run.table("regret").columns.tolist() == [c.value for c in sheet[1]]
    assert len(run.table("regret")) + 1 == sheet.max_row


def test_regrets_are_a_board_of_designs_by_futures():
    """The largest regret is the hottest; a design that does not fit a future says so; one future needs no board."""
    table = pd.DataFrame({
        "design_id": ["a", "a", "b", "b"], "scenario_id": ["x", "y", "x", "y"], "fits": [True, True, True, False],
        "cost": [1.0, 9.0, 3.0, None], "best_cost": [1.0, 5.0, 1.0, 5.0], "regret": [0.0, 4.0, 2.0, None],
    })  # fmt: skip
    board = regret_board(table)
    assert ["x", "y"] == board["futures"]
    assert {"a": [0.0, 1.0], "b": [0.5, 0.0]} == {design: [c["heat"] for c in cells] for design, cells in board["rows"]}
    assert not dict(board["rows"])["b"][1]["fits"]
    assert regret_board(table[table["scenario_id"] == "x"]) is None


def test_the_front_is_drawn_in_its_aims():
    """The first aim goes across, the second up: the cheaper design stands farther left, the cleaner one lower."""
    front = pd.DataFrame({
        "design_id": ["dear", "cheap"], "cost": [200.0, 100.0], "emissions_t": [1.0, 2.0],
        "beyond_band_share": [0.0, 0.5], "mean_distance_km": [5.0, 50.0],
    })  # fmt: skip
    drawn = draw_front(front, ("cost", "emissions"), "EUR")
    cheap, dear = drawn["points"]
    assert ("Cost, EUR, discounted", "Emitted over all periods, t") == (drawn["x_title"], drawn["y_title"])
    assert "cheap" == cheap["label"] and cheap["x"] < dear["x"] and cheap["y"] < dear["y"]
    assert "Mean way, km" == draw_front(front, ("service", "distance", "cost"), "EUR")["y_title"]
    assert draw_front(front.head(1), ("cost", "emissions"), "EUR") is None


def test_levers_are_bars_on_one_scale():
    """A side without a design has no bar; bars meet at the cost as things stand."""
    levers = pd.DataFrame({
        "lever": ["supply", "sales"], "low_cost": [80.0, 105.0], "base_cost": [100.0, 100.0], "high_cost": [None, 95.0],
    })  # fmt: skip
    supply, sales = draw_tornado(levers)
    assert ([True], None) == ([b["low"] for b in supply["bars"]], supply["high_cost"])
    ends = {b["low"]: (b["left"], b["left"] + b["wide"]) for b in sales["bars"]}
    assert sales["base"] == pytest.approx(ends[True][0]) == pytest.approx(ends[False][1])
    assert [] == draw_tornado(levers.head(0))


@pytest.mark.parametrize("values", [(0.0, 0.0), (-3.0, 8.0), (6612556.0, 7916213.0), (0.001, 0.0012)])
def test_ticks_are_round_and_within_the_scale(values):
    """Ticks lie between the ends and are written apart from each other."""
    scale = scale_over(values, start=0.0, end=100.0)
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= 7 and all(0.0 <= at <= 100.0 for at, _ in ticks)
    assert len({says for _, says in ticks}) == len(ticks)
