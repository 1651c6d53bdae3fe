"""Maximal covering: with p sites, as much weight as possible within a radius of an open one."""

from network_design.locate.covering.solve import solve

__all__ = ["solve"]
