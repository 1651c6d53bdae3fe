"""A greenfield start: places against trying every choice, and candidates like their template."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from network_design.design import design_network
from network_design.greenfield.demand import Demand, demand_of
from network_design.greenfield.locating import located_tables, nearest_places
from network_design.greenfield.reaching import fewest_places
from network_design.greenfield.starting import green_start
from network_design.study.reading import load_study
from network_design.study.settings import Greenfield
from network_design.studying import carry_out
from retour.errors import InputError
from retour.travel import great_circles_m
from retour.vocabulary import Status
from tests.network_design.conftest import loaded, rows


def drawn(seed, many=12):
    """Return zones drawn around Lyon with tonnes, and their distances worked out apart."""
    rng = np.random.default_rng(seed)
    lat, lon, tonnes = 45.7 + rng.random(many), 4.8 + rng.random(many), 1 + 9 * rng.random(many)
    km = 1.3 * great_circles_m(lat, lon, lat, lon) / 1000
    return Demand(tuple(f"Z{i}" for i in range(many)), lat, lon, tonnes, 1.3), km


@pytest.mark.parametrize("seed", [1, 2])
def test_no_choice_of_places_is_nearer(seed):
    """For one to four of twelve zones: the mean way is that of the best of all choices, and proven."""
    demand, km = drawn(seed)
    found = nearest_places(demand, range(1, 5), seed=1, budget_s=20)
    table, places = located_tables(demand, found, {i: f"N{i}" for i in range(12)})
    for count, row in zip(range(1, 5), table.itertuples(), strict=True):
        ways = [demand.tonnes @ km[:, list(sites)].min(axis=1) for sites in combinations(range(12), count)]
        best = min(ways) / demand.tonnes.sum()
        assert (count, "OPTIMAL", pytest.approx(best)) == (row.places, row.status, row.mean_km)
        assert (pytest.approx(best), pytest.approx(0, abs=1e-8)) == (row.bound_km, row.gap)
        own = places[places["places"] == count]
        assert (count, pytest.approx(demand.tonnes.sum())) == (len(own), own["demand_t"].sum())
        assert pytest.approx(own["farthest_km"].max()) == row.farthest_km


@pytest.mark.parametrize(("seed", "farthest_km"), [(1, 50), (2, 35), (3, 70)])
def test_no_fewer_places_reach_everyone(seed, farthest_km):
    """The fewest places within a distance are those of the best of all choices, and no more of so many is nearer."""
    demand, km = drawn(seed)
    near = km <= farthest_km
    least = next(
        n for n in range(1, 13) if any(near[:, list(sites)].any(axis=1).all() for sites in combinations(range(12), n))
    )
    found = fewest_places(demand, farthest_km=farthest_km, seed=1, budget_s=20)
    assert (least, least) == (len(found.sites), found.fewest)
    assert near[:, found.sites].any(axis=1).all()
    reaching = [s for s in combinations(range(12), least) if near[:, list(s)].any(axis=1).all()]
    best = min(demand.tonnes @ km[:, list(sites)].min(axis=1) for sites in reaching)
    assert pytest.approx(best) == demand.tonnes @ km[:, found.sites].min(axis=1)


def zones_and_one_template():
    """Return six zones in two towns 100 km apart, and a hub nobody has built, which may dispose of what it sorts."""
    lat = [48.00, 48.01, 48.02, 48.90, 48.91, 48.92]
    zones = [(f"Z{i}", "ZONE", "ALWAYS", x, 2.0) for i, x in enumerate(lat)]
    return {
        "periods": rows("period", (1,)),
        "products": rows("product_id", ("returns",), ("rest",)),
        "places": rows("place_id kind status lat lon", *zones, ("H", "HUB", "CANDIDATE", 47.0, 2.0)),
        "capacities": rows("place_id size_t opening_cost fixed_cost", ("H", 100, 50, 5)),
        "processes": rows("process_id place_id variable_cost_per_t", ("sort", "H", 2)),
        "recipes": rows(
            "process_id role product_id t_per_t", ("sort", "INPUT", "returns", 1), ("sort", "OUTPUT", "rest", 1)
        ),
        "disposal": rows("place_id product_id cost_per_t", ("H", "rest", 1)),
        "supply": rows("place_id product_id amount_t", *((f"Z{i}", "returns", 10) for i in range(6))),
        "transport": rows("product_id cost_per_km_t", ("returns", 0.1)),
    }


def test_zones_and_one_template_make_a_network(tmp_path):
    """Without a single way: two candidates lie in the middle of the towns, get links, and beat the template.

    60 t at 3 a tonne, two hubs at 55, and 4 x 10 t over 1.3 x 1.112 km of a hundredth of a degree at 0.1.
    """
    instance = loaded(zones_and_one_template(), tmp_path)
    start = green_start(instance, Greenfield(kind="HUB", like="H", count=2), seed=1, budget_s=10)
    assert ["Z1", "Z4"] == start.tables["greenfield_places"]["zone_id"].tolist()
    places = start.instance.tables["places"].set_index("place_id")
    assert ["CANDIDATE", "CANDIDATE"] == places.loc[["NEW_HUB_1", "NEW_HUB_2"], "status"].tolist()
    design = design_network(start.instance, seed=1, budget_s=30)
    opened = design.opened.query("is_open")["place_id"].tolist()
    assert ["NEW_HUB_1", "NEW_HUB_2"] == opened
    assert pytest.approx(180 + 110 + 40 * 1.3 * 1.11195 * 0.1, abs=0.01) == design.cost == pytest.approx(design.bound)


def test_lanes_lead_where_they_led_to_the_kind(tmp_path):
    """Zones with a lane to the hub have one to each candidate at the lane's price, as long as it is by road."""
    tables = zones_and_one_template()
    tables["lanes"] = rows(
        "from_id to_id distance_km cost_per_t", *((f"Z{i}", "H", 100 + i, 0.5) for i in range(5)), ("Z5", "H", 105, 0.7)
    )
    start = green_start(loaded(tables, tmp_path), Greenfield(like="H", count=1), seed=1, budget_s=10)
    arcs = start.instance.arcs.set_index(["from_id", "to_id"])
    site = start.tables["greenfield_places"]["zone_id"].iloc[0]
    assert 0 == arcs.at[(site, "NEW_HUB_1"), "distance_km"]
    assert [0.5] * 5 + [0.7] == arcs.xs("NEW_HUB_1", level="to_id")["cost_per_t"].tolist()
    assert 105 == arcs.at[("Z5", "H"), "distance_km"]


