"""Hubs, demand, sites, lanes and vans of an imported network, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retour.errors import InputError
from retour.policy import TravelSettings
from service.importing.fleet import vehicle_table
from service.importing.hubs import weighted_centres
from service.importing.lanes import linehaul_lanes
from service.importing.mapping import DemandPart, ResidentsPart, SitePart, VansPart
from service.importing.residents import point_weights, read_residents
from service.importing.sites import site_tables

POINTS = pd.DataFrame({"lat": [52.0, 52.0, 53.0, 53.0], "lon": [17.0, 17.001, 17.0, 17.001]})


def test_two_clumps_two_centres():
    """Two clumps of points give their weighted means, north first."""
    places = np.array([[50.0, 4.0], [50.02, 4.0], [52.0, 4.0]])
    centres = weighted_centres(places, np.array([1.0, 3.0, 1.0]), k=2, rng=np.random.default_rng(0))
    # (1 x 50.00 + 3 x 50.02) / 4 = 50.015
    assert [[52.0, 4.0], [50.015, 4.0]] == centres.round(6).tolist()


def test_no_more_centres_than_places():
    """Asked for five hubs among two places, two are placed."""
    assert 2 == len(
        weighted_centres(np.array([[50.0, 4.0], [51.0, 4.0]]), np.ones(2), k=5, rng=np.random.default_rng(0))
    )


def places_file(folder, text):
    """Write a table of places and return how a mapping names it."""
    (folder / "places.csv").write_text(text, encoding="utf-8")
    return ResidentsPart(table="places.csv", residents="people", lat="lat", lon="lng", name="town")


def test_residents_go_to_their_points(tmp_path):
    """300 people at two points in the south, 100 at two in the north: three quarters and a quarter."""
    part = places_file(tmp_path, "town,lat,lng,people\nSouth,52.0,17.0,300\nNorth,53.0,17.0,100\n")
    weight = point_weights(DemandPart(returns=1), POINTS, [read_residents(part, folders=(tmp_path,))])
    # South's fair share is ceil(0.75 x 4) = 3 points, so one northern point serves it too: 100 each; North: 50 each.
    assert [0.25, 0.25, 0.375, 0.125] == np.sort(weight)[[1, 2, 3, 0]].round(6).tolist()
    assert 1.0 == pytest.approx(weight.sum())


def test_elsewhere_is_spread_evenly():
    """Without a table all points weigh the same."""
    assert [0.25] * 4 == point_weights(DemandPart(returns=1), POINTS, []).tolist()


def test_communes_are_counted_once(tmp_path):
    """A commune listed under two postcodes counts once; delegated communes and rows outside the box do not count."""
    (tmp_path / "communes.csv").write_text(
        "insee_com,commune_type,lat,lng,population_2021\n"
        "01001,COM,46.1,4.9,800\n01001,COM,46.1,4.9,800\n01002,COMD,46.2,4.9,500\n75101,ARM,48.8,2.3,9000\n97101,COM,16.3,-61.5,700\n"
    )
    part = ResidentsPart.model_validate(
        {
            "table": "communes.csv", "residents": "population_2021", "lat": "lat", "lon": "lng",
            "unique": ["insee_com", "commune_type"], "keep": [{"column": "commune_type", "is_in": ["COM", "ARM"]}],
            "box": {"south": 41, "north": 52, "west": -6, "east": 10},
        }
    )  # fmt: skip
    assert [800, 9000] == read_residents(part, folders=(tmp_path,)).places["residents"].tolist()


def test_places_without_coordinates_are_named(tmp_path):
    """A place that the coordinates file lacks is an issue of its row."""
    (tmp_path / "places.csv").write_text("town,people\nSouth,300\nNowhere,5\n")
    part = ResidentsPart(table="places.csv", residents="people", name="town", coordinates="where.csv")
    (tmp_path / "where.csv").write_text("name,lat,lon\nSouth,52,17\n")
    with pytest.raises(
        InputError, match="places.csv row 3, town: 'Nowhere' has no row in where.csv; add its coordinates"
    ):
        read_residents(part, folders=(tmp_path,))


def test_incomplete_places_fail_or_do_not_count(tmp_path):
    """A place without residents is named by its row, or left out and counted where the mapping says so."""
    part = places_file(tmp_path, "town,lat,lng,people\nSouth,52.0,17.0,300\nNorth,53.0,17.0,\n")
    with pytest.raises(InputError, match="places.csv row 3: coordinates or residents are missing"):
        read_residents(part, folders=(tmp_path,))
    skipping = read_residents(part.model_copy(update={"on_bad_row": "skip"}), folders=(tmp_path,))
    assert (1, 1) == (len(skipping.places), skipping.left_out)


def test_missing_table_says_where_it_was_looked_for(tmp_path):
    """A table of residents that is nowhere is an input error."""
    part = ResidentsPart(table="gone.csv", residents="r", lat="lat", lon="lon")
    with pytest.raises(InputError, match="gone.csv: found neither beside the mapping nor beside the point list"):
        read_residents(part, folders=(tmp_path,))


def test_linehaul_price_by_distance():
    """One degree north is 111.195 km x 1.0: 0.15 + 111.195 x 1.65 / 1170 = 0.307 EUR, 6 + 111.195 / 70 = 7.6 h."""
    hubs = pd.DataFrame({"hub_id": ["H"], "lat": [50.0], "lon": [4.0]})
    sites = pd.DataFrame({"site_id": ["S"], "lat": [51.0], "lon": [4.0]})
    lanes = linehaul_lanes(hubs, sites, TravelSettings(circuity=1.0))
    expected = [["H", "S", 0.307, 7.6]]
    assert expected == lanes[["from_id", "to_id", "cost_eur_per_parcel", "lead_time_h"]].to_numpy().tolist()


def test_site_capacity_follows_demand():
    """A workshop repairs 4 % of 1,000 returns, 25 minutes each: 40 x 25 / 60 = 16.7 h, doubled by scale 2."""
    tables = site_tables([SitePart(template="workshop", id="W", scale=2)], centre=(50.0, 4.0), returns=1000)
    processes = tables["processes"].set_index("process_id")
    assert 33.3 == processes.at["W-repair", "capacity_h"]
    assert [50.0, 4.0] == tables["sites"][["lat", "lon"]].iloc[0].tolist()


def test_unknown_template_suggests():
    """A template nobody knows names those that exist."""
    with pytest.raises(InputError, match="did you mean 'workshop'?"):
        site_tables([SitePart(template="workshp", id="W")], centre=(0.0, 0.0), returns=1)


def fleet(part: VansPart, parcels: float) -> list[int]:
    """Return the vans of one hub with one point beside it."""
    hubs = pd.DataFrame({"hub_id": ["H"]})
    points = pd.DataFrame({"hub_id": ["H"], "lat": [50.0], "lon": [4.0]})
    travel = TravelSettings(circuity=1.0, speed_kmh=60)
    table = vehicle_table(
        part, hubs, points, daily=np.array([parcels]), hub_km=np.array([0.0]), nights=1.0, travel=travel
    )
    return table["count"].tolist()


def test_vans_for_the_parcels():
    """900 parcels in vans of 100 with two tours are 4.5 vans by room, 9.8 h of work by time: 5 vans."""
    part = VansPart(headroom=1.0, capacity_parcels=100, shift_start="18:00", shift_end="26:00")
    assert [5] == fleet(part, 900)


def test_vans_for_the_time():
    """In a 1 h shift 900 parcels x 30 s, 60 s for the stop and 9 unloadings of 900 s are 9.8 h: 10 vans."""
    part = VansPart(headroom=1.0, capacity_parcels=100, shift_start="18:00", shift_end="19:00")
    assert [10] == fleet(part, 900)


def test_vans_as_said():
    """A number for a hub goes before the same number for all."""
    assert [7] == fleet(VansPart(per_hub=3, at_hub={"H": 7}), 900)
