"""The Compare page without a browser, and the tables it shows."""

import pytest
from streamlit.testing.v1 import AppTest

from service.design_report_tables import place_board
from service.designing import AskedDesign, design_to_run
from service.views.compare_tables import compared_figures, decision_differences, difference_records, first_km
from tests.network_design.conftest import loaded, small_tables
from tests.service.designs import PLACED, small_design


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A store of two designs: F is open in the first (A); where F must be closed, N is (B)."""
    return tmp_path_factory.mktemp("designs")


@pytest.fixture(scope="module")
def pair(folder):
    """The two designs by name."""
    first = small_design(folder)
    tables = small_tables()
    tables["places"] = tables["places"].assign(**PLACED, closed_from=[None, None, 1, None])
    loaded(tables, folder / "changed")
    second = design_to_run(AskedDesign(folder / "changed" / "network", 1, 20.0), root=folder / "runs")
    return {"A": first, "B": second}


def open_page(runs, monkeypatch):
    """Run the page over a store."""
    monkeypatch.setenv("RETOUR_RUNS", str(runs))
    return AppTest.from_string("from service.views import compare\ncompare.page()\n", default_timeout=120).run()


def texts(app):
    """Everything a page says in words."""
    return " ".join(str(e.value) for e in [*app.header, *app.markdown, *app.caption, *app.warning])


def test_an_empty_store_leads_to_the_design_page(tmp_path, monkeypatch):
    """Nothing can be compared yet."""
    app = open_page(tmp_path, monkeypatch)
    assert "No design is stored yet" in texts(app)


def test_two_designs_stand_side_by_side(folder, pair, monkeypatch):
    """Figures, cost by line, decisions and map are drawn, and different inputs are told."""
    app = open_page(folder / "runs", monkeypatch)
    assert not app.exception
    assert "different inputs" in texts(app) and "Decisions that differ (2)" in texts(app)


def test_figures_tell_the_change(pair):
    """A costs -420; B opens N instead, and the change is B less A."""
    table = compared_figures(pair).set_index("figure")
    cost = table.loc["Cost, discounted, EUR"]
    change = round(pair["B"].manifest.cost + 420)
    assert ("−420", True) == (cost["A"], cost["change"].startswith(f"+{change}"))
    assert {"1", "0"} >= set(table.loc["Openings", ["A", "B"]])


def test_service_is_the_way_to_the_first_place(pair):
    """Z to F is 0.4 degrees each way, Z to N half of it: the mean way is what great circles say."""
    far, near = first_km(pair["A"]), first_km(pair["B"])
    assert far == pytest.approx(53.5, abs=0.3)
    assert near == pytest.approx(far / 2, rel=0.01)


def test_only_decisions_that_differ_are_listed(pair):
    """F and N change roles; zone and market are not decided."""
    boards = {name: place_board(run) for name, run in pair.items()}
    differ = decision_differences(boards).set_index("place_id")
    assert {"F", "N"} == set(differ.index)
    assert ("opens in 1: 20.0 t", "never open") == tuple(differ.loc["F", ["A", "B"]])
    assert decision_differences({"A": boards["A"], "same": boards["A"]}).empty


def test_the_map_tells_where_each_is_open(pair):
    """F only in the first, N only in the second; what is not decided is not drawn."""
    boards = [place_board(run) for run in pair.values()]
    assert {"F": "only in the first", "N": "only in the second"} == {
        r["id"]: r["when"] for r in difference_records(*boards)
    }
