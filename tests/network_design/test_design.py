"""Designs of networks small enough to be worked out by hand, and against trying every combination."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from network_design.check import check_design
from network_design.design import design_network
from retour.vocabulary import Status
from tests.network_design.conftest import loaded, rows, small_tables


def designed(tables, folder, **settings):
    """Return the design of tables, which the checker finds sound and prices as the solver and the ledger do."""
    instance = loaded(tables, folder, **settings)
    design = design_network(instance, seed=1)
    checked = check_design(instance, design)
    assert [] == checked.violations["message"].tolist()
    assert checked.cost == pytest.approx(design.cost, rel=1e-9, abs=1e-6)
    priced = {name: sum(periods.values()) for name, periods in checked.parts.items()}
    assert {name: cost for name, cost in priced.items() if abs(cost) > 1e-6} == pytest.approx(parts(design), abs=2e-6)
    assert design.ledger_total == pytest.approx(design.cost, rel=1e-9, abs=1e-6)
    assert design.bound == pytest.approx(design.cost, rel=1e-8, abs=1e-6)
    return design


def with_columns(table, **columns):
    """Return the small network's tables with columns of one table set."""
    tables = small_tables()
    return {**tables, table: tables[table].assign(**columns)}


def parts(design):
    """Return undiscounted cost by activity."""
    return design.ledger.groupby("activity")["cost"].sum().round(6).to_dict()


def test_the_small_network(tmp_path):
    """Far F at 20 t beats near N: 160 + 2 x 10 + transport 200 + 6 x 10 against 300 + 2 x 20 + 100 + 40."""
    design = designed(small_tables(), tmp_path)
    # F opens at 20 t: 160, fixed 2 x 10; 10 t a year: transport 100 km x 0.1 x 20 + 10 km x 0.2 x 10 = 220;
    # treat 3 x 20; collect 1 x 20; dispose 10 x 10; sell 100 x 10. Sum: 160 + 20 + 220 + 60 + 20 + 100 - 1000 = -420.
    # N: 300 + 40 + 120 + 40 + 20 + 100 - 1000 = -380.
    expected = {
        "opening": 160, "fixed": 20, "transport": 220, "variable": 60, "collection": 20,
        "disposal": 100, "sale": -1000,
    }  # fmt: skip
    assert expected == parts(design)
    assert (Status.OPTIMAL, -420.0) == (design.status, round(design.cost, 6))


def test_later_costs_count_less(tmp_path):
    """At 10 % a year the second year's flows count 1/1.1; opening is paid at once."""
    design = designed(small_tables(), tmp_path, discount_rate=0.1)
    yearly = (20 + 220 + 60 + 20 + 100 - 1000) / 2
    assert 160 + yearly * (1 + 1 / 1.1) == pytest.approx(design.cost)


def test_a_place_may_close_and_reopen_nothing(tmp_path):
    """With nothing to treat in the second year, F closes rather than pay its fixed cost, and closing is paid."""
    tables = small_tables() | {
        "supply": rows("place_id product_id period amount_t", ("Z", "returns", 1, 10)),
        "place_costs": rows("place_id closing_cost", ("F", 4), ("N", 4)),
    }
    design = designed(tables, tmp_path)
    closes = design.opened.set_index(["place_id", "period"])["closes"]
    assert closes["F", 2]
    assert 4 == parts(design)["closing"]


def test_what_may_not_close_stays(tmp_path):
    """The same place stays open when it may not close, and pays its fixed cost."""
    tables = with_columns("places", may_close=False) | {
        "supply": rows("place_id product_id period amount_t", ("Z", "returns", 1, 10))
    }
    design = designed(tables, tmp_path)
    assert [True, True] == design.opened.query("place_id == 'F'")["is_open"].tolist()


def test_an_existing_place_costs_nothing_to_open(tmp_path):
    """N exists: its 300 are saved, so it beats F."""
    tables = with_columns("places", status=["ALWAYS", "EXISTING", "CANDIDATE", "ALWAYS"])
    design = designed(tables, tmp_path)
    assert {"N"} == set(design.opened.loc[design.opened["is_open"], "place_id"])
    assert "opening" not in parts(design)


def test_forced_open_and_closed(tmp_path):
    """open_from and closed_from are kept."""
    tables = with_columns("places", open_from=[None, 2, None, None], closed_from=[None, None, 1, None])
    design = designed({**tables, "supply": tables["supply"].assign(amount_t=8)}, tmp_path)
    assert {"N"} == set(design.opened.loc[design.opened["is_open"], "place_id"])


def test_places_are_counted(tmp_path):
    """At least two sites open: both do."""
    tables = small_tables() | {"group_limits": rows("group_id least", ("SITE", 2))}
    design = designed(tables, tmp_path)
    assert {"N", "F"} == set(design.opened.loc[design.opened["is_open"], "place_id"])


