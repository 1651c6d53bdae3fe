"""The front of a study on the Design page."""

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from service import cli
from service.views.compare import _name
from service.views.design_loaded import membership, stored_designs
from service.views.design_study import front_of, study_of
from service.views.design_study_charts import front_chart, tornado_chart
from tests.network_design.conftest import loaded, small_tables

TRADE = 'name = "Trade"\n[front]\naims = ["cost", "emissions"]\npoints = 2\n[sensitivity]\nstep = 0.5\n'


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A store with a study of the small network: far F costs -420 and emits 2 t, near N costs -380 and emits 1 t."""
    folder = tmp_path_factory.mktemp("study")
    loaded(small_tables(), folder)
    (folder / "STUDY.toml").write_text(TRADE)
    words = ["design", folder / "network", folder / "STUDY.toml", "--out", folder / "runs"]
    assert 0 == CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour").exit_code
    return folder / "runs"


def test_the_front_names_the_run_of_each_point(runs):
    """The cheapest first; every point is a stored design, and any of them leads to the study."""
    stored = {folder.name for folder in stored_designs(runs)}
    for run_id in stored:
        study = study_of(runs, run_id)
        front = front_of(study)
        assert ("Trade", [-420.0, -380.0], [2.0, 1.0]) == (
            study.manifest.name, pytest.approx(front["cost"].tolist()), pytest.approx(front["emissions_t"].tolist()),
        )  # fmt: skip
        assert set(front["run_id"]) <= stored


def test_a_design_of_no_study_has_none(runs, tmp_path):
    """Neither a design that no study holds, nor a store without studies."""
    assert study_of(runs, "another") is None
    assert study_of(tmp_path, "another") is None


def test_the_open_design_is_the_diamond(runs):
    """The chart marks the design that is open, and draws the aims that were asked."""
    front = front_of(study_of(runs, stored_designs(runs)[0].name))
    figure = front_chart(front, ("cost", "emissions"), run_id=front["run_id"].iloc[1], currency="EUR")
    assert ("circle", "diamond") == figure.data[0].marker.symbol
    other = front_chart(front, ("service", "distance"), run_id=front["run_id"].iloc[1], currency="EUR")
    assert front["beyond_band_share"].tolist() == list(other.data[0].x)
    assert ("Share beyond the band", "Mean way, km") == (other.layout.xaxis.title.text, other.layout.yaxis.title.text)


def test_the_page_shows_the_study(runs, monkeypatch):
    """The front stands above the tabs of each of its designs."""
    monkeypatch.setenv("RETOUR_RUNS", str(runs))
    app = AppTest.from_string("from service.views import design\ndesign.page()\n", default_timeout=120).run()
    assert not app.exception
    assert ["Study Trade: what it found"] == [e.label for e in app.expander if e.label.startswith("Study")]
    told = [m.value for m in app.markdown]
    assert {"##### Designs over all futures", "##### One lever at a time"} <= set(told)


def test_levers_are_bars_from_the_cost_as_it_is(runs):
    """At half the opening costs near N is best, at -380 - 150; a bar begins at the cost as things stand, -420."""
    levers = study_of(runs, stored_designs(runs)[0].name).table("sensitivity")
    down = tornado_chart(levers, currency="EUR").data[0]
    bars = dict(zip(down.y, down.x, strict=True))
    assert (-420.0, -110.0) == (pytest.approx(down.base), pytest.approx(bars["opening"]))


def test_compared_designs_are_called_as_in_their_study(runs):
    """The Compare page has the letters and names of `retour compare`."""
    for folder in stored_designs(runs):
        member = membership(folder)
        assert ("Trade", f"B {member.design}") == (member.study, _name(1, folder))
