"""Decisions by prices against the least cost of all plans, on random nights from too tight to ample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retour.errors import InfeasibleError
from routing.check import check_decided
from routing.decide import decide
from routing.decide.scale.large import StrandedError

CENT = 0.01
ROUNDING = 1e-6
SAMPLED, ALL = range(0, 25), range(25, 325)
COMPARED, CHECKED = range(1000, 1010), range(2000, 2006)


def agrees(instance, optimum, priced_alone) -> str:
    """Assert that bound, optimum and plan come in this order; return what the engine found."""
    best = optimum(instance)
    try:
        large = priced_alone(instance)
    except StrandedError:
        assert np.inf == best
        return "a return without an option"
    assert large.solved.bound_eur <= best + ROUNDING * abs(best) or np.isinf(best)
    if large.solved.feasible:
        assert best - ROUNDING * abs(best) - CENT <= large.solved.cost_eur
        return "a plan"
    assert large.blocked
    assert np.isinf(best) or not large.proven_infeasible
    return "nothing" if np.isfinite(best) else "no plan where there is none"


def test_bound_and_plan_enclose_the_optimum(night, optimum, priced_alone):
    """Without an exact core, the bound is never above the optimum and the plan never below; where there is no plan
    none is claimed, where the engine proves that there is none there is none, and most nights it finds a plan."""
    found = pd.Series([agrees(night(seed), optimum, priced_alone) for seed in SAMPLED]).value_counts()
    assert found["a plan"] > 5 * found.get("nothing", 0)
    assert found["no plan where there is none"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", ALL)
def test_bound_and_plan_enclose_the_optimum_on_many_nights(night, optimum, priced_alone, seed):
    """The same on hundreds of nights."""
    agrees(night(seed), optimum, priced_alone)


@pytest.mark.parametrize("seed", CHECKED)
def test_plans_by_prices_keep_every_limit_and_add_up(night, priced_alone, seed):
    """The independent checker finds nothing in a plan of the engine, and its cost is that of its decisions and of
    missed contract minimums."""
    instance = night(seed, most=25)
    try:
        large = priced_alone(instance)
    except StrandedError:
        return
    if large.decisions is None:
        return
    assert [] == check_decided(instance, large.decisions)
    planned = large.decisions["cost_eur"].sum()
    assert planned + missed_contracts_eur(instance, large.decisions) == pytest.approx(large.solved.cost_eur, abs=CENT)


def missed_contracts_eur(instance, decisions) -> float:
    """What the sites' contract minimums cost where too little is brought."""
    sites = instance.tables["sites"].set_index("site_id")
    brought = decisions["site_id"].value_counts().reindex(sites.index).fillna(0)
    return float(((sites["contract_min_items"] - brought).clip(lower=0) * sites["shortfall_eur"]).sum())


@pytest.mark.parametrize("seed", COMPARED)
def test_both_methods_say_the_same(night, optimum, seed):
    """On a small night decide by prices equals the exact optimum within the reported gap; where no plan exists both
    methods say so and name the same limits."""
    instance = night(seed, most=25)
    try:
        exact = decide(instance, method="exact").answer
    except InfeasibleError as told:
        with pytest.raises(InfeasibleError) as by_prices:
            decide(instance, method="prices")
        assert str(told) == str(by_prices.value)
        assert np.inf == optimum(instance)
        return
    prices = decide(instance, method="prices").answer
    assert prices.bound_eur - CENT <= exact.objective_eur <= prices.objective_eur + CENT
    assert prices.objective_eur - exact.objective_eur <= prices.objective_eur - prices.bound_eur + CENT


def test_parcels_that_fill_their_carrier_lane_are_seen(night, network, town):
    """Parcels that lie at a carrier's point and are more than its lane takes leave no plan, and both methods say it."""
    tables = town()
    tables["points"] = [*tables["points"], {"point_id": "C", "kind": "RELAY", "lat": 45.0, "lon": 5.0,
                                            "emptied_by": "CARRIER"}]  # fmt: skip
    tables["lanes"] = [*tables["lanes"], {"from_id": "C", "to_id": "U", "cost_eur_per_parcel": 4,
                                          "capacity_parcels": 1}]  # fmt: skip
    tables["returns"] = [{**row, "point_id": "C"} for row in tables["returns"]]
    for method in ("exact", "prices"):
        with pytest.raises(InfeasibleError, match="the lane from C to U carries 1 parcels but 2 must take it"):
            decide(network(tables), method=method)
