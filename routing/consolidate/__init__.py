"""What to empty tonight: fill forecast, overflow risk, what leaving a point costs, and the visits that follow."""

from __future__ import annotations

from routing.consolidate.forecast import FillForecast, forecast_fill
from routing.consolidate.visits import forecast_visits

__all__ = ["FillForecast", "forecast_fill", "forecast_visits"]
