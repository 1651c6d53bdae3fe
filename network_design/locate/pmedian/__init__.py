"""The p-median: open p sites so that the way of all customers to the nearest of them is as short as possible."""

from network_design.locate.pmedian.solve import solve

__all__ = ["solve"]
