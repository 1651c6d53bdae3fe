"""Facility location: sites with or without capacities, demand split or not."""

from network_design.locate.facility.solve import solve

__all__ = ["solve"]