def test_budgets_bind(tmp_path):
    """With 150 to invest a year F opens at 5 t, and cannot take 10 t in the first year: so half is stored."""
    tables = small_tables() | {
        "periods": rows("period investment_limit", (1, 150), (2, 150)),
        "storage": rows("place_id product_id cost_per_t", ("F", "returns", 0)),
    }
    design = designed(tables, tmp_path)
    sizes = design.opened.query("place_id == 'F'")["size_t"].tolist()
    assert [5.0, 20.0] == sizes
    invested = design.ledger[design.ledger["activity"].isin(["opening", "expansion"])]
    assert [("opening", 1, 100.0), ("expansion", 2, 60.0)] == list(
        invested[["activity", "period", "cost"]].itertuples(index=False, name=None)
    )
    assert 5 == design.handled.query("period == 1")["stored_t"].sum()


def test_emissions_are_priced_and_capped(tmp_path):
    """10 t over 50 km emit 0.5 t a year, over 100 km 1 t: a price of 100 a tonne, or a cap of 0.5 t, turns to N."""
    for rule in (rows("gas price_per_t", ("CO2e", 100)), rows("gas limit_t", ("CO2e", 0.5))):
        design = designed({**small_tables(), "gases": rule}, tmp_path / str(len(rule.columns) + rule.iloc[0, 1]))
        assert {"N"} == set(design.opened.loc[design.opened["is_open"], "place_id"])
        assert 0.5 == pytest.approx(design.emissions.query("period == 1")["amount_t"].sum())


def test_disposal_limits_and_sales_limits(tmp_path):
    """Metal that the market does not take is disposed of, up to its limit."""
    tables = small_tables() | {
        "sales": rows("place_id product_id price_per_t most_t", ("M", "metal", 100, 3)),
        "disposal": rows(
            "place_id product_id cost_per_t limit_t", ("F", "waste", 10, None), ("F", "metal", 50, 1),
            ("N", "waste", 10, None), ("N", "metal", 50, 5),
        ),
    }  # fmt: skip
    design = designed(tables, tmp_path)
    assert {"N"} == set(design.opened.loc[design.opened["is_open"], "place_id"])
    assert 2.0 == pytest.approx(design.handled.query("product_id == 'metal' and period == 1")["disposed_t"].sum())


def test_contract_tiers_and_minimum(tmp_path):
    """Falling prices are paid tier by tier, and what is missing of a promise too."""
    tables = small_tables() | {
        "contract_tiers": rows("place_id from_t price_per_t", ("F", 0, 4), ("F", 6, 1), ("N", 0, 50)),
        "contracts": rows("place_id minimum_t shortfall_cost_per_t", ("F", 12, 2)),
    }
    design = designed(tables, tmp_path)
    # Each year 6 t at 4 and 4 t at 1, and 2 t missing at 2.
    assert (2 * 28, 2 * 4) == (parts(design)["contract"], parts(design)["shortfall"])


def test_what_was_sold_comes_back(tmp_path):
    """Half of the metal sold in the first year comes back in the second and is disposed of."""
    tables = small_tables() | {
        "return_curves": rows("place_id sold_product_id product_id age share", ("M", "metal", "waste", 1, 0.5)),
        "disposal": rows("place_id product_id cost_per_t", ("N", "waste", 10), ("F", "waste", 10), ("M", "waste", 20)),
    }
    design = designed(tables, tmp_path)
    assert {2: 2.5} == design.handled.query("place_id == 'M' and disposed_t > 0").set_index("period")[
        "disposed_t"
    ].to_dict()


def test_lanes_have_capacities(tmp_path):
    """Six tonnes may go to near N and five to far F: N is filled, F takes the rest, and both lanes ask 0.5 a tonne."""
    tables = small_tables()
    lanes = tables["lanes"].assign(capacity_t=[6, 5, None, None], cost_per_t=[0.5, 0.5, 0, 0])
    design = designed({**tables, "lanes": lanes}, tmp_path)
    first = design.flows.query("period == 1 and from_id == 'Z'").set_index("to_id")["amount_t"].round(9).to_dict()
    assert ({"N": 6.0, "F": 4.0}, 10.0) == (first, parts(design)["loading"])


def test_a_range_grows_and_is_resold(tmp_path):
    """A range of 5 to 20 t pays (160 - 100) / 15 a tonne of growing, and gets next year's price of it back."""
    tables = with_columns("places", sizing="RANGE", shrinking="RESOLD", may_close=False)
    tables["capacities"] = tables["capacities"].query("place_id == 'F'")
    tables["places"] = tables["places"].query("place_id != 'N'")
    for name in ("processes", "disposal"):
        tables[name] = tables[name].query("place_id == 'F'")
    tables["lanes"] = tables["lanes"].query("from_id == 'F' or to_id == 'F'")
    tables["supply"] = rows("place_id product_id period amount_t", ("Z", "returns", 1, 10), ("Z", "returns", 2, 7))
    design = designed(tables, tmp_path)
    # 10 t: 5 t of growing at 4 a tonne; 7 t: 3 t of it given back.
    assert (100, 4 * 5 - 4 * 3) == (parts(design)["opening"], parts(design)["expansion"])


