"""Distance: bands that must be kept, effort that is priced, and supply that comes the less the farther it is."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from network_design.check import check_design
from network_design.design import design_network
from network_design.model.build import build_model
from retour.errors import InfeasibleError
from tests.network_design.conftest import loaded, rows, small_tables
from tests.network_design.test_design import designed, parts, random_tables

BANDS = "group_id within_km least_share"
RESPONSE = "group_id within_km share"


def open_sites(design):
    """Return the places that are open at some time."""
    return set(design.opened.loc[design.opened["is_open"], "place_id"])


def test_nothing_is_added_without_the_tables(small):
    """A network without bands, response and queues has the columns and rows that it had."""
    model = build_model(small)
    v = model.variables
    blocks = [v.flow, v.processed, v.sold, v.disposed, v.stored, v.level, v.grows, v.extra, v.widened, v.volume]
    assert sum(b.size for b in [*blocks, v.reached, v.missing]) == model.program.columns
    assert not {"SERVICE", "RESPONSE", "NEAR", "WAITING", "QUEUE"} & {f.kind for f in model.program.families}


@pytest.mark.parametrize(("share", "sites", "cost"), [(0.0, {"F"}, -420), (0.5, {"N"}, -380), (1.0, {"N"}, -380)])
def test_a_share_must_go_near(share, sites, cost, tmp_path):
    """Far F (100 km) is cheaper by 40, but what must stay within 60 km goes to near N (50 km), and all of it then."""
    design = designed({**small_tables(), "service_bands": rows(BANDS, ("ZONE", 60, share))}, tmp_path)
    assert (sites, cost) == (open_sites(design), round(design.cost, 6))


def test_what_is_served_is_told(tmp_path):
    """A band that asks for nothing is told: nothing of the 10 t goes within 60 km, all of it 100 km far."""
    design = designed({**small_tables(), "service_bands": rows("group_id within_km", ("Z", 60))}, tmp_path)
    told = design.served.query("period == 1").set_index("group_id")
    assert (10.0, 0.0, 0.0, 100.0) == tuple(told.loc["Z", ["arises_t", "within_t", "lowest_share", "mean_km"]])
    assert (10.0, 10.0, 1.0, 100.0) == tuple(told.loc["ALL", ["arises_t", "within_t", "share", "mean_km"]])


def test_effort_is_priced_band_by_band(tmp_path):
    """100 km are beyond 60 km (1 a tonne) and 20 km beyond 80 km (0.02 a km): 1.4 a tonne, 28 in two years."""
    bands = rows("group_id within_km price_per_t price_per_km_t", ("ZONE", 60, 1, 0), ("Z", 80, 0, 0.02))
    design = designed({**small_tables(), "service_bands": bands}, tmp_path)
    assert ({"F"}, 28.0, -392.0) == (open_sites(design), parts(design)["effort"], round(design.cost, 6))


def test_dear_effort_brings_the_network_nearer(tmp_path):
    """3 a tonne beyond 60 km make F cost 60 more, which N does not: it costs 40 more."""
    bands = rows("group_id within_km price_per_t", ("ZONE", 60, 3))
    design = designed({**small_tables(), "service_bands": bands}, tmp_path)
    assert ({"N"}, -380.0) == (open_sites(design), round(design.cost, 6))


def test_the_price_of_a_band(tmp_path):
    """N (10 t) and F (20 t) stand; 4 of 10 t must go to N, a tonne for 5 + 9 on the way and treated; at F 10 + 1."""
    tables = {**small_tables(), "service_bands": rows(BANDS, ("ZONE", 60, 0.4))}
    tables["places"] = tables["places"].assign(
        status=["ALWAYS", "EXISTING", "EXISTING", "ALWAYS"], initial_size_t=[None, None, 20, None]
    )
    tables["capacities"] = tables["capacities"].query("size_t != 5")
    tables["processes"] = tables["processes"].assign(variable_cost_per_t=[9, 1])
    price = designed(tables, tmp_path).prices.query("limit == 'SERVICE'")
    assert [("ZONE", 60.0, 3.0)] * 2 == list(zip(price["place_id"], price["within_km"], price["price"], strict=True))


def test_bands_that_cannot_be_kept(tmp_path):
    """No way is as short as 10 km: half of 10 t cannot stay within, and 5 t must go farther."""
    tables = {**small_tables(), "service_bands": rows(BANDS, ("ZONE", 10, 0.5))}
    with pytest.raises(InfeasibleError) as refused:
        design_network(loaded(tables, tmp_path), seed=1)
    told = "\n".join(refused.value.reasons)
    assert "At least 5 t that arise in ZONE go no farther than 10 km on their first way (service_bands)" in told
    assert "let 5 t more from ZONE go farther than 10 km (period 1, 2)" in told


def response(*shares, lost_cost_per_t=20.0, **more):
    """Return the small network, near N closed, where (band, share) say what of the 10 t comes."""
    tables = small_tables() | {"response": rows(RESPONSE, *[("ZONE", km, share) for km, share in shares])} | more
    tables["places"] = tables["places"].assign(closed_from=[None, 1, None, None])
    return {**tables, "supply": tables["supply"].assign(lost_cost_per_t=lost_cost_per_t)}


def test_what_is_far_from_open_places_is_lost(tmp_path):
    """Far F is within 120 km: 4 of 10 t come, 6 are lost at 20 a tonne; its size of 5 t is enough."""
    design = designed(response((60, 1.0), (120, 0.4)), tmp_path)
    # F at 5 t: 100 + 2 x 5; each year 4 t: transport 40 + 4, treat 12, collect 4, dispose 20, sell 200; lost 120.
    assert (240.0, 110.0) == (parts(design)["lost"], round(design.cost, 6))
    assert [6.0, 6.0] == design.handled.query("place_id == 'Z'")["lost_t"].tolist()
    told = design.served.query("period == 1 and group_id == 'ALL'")
    assert [(10.0, 0.4)] == list(zip(told["arises_t"], told["share"], strict=True))


def test_what_comes_is_never_refused(tmp_path):
    """However much a lost tonne brings, what distance says comes is taken: open F draws 4 t."""
    tables = response((120, 0.4), lost_cost_per_t=-100.0)
    tables["places"] = tables["places"].assign(open_from=[None, None, 1, None])
    design = designed(tables, tmp_path)
    assert [6.0, 6.0] == design.handled.query("place_id == 'Z'")["lost_t"].tolist()


def test_a_place_goes_before_its_kind(tmp_path):
    """Z has a response of its own, so that of its kind does not count; that of its product goes before both."""
    shares = rows(
        "group_id product_id within_km share", ("ZONE", "ALL", 120, 0.4), ("Z", "ALL", 120, 0.5),
        ("Z", "returns", 120, 0.3),
    )  # fmt: skip
    design = designed(response(response=shares), tmp_path)
    assert [7.0, 7.0] == design.handled.query("place_id == 'Z'")["lost_t"].tolist()


def test_with_everything_closed_everything_is_lost(tmp_path):
    """Losing 10 t a year for 1 a tonne is cheaper than building."""
    design = designed(response((120, 1.0), lost_cost_per_t=-60.0), tmp_path)
    assert (set(), -1200.0) == (open_sites(design), round(design.cost, 6))


def test_places_that_are_always_there_are_near(tmp_path):
    """A site without a size is always open: nothing is lost within its band."""
    tables = response((60, 1.0), (120, 0.4))
    tables["places"] = tables["places"].assign(closed_from=None, status=["ALWAYS", "ALWAYS", "CANDIDATE", "ALWAYS"])
    tables["capacities"] = tables["capacities"].query("place_id == 'F'")
    design = designed(tables, tmp_path)
    assert "lost" not in parts(design)


def test_links_lead_to_the_nearest(tmp_path):
    """Zones linked to their nearest site only: closed near N keeps Z from F, and everything is lost."""
    tables = response((120, 1.0))
    tables["places"] = tables["places"].assign(lat=[48.0, 48.1, 48.3, 48.2], lon=2.0)
    tables["lanes"] = tables["lanes"].query("to_id == 'M'")
    tables["links"] = rows("from_kind to_kind nearest", ("ZONE", "SITE", 1))
    near = designed(tables, tmp_path / "one")
    both = designed({**tables, "links": tables["links"].assign(nearest=2)}, tmp_path / "two")
    assert (20.0, 0.0) == (near.handled["lost_t"].sum(), both.handled["lost_t"].sum())


def test_the_checker_finds_what_bands_and_distance_forbid(tmp_path):
    """A design of the same network without its rules breaks them, place by place and together."""
    plain = design_network(loaded(small_tables(), tmp_path / "plain"), seed=1)
    asked = small_tables() | {
        "service_bands": rows("group_id within_km least_share least_share_each", ("ZONE", 60, 0.2, 0.3)),
        "response": rows(RESPONSE, ("ZONE", 120, 0.4)),
    }
    found = check_design(loaded(asked, tmp_path / "asked"), plain).violations
    told = sorted(zip(found["rule"], found["found"], found["limit"], strict=True))
    bands = [("service bands", 0.0, 2.0)] * 2 + [("service bands", 0.0, 3.0)] * 2
    assert [("lost", 0.0, 6.0)] * 2 + bands == told
    stray = replace(plain, handled=plain.handled.assign(lost_t=1.0))
    messages = check_design(loaded(small_tables(), tmp_path / "stray"), stray).violations["message"]
    assert "where nothing arises" in " ".join(messages)


@pytest.mark.parametrize("seed", range(4))
def test_bands_and_response_meet_every_combination(seed, tmp_path):
    """On random networks the design is as good as the best of all combinations of open sites, by other means."""
    rng = np.random.default_rng(seed)
    tables = random_tables(rng)
    near, far = sorted(rng.integers(10, 90, 2).tolist())
    tables["supply"] = tables["supply"].assign(lost_cost_per_t=float(rng.integers(0, 30)))
    tables["response"] = rows(RESPONSE, ("ZONE", near, 0.9), ("ZONE", far + 10, 0.5))
    tables["service_bands"] = rows("group_id within_km price_per_km_t", ("ZONE", near, 0.05))
    best = min(cost_with(tables, np.array(chosen), near, far + 10) for chosen in product([False, True], repeat=3))
    assert best == pytest.approx(designed(tables, tmp_path).cost)


def cost_with(tables, is_open, near, far):
    """Return the least cost with these sites open: what comes is known then, and the rest is a transport problem."""
    sizes, supply = tables["capacities"], tables["supply"]["amount_t"].to_numpy(float)
    km = tables["lanes"]["distance_km"].to_numpy(float).reshape(len(supply), 3)
    nearest = np.where(is_open, km, np.inf).min(axis=1)
    comes = supply * np.select([nearest <= near, nearest <= far], [0.9, 0.5], 0.0)
    lost = tables["supply"]["lost_cost_per_t"].to_numpy(float) @ (supply - comes)
    per_t = 0.1 * km + tables["processes"]["variable_cost_per_t"].to_numpy(float) + 1
    per_t += 0.05 * np.clip(km - near, 0, None)
    found = linprog(
        per_t.ravel(), A_eq=np.kron(np.eye(len(supply)), np.ones(3)), b_eq=comes,
        A_ub=np.kron(np.ones(len(supply)), np.eye(3)), b_ub=sizes["size_t"].to_numpy(float) * is_open,
    )  # fmt: skip
    return found.fun + lost + sizes["opening_cost"].to_numpy(float) @ is_open if found.success else np.inf


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once_is_priced_alike(seed, tmp_path):
    """Solver, ledger and checker agree on networks with bands, response, loss of value, queues and handling."""
    rng = np.random.default_rng(100 + seed)
    tables = random_tables(rng)
    sites = tables["capacities"]["place_id"].tolist()
    tables |= {
        "products": rows("product_id value_per_t decay_per_day", ("returns", 500, 0.002), ("waste", None, 0)),
        "response": rows(RESPONSE, ("ZONE", 30, 1.0), ("1", 100, 0.5), ("ZONE", 100, 0.7)),
        "service_bands": rows(f"{BANDS} least_share_each price_per_t", ("ZONE", 100, 0.2, 0.1, 2), ("2", 40, 0, 0, 3)),
        "disposal": pd.concat([tables["disposal"], rows("place_id product_id cost_per_t", ("2", "returns", 300))]),
        "modes": rows("mode days km_per_day", ("ROAD", 0.5, int(rng.integers(20, 200)))),
        "queues": rows(
            "place_id from_share days", *[(s, start, days) for s in sites for start, days in ((0, 1), (0.4, 5))]
        ),
        "handling_emissions": rows("group_id gas t_per_t", ("SITE", "CO2e", 0.02), ("A", "CO2e", 0.2)),
        "gases": rows("gas price_per_t limit_t", ("CO2e", 30, 5)),
    }  # fmt: skip
    tables["processes"] = tables["processes"].assign(days=rng.integers(0, 5, 3), capacity_per_t=[1, 0.5, 2])
    design = designed(tables, tmp_path)
    assert {"decay", "emissions"} <= set(parts(design))
