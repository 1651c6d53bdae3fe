"""What one design decides that another does not, and how far returns go."""

import pytest

from network_design.compare import decision_diff, different_places, moved_t
from network_design.compare_service import service_level
from tests.network_design.conftest import rows


def opened(*values):
    """Return an `opened` table of (place, period, size)."""
    return rows("place_id period size_t", *values).assign(is_open=lambda t: t["size_t"] > 0)


def flows(*values):
    """Return a `flows` table of (from, to, amount) of returns in period 1 by road."""
    table = rows("from_id to_id amount_t", *values)
    return table.assign(mode="ROAD", product_id="returns", period=1)


BEFORE = opened(("N", 1, 10), ("F", 1, 0), ("G", 1, 5), ("S", 1, 7))
AFTER = opened(("N", 1, 0), ("F", 1, 20), ("G", 1, 8), ("S", 1, 7))


def test_every_decision_is_told_once():
    """N closes, F opens, G grows, S stays; 4 of 10 t go to F instead of N."""
    before, after = flows(("Z", "N", 10), ("Y", "S", 1)), flows(("Z", "N", 6), ("Z", "F", 4), ("Y", "S", 1))
    diff = decision_diff(opened_before=BEFORE, opened_after=AFTER, flows_before=before, flows_after=after)
    told = [(r.what, r.place_id, r.to_id, r.before, r.after) for r in diff.itertuples()]
    assert [
        ("CLOSED", "N", "", 10, 0), ("OPENED", "F", "", 0, 20), ("RESIZED", "G", "", 5, 8),
        ("MOVED", "Z", "F", 0, 4), ("MOVED", "Z", "N", 10, 6),
    ] == sorted(told, key=lambda t: (["CLOSED", "OPENED", "RESIZED", "MOVED"].index(t[0]), t[2]))  # fmt: skip
    assert 2 == different_places(BEFORE, AFTER)
    assert 4 == moved_t(flows(("Z", "N", 10)), flows(("Z", "N", 6), ("Z", "F", 4)))


def test_a_place_known_to_one_design_only():
    """A place that the other network does not have is opened, or closed."""
    same = flows(("Z", "N", 1))
    diff = decision_diff(
        opened_before=opened(("A", 1, 3)), opened_after=opened(("B", 1, 4)), flows_before=same, flows_after=same
    )
    assert [("CLOSED", "A"), ("OPENED", "B")] == list(diff[["what", "place_id"]].itertuples(index=False, name=None))


def test_how_far_returns_go(small):
    """5 t over 50 km and 10 t over 100 km: 83.3 km on average; 5 of 20 t within 60 km, the rest beyond or not moved."""
    level = service_level(small, flows(("Z", "N", 5), ("Z", "F", 10), ("N", "M", 3)), band_km=60)
    assert pytest.approx((1250 / 15, 0.75)) == (level.mean_distance_km, level.beyond_band_share)
