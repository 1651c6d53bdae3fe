"""Why no design keeps every limit: the limits that conflict, in words, and what would repair them."""

import re

import pandas as pd
import pytest

from network_design.design import design_network
from retour.errors import InfeasibleError
from tests.network_design.conftest import loaded, rows, small_tables


def reasons(tables, folder):
    """Return the sentences of a network without a design."""
    with pytest.raises(InfeasibleError) as refused:
        design_network(loaded(tables, folder), seed=1)
    return "\n".join(refused.value.reasons)


def test_sizes_too_small(tmp_path):
    """Ten tonnes do not fit into sites of 1 and 3 t: both sizes conflict, and six tonnes of room are missing."""
    tables = small_tables()
    tables["capacities"] = tables["capacities"].assign(size_t=[1, 2, 3])
    told = reasons(tables, tmp_path)
    assert re.search("(N and F|F and N) process and sell no more than their largest sizes", told)
    assert "room for 6 t more (period 1, 2)" in told
    assert "dispose of 6 t" not in told  # goods that vanish are the last resort


def test_a_cap_on_emissions(tmp_path):
    """The way to near N emits 0.5 t a year: a cap of 0.4 t needs 0.1 t more."""
    told = reasons({**small_tables(), "gases": rows("gas limit_t", ("CO2e", 0.4))}, tmp_path)
    assert re.search(r"At most 0.4 t of CO2e may be emitted in period [12] \(gases.limit_t\)", told)
    assert "allow 0.1 t more of CO2e to be emitted (period 1, 2)" in told


def test_whole_places_conflict(tmp_path):
    """One site may be open, but both must: only the whole numbers conflict with nothing fractional to blame."""
    tables = small_tables() | {"group_limits": rows("group_id most", ("SITE", 1))}
    tables["places"] = tables["places"].assign(open_from=[None, 1, 1, None])
    told = reasons(tables, tmp_path)
    assert "At most 1 places of SITE may be open (group_limits.most)" in told
    assert "must be open in period" in told


def test_markets_that_ask_too_much(tmp_path):
    """Five tonnes of metal a year are all there is; the market must get seven."""
    tables = small_tables() | {"sales": rows("place_id product_id price_per_t least_t", ("M", "metal", 100, 7))}
    told = reasons(tables, tmp_path)
    assert "M must get at least 7 t of metal (sales.least_t)" in told
    assert "promise M 2 t less of metal (period 1, 2)" in told


def test_no_year_to_build_in(tmp_path):
    """Nothing is open, and no place may open: that is told."""
    tables = small_tables() | {"periods": rows("period opening_allowed", (1, False), (2, False))}
    assert "may not open in period 1 (periods.opening_allowed)" in reasons(tables, tmp_path)


def test_places_that_share_a_limit_are_one_sentence(tmp_path):
    """Two zones with 10 t each and two sites with room for 15 t: zones and sites are named together, once each."""
    tables = small_tables()
    zone = tables["places"][tables["places"]["place_id"] == "Z"]
    tables["places"] = pd.concat([tables["places"], zone.assign(place_id="Y")], ignore_index=True)
    tables["supply"] = pd.concat([tables["supply"], tables["supply"].assign(place_id="Y")], ignore_index=True)
    lanes = tables["lanes"]
    tables["lanes"] = pd.concat([lanes, lanes[lanes["from_id"] == "Z"].assign(from_id="Y")], ignore_index=True)
    tables["capacities"] = tables["capacities"].head(2)
    told = reasons(tables, tmp_path)
    assert re.search(r"(Y and Z|Z and Y) may not dispose of returns \(disposal has no row\); 20 t arise there", told)
    assert re.search("(N and F|F and N) process and sell", told)
    assert "room for 5 t more (period" in told and "dispose of 5 t" not in told


def mended(tables, folder, told):
    """Return the tables of sizes and counts after what the repair in `told` asks for, as one reads it."""
    room = re.findall(r"give ([A-Z](?: and [A-Z])*) room for ([\d.]+) t more", told)
    for places, more in room:
        sizes = tables["capacities"]
        largest = sizes.groupby("place_id")["size_t"].transform("max") == sizes["size_t"]
        wider = largest & sizes["place_id"].isin(places.split(" and "))
        tables["capacities"] = sizes.assign(size_t=sizes["size_t"].astype(float) + wider * float(more))
    for more in re.findall(r"allow (\d+) more places of SITE", told):
        tables["group_limits"] = tables["group_limits"].assign(most=tables["group_limits"]["most"] + int(more))
    return tables


@pytest.mark.parametrize("most", [0, 1])
def test_a_repair_repairs(most, tmp_path):
    """No site may be open, or only one that is too small: with what the repair asks for there is a design."""
    tables = small_tables() | {"group_limits": rows("group_id most", ("SITE", most))}
    tables["capacities"] = tables["capacities"].head(2).assign(size_t=[6, 5])
    told = reasons(tables, tmp_path)
    assert "Cheapest repair: " in told
    assert design_network(loaded(mended(tables, tmp_path, told), tmp_path / "mended"), seed=1).cost


def test_room_is_no_substitute_for_opening(tmp_path):
    """Where no site may be open, more places must be allowed: more room at a closed one is room nowhere."""
    told = reasons(small_tables() | {"group_limits": rows("group_id most", ("SITE", 0))}, tmp_path)
    assert "Cheapest repair: allow 1 more places of SITE (period 1, 2)." in told
