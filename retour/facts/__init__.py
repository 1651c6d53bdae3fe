"""Sourced facts: rates, emissions, towns, reasons, grades, outcomes and product classes."""

from __future__ import annotations

from retour.facts.catalogue import closest_rates, emission_lines, rate, rates

__all__ = ["closest_rates", "emission_lines", "rate", "rates"]
