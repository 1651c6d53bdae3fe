"""Promises of charts, map, receipt and workbook: what they show, and that names cannot break them."""

import json
from io import BytesIO

import pandas as pd
import pytest
from openpyxl import load_workbook

from retour.tables import RESULT_TABLES
from service import colours
from service.charts import methods_chart, parts_chart
from service.geojson import located_stops, paths
from service.map_frame import box_around, grid_km, view
from service.night_map import night_deck
from service.reading.points import point_board
from service.reading.returns import return_board
from service.reading.routes import route_board
from service.reading.story import tell
from service.receipt import receipt_html, way_html
from service.store import publish
from service.workbook import workbook


@pytest.fixture
def run(tmp_path, plan, asked, tiny, sound):
    """The hand-written night of tiny, stored."""
    return publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound)


@pytest.fixture
def deck(run):
    """The night's map as the browser gets it."""
    hubs = run.input("hubs")
    corners = paths(run.table("routes"), located_stops(run), hubs.set_index("hub_id")[["lon", "lat"]])
    return json.loads(night_deck(point_board(run), route_board(run), corners, hubs, run.input("sites")).to_json())


def layer(deck, name):
    """One layer of a deck."""
    return next(found for found in deck["layers"] if found["id"] == name)


def test_map_asks_for_no_tiles(deck):
    """No provider is named, and no address is."""
    assert not deck.get("mapProvider")
    assert "http" not in json.dumps(deck)


def test_map_shows_every_point_by_state(deck):
    """Emptied points are filled, left ones are rings, quiet ones specks; loads make them larger."""
    points = {p["id"]: p for p in layer(deck, "points")["data"]}
    assert colours.rgba(colours.CALM, 235) == points["P3"]["fill"]
    assert (colours.rgba(colours.WHITE, 200), colours.rgba(colours.DANGER)) == (
        points["P2"]["fill"],
        points["P2"]["line"],
    )
    assert points["P1"]["radius"] < points["P2"]["radius"] < points["P3"]["radius"]
    assert {"P1", "P2", "P3", "P4", "P5", "home:R09"} == points.keys()


def test_map_draws_vans_from_hub_to_hub(deck):
    """A path leaves its hub, passes every stop and comes back."""
    path = layer(deck, "routes")["data"][0]["path"]
    assert (4, path[0]) == (len(path), path[-1])


def test_only_what_has_a_panel_can_be_clicked(deck):
    """A click on anything else would dim the map for nothing."""
    assert ["routes", "points", "sites", "hubs"] == [found["id"] for found in deck["layers"] if found.get("pickable")]


def test_map_says_in_words_what_happens(deck):
    """Hovering tells parcels, risk and what happens tonight."""
    p2 = next(p for p in layer(deck, "points")["data"] if p["id"] == "P2")
    assert p2["says"].splitlines()[1:] == ["4 parcels, 50% full", "60% chance to overflow if left", "left tonight"]


def test_view_shows_the_whole_box():
    """A box as wide as the world at zoom 0 is 512 px wide; half of it leaves room for one more zoom."""
    world = view((-180.0, -1.0, 180.0, 1.0))
    half = view((-90.0, -1.0, 90.0, 1.0))
    assert 1.0 == round(half["zoom"] - world["zoom"], 2)
    assert (0.0, 0.0) == (half["longitude"], half["latitude"])


def test_grid_has_a_round_mesh():
    """A city of 20 km gets a mesh of 5 km, a country one of 100 km or more."""
    town = box_around(pd.DataFrame({"lat": [45.6, 45.78], "lon": [4.7, 4.9]}))
    country = box_around(pd.DataFrame({"lat": [43.0, 50.0], "lon": [0.0, 6.0]}))
    assert (5, 200) == (grid_km(town), grid_km(country))


def test_methods_stand_at_their_distance_from_the_bound(run):
    """Fixed rules -70 are 46.25 above the bound -116.25, greedy 5.75, the optimum touches it."""
    bars = methods_chart(run.table("comparators")).data[0]
    assert {"fixed rules": 46.25, "greedy best margin": 5.75, "joint optimum": 0.0} == dict(
        zip(bars.y, bars.x, strict=True)
    )


def test_waterfall_ends_in_the_total(run):
    """The last bar is the decision's cost, the others its parts."""
    story = tell(run, return_board(run), "R01")
    steps = parts_chart(story.parts, total_eur=-36.5).data[0]
    assert -36.5 == steps.x[-1] == round(sum(steps.x[:-1]), 2)


def test_receipt_escapes_names():
    """An activity cannot smuggle markup into the page."""
    parts = pd.DataFrame(
        [("<script>", 1.0, "item", 2.0, 2.0)], columns=["activity", "quantity", "unit", "rate_eur", "cost_eur"]
    )
    page = receipt_html(parts, total_eur=2.0)
    assert "<script>" not in page and "&lt;script&gt;" in page and "€2.00" in page


def test_way_names_its_places_in_order(run):
    """Customer, point, hub and site stand in driving order."""
    story = tell(run, return_board(run), "R01")
    page = way_html(story)
    found = [page.index(s.name) for s in story.steps]
    assert sorted(found) == found


def test_workbook_has_a_sheet_per_table(run):
    """A summary, then every table with all its rows and columns; missing values are empty cells."""
    book = load_workbook(BytesIO(workbook(run)))
    assert ["summary", *RESULT_TABLES] == book.sheetnames
    decisions = list(book["decisions"].values)
    assert (6, list(run.table("decisions").columns)) == (len(decisions), list(decisions[0]))
    kept = dict(zip(decisions[0], decisions[2], strict=True))
    assert ("R03", "KEEP", None) == (kept["return_id"], kept["outcome"], kept["point_id"])
