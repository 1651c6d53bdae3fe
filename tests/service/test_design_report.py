"""The report of a design, and the drawings in it."""

import re

import pandas as pd
import pytest

from retour.tables.design import DESIGN_RESULT_TABLES
from service.design_report import render
from service.design_report_map import draw_design_map
from service.design_report_sankey import CHAR_PX, Bands, bands, draw_bands
from service.design_report_tables import (
    DISPOSED,
    SOLD,
    bound_words,
    cost_by_line,
    nearness,
    open_by_kind,
    place_board,
    worth_of_limits,
)
from service.designing import AskedDesign, design_to_run
from service.designing_store import DesignRun
from service.run import REPORT
from tests.network_design.conftest import loaded, rows, small_tables
from tests.service.designs import small_design


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The small design: F opens at 20 t for 160, treats 10 t a year, half of it is sold, half disposed of."""
    return small_design(tmp_path_factory.mktemp("design"), currency="CHF", name="<b>Rhône & fils</b>")


def test_a_stored_design_has_its_report_workbook_and_layers(run):
    """All that people take along is in the run's folder."""
    files = {path.name for path in run.path.iterdir()}
    assert {"report.html", "design.xlsx", "design.gpkg", "places.geojson", "flows.geojson"} <= files


def test_the_report_says_what_it_costs_and_what_is_proven(run):
    """A gain is told as one, in the network's currency; names are escaped; nothing is fetched."""
    page = (run.path / REPORT).read_text(encoding="utf-8")
    assert "Net gain of all periods" in page and "420.00 CHF" in page
    assert "Proven best: no design of this network costs less than −420.00 CHF" in page
    assert "&lt;b&gt;Rhône &amp; fils&lt;/b&gt;" in page and "<b>Rhône" not in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)


def test_costs_by_line_are_the_ledgers(run):
    """Every line of the ledger is there, the dearest first, and they add up to the cost."""
    lines = cost_by_line(run)
    assert -420.0 == pytest.approx(lines["present_cost"].sum())
    assert ("sale", -500.0, -500.0) == tuple(lines.iloc[-1][["activity", "cost_1", "cost_2"]])


def test_open_places_are_counted_by_kind(run):
    """One of two sites is open, in both periods."""
    assert [{"kind": "SITE", "open_1": 1, "open_2": 1, "of": 2}] == open_by_kind(run).to_dict("records")


def test_how_near_it_is_comes_from_what_is_served(run):
    """Without bands there is one row, any distance: all that arises is sent, as far as `served` says."""
    (row,) = nearness(run).to_dict("records")
    served = run.table("served").set_index("period")
    assert ("everywhere", "all", "any distance") == (row["where"], row["product"], row["within"])
    assert served["share"].tolist() == [row["share_1"], row["share_2"]]
    assert served["mean_km"].tolist() == [row["mean_km_1"], row["mean_km_2"]]
    page = render(run)
    assert "How near it is" in page and "any distance" in page


def test_the_sankey_keeps_every_tonne(run):
    """20 t go in; 10 t are sold by the market and 10 t disposed of at F; of one period half of it."""
    links = {(x.source, x.target): x.amount_t for x in bands(run).links.itertuples()}
    assert {("Z", "F"): 20.0, ("F", "M"): 10.0, ("M", SOLD): 10.0, ("F", DISPOSED): 10.0} == links
    assert 10.0 == bands(run, 2).links.set_index("source").loc["Z", "amount_t"]
    columns = bands(run).nodes.set_index("node")["column"].to_dict()
    assert {"Z": 0, "F": 1, "M": 2, SOLD: 3, DISPOSED: 3} == columns


