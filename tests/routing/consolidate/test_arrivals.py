"""Drop-offs to come: weekdays, shrinkage, trend, closed days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from retour.indexed import HOME_IDX
from routing.consolidate.arrivals import Arrivals, forecast_arrivals, weekday_factors

MONDAY, THURSDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 27)


def daily(instance, point_id):
    """Mean drop-offs of a point until the next chance."""
    return float(forecast_arrivals(instance).mean[list(instance.points["point_id"]).index(point_id)])


def with_history(instance, rows):
    """The instance with another history: rows of (point, day, parcels)."""
    return instance.replace(arrivals=pd.DataFrame(rows, columns=["point_id", "date", "parcels"]))


def days(count, *, before=MONDAY):
    """The `count` days before tonight, the last one first."""
    return [pd.Timestamp(before) - pd.Timedelta(days=i) for i in range(1, count + 1)]


def test_tomorrow_counts_not_tonight(tiny):
    """P1 sees 9 parcels every Tuesday and 11 every Saturday: that is what Monday and Friday night expect."""
    assert daily(tiny, "P1") == pytest.approx(9, rel=0.05)
    assert daily(tiny.replace(night=FRIDAY), "P1") == pytest.approx(11, rel=0.05)


def test_two_nights_to_the_next_chance_add_two_days(tiny):
    """A point left on Thursday with the next chance on Saturday night takes Friday's 10 and Saturday's 11."""
    service = tiny.policy.service.model_copy(update={"nights_to_next_chance": 2})
    patient = tiny.replace(night=THURSDAY, policy=tiny.policy.model_copy(update={"service": service}))
    assert daily(patient, "P1") == pytest.approx(10 + 11, rel=0.05)


def test_weekday_factors_are_found_exactly():
    """Points of 2 and 10 parcels with Friday at double: Friday's factor is twice Monday's."""
    factor = np.array([1, 1, 1, 1, 2, 1, 1.0])
    seen = np.full((2, 7), 4.0)
    found = weekday_factors(seen, seen * np.array([[2.0], [10.0]]) * factor)
    assert list(found / found[0]) == pytest.approx(list(factor))


def test_point_without_a_weekday_borrows_the_network_weekday(tiny):
    """P2 alone has no Saturdays; Saturdays are the network's best day, so P2 expects more than its usual 3."""
    history = tiny.table("arrivals")
    saturday = (history["point_id"] == "P2") & (history["date"].dt.day_of_week == 5)
    assert 3.5 < daily(tiny.replace(night=FRIDAY, arrivals=history[~saturday]), "P2") < 5.0


def test_point_without_history_expects_the_mean_of_its_kind(tiny):
    """Relay P3 is new: it expects what relay P4 sees (1 a day), not what lockers see, and is less sure of it."""
    history = tiny.table("arrivals")
    new = tiny.replace(arrivals=history[history["point_id"] != "P3"])
    i, known = list(tiny.points["point_id"]).index("P3"), forecast_arrivals(tiny)
    guessed = forecast_arrivals(new)
    assert guessed.mean[i] == pytest.approx(1.0, rel=0.2)
    assert guessed.variance[i] / guessed.mean[i] > known.variance[i] / known.mean[i]


def test_little_history_leans_on_the_kind(tiny):
    """One Monday of 20 parcels does not make P3 a point of 20 a day: relays see about 1."""
    history = tiny.table("arrivals")
    rest = history[history["point_id"] != "P3"]
    once = pd.DataFrame({"point_id": ["P3"], "date": [pd.Timestamp("2026-11-16")], "parcels": [20]})
    assert 1.0 < daily(tiny.replace(arrivals=pd.concat([rest, once])), "P3") < 20.0


def test_recent_days_count_more(tiny):
    """A point that went from 2 to 6 a day half-way through 8 weeks is forecast above its plain mean of 4."""
    rows = [("P2", day, 6 if i < 28 else 2) for i, day in enumerate(days(56))]
    assert 4.2 < daily(with_history(tiny, rows), "P2") < 6.0


def test_restless_days_widen_the_forecast(tiny):
    """Days of 0 and 10 in turn have the mean of steady days of 5 and far more variance."""
    steady = with_history(tiny, [("P2", day, 5) for day in days(56)])
    restless = with_history(tiny, [("P2", day, 10 * (day.isocalendar().week % 2)) for day in days(56)])
    calm, wild = forecast_arrivals(steady), forecast_arrivals(restless)
    assert wild.variance[1] > 4 * calm.variance[1]


def test_closed_day_brings_nothing(tiny):
    """P5 has hours on Mondays only: nobody can hand anything in on Tuesday."""
    hours = pd.DataFrame({"point_id": ["P5"], "weekday": [0], "opens": [32400.0], "closes": [72000.0]})
    assert 0.0 == daily(tiny.replace(hours=hours), "P5")


def test_network_without_history_expects_tonight_again(tiny):
    """11 returns are ready tonight and 5 points are open to the public: 2.2 a day each, widely spread."""
    bare = forecast_arrivals(tiny.replace(arrivals=tiny.table("arrivals").iloc[:0]))
    public = tiny.indexed.points.kind != HOME_IDX
    assert [2.2] * 5 == pytest.approx(list(bare.mean[public]))
    assert [2.2 + 2.2**2] * 5 == pytest.approx(list(bare.variance[public]))


def test_history_of_tonight_and_later_is_not_used(tiny):
    """Rows dated tonight or later change nothing: the forecast knows the past only."""
    history = tiny.table("arrivals")
    later = pd.DataFrame({"point_id": "P1", "date": pd.to_datetime(["2026-11-23", "2026-11-24"]), "parcels": 99})
    assert daily(tiny, "P1") == daily(tiny.replace(arrivals=pd.concat([history, later])), "P1")


def test_shape_is_infinite_where_counts_are_poisson():
    """Variance equal to the mean is Poisson; variance 6 on a mean of 2 has shape 1."""
    assert [np.inf, 1.0] == list(Arrivals(np.array([3.0, 2.0]), np.array([3.0, 6.0])).shape)
