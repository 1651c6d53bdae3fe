"""Reading the books: every defect at once, each once."""

import pytest

from network_design.baseline.reading import read_actuals
from retour.errors import InputError
from tests.network_design.baseline.conftest import HEAD


def test_defects_of_the_books_are_told_at_once(existing, tmp_path):
    """Unknown words, figures that compare with nothing, periods that are none, totals that stand twice."""
    (tmp_path / "books.csv").write_text(
        HEAD + "fixd,,,,,,1,,\nsale,M,F,,metl,3,,,\nfixed,N,,,,,50,3,\nsale,M,,,,,1,,4\nsale,M,,,,,1,,\n"
    )
    with pytest.raises(InputError) as caught:
        read_actuals(tmp_path / "books.csv", existing)
    told = str(caught.value)
    for part in (
        "row 2, activity: found 'fixd'", "row 3, cost: no figure is given", "row 3, to_id: sale has no to_id",
        "row 3, product_id: unknown product 'metl'; did you mean 'metal'?", "row 3, period: found 3",
        "row 4, quantity_t: fixed cannot be held against quantity_t", "row 5, distance_t_km: sale cannot be held",
        "row 6, activity: the same total stands in an earlier row",
    ):  # fmt: skip
        assert part in told
    assert 8 == len(caught.value.issues)


def test_a_figure_that_is_no_number_is_told_once(existing, tmp_path):
    """That it cannot be read says all; that no other figure is given adds nothing."""
    (tmp_path / "books.csv").write_text(HEAD + "fixed,N,,,,,abc,,\nfixed,F,,,,,,,\n")
    with pytest.raises(InputError) as caught:
        read_actuals(tmp_path / "books.csv", existing)
    assert [(2, "found 'abc'"), (3, "no figure i")] == [(i.row, i.message[:11]) for i in caught.value.issues]