def test_many_places_are_drawn_as_one(run, monkeypatch):
    """Only the largest of a kind stand for themselves; the others are counted, and no tonne is lost."""
    monkeypatch.setattr("service.design_report_sankey.MOST_OF_A_KIND", 2)
    flows = pd.DataFrame({"from_id": list("abcd"), "to_id": ["F"] * 4, "amount_t": [4.0, 3.0, 2.0, 1.0]})
    places = pd.DataFrame({"place_id": [*"abcd", "F"], "name": [*"abcd", "F"], "kind": ["ZONE"] * 4 + ["SITE"]})
    nothing = pd.DataFrame({"place_id": ["F"], "sold_t": [0.0], "disposed_t": [0.0]})
    monkeypatch.setattr(DesignRun, "table", lambda _, name: {"flows": flows, "handled": nothing}[name])
    monkeypatch.setattr("service.design_report_sankey.place_board", lambda _: places)
    found = bands(run)
    assert {("a", "F"): 4.0, ("rest of ZONE", "F"): 6.0} == {(x[0], x[1]): x[2] for x in found.links.to_numpy()}
    assert "3 other zones" in set(found.nodes["label"])


def test_flows_in_a_circle_are_drawn_by_kind(run, monkeypatch):
    """Goods that go back and forth between two sites do not hang the drawing."""
    flows = pd.DataFrame({"from_id": ["Z", "N", "F"], "to_id": ["N", "F", "N"], "amount_t": [4.0, 3.0, 2.0]})
    tables = {"flows": flows, **{name: run.table(name) for name in ("handled", "opened")}}
    monkeypatch.setattr(DesignRun, "table", lambda _, name: tables[name])
    drawn = draw_bands(bands(run))
    assert {"Z", "N", "F"} <= {n["node"] for n in drawn["nodes"]}


def test_the_map_draws_places_and_ways(run, tmp_path):
    """Four places, two ways; F is open, N is not; without coordinates there is no map and the report says the rest."""
    drawn = draw_design_map(run)
    assert (4, 2, 0) == (len(drawn["places"]), len(drawn["ways"]), drawn["ways_left_out"])
    says = {p["says"]: p["open"] for p in drawn["places"]}
    assert {"F, recovery site F: opens in 1; size 20.0 t a period", "N, recovery site N: never open"} <= set(says)
    bare = small_design(tmp_path, placed=False)
    assert draw_design_map(bare) is None
    assert "Where it is" not in render(bare) and "What flows where" in render(bare)


def test_prices_say_what_one_more_unit_is_worth(run, monkeypatch):
    """A limit that binds in several periods is one row with its highest price; limits come before supply."""
    rows = [("SUPPLY", "Z", "returns", 1, 99.0), ("CAPACITY", "F", None, 1, 3.0), ("CAPACITY", "F", None, 2, 4.0)]
    prices = pd.DataFrame(rows, columns=["limit", "place_id", "product_id", "period", "price"])
    monkeypatch.setattr(DesignRun, "table", lambda *_: prices)
    worth = worth_of_limits(run)
    told = worth[["place_id", "price", "period", "periods"]].to_numpy().tolist()
    assert [["F", 4.0, 2, 2], ["Z", 99.0, 1, 1]] == told
    assert "one more tonne of size saves" == worth["words"].iloc[0]


def test_supply_is_told_apart_from_what_is_made(run, monkeypatch):
    """What F makes does not arise there: its price has other words, comes last, and is not in the report's list."""
    columns = ["limit", "place_id", "product_id", "period", "price"]
    prices = pd.DataFrame([("SUPPLY", "F", "waste", 1, 77.0), ("SUPPLY", "Z", "returns", 1, 9.0)], columns=columns)
    told = {name: run.table(name) for name in DESIGN_RESULT_TABLES} | {"prices": prices}
    monkeypatch.setattr(DesignRun, "table", lambda _, name: told[name].copy())
    worth = worth_of_limits(run)
    assert [("Z", "one more tonne arising costs"), ("F", "one more tonne there costs")] == list(
        worth[["place_id", "words"]].itertuples(index=False, name=None)
    )
    page = render(run)
    assert "9.00 CHF" in page and "77.00 CHF" not in page


def test_what_moves_for_nothing_moves_all_the_same(tmp_path):
    """Priced by the tonne alone, 2 x (10 t x 100 km + 5 t x 10 km) are moved, the same as by the kilometre."""
    transport = rows("product_id cost_per_t", ("returns", 10), ("metal", 2))
    loaded(small_tables() | {"transport": transport}, tmp_path)
    found = design_to_run(AskedDesign(tmp_path / "network", 1, 20.0), root=tmp_path / "runs").manifest
    assert (2100.0, [1050.0, 1050.0]) == (found.kpis["moved_t_km"], [p.moved_t_km for p in found.by_period])


