"""What explains a deviation and how it is told: groups with one ratio, rows as ranges, effects that add up."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_design.baseline.comparing import Cause, rows_in_words
from network_design.baseline.explaining import gathered
from network_design.baseline.groups import Sample, explained
from network_design.baseline.split import effects_of
from network_design.baseline.totals import Total


def sample(line, ratio, **tags):
    """Return a sample with a tolerance of one in fifty."""
    return Sample(line, str(line), ratio, 1.0, 0.02, tags)


def test_the_coarsest_group_with_one_ratio_explains():
    """Road is 1.2 times as long everywhere, rail as the books say, one barge stands alone."""
    samples = [
        sample(1, 1.2, mode="ROAD"), sample(2, 1.21, mode="ROAD"), sample(3, 1.0, mode="RAIL"),
        sample(4, 1.01, mode="RAIL"), sample(5, 0.7, mode="BARGE"),
    ]  # fmt: skip
    groups, alone = explained(samples, [(), ("mode",)])
    assert [({"mode": "ROAD"}, (1, 2))] == [(dict(g.selection), g.lines) for g in groups]
    assert pytest.approx(math.sqrt(1.2 * 1.21)) == groups[0].ratio
    assert [5] == [s.line for s in alone]


def test_few_that_stand_out_do_not_hide_what_nearly_all_say():
    """Nineteen of twenty ways are 1.1 times as long: they are one group, the other is looked at by itself."""
    samples = [*(sample(i, 1.1, mode="ROAD") for i in range(1, 20)), sample(20, 1.6, mode="ROAD")]
    groups, alone = explained(samples, [()])
    assert ([19], [20]) == ([len(g.samples) for g in groups], [s.line for s in alone])
    assert "in 19 of 20 figures (1.1 to 1.1)" == groups[0].span
    assert [] == explained([*samples, sample(21, 1.3), sample(22, 1.3)], [()])[0]


def test_rows_of_the_books_are_told_as_ranges():
    """Three or more in a row are a range, two are not."""
    assert "2-4, 7, 8, 10" == rows_in_words([3, 2, 4, 10, 7, 8, 8])


def test_many_causes_of_a_kind_are_counted():
    """The first eight are told, the other two counted with their rows."""
    told = gathered([Cause("UNTOLD", (i,), f"{i}") for i in range(1, 11)])
    assert (9, (9, 10)) == (len(told), told[-1].lines)


POSITIVE = st.floats(0.1, 1e6)


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE, POSITIVE, POSITIVE)
def test_effects_add_up(model_cost, model_t, model_km, books_cost, books_t, books_km):
    """What volume, distance and rate make of a deviation is all of it, whatever the figures."""
    measures = ("cost", "quantity_t", "distance_t_km")
    total = Total(
        2, ("transport",), {}, 0.02, dict(zip(measures, (books_cost, books_t, books_km), strict=True)),
        dict(zip(measures, (model_cost, model_t, model_km), strict=True)),
    )  # fmt: skip
    effects = effects_of(total)
    scale = max(model_cost, books_cost) * 40
    assert math.isclose(effects.volume + effects.distance + effects.rate, model_cost - books_cost, abs_tol=1e-9 * scale)
