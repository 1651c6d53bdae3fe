"""Promises of trips: when a van leaves, is back and is unloaded, and what its driver is told between."""

from dataclasses import replace
from io import StringIO

import gpxpy
import pandas as pd

from service.drivers import driver_files
from service.drivers.clock import local_time, utc_time, zone_at
from service.drivers.stop_list import stop_list
from service.drivers.trips import trip_board
from service.store import publish


def board(run, *, without=()):
    """The trip board of a run, as if some columns of its stops had not been stored."""
    return trip_board(run.table("routes"), run.table("stops").drop(columns=list(without)), run.input("hubs"))


def test_a_trip_begins_when_the_last_one_is_unloaded(two_trips):
    """Back 600 s after 63000, unloaded 900 s later; the second is back 480 s after 66600 and unloaded at the end."""
    trips = board(two_trips)
    assert [61440, 64500] == trips["departs_s"].tolist()
    assert [63600, 67080] == trips["back_s"].tolist()
    assert [64500, 67980] == trips["unloaded_s"].tolist()
    assert [14000, 16000] == trips["distance_m"].tolist()


def test_older_runs_share_the_time_between_trips_by_distance(two_trips):
    """Of 66300 - 63000 - 900 = 2400 s for 6 and 12 km, a third leads back: 800 s; the end is known as it was."""
    trips = board(two_trips, without=["return_s"])
    assert [63800, 67080] == trips["back_s"].tolist()
    assert [64700, 67980] == trips["unloaded_s"].tolist()


def test_a_stop_takes_what_waits_there(two_trips):
    """The second trip takes 180 litres with 2.5 kg hazardous; nothing is left of the first."""
    stops = stop_list(two_trips)
    assert [20.0, 180.0] == stops["volume_l"].tolist()
    assert [0.0, 2.5] == stops["hazard_kg"].tolist()
    assert [300, 0] == stops["wait_s"].tolist()


def test_a_driver_is_told_what_is_hazardous_and_what_opens_late(two_trips):
    """Notes name the kilograms and the opening time."""
    waiting, hazardous = stop_list(two_trips)["notes"]
    assert ["Opens at 17:25."] == waiting
    assert "Hazardous: 2.5 kg damaged or waste batteries (ADR)." == hazardous[0]


def test_what_is_brought_is_told_wherever_drivers_look(tmp_path, plan, asked, tiny, sound):
    """Three parcels for V1's first stop: on the sheet, at the start and the stop of the device, in the schedule."""
    first = plan.stops.iloc[0]
    brought = plan.stops.assign(out_parcels=[3.0] + [0.0] * (len(plan.stops) - 1), out_kg=0.0)
    night = replace(plan, stops=brought)
    files = dict(driver_files(publish(tmp_path / "bringing", night, asked=asked, instance=tiny, violations=sound)))
    assert "Bring 3 parcels, 0.0 kg." in files["manifests.html"]
    assert "<b>3 parcels to bring</b>" in files["manifests.html"]
    assert "leave with 3 parcels to bring" in files[f"{first['route_id']}.gpx"]
    assert "Bring 3 parcels, 0.0 kg." in files[f"{first['route_id']}.gpx"]
    schedule = pd.read_csv(StringIO(files["schedule.csv"]))
    assert 3 == schedule["out_parcels"].sum()


def test_the_way_leads_over_the_hub_between_trips(two_trips):
    """The device is sent back to unload before the second trip."""
    (route,) = gpxpy.parse(dict(driver_files(two_trips))["V1.gpx"]).routes
    assert ["start", "unload after trip 1", "end"] == [p.name.split(": ")[1] for p in route.points if p.type == "hub"]


def test_manifests_have_a_line_for_every_unloading(two_trips):
    """What is unloaded when, between the trips and at the end."""
    html = dict(driver_files(two_trips))["manifests.html"]
    assert "Unload at Hub Gerland: unload 5 parcels, 20 l, 3.0 kg; done at 17:55" in html
    assert "Back at Hub Gerland: unload 1 parcel, 180 l, 35.0 kg, 2.5 kg of it hazardous; done at 18:53" in html


def test_the_zone_is_the_nearest_of_the_country():
    """Lyon is on Paris time, Tenerife on that of the Canaries, a country nobody knows on UTC."""
    assert "Europe/Paris" == str(zone_at("FR", lat=45.7, lon=4.8))
    assert "Atlantic/Canary" == str(zone_at("ES", lat=28.4, lon=-16.5))
    assert "America/New_York" == str(zone_at("US", lat=40.4, lon=-75.0))
    assert "UTC" == str(zone_at("XX", lat=0.0, lon=0.0))


def test_hours_past_midnight_are_the_next_day(tiny):
    """25:00 of 23 November is 1:00 on the 24th, midnight in UTC."""
    night, paris = tiny.night, zone_at("FR", lat=45.7, lon=4.8)
    assert "2026-11-24T01:00:00" == local_time(night, 25 * 3600).isoformat()
    assert "2026-11-24T00:00:00+00:00" == utc_time(night, 25 * 3600, paris).isoformat()
