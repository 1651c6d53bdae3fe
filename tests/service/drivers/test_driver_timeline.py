"""Promises of the vans' timeline: no gap, no overlap, and what is drawn is what the tables say."""

from dataclasses import replace
from datetime import datetime

import pandas as pd

from retour.plan import shaped
from service.drivers.timeline import CLOSED, DRIVING, LOADING, UNLOADING, WAITING, of_hub, timeline
from service.report_gantt import draw_gantt
from service.store import publish
from service.time_charts import gantt_chart, progress_chart


def test_every_minute_of_a_van_is_told_once(two_trips):
    """From leaving to the last unloading, each piece begins where the one before ends."""
    pieces = timeline(two_trips)
    assert [61440, *pieces["end_s"][:-1]] == pieces["start_s"].tolist()
    assert 67980 == pieces["end_s"].iloc[-1]


def test_activities_stand_in_driving_order(two_trips):
    """The van waits for P3, loads, drives back and unloads; the second trip has no wait."""
    first = [DRIVING, WAITING, LOADING, DRIVING, UNLOADING]
    assert [*first, DRIVING, LOADING, DRIVING, UNLOADING] == timeline(two_trips)["activity"].tolist()
    assert [1] * 5 + [2] * 4 == timeline(two_trips)["trip"].tolist()


def test_a_piece_says_stop_eta_and_load(two_trips):
    """What hovering shows of the wait at P3."""
    says = timeline(two_trips).loc[1, "says"].splitlines()
    assert ["1 Relay Cuire", "ETA 17:20, leaves 17:30", "takes 5 parcels", "aboard then 5, 20 l, 3.0 kg"] == says[:4]


def test_a_stop_outside_its_window_stands_out(tmp_path, plan, asked, tiny):
    """A service that the checker found closed is told as such, and no other."""
    row = {
        "rule": "closed",
        "ids": "P3",
        "found": "62400",
        "limit": "an opening hour",
        "unit": "s",
        "message": "closed",
    }
    late = publish(tmp_path, plan, asked=asked, instance=tiny, violations=shaped("violations", pd.DataFrame([row])))
    assert [1, 1] == [(timeline(late)["activity"] == name).sum() for name in (CLOSED, LOADING)]


def test_vans_of_one_hub(two_trips):
    """A hub shows its own vans; no choice shows all."""
    pieces = timeline(two_trips)
    assert (len(pieces), len(pieces), 0) == tuple(len(of_hub(pieces, hub)) for hub in (None, "H1", "H2"))


def test_a_night_without_vans_has_no_timeline(tmp_path, plan, asked, tiny, sound):
    """Nothing is drawn and nothing fails."""
    nothing = {n: shaped(n, pd.DataFrame()) for n in ("visits", "stops", "routes")}
    idle = publish(tmp_path, replace(plan, **nothing), asked=asked, instance=tiny, violations=sound)
    assert (True, []) == (timeline(idle).empty, draw_gantt(idle)["vans"])
    assert "The vans' night" not in idle.report.read_text(encoding="utf-8")


def test_bars_stand_at_their_times(two_trips):
    """The wait at P3 begins at 17:20 and takes 300 s; every van has one line."""
    figure = gantt_chart(timeline(two_trips), two_trips.manifest.night)
    bars = {bar.name: bar for bar in figure.data}
    assert {DRIVING, WAITING, LOADING, UNLOADING} == bars.keys()
    assert (datetime(2026, 11, 23, 17, 20), 300_000) == (bars[WAITING].base[0], bars[WAITING].x[0])
    assert {"V1"} == set(bars[LOADING].y)


def test_names_cannot_put_markup_into_the_chart(tmp_path, plan, asked, tiny, sound):
    """What hovering shows of an oddly named point is its name."""
    points = tiny.points.assign(name=lambda p: p["name"].astype(object).replace("Relay Cuire", "<b>x</b>"))
    odd = publish(tmp_path, plan, asked=asked, instance=tiny.replace(points=points), violations=sound)
    (loading,) = (b for b in gantt_chart(timeline(odd), odd.manifest.night).data if b.name == LOADING)
    assert "&lt;b&gt;x" in loading.customdata[0][1]


def test_the_report_draws_a_line_per_van(two_trips):
    """The report has the van, full hours, and a path for each activity with a piece each."""
    drawn = draw_gantt(two_trips)
    assert (["V1"], ["18:00"]) == ([v["name"] for v in drawn["vans"]], [h["says"] for h in drawn["hours"]])
    assert {DRIVING: 4, WAITING: 1, LOADING: 2, UNLOADING: 2} == {
        s["name"]: s["path"].count("M") for s in drawn["strokes"]
    }
    assert "The vans' night" in two_trips.report.read_text(encoding="utf-8").replace("&#39;", "'")


def test_the_best_cost_is_a_line_per_round_and_a_panel_per_stage():
    """Two stages and two stops; the last best stands beside each line."""
    steps = pd.DataFrame(
        [(1.0, 1, "decide", -5.0), (2.0, 1, "route", 90.0), (3.0, 1, "route", 80.5), (4.0, 2, "route", 79.0)],
        columns=["seconds", "round", "stage", "best_eur"],
    )
    lines = progress_chart(steps).data
    assert [("round 1", "x"), ("round 1", "x2"), ("round 2", "x2")] == [(line.name, line.xaxis) for line in lines]
    assert "round 1: €80.50" == lines[1].text[-1]
