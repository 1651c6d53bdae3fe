"""What arises followed through small places: the pictures prove nearly the optimum, and never more, at any prices."""

import threading
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from network_design.followed import split, ways
from network_design.followed.pictures import Pictures
from network_design.followed.relaxed import Prices, prices_when_followed
from network_design.followed.ways import Ways, ways_of
from network_design.highs import solve_arrays, solve_linear, solve_whole
from network_design.model.build import DesignModel, build_model
from network_design.study.changes import DISTANCES, changed
from network_design.study.settings import Change
from retour.gate.design import load_design
from retour.samples.design import write_design_sample
from retour.vocabulary import Status


@pytest.fixture(scope="module", autouse=True)
def few_are_many():
    """Let the collection points of samples count as many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "MANY", 5)
        yield


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Three years, steps and ranges, contracts with tiers."""
    return load_design(write_design_sample("small", tmp_path_factory.mktemp("designs") / "small", seed=2))


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Supply that reacts to distance, bands, storage and queues."""
    return load_design(write_design_sample("service", tmp_path_factory.mktemp("designs") / "service", seed=2))


def lanes_that_are_full(instance):
    """Return the network with little room on every way from a point to a hub."""
    lanes = changed(instance, [Change(table=DISTANCES, factor=1.0)]).tables["lanes"]
    kind = instance.tables["places"].set_index("place_id")["kind"]
    onward = (lanes["from_id"].map(kind) == "POINT") & (lanes["to_id"].map(kind) == "HUB")
    full = lanes.assign(capacity_t=lanes["capacity_t"].where(~onward, 9.0))
    return instance.replace(lanes=full, links=instance.tables["links"].iloc[:0])


def straight_to_hubs(instance):
    """Return the network in which some zones may send straight to a hub, or dispose of returns, dearly."""
    tables = instance.tables
    zone, hub = (tables["places"].query("kind == @kind")["place_id"] for kind in ("ZONE", "HUB"))
    lanes = pd.DataFrame(
        {"from_id": zone.iloc[:4].to_numpy(), "to_id": hub.iloc[0], "mode": "VAN", "distance_km": 30.0}
    )
    gone = pd.DataFrame({"place_id": zone.iloc[2:5].to_numpy(), "product_id": "returns", "cost_per_t": 2500.0})
    more = {"lanes": lanes.assign(cost_per_t=0.0), "disposal": gone.assign(period=0)}
    added = {
        name: pd.concat([tables[name], rows.reindex(columns=tables[name].columns)], ignore_index=True)
        for name, rows in more.items()
    }
    return instance.replace(**added)


@dataclass(frozen=True)
class Known:
    """A model, what its best design costs, what its linear relaxation proves, and its prices when followed."""

    model: DesignModel
    best: float
    relaxed: float
    ways: Ways
    prices: Prices


def priced(model):
    """Return the ways of a model and the prices when what arises is followed."""
    found = ways_of(model.sets)
    assert found is not None
    prices = prices_when_followed(model, found, seed=1, budget_s=60)
    assert prices is not None
    return found, prices


@pytest.fixture(scope="module", params=[lambda i: i, lanes_that_are_full, straight_to_hubs])
def known(request, small):
    """The small network, one with full lanes, one with other ways out."""
    model = build_model(request.param(small))
    best = solve_whole(model.program, seed=1, budget_s=60).bound
    return Known(model, best, solve_linear(model.program, seed=1, budget_s=60).bound, *priced(model))


def solved(model, found, prices):
    """Return what the pictures prove, linearly and then whole."""
    every = Pictures(model, found, prices, seed=1)
    linear = every.bound
    every.work(until=time.perf_counter() + 60, stopped=threading.Event())
    return linear, every.bound


@pytest.mark.parametrize("columns", [12_000, 1])
def test_pictures_prove_more_than_the_relaxation_and_no_more_than_the_best(known, columns, monkeypatch):
    """All periods together, or each by itself: between the strong linear relaxation and the optimum."""
    monkeypatch.setattr(split, "MOST_COLUMNS", columns)
    linear, whole = solved(known.model, known.ways, known.prices)
    assert known.relaxed - 1e-3 * abs(known.relaxed) <= linear <= whole <= known.best + 1e-6 * abs(known.best)
    if columns > 1:
        assert known.best - whole < 0.1 * (known.best - known.relaxed)


def test_supply_that_reacts_to_distance_is_bounded_too(service):
    """What stays away is no tonne that must go somewhere."""
    model = build_model(service)
    cost = model.program.cost_of(solve_whole(model.program, seed=1, budget_s=20).values)
    _, whole = solved(model, *priced(model))
    assert whole <= cost + 1e-6 * abs(cost)


@pytest.mark.parametrize("seed", range(4))
def test_any_prices_bound_every_design(known, seed):
    """However wrong the prices are."""
    noise = np.random.default_rng(seed)
    wrong = Prices(
        known.prices.rows * noise.normal(1.0, 0.1 + 0.4 * seed, len(known.prices.rows)),
        known.prices.followed + noise.normal(0.0, 100.0 * seed, known.prices.followed.shape),
    )
    assert solved(known.model, known.ways, wrong)[1] <= known.best + 1e-6 * abs(known.best)


def test_nothing_is_followed_where_points_decide_more(small):
    """Points that may dispose of goods, and zones where something arrives, are no mere ways."""
    tables = small.tables
    point, zone = (tables["places"].query("kind == @kind")["place_id"].iloc[0] for kind in ("POINT", "ZONE"))
    disposing = small.replace(disposal=tables["disposal"].iloc[:1].assign(place_id=point, product_id="returns"))
    assert ways_of(build_model(disposing).sets) is None
    sold = tables["sales"].iloc[:1].assign(place_id=zone, product_id="returns")
    assert ways_of(build_model(small.replace(sales=pd.concat([tables["sales"], sold]))).sets) is None


def test_ways_go_through_one_point_each(small):
    """Every way enters and leaves the same point; every zone has ways; what arises is what the tables say."""
    sets = build_model(small).sets
    found = ways_of(sets)
    arcs = sets.arcs
    assert (arcs["to_id"].to_numpy()[found.enters] == arcs["from_id"].to_numpy()[found.leaves]).all()
    assert set(arcs["from_id"].to_numpy()[found.enters]) == set(small.tables["supply"]["place_id"])
    told = pd.Series(found.amount.sum(axis=1)).groupby(found.origin).first().sum()
    assert told == pytest.approx(small.tables["supply"]["amount_t"].sum())


def test_a_picture_is_left_when_it_is_stopped(known):
    """Whoever proves may be told to end at once: what is proven by then stays."""
    every, stopped = Pictures(known.model, known.ways, known.prices, seed=1), threading.Event()
    linear = every.bound
    stopped.set()
    assert solve_arrays(every.pictures[0].program, seed=1, budget_s=60, relative_gap=0.0, stopped=stopped).status in (
        Status.FAILED, Status.FEASIBLE
    )  # fmt: skip
    every.work(until=time.perf_counter() + 60, stopped=stopped)
    assert every.bound == linear
