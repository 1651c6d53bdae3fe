"""Sourced facts: rates, emissions, towns, reasons, grades, outcomes and product classes."""

from __future__ import annotations

from retour.facts.catalogue import (
    classes,
    closest_rates,
    emission_lines,
    grade_odds,
    grades,
    outcomes,
    rate,
    rates,
    reasons,
    recovery,
    seasonality,
    towns_fr,
)

__all__ = [
    "classes",
    "closest_rates",
    "emission_lines",
    "grade_odds",
    "grades",
    "outcomes",
    "rate",
    "rates",
    "reasons",
    "recovery",
    "seasonality",
    "towns_fr",
]
