"""Breaks and other ends of nights, in every file a driver or a planner looks at; runs that know neither still open."""

import io
import json
from dataclasses import replace
from io import StringIO

import gpxpy
import pandas as pd
import pytest

from retour.plan import shaped
from service.drivers import driver_files
from service.drivers.timeline import DRIVING, LOADING, RESTING, UNLOADING, timeline
from service.geojson import write_geojson
from service.report_gantt import draw_gantt
from service.run import MANIFEST, Run
from service.store import publish
from service.time_charts import gantt_chart

STOPS = """
route_id,position,trip,visit_id,point_id,arrival_s,start_s,departure_s,distance_m,return_m,return_s,parcels,load_parcels,load_l,load_kg,load_hazard_kg
V1,1,1,P3,P3,62400,63600,63900,8000,6000,600,5,5,20,3,0
V1,2,2,home:R09,P6,68400,68400,69300,12000,4000,480,1,1,180,35,2.5
"""
RESTS = """
route_id,rest,trip,position,place_id,start_s,end_s
V1,1,1,1,P3,62400,63600
V1,2,1,,H1,65400,66600
V1,3,2,2,home:R09,68700,69300
"""


@pytest.fixture
def resting(tmp_path, plan, asked, tiny, sound):
    """V1 rests before P3, at the hub once it is unloaded, and after R09; it begins and ends at a garage."""
    columns = ["garage_id", "name", "lat", "lon", "region_id"]
    garages = pd.DataFrame([("G1", "Yard", 45.74, 4.82, None)], columns=columns)
    routes = plan.routes.assign(
        trips=2, end_s=69780, distance_m=30000.0, starts_at="G1", ends_at="G1", rest_s=3000, overtime_s=600
    )
    night = replace(
        plan, stops=shaped("stops", pd.read_csv(StringIO(STOPS))), routes=shaped("routes", routes),
        rests=shaped("rests", pd.read_csv(StringIO(RESTS))),
    )  # fmt: skip
    return publish(tmp_path, night, asked=asked, instance=tiny.replace(garages=garages), violations=sound)


def test_the_timeline_shows_breaks_where_they_are_taken(resting):
    """Every minute once; breaks before the work, at the hub after unloading, after the work; nothing unloaded last."""
    pieces = timeline(resting)
    assert [
        DRIVING, RESTING, LOADING, DRIVING, UNLOADING, RESTING, DRIVING, LOADING, RESTING, DRIVING
    ] == pieces["activity"].tolist()  # fmt: skip
    assert [61440, *pieces["end_s"][:-1]] == pieces["start_s"].tolist()
    assert ["20 min at Relay Cuire", "20 min at Hub Gerland", "10 min at Home of R09"] == pieces.loc[
        pieces["activity"] == RESTING, "says"
    ].tolist()
    assert "back to Yard" in pieces["says"].iloc[-1]


def test_both_charts_draw_breaks(resting):
    """The page's chart has a bar per break, the report a stroke of their colour."""
    night = resting.manifest.night
    bars = next(trace for trace in gantt_chart(timeline(resting), night).data if trace.name == RESTING)
    assert 3 == len(bars.y)
    assert RESTING in [stroke["name"] for stroke in draw_gantt(resting)["strokes"]]


def test_the_manifest_tells_breaks_ends_and_overtime(resting):
    """A line per break in driving order, the garage at both ends, and that parcels stay aboard there."""
    html = dict(driver_files(resting))["manifests.html"]
    lines = ["Break of 20 minutes here, until 17:40", "Break of 20 minutes at Hub Gerland, until 18:30",
             "Break of 10 minutes here, until 19:15"]  # fmt: skip
    assert sorted(html.index(line) for line in lines) == [html.index(line) for line in lines]
    for words in ("Leave Yard", "End at Yard: 1 parcel still aboard", "<dd>50 min</dd>", "<dt>Overtime</dt><dd>10 min"):
        assert words in html
    assert "<td class=\"n\">5</td>" in html  # five minutes at P3, the break aside


def test_the_schedule_tells_breaks_and_ends(resting):
    """The break at the hub stands with the last stop before it; the columns came behind the others."""
    schedule = pd.read_csv(io.StringIO(dict(driver_files(resting))["schedule.csv"]))
    assert ["breaks", "starts_at", "ends_at"] == schedule.columns[-3:].tolist()
    assert ["17:20–17:40 here; 18:10–18:30 at Hub Gerland", "19:05–19:15 here"] == schedule["breaks"].tolist()
    assert ({"G1"}, [0, 0]) == (set(schedule["starts_at"]) | set(schedule["ends_at"]), schedule["wait_s"].tolist())


def test_gpx_and_geojson_begin_and_end_at_the_garage(resting):
    """Both lead from the garage over the hub back to it; GeoJSON has a point per break."""
    (route,) = gpxpy.parse(dict(driver_files(resting))["V1.gpx"]).routes
    assert ["Yard: start", "1 Relay Cuire", "Hub Gerland: unload after trip 1", "2 Home of R09", "Yard: end"] == [
        p.name for p in route.points
    ]
    assert "1 parcel still aboard" in route.points[-1].description
    features = json.loads(resting.geojson.read_text())["features"]
    line = next(f for f in features if f["properties"]["feature"] == "route")["geometry"]["coordinates"]
    assert [[4.82, 45.74]] * 2 == [line[0], line[-1]]
    breaks = [f["geometry"]["coordinates"] for f in features if f["properties"]["feature"] == "break"]
    assert (3, [4.83, 45.73]) == (len(breaks), breaks[1])


def test_a_run_stored_before_there_were_breaks_still_opens(run):
    """Without the table and the new columns everything is drawn as it was."""
    before = dict(driver_files(run))
    record = json.loads((run.path / MANIFEST).read_text())
    del record["tables"]["rests"], record["inputs"]["breaks"], record["inputs"]["garages"]
    (run.path / MANIFEST).write_text(json.dumps(record))
    (run.path / "rests.parquet").unlink()
    routes = pd.read_parquet(run.path / "routes.parquet")
    routes.drop(columns=["starts_at", "ends_at", "rest_s", "overtime_s"]).to_parquet(run.path / "routes.parquet")
    old = Run(run.path)
    write_geojson(old)
    assert (before, True) == (dict(driver_files(old)), old.table("rests").empty)
    assert [DRIVING, LOADING] == timeline(old)["activity"].tolist()[:2]
