"""What lies at a point tonight, what it holds, and the risk of leaving it."""

from __future__ import annotations

import pandas as pd
import pytest

from routing.consolidate import forecast_fill

P1, P2, P3, P4, P5, P6 = range(6)


def with_fill(instance, point_id, **parcels):
    """The instance with other parcels lying at one point, by size."""
    fill = instance.table("fill")
    rows = pd.DataFrame({"point_id": point_id, "size": list(parcels), "parcels": list(parcels.values())})
    kept = fill[fill["point_id"] != point_id]
    return instance.replace(fill=pd.concat([kept, rows]).astype({"oldest_on": "datetime64[us]"}))


def test_load_counts_fill_and_tonights_returns_by_nested_size(tiny, decided):
    """P1 holds 5 S + 4 M + 1 L, two shirts (S) come tonight: 12 in all, 5 of M and up, 1 of L."""
    forecast = forecast_fill(tiny, decided(R01="P1 Q1-restock", R02="P1 Q1-restock"))
    assert [12, 12, 5, 1] == list(forecast.load[P1])
    assert [12, 12, 6, 2] == list(forecast.capacity[P1])


def test_return_that_lies_at_its_point_counts_once(tiny, decided):
    """R10 lies at P2 already and is decided tonight: one parcel."""
    assert 1 == forecast_fill(tiny, decided(R10="P2 Q1-restock")).load[P2, 0]


def test_parcel_for_another_night_takes_room_and_is_not_taken(tiny, decided):
    """R12 is ready after the cutoff; lying at P2 it stays there tonight, emptied or not."""
    returns = tiny.returns
    returns["point_id"] = returns["point_id"].mask(returns["return_id"] == "R12", "P2")
    forecast = forecast_fill(tiny.replace(returns=returns), decided(R12="LATER"))
    assert (0, 1) == (forecast.load[P2, 0], forecast.stays[P2, 0])


def test_drop_offs_of_every_level_share_the_shape(tiny, decided):
    """Thinning by size keeps the shape: the mean of M and up is its share of tonight's sizes, variance to match."""
    forecast = forecast_fill(tiny, decided())
    m_and_up = forecast.size_share[1:].sum()
    assert forecast.level_mean[P1, 2] == pytest.approx(forecast.mean[P1] * m_and_up)
    mean, shape = forecast.level_mean[P1, 2], forecast.shape[P1]
    assert forecast.level_variance[P1, 2] == pytest.approx(mean + mean**2 / shape)


def test_full_locker_overflows_and_an_empty_one_does_not(tiny, decided):
    """P1 expects 9 parcels and holds 12: filled to the last compartment it refuses them all, empty hardly one."""
    full = forecast_fill(with_fill(tiny, "P1", S=6, M=4, L=2), decided())
    empty = forecast_fill(with_fill(tiny, "P1"), decided())
    assert full.overflow_risk[P1] > 0.999
    assert full.expected_refused[P1] == pytest.approx(full.mean[P1], rel=0.1)
    assert empty.overflow_risk[P1] < 0.2


def test_refusals_that_a_visit_would_not_prevent_are_not_charged(tiny, decided):
    """Nothing lies at P1, so emptying it saves no drop-off, however small it is."""
    small = tiny.table("compartments")
    small["count"] = 1
    forecast = forecast_fill(with_fill(tiny.replace(compartments=small), "P1"), decided())
    assert forecast.overflow_risk[P1] > 0.9
    assert 0.0 == forecast.expected_refused[P1]


def test_home_carrier_and_unlimited_points_have_no_risk(tiny, decided):
    """P4 goes by carrier, P6 is a pickup zone, P5 without a limit holds everything."""
    points = tiny.points
    points["capacity_parcels"] = points["capacity_parcels"].mask(points["point_id"] == "P5")
    forecast = forecast_fill(with_fill(tiny.replace(points=points), "P5", S=500), decided())
    assert [0.0, 0.0, 0.0] == list(forecast.overflow_risk[[P4, P5, P6]])
