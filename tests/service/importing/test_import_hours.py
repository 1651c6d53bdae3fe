"""Opening hours as people write them."""

from __future__ import annotations

import pytest

from service.importing.opening_hours import ranges


def test_one_range():
    """The plain form is one window."""
    assert [("09:00", "18:00")] == ranges("09:00-18:00")


def test_several_ranges_in_order():
    """A lunch break makes two windows, sorted, whatever separates them."""
    expected = [("09:00", "12:30"), ("14:00", "18:00")]
    assert [expected] * 3 == [
        ranges(t) for t in ("14:00-18:00, 9:00-12:30", "09:00-12:30;14.00-18h00", "09:00 - 12:30 / 14:00–18:00")
    ]


def test_past_midnight():
    """A shop that closes at two in the morning closes at 26:00 of the same day."""
    assert [("18:00", "26:00")] == ranges("18:00-02:00")


def test_closed_words():
    """A word for closed gives no window."""
    assert [] == ranges("gesloten")


@pytest.mark.parametrize(
    "text", ["nine to five", "09:00", "25:61-26:00", "09:00-12:00 maybe", "10:00-12:00,11:00-13:00", "09:00-09:00"]
)
def test_unreadable(text):
    """Anything else is an error, never a guess."""
    with pytest.raises(ValueError):
        ranges(text)
