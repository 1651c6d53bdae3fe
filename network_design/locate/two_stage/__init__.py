"""Two-stage facility location: plants, satellites and customers."""

from network_design.locate.two_stage.solve import solve

__all__ = ["solve"]
