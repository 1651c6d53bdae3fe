"""The p-centre: open p sites so that the farthest customer is as near as possible to one of them."""

from network_design.locate.pcentre.solve import solve

__all__ = ["solve"]
