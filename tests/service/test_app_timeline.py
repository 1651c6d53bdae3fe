"""Promises of the Tonight page about time: the vans' timeline, the best cost while planning and after."""

import os
from datetime import UTC, datetime

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from retour.progress import Progress
from service.best_so_far import BestSoFar
from service.jobs import JOBS, RECORD, STATUS, JobRecord
from service.status_file import StatusFile
from service.store import publish


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty run store that the app uses."""
    monkeypatch.setenv("RETOUR_RUNS", str(tmp_path))
    return tmp_path


def tonight(tab=None):
    """Run the Tonight page with one of its tabs open."""
    app = AppTest.from_string("from service.views import tonight\ntonight.page()\n", default_timeout=60)
    if tab:
        app.session_state["tonight.tab"] = tab
    app.run()
    assert not app.exception
    return app


def charts(app):
    """Ids of the charts on a page; each ends in its key."""
    return " ".join(chart.proto.id for chart in app.get("plotly_chart"))


def steps():
    """Two bests of a search."""
    best = BestSoFar()
    for eur in (90.0, 80.0):
        best.listen(Progress("route", 0.5, best_eur=eur))
    return best.steps


def test_the_timeline_tab_draws_the_vans(store, plan, asked, tiny, sound):
    """One chart, and no question about hubs where all vans leave from one."""
    run = publish(store, plan, asked=asked, instance=tiny, violations=sound)
    app = tonight("Timeline")
    assert f"tonight.gantt.{run.id}.None" in charts(app)
    assert [] == [box for box in app.selectbox if box.key == "tonight.gantt-hub"]


def test_the_best_cost_stays_after_planning(store, plan, asked, tiny, sound):
    """A run with steps shows them below what the solvers proved; one without shows no empty chart."""
    publish(store, plan, asked=asked, instance=tiny, violations=sound)
    assert "How the best cost came down" not in " ".join(m.value for m in tonight("Promises").markdown)
    publish(store, plan, asked=asked, instance=tiny, violations=sound, steps=steps())
    assert "How the best cost came down" in " ".join(m.value for m in tonight("Promises").markdown)


def test_the_best_cost_is_drawn_while_a_plan_is_made(store):
    """A running job shows its stage, its best routes so far and the chart."""
    folder = store / JOBS / "20261123-180000-abcdef"
    folder.mkdir(parents=True)
    here = psutil.Process(os.getpid())
    record = JobRecord(
        pid=here.pid, process_started=here.create_time(), started_at=datetime.now(UTC), network="data/tiny", command=()
    )
    (folder / RECORD).write_text(record.model_dump_json(), encoding="utf-8")
    status = StatusFile(folder / STATUS)
    status.listen(Progress("decide", 0.5, best_eur=-5.0))
    status.listen(Progress("route", 0.5, best_eur=90.0))
    app = tonight()
    assert "€90.00" == {m.label: m.value for m in app.metric}["Best routes"]
    assert "plan.chart" in charts(app)


def test_drivers_files_can_be_taken_away(store, plan, asked, tiny, sound):
    """The Downloads tab offers manifests and GPX as one zip."""
    publish(store, plan, asked=asked, instance=tiny, violations=sound)
    app = tonight("Downloads")
    assert "Manifests and GPX, zip" in {button.proto.label for button in app.get("download_button")}
