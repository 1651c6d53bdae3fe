"""Cutting a night into partitions changes who works on what, not what is decided."""

from __future__ import annotations

import numpy as np
import pytest

from retour.gate import load_network, write_network
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from retour.samples import sample_network
from routing.check import check_decided
from routing.decide.scale.large import laid_out, partitions
from routing.decide.scale.partition import cut, nearest_stand, stands

SIZES = (8, 20)
CENT = 0.01


@pytest.mark.parametrize("most", [1, 50, 300, 10_000])
def test_every_return_is_in_one_partition(city, most):
    """Partitions are rows of the returns table, in order; each row is in exactly one."""
    groups = partitions(city, most=most)
    assert all((np.diff(group) > 0).all() for group in groups)
    assert np.arange(len(city.tables["returns"])).tolist() == sorted(np.concatenate(groups).tolist())


def test_partitions_are_as_small_as_asked(city):
    """A partition holds more returns than asked only where one town of points does."""
    ix = city.indexed
    tree = stands(ix)
    returns_at = np.bincount(nearest_stand(tree, ix.returns.lat, ix.returns.lon), minlength=tree.n).astype(float)
    most = 4 * int(returns_at.max())
    sizes = np.bincount(cut(tree, returns_at, most=most).part_of_point, returns_at)
    assert len(sizes) > 1
    assert sizes.sum() == len(ix.returns.ids)
    assert len(partitions(city, most=10_000)) == 1


@pytest.fixture(scope="module")
def country(tmp_path_factory) -> Instance:
    """Two thousand returns in several towns."""
    return load_network(write_network(*sample_network("country", returns=2000, seed=3),
                                      tmp_path_factory.mktemp("country") / "net"))  # fmt: skip


def test_neighbours_share_few_places(country):
    """Gaps between towns are found: of the places that returns may take, few are wanted by two partitions."""
    with laid_out(country, estimate_pickup(country), most=400) as (layout, groups):
        wanted = np.unique(np.concatenate(layout.contest.places))[:-1]
        assert len(groups) > 3
        assert layout.contest.shared[wanted].mean() < 0.2


@pytest.mark.parametrize("seed", [1, 2, 4, 7, 13])
def test_the_cut_changes_neither_feasibility_nor_cost(night, optimum, priced_alone, seed):
    """A night in many small partitions is decided within its gap of the same night in one, by a sound plan."""
    instance = night(seed)
    whole, best = priced_alone(instance), optimum(instance)
    for most in SIZES:
        cut_up = priced_alone(instance, most=most)
        assert cut_up.solved.feasible == whole.solved.feasible
        assert cut_up.solved.bound_eur <= best + CENT
        if whole.solved.feasible:
            gap = max(cut_up.solved.cost_eur, whole.solved.cost_eur) - max(
                cut_up.solved.bound_eur, whole.solved.bound_eur
            )
            assert abs(cut_up.solved.cost_eur - whole.solved.cost_eur) <= gap + CENT
            assert [] == check_decided(instance, cut_up.decisions)
