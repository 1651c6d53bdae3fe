"""Distances and durations: great circle x circuity, the road matrix before it."""

import numpy as np
import pytest

from retour import Instance, load_network
from retour.travel import great_circle_m, great_circles_m


@pytest.fixture(scope="module")
def small(small_original) -> Instance:
    """The small network behind the gate."""
    return load_network(small_original)


def test_paris_to_lyon_by_air():
    """Paris (48.8566, 2.3522) and Lyon (45.7640, 4.8357) lie 391.5 km apart, either way; nothing lies at 0 km."""
    paris, lyon = (np.array([48.8566, 2.3522]), np.array([45.7640, 4.8357]))
    assert pytest.approx(391_500, abs=500) == float(great_circle_m(*paris, *lyon))
    assert pytest.approx(391_500, abs=500) == float(great_circle_m(*lyon, *paris))
    assert 0 == float(great_circle_m(*paris, *paris))


def test_a_quarter_of_the_earth():
    """From the equator to the pole it is a quarter of the circumference of a sphere of 6371.0088 km."""
    assert pytest.approx(np.pi / 2 * 6_371_008.8) == float(great_circle_m(*np.array([0.0, 0.0, 90.0, 0.0])))


def test_roads_are_longer_than_the_air_by_the_circuity_of_both_ends(small):
    """P1 to P2 lie in Paris (1.5 and 18 km/h); P1 to P3 takes the mean of 1.5 and the network's 1.4."""
    points = small.places("points")
    legs = small.travel.matrix(points)
    air_m = great_circle_m(points.lat[0], points.lon[0], points.lat, points.lon)
    assert pytest.approx(air_m[1] * 1.5) == legs.distance_m[0, 1]
    assert pytest.approx(air_m[1] * 1.5 / (18 / 3.6)) == legs.duration_s[0, 1]
    assert pytest.approx(air_m[2] * 1.45) == legs.distance_m[0, 2]
    assert pytest.approx(air_m[2] * 1.45 / (24 / 3.6)) == legs.duration_s[0, 2]


def test_the_road_matrix_goes_first(small):
    """H1 to P1 is 7000 m and 900 s in the matrix; back it is 7100 m, at the mean speed of 24 km/h."""
    hubs, points = small.places("hubs"), small.places("points")
    there, back = small.travel.matrix(hubs, points), small.travel.matrix(points, hubs)
    assert (7000, 900) == (there.distance_m[0, 0], there.duration_s[0, 0])
    assert (7100, pytest.approx(7100 / (24 / 3.6))) == (back.distance_m[0, 0], back.duration_s[0, 0])


def test_pairs_outside_the_matrix_fall_back(small):
    """H1 to P2 is not in the matrix: great circle x circuity, as without a matrix."""
    hubs, points = small.places("hubs"), small.places("points")
    plain = small.replace(travel=small.table("travel").iloc[:0])
    with_matrix, without = small.travel.matrix(hubs, points), plain.travel.matrix(hubs, points)
    assert without.distance_m[0, 1] == with_matrix.distance_m[0, 1]
    assert without.distance_m[0, 0] != with_matrix.distance_m[0, 0]


def test_pairs_equal_the_diagonal_of_the_matrix(small):
    """Asking for pairs or for the whole matrix gives the same legs, to a micrometre."""
    points, hubs = small.places("points"), small.places("hubs").take(np.array([0, 0, 1, 1]))
    pairs, matrix = small.travel.pairs(points, hubs), small.travel.matrix(points, hubs)
    assert np.diag(matrix.distance_m).tolist() == pytest.approx(pairs.distance_m.tolist(), abs=1e-6)
    assert np.diag(matrix.duration_s).tolist() == pytest.approx(pairs.duration_s.tolist(), abs=1e-6)


def test_a_matrix_of_great_circles_is_that_of_its_pairs():
    """Sines taken apart give the same metres, to a millionth, also for places a decimetre apart; none to itself."""
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(42, 51, 200), rng.uniform(-4, 8, 200)
    lat[1], lon[1] = lat[0] + 1e-6, lon[0]
    plain = great_circle_m(lat[:, None], lon[:, None], lat[None, :], lon[None, :])
    assert np.abs(great_circles_m(lat, lon, lat, lon) - plain).max() < 1e-6
    assert 0 == np.diag(great_circles_m(lat, lon, lat, lon)).max()
