"""A map made from road distances alone."""

from __future__ import annotations

import numpy as np

from retour.travel import great_circle_m
from service.importing.layout import classical_scaling, majorised, reconstructed, spread


def random_places(n: int) -> np.ndarray:
    """Return n places in a square of 10 km, metres."""
    return np.random.default_rng(5).uniform(0, 10_000, size=(n, 2))


def test_flat_distances_come_back():
    """Distances of a plane are reproduced exactly, whatever the orientation."""
    true = spread(random_places(12))
    assert np.allclose(true, spread(classical_scaling(true)), atol=1e-3)


def test_majorisation_lowers_the_stress():
    """On distances with noise the relative stress is lower after majorisation than after classical scaling."""
    rng = np.random.default_rng(1)
    noise = rng.uniform(1.0, 1.6, size=(15, 15))
    target = spread(random_places(15)) * (noise + noise.T) / 2
    start = classical_scaling(target)
    others = ~np.eye(15, dtype=bool)

    def stress(flat: np.ndarray) -> float:
        return float((((spread(flat) - target)[others] / target[others]) ** 2).sum())

    assert stress(majorised(start, target, rounds=50)) < stress(start)


def test_layout_stands_at_its_city():
    """The median place is the centre, and roads of 1.3 x air give that circuity."""
    air = spread(random_places(20))
    layout = reconstructed(1.3 * air, centre=(51.76, 19.46))
    assert (51.76, 19.46) == (np.median(layout.lat).round(6), np.median(layout.lon).round(6))
    assert 1.3 == round(layout.circuity, 2)


def test_no_road_shorter_than_the_gate_takes():
    """However wild the matrix, no road is below 0.8 of the great circle less 300 m."""
    rng = np.random.default_rng(2)
    road = spread(random_places(25)) * rng.uniform(1.0, 4.0, size=(25, 25))
    np.fill_diagonal(road, 0.0)
    layout = reconstructed(road, centre=(51.0, 17.0))
    air = great_circle_m(layout.lat[:, None], layout.lon[:, None], layout.lat[None, :], layout.lon[None, :])
    assert bool((road >= 0.8 * air - 300).all())