def test_prices_tell_what_one_more_tonne_costs(tmp_path):
    """One more tonne is collected, moved and treated; half of it is disposed of, half moved on and sold."""
    design = designed(small_tables(), tmp_path)
    price = design.prices.query("limit == 'SUPPLY' and place_id == 'Z'")["price"]
    # 1 + 10 + 3 + 5 + 0.5 x 10 x 0.2 - 0.5 x 100
    assert [-30.0, -30.0] == price.round(6).tolist()


def test_sizes_of_closed_places_have_no_price(tmp_path):
    """12 t a year arise, F holds 10 t, and the rest is disposed of for 20 a tonne: size of F saves that, and treating.

    N, which would earn more a tonne, is never open: what size would save there is not told.
    """
    tables = small_tables()
    tables["capacities"] = rows("place_id size_t opening_cost", ("F", 10, 100), ("N", 10, 900))
    tables["supply"] = tables["supply"].assign(amount_t=12)
    tables["disposal"] = rows(
        "place_id product_id cost_per_t", ("N", "waste", 10), ("F", "waste", 10), ("Z", "returns", 20)
    )
    design = designed(tables, tmp_path)
    assert {"F"} == set(design.opened.loc[design.opened["is_open"], "place_id"])
    assert {"F"} == set(design.prices.query("limit == 'CAPACITY'")["place_id"])
    # A tonne treated rather than disposed of for 20 in Z: 30 + 20 a year, where no other row of the model takes it.
    assert {50.0} == set(design.prices.query("limit == 'CAPACITY'")["price"].round(6))


@pytest.mark.parametrize("seed", range(6))
def test_small_networks_meet_every_combination(seed, tmp_path):
    """On random networks the design is as good as the best of all combinations of open sites."""
    tables = random_tables(np.random.default_rng(seed))
    best = min(cost_with(tables, np.array(chosen)) for chosen in product([False, True], repeat=3))
    assert best == pytest.approx(designed(tables, tmp_path).cost)


def cost_with(tables: dict[str, pd.DataFrame], is_open: np.ndarray) -> float:
    """Return the least cost with these sites open, by a transport problem of its own; infinite where they are small."""
    sizes, supply = tables["capacities"], tables["supply"]["amount_t"].to_numpy(float)
    km = tables["lanes"]["distance_km"].to_numpy(float).reshape(len(supply), 3)
    per_t = 0.1 * km + tables["processes"]["variable_cost_per_t"].to_numpy(float) + 1
    room = sizes["size_t"].to_numpy(float) * is_open
    found = linprog(
        per_t.ravel(), A_eq=np.kron(np.eye(len(supply)), np.ones(3)), b_eq=supply,
        A_ub=np.kron(np.ones(len(supply)), np.eye(3)), b_ub=room,
    )  # fmt: skip
    return found.fun + sizes["opening_cost"].to_numpy(float) @ is_open if found.success else np.inf


def random_tables(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return one period of three candidate sites and four zones, with random costs and sizes."""
    sites, zones = ["A", "B", "C"], ["1", "2", "3", "4"]
    sizes = [(s, int(rng.integers(8, 20)), int(rng.integers(10, 90))) for s in sites]
    runs = [("treat", s, int(rng.integers(1, 5))) for s in sites]
    return {
        "periods": rows("period", (1,)),
        "products": rows("product_id", ("returns",), ("waste",)),
        "places": rows(
            "place_id kind status", *[(s, "SITE", "CANDIDATE") for s in sites], *[(z, "ZONE", "ALWAYS") for z in zones]
        ),
        "capacities": rows("place_id size_t opening_cost", *sizes),
        "processes": rows("process_id place_id variable_cost_per_t", *runs),
        "recipes": rows("process_id role product_id t_per_t", ("treat", "INPUT", "returns", 1),
                        ("treat", "OUTPUT", "waste", 1)),
        "supply": rows("place_id product_id amount_t", *[(z, "returns", int(rng.integers(1, 6))) for z in zones]),
        "disposal": rows("place_id product_id cost_per_t", *[(s, "waste", 1) for s in sites]),
        "lanes": rows("from_id to_id distance_km", *[(z, s, int(rng.integers(5, 100))) for z in zones for s in sites]),
        "transport": rows("product_id cost_per_km_t", ("returns", 0.1)),
    }  # fmt: skip
