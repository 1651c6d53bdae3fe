"""Map layers of a design."""

import geopandas
import pytest

from service.design_layers import GEOPACKAGE, flows_layer, write_layers
from service.design_report_tables import PlaceThen, fate
from tests.service.designs import small_design


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The small design on the map: F opens at 20 t, treats the zone's 10 t a year, and sends 5 t to the market."""
    run = small_design(tmp_path_factory.mktemp("design"))
    write_layers(run)
    return run


@pytest.mark.parametrize("kind", ["GeoPackage", "GeoJSON"])
def test_places_tell_their_fate_and_size_by_period(run, kind):
    """Both formats hold every place with what becomes of it."""
    file = {"GeoPackage": (GEOPACKAGE, "places"), "GeoJSON": ("places.geojson", None)}[kind]
    places = geopandas.read_file(run.path / file[0], layer=file[1]).set_index("place_id")
    assert {"Z": "always there", "N": "never open", "F": "opens in 1", "M": "always there"} == places["fate"].to_dict()
    assert [20.0, 20.0, 10.0, 10.0] == places.loc["F", ["size_t_1", "size_t_2", "used_t_1", "used_t_2"]].tolist()
    assert (2.4, 48.4, 4326) == (places.geometry["F"].x, places.geometry["F"].y, places.crs.to_epsg())


def test_flows_are_lines_from_origin_to_destination(run):
    """Returns go from the zone to F, metal from F to the market, the heaviest first."""
    flows = geopandas.read_file(run.path / "flows.geojson")
    assert [("Z", "F", 20.0), ("F", "M", 10.0)] == list(zip(flows.from_id, flows.to_id, flows.amount_t, strict=True))
    assert [(2.0, 48.0), (2.4, 48.4)] == list(flows.geometry[0].coords)
    assert [10.0, 10.0] == flows.loc[0, ["amount_t_1", "amount_t_2"]].tolist()


def test_a_design_without_coordinates_has_no_layers(tmp_path):
    """Where lanes give distances and places no coordinates, nothing is drawn and nothing is written."""
    run = small_design(tmp_path, placed=False)
    write_layers(run)
    assert 0 == len(flows_layer(run))
    assert not list(run.path.glob("*.geojson")) and not (run.path / GEOPACKAGE).exists()


@pytest.mark.parametrize(
    ("sizes", "opens", "closes", "expected"),
    [
        ([0, 0, 0], [], [], "never open"),
        ([0, 0, 0], [], [1], "closes at once"),
        ([5, 5, 5], [], [], "stays open"),
        ([5, 0, 0], [], [2], "closes in 2"),
        ([0, 5, 9], [2], [], "opens in 2, grows in 3"),
        ([5, 0, 5], [3], [2], "closes in 2, opens in 3"),
        ([9, 9, 5], [], [], "shrinks in 3"),
    ],
)
def test_what_becomes_of_a_place_in_words(sizes, opens, closes, expected):
    """Periods count from 1; a size that changes while open is told."""
    history = [PlaceThen(str(t), s > 0, s, t in opens, t in closes) for t, s in enumerate(sizes, start=1)]
    assert expected == fate(history)


@pytest.mark.parametrize(
    ("before_t", "sizes", "closes", "expected"),
    [
        (5.0, [9, 9], [], "grows in 1"),
        (5.0, [3, 4], [], "shrinks in 1, grows in 2"),
        (5.0, [5, 5], [], "stays open"),
        (5.0, [0, 0], [1], "closes at once"),
    ],
)
def test_what_becomes_of_a_place_that_is_there_already(before_t, sizes, closes, expected):
    """The first period is compared with the size at the start."""
    history = [PlaceThen(str(t), s > 0, s, False, t in closes) for t, s in enumerate(sizes, start=1)]
    assert expected == fate(history, before_t=before_t)
