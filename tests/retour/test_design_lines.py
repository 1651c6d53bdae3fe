"""Rows of a design's tables are found by all their keys at once."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from retour.design.lines import lines_of

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.sampled_from([0.5, 1.0, 2.25])), max_size=12)


@given(ROWS, ROWS)
def test_a_line_has_the_same_keys_or_there_is_none(wanted, there):
    """Every line that is told has the keys asked for, and -1 is told only where no line has them."""
    names = ["place_id", "period", "size_t"]
    keys, of = (pd.DataFrame(rows, columns=names) for rows in (wanted, there))
    found = lines_of(keys, of)
    assert [there[line] for line in found if line >= 0] == [row for row in wanted if row in there]
    assert np.array_equal(found >= 0, [row in there for row in wanted])


def test_whole_numbers_are_found_among_decimal_ones():
    """A period is the same whether its column had gaps once or not."""
    of = pd.DataFrame({"period": [1.0, 2.0]})
    assert [1, -1] == lines_of(pd.DataFrame({"period": [2, 3]}), of).tolist()
