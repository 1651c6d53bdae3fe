"""What comes through the gate of design networks, and what is refused in which words."""

import pandas as pd
import pytest

from retour.design import DesignSettings
from retour.errors import InputError
from retour.gate.design import check_design, load_design, write_design
from tests.network_design.conftest import loaded, rows, small_tables


def with_cells(table: str, row: int, **cells: object):
    """Return the small network's tables with some cells of one row changed."""
    tables = small_tables()
    frame = tables[table].astype(object)
    for column, value in cells.items():
        if column not in frame:
            frame[column] = None
        frame.loc[row, column] = value
    return {**tables, table: frame}


CURVE = "place_id sold_product_id product_id age share"
BAD = [
    (with_cells("periods", 1, period=3), "found 3, but there are 2 periods"),
    (with_cells("supply", 0, period=5), "found 5, but the study ends with period 2"),
    (with_cells("recipes", 0, t_per_t=0.9), "the inputs of 'treat' add up to 0.9 in period 1; they must add up to 1"),
    (with_cells("processes", 1, process_id="burn"), "process 'burn' has no INPUT in recipes"),
    (with_cells("capacities", 0, period=1), "holds 1 of 2 periods"),
    (with_cells("capacities", 0, place_id="Z"), "'N' (CANDIDATE, STEPS) has 0 sizes in capacities"),
    (with_cells("places", 1, initial_size_t=10), "found 10 t for 'N' (CANDIDATE, STEPS); only an EXISTING place"),
    (with_cells("places", 2, sizing="RANGE", shrinking="RESOLD", open_from=2, closed_from=1), "open_from 2 forbids"),
    (with_cells("places", 1, shrinking="RESOLD"), "'N' has STEPS, whose sizes are not RESOLD"),
    (with_cells("lanes", 0, distance_km=None), "'Z' has no coordinates"),
    (with_cells("sales", 0, least_t=5, most_t=4), "found 5 t, but most_t is 4 t"),
    ({**small_tables(), "transport": rows("product_id cost_per_km_t", ("returns", 1))}, "product 'metal' may go by"),
    ({**small_tables(), "group_limits": rows("group_id most", ("SITES", 1))}, "did you mean 'SITE'?"),
    ({**small_tables(), "contract_tiers": rows("place_id from_t price_per_t", ("N", 2, 1))}, "one that begins at 0"),
    ({**small_tables(), "scenarios": rows("scenario_id probability", ("low", 0.4))}, "the probabilities add up to 0.4"),
    (
        {**small_tables(), "return_curves": rows(CURVE, ("Z", "metal", "returns", 1, 0.1))},
        "'Z' does not sell 'metal'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "sentence"), BAD, ids=[sentence[:30] for _, sentence in BAD])
def test_defects_are_told(tables, sentence, tmp_path):
    """Every defect is found and told with what was found and what to do."""
    folder = write_design(tables, DesignSettings(name="small"), tmp_path / "bad")
    told = "\n".join(map(str, check_design(folder)))
    assert sentence in told


def test_all_defects_are_told_at_once(tmp_path):
    """Two defects of two tables come in one error."""
    tables = {**with_cells("recipes", 0, t_per_t=0.9), "supply": rows("place_id product_id", ("X", "returns"))}
    folder = write_design(tables, DesignSettings(name="small"), tmp_path / "bad")
    with pytest.raises(InputError) as refused:
        load_design(folder)
    assert {"recipes.csv", "supply.csv"} == {issue.table for issue in refused.value.issues}


def test_a_sound_network_has_no_defect(small):
    """The small network passes and knows which product may go where."""
    arcs = small.arcs[["from_id", "to_id", "product_id"]].agg(" ".join, axis=1).tolist()
    assert ["F M metal", "N M metal", "Z F returns", "Z N returns"] == arcs


def test_a_row_with_its_own_period_goes_before_the_general_one(tmp_path):
    """Period 0 stands for every period without a row of its own."""
    tables = small_tables() | {
        "supply": rows("place_id product_id period amount_t", ("Z", "returns", 0, 10), ("Z", "returns", 2, 4))
    }
    assert [10.0, 4.0] == loaded(tables, tmp_path).series("supply")["amount_t"].tolist()


def test_links_find_the_nearest_places_that_take_what_is_given(tmp_path):
    """A link leads to so many nearest places, at great-circle distance times circuity, and not beyond its limit."""
    tables = small_tables()
    places = tables["places"].assign(lat=[48.0, 48.1, 48.3, 48.2], lon=2.0)
    links = rows("from_kind to_kind nearest max_km", ("ZONE", "SITE", 1, 30), ("SITE", "MARKET", None, None))
    network = loaded({**tables, "places": places, "links": links, "lanes": pd.DataFrame()}, tmp_path, circuity=1.5)
    ways = network.arcs.set_index(["from_id", "to_id"])["distance_km"]
    # 0.1 degrees of latitude are 6371.0088 km x pi / 1800 = 11.1195 km, by road 16.679 km.
    assert {("Z", "N"), ("N", "M"), ("F", "M")} == set(ways.index)
    assert 16.679 == pytest.approx(ways["Z", "N"], abs=1e-3)


def test_equal_networks_have_equal_hashes(tmp_path):
    """The same network from CSV and from Parquet has one hash; another cost has another."""
    settings = DesignSettings(name="small")
    csv, parquet = (write_design(small_tables(), settings, tmp_path / f, format=f) for f in ("csv", "parquet"))
    dearer = write_design(with_cells("capacities", 0, opening_cost=301), settings, tmp_path / "dearer")
    assert load_design(csv).hash == load_design(parquet).hash
    assert load_design(csv).hash != load_design(dearer).hash
