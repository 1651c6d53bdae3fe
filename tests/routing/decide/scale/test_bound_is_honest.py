"""What the engine calls a bound is one at any prices, not at good ones only."""

from __future__ import annotations

import numpy as np
import pytest

from retour.indexed import positions
from retour.pickup_estimate import estimate_pickup
from retour.pricing import carbon_eur_per_kg
from retour.progress import silent
from routing.decide.deadline import Deadline
from routing.decide.scale.engine import solve
from routing.decide.scale.large import laid_out
from routing.decide.scale.live import Prices

NIGHTS = (1, 2, 4, 6, 7)
NOISE_EUR = (0.01, 0.3, 5.0, 80.0)
ROUNDING_EUR = 1e-6


def noisy(rng, values, *, eur, most=np.inf):
    """Values with random noise of about so many EUR, from 0 to `most`."""
    return np.clip(values + rng.normal(0.0, eur, np.shape(values)) * rng.integers(0, 2, np.shape(values)), 0.0, most)


@pytest.mark.parametrize("seed", NIGHTS)
def test_the_bound_holds_at_wrong_prices(night, optimum, seed):
    """However wrong the prices of room, of KEEP and of limits are, the bound they give is below the optimum (a
    contract's price never above what its shortfall costs), and the engine's own prices give a better one than all."""
    instance = night(seed)
    best, rng = optimum(instance), np.random.default_rng(seed)
    assert np.isfinite(best)
    with laid_out(instance, estimate_pickup(instance)) as (layout, _):
        solved = solve(layout, deadline=Deadline(None), listener=silent)
        good, sold = solved.prices, layout.night.limits.excess_eur
        bounds = [
            layout.bound(
                Prices(
                    noisy(rng, good.place, eur=eur),
                    float(noisy(rng, good.keep, eur=eur)),
                    noisy(rng, good.limit, eur=eur, most=sold),
                )
            )
            for eur in NOISE_EUR for _ in range(15)
        ]  # fmt: skip
        assert max(bounds) <= best + ROUNDING_EUR
        assert min(bounds) < solved.bound_eur <= best + ROUNDING_EUR
        assert layout.bound(good) == pytest.approx(solved.bound_eur, abs=ROUNDING_EUR)


@pytest.mark.parametrize("seed", NIGHTS)
def test_the_bound_without_pickup_is_below_the_plan_without_pickup(night, priced_alone, seed):
    """What the plan costs without the planning price of pickup is not below the bound with pickup left out."""
    instance = night(seed)
    pickup, large = estimate_pickup(instance), priced_alone(instance)
    each = pickup.cost_eur + carbon_eur_per_kg(instance) * pickup.co2e_kg
    at = positions(large.decisions["point_id"].astype(object), instance.tables["points"]["point_id"])
    without = large.solved.cost_eur - each[at[at >= 0]].sum()
    assert large.bound_without_pickup_eur <= without + ROUNDING_EUR
