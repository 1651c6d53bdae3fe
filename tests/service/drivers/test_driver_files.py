"""Promises of what drivers take along: the tables' stops, order, times and loads, in every file."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import gpxpy
import pandas as pd
import pytest

from retour import InputError
from retour.plan import shaped
from service.drivers import driver_files, drivers_of, write_drivers, zipped
from service.store import publish


def test_a_plan_is_stored_with_its_drivers_files(run):
    """Manifests, schedule and a GPX route per van are in the run from the start."""
    assert ["V1.gpx", "manifests.html", "schedule.csv"] == [path.name for path in drivers_of(run)]
    assert run.path / "drivers" == drivers_of(run)[0].parent


def test_files_are_the_same_whenever_they_are_made(run, tmp_path):
    """What an older run's tables give later has the bytes of what was stored."""
    stored = {path.name: path.read_bytes() for path in drivers_of(run)}
    again = {path.name: path.read_bytes() for path in write_drivers(run, tmp_path / "again")}
    assert stored == again
    assert zipped(run) == zipped(run)


def test_two_nights_never_mix(run, tmp_path):
    """A folder with something in it is refused, and stays as it is."""
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "R007.gpx").touch()
    with pytest.raises(InputError, match="not empty"):
        write_drivers(run, tmp_path / "used")
    assert ["R007.gpx"] == [path.name for path in (tmp_path / "used").iterdir()]


def test_a_night_without_vans_has_no_manifests(tmp_path, plan, asked, tiny, sound):
    """Nothing is stored, and asking for it says why there is none."""
    nothing = {n: shaped(n, pd.DataFrame()) for n in ("visits", "stops", "routes")}
    idle = publish(tmp_path, replace(plan, **nothing), asked=asked, instance=tiny, violations=sound)
    assert not (idle.path / "drivers").exists()
    with pytest.raises(InputError, match="no van drives"):
        drivers_of(idle)


def test_gpx_parses_back_to_the_stops_in_order(run):
    """Hub, stops, hub: the table's coordinates and arrivals; Lyon is an hour ahead of UTC in November."""
    (route,) = gpxpy.parse(dict(driver_files(run))["V1.gpx"]).routes
    stops, hub = run.table("stops"), run.input("hubs").set_index("hub_id").loc["H1"]
    names = ["Hub Gerland: start", "1 Relay Cuire", "2 Home of R09", "Hub Gerland: end"]
    assert names == [p.name for p in route.points]
    assert [(hub["lat"], hub["lon"])] * 2 == [(p.latitude, p.longitude) for p in (route.points[0], route.points[-1])]
    clock_s = [(p.time.astimezone(UTC) - datetime(2026, 11, 22, 23, tzinfo=UTC)).total_seconds() for p in route.points]
    assert [61440, *stops["arrival_s"]] == clock_s[:3]
    assert "take 1 parcel, then 6 aboard (200 l, 38.0 kg)" in route.points[2].description


def test_schedule_has_a_row_per_stop_with_eta_and_loads(run):
    """The CSV loads with moments on the local clock; loads are those of the stops table."""
    schedule = pd.read_csv(io.StringIO(dict(driver_files(run))["schedule.csv"]), parse_dates=["eta"])
    stops = run.table("stops")
    assert ["P3", "home:R09"] == schedule["visit_id"].tolist()
    assert [pd.Timestamp("2026-11-23 17:20"), pd.Timestamp("2026-11-23 17:45")] == schedule["eta"].tolist()
    for column in ("trip", "position", "parcels", "load_parcels", "load_l", "load_kg", "load_hazard_kg"):
        assert stops[column].tolist() == schedule[column].tolist()
    assert [8.0, 10.0] == schedule["leg_km"].tolist()


def test_manifest_totals_are_the_tables(run):
    """The last line adds up to what routes and stops say: 26.5 km, 10 minutes there, 6 parcels, 200 l, 38 kg."""
    html = dict(driver_files(run))["manifests.html"]
    total = re.search(r'<tr class="sum">.*?</tr>', html, re.DOTALL).group()
    assert ["In all", "26.5", "10", "6", "200", "38.0", "–"] == re.findall(r">([^<>\s][^<>]*)</td>", total)
    assert run.table("routes").loc[0, "parcels"] == run.table("stops")["parcels"].sum() == 6


def test_manifest_tells_window_eta_and_what_to_mind(run):
    """A driver reads when the shop is open, when to be there, what is aboard, and what to take at a home."""
    html = dict(driver_files(run))["manifests.html"]
    words = ("Van V1", "Hub Gerland", "09:00–19:00", "17:20", "Home pickup: Armchair", "unload 6 parcels", "signature")
    assert [] == [word for word in words if word not in html]


def test_manifests_fetch_nothing(run):
    """A page printed at a hub without a network is whole."""
    html = dict(driver_files(run))["manifests.html"]
    assert [] == re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?(?!data:)[^"'\s>)]+""", html)
    assert "<script" not in html


def test_names_cannot_break_the_files(tmp_path, plan, asked, tiny, sound):
    """A point called like markup is shown as it is called."""
    points = tiny.points.assign(name=lambda p: p["name"].astype(object).replace("Relay Cuire", "<img src=x> & co"))
    odd = publish(tmp_path, plan, asked=asked, instance=tiny.replace(points=points), violations=sound)
    files = dict(driver_files(odd))
    assert "<img" not in files["manifests.html"]
    assert "1 <img src=x> & co" == gpxpy.parse(files["V1.gpx"]).routes[0].points[1].name


def test_the_archive_holds_every_file(run):
    """The zip has the drivers' files and the map of routes."""
    with zipfile.ZipFile(io.BytesIO(zipped(run))) as archive:
        assert {"V1.gpx", "manifests.html", "schedule.csv", "routes.geojson"} == set(archive.namelist())


def test_a_folder_that_cannot_be_written_is_told(run, tmp_path):
    """A plain file in the way ends in a sentence with the path, and leaves nothing behind."""
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError, match="nothing can be written to"):
        write_drivers(run, tmp_path / "notes.txt" / "tonight")
    assert {run.path.name, "notes.txt", "catalogue.sqlite"} == {path.name for path in tmp_path.iterdir()}