def test_what_never_came_and_what_was_never_collected_have_figures(tmp_path):
    """Of 10 t a year 4 come and F takes them all; of 10 t that all come, Z disposes of what does not fit into F."""
    tables = small_tables()
    tables["places"] = tables["places"].assign(closed_from=[None, 1, None, None])
    response = rows("group_id within_km share", ("ZONE", 120, 0.4))
    lost = _stored(tables | {"response": response}, tmp_path / "lost")
    assert (12.0, 0.0) == (lost.manifest.kpis["lost_t"], lost.manifest.kpis["disposed_where_it_arose_t"])
    assert "Never came" in render(lost) and "where it arose" not in render(lost)
    tables["capacities"] = tables["capacities"].query("size_t == 5")
    tables["disposal"] = rows("place_id product_id cost_per_t", ("F", "waste", 10), ("Z", "returns", 20))
    burnt = _stored(tables, tmp_path / "burnt")
    assert (0.0, 10.0) == (burnt.manifest.kpis["lost_t"], burnt.manifest.kpis["disposed_where_it_arose_t"])
    assert "Never came" not in render(burnt) and "t, of it 10.0 t where it arose" in render(burnt)


def _stored(tables, folder):
    """Return the stored design of tables."""
    sited = {n: t[t["place_id"] != "N"] if "place_id" in t else t for n, t in tables.items()}
    sited["lanes"] = tables["lanes"].query("from_id != 'N' and to_id != 'N'")
    loaded(sited, folder)
    return design_to_run(AskedDesign(folder / "network", 1, 20.0), root=folder / "runs")


def test_a_place_that_is_there_grows_from_its_size(tmp_path):
    """F exists at 5 t and has 20 t from the first period on: it grows."""
    tables = small_tables()
    places = tables["places"].assign(status=["ALWAYS", "CANDIDATE", "EXISTING", "ALWAYS"])
    run = _stored(tables | {"places": places}, tmp_path)
    assert "grows in 1" == place_board(run).set_index("place_id").loc["F", "fate"]


def test_labels_of_the_sankey_stay_before_the_next_column(run):
    """A long label is cut to the room between columns and has its amount below; of a thin node both stand on a line."""
    names = [f"{i}, a hub with a name as long as a street" for i in range(6)]
    nodes = pd.DataFrame({"node": names, "label": names, "kind": "HUB", "column": range(6), "amount_t": 9.0})
    links = pd.DataFrame({"source": names[:-1], "target": names[1:], "amount_t": 9.0})
    thin = pd.DataFrame({"node": ["x"], "label": ["x" * 40], "kind": "HUB", "column": 0, "amount_t": 0.01})
    drawn = {n["node"]: n for n in draw_bands(Bands(pd.concat([nodes, thin], ignore_index=True), links))["nodes"]}
    apart = drawn[names[1]]["x"] - drawn[names[0]]["x"]
    assert all(n["width"] + CHAR_PX * len(n["shown"]) < apart for n in drawn.values())
    assert drawn[names[0]]["shown"].endswith("…") and drawn[names[0]]["below"] > 0
    assert 0 == drawn["x"]["below"] and len(drawn["x"]["shown"]) < len(drawn[names[0]]["shown"])


def test_an_unproven_design_says_so(run, monkeypatch):
    """Without a bound nothing is claimed; with one the distance is told in money and as a share."""
    loose = run.manifest.model_copy(update={"bound": None, "gap": None, "status": "FEASIBLE"})
    monkeypatch.setitem(run.__dict__, "manifest", loose)
    assert "Nothing is proven" in bound_words(run)
    far = loose.model_copy(update={"cost": 100.0, "bound": -900.0, "gap": 10.0})
    monkeypatch.setitem(run.__dict__, "manifest", far)
    assert "too far away" in bound_words(run)
    near = loose.model_copy(update={"cost": 200_000.0, "bound": 199_000.0, "gap": 0.005})
    monkeypatch.setitem(run.__dict__, "manifest", near)
    assert "less than 199,000 CHF. This one costs 1,000 CHF more" in bound_words(run)
    assert "at most 0.50% of its cost" in bound_words(run)
