"""A night for some of its returns: the same arrays as if it had been built from these returns alone."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

ROWS = [5, 3, 700, 12, 0]


@pytest.fixture(scope="module")
def some(city):
    """Five of the city's returns, by sharing what is derived, and built anew."""
    returns = city.tables["returns"].take(ROWS).reset_index(drop=True)
    return city.with_returns(returns), city.replace(returns=returns)


def test_arrays_of_returns_are_the_same(some):
    """Every array of the returns equals that of an instance built from them, but for the numbering of profiles."""
    shared, anew = (instance.indexed.returns for instance in some)
    for field in fields(anew):
        if field.name != "profile":
            assert np.array_equal(getattr(anew, field.name), getattr(shared, field.name), equal_nan=field.name not in
                                  ("ids",)), field.name  # fmt: skip


def test_profiles_say_the_same(some):
    """Profiles are numbered as on the whole night, and say of each return what a numbering of its own would."""
    shared, anew = (instance.indexed for instance in some)
    for name in ("share", "grade_odds"):
        assert np.array_equal(
            getattr(anew.profiles, name)[anew.returns.profile], getattr(shared.profiles, name)[shared.returns.profile],
            equal_nan=True,
        )  # fmt: skip
    rows = [i.profiles.table.iloc[i.returns.profile].reset_index(drop=True) for i in (anew, shared)]
    assert rows[0].astype(str).equals(rows[1].astype(str))


def test_arrays_of_places_are_shared(city, some):
    """What does not depend on the returns is not worked out again."""
    assert some[0].indexed.points is city.indexed.points
    assert some[0].lane_distance_m is city.lane_distance_m


def test_an_unknown_profile_is_refused(city):
    """A return of a profile that the night does not show has no place in its arrays."""
    returns = city.tables["returns"].take([0]).reset_index(drop=True).assign(reason="found on the moon")
    with pytest.raises(KeyError):
        city.with_returns(returns)