def test_the_study_tells_sizes_and_costs_and_leaves_the_own_places_out(tmp_path):
    """Told sizes go before the template's, whose costs are replaced; instead closes the hub the network has."""
    asked = Greenfield.model_validate(
        {"like": "H", "count": 2, "up_to": 3, "instead": True, "operating_cost": 7, "variable_cost_per_t": 1,
         "sizes": [{"size_t": 30, "opening_cost": 20}, {"size_t": 60, "opening_cost": 35, "fixed_cost": 1}]}
    )  # fmt: skip
    start = green_start(loaded(zones_and_one_template(), tmp_path), asked, seed=1, budget_s=10)
    assert [2, 3] == start.tables["greenfield"]["places"].tolist()
    tables, new = start.instance.tables, set(start.tables["greenfield_places"]["place_id"])
    sizes = tables["capacities"].query("place_id in @new")
    assert (2 * len(new), {30.0, 60.0}) == (len(sizes), set(sizes["size_t"]))
    assert {7.0} == set(tables["place_costs"]["operating_cost"])
    assert {1.0} == set(tables["processes"].query("place_id in @new")["variable_cost_per_t"])
    assert 1 == tables["places"].set_index("place_id").at["H", "closed_from"]
    design = design_network(start.instance, seed=1, budget_s=30)
    assert set(design.opened.query("is_open")["place_id"]) <= new


def test_a_study_designs_with_the_new_places(tmp_path):
    """[greenfield] in STUDY.toml: tables in the answer, and the option's design opens candidates of demand's own."""
    instance = loaded(zones_and_one_template(), tmp_path)
    (tmp_path / "STUDY.toml").write_text(
        'name = "green"\n[greenfield]\nlike = "H"\nfarthest_km = 20\n[[designs]]\nid = "one hub"\n'
        'levers = { counts = [{ group = "HUB", most = 1 }] }\n[[designs]]\nid = "free"\n'
    )
    study = load_study(tmp_path / "STUDY.toml", instance)
    answer = carry_out(study, instance, folder=tmp_path, seed=1, budget_s=60)
    row = answer.tables["greenfield"].iloc[0]
    assert (2, 2, str(Status.OPTIMAL)) == (row["places"], row["fewest_places"], row["status"])
    opened = {m.design_id: set(m.design.opened.query("is_open")["place_id"]) for m in answer.members}
    assert (1, {"NEW_HUB_1", "NEW_HUB_2"}) == (len(opened["one hub"]), opened["free"])
    assert () == answer.shortfalls


def test_every_defect_is_told(tmp_path):
    """A template that is none, numbers that contradict each other, zones that are nowhere, places that stay."""
    tables = zones_and_one_template()
    tables["places"] = tables["places"].assign(lat=[None, *tables["places"]["lat"][1:]])
    tables["lanes"] = rows("from_id to_id distance_km", ("Z0", "H", 9))
    instance = loaded(tables, tmp_path)
    for wrong, parts in {
        'like = "HH"': ("unknown place 'HH'; did you mean 'H'?", "give either count", "'Z0' has no coordinates"),
        'like = "Z1"\ncount = 7': (
            "'Z1' is a ZONE, not a HUB",
            "'Z1' has no sizes",
            "carries out no process",
            "found 7",
        ),
        'like = "H"\ncount = 3\nup_to = 2': ("found 2; give a count",),
        'like = "H"\ncount = 3\nfarthest_km = 2': ("give either count (and up_to), or farthest_km",),
    }.items():
        (tmp_path / "STUDY.toml").write_text(f'name = "x"\n[greenfield]\n{wrong}\n')
        with pytest.raises(InputError) as caught:
            load_study(tmp_path / "STUDY.toml", instance)
        assert [] == [part for part in parts if part not in str(caught.value)]


def test_what_arises_nowhere_counts_for_nothing(tmp_path):
    """Zones without coordinates or without returns are no part of demand."""
    tables = zones_and_one_template()
    tables["supply"] = pd.concat(
        [tables["supply"].iloc[:4], rows("place_id product_id amount_t", ("Z4", "returns", 0))]
    )
    demand = demand_of(loaded(tables, tmp_path))
    assert (("Z0", "Z1", "Z2", "Z3"), 40.0) == (demand.ids, demand.tonnes.sum())
