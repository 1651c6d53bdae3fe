"""Seeded sample networks: tiny by hand, city tuned so that choices bind, country up to a million returns."""

from __future__ import annotations

from retour.samples.network import KINDS, Kind, sample_network, write_sample

__all__ = ["KINDS", "Kind", "sample_network", "write_sample"]
