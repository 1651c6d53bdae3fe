"""The independent checker of a replay: routes, loads and money from the network's figures, without a solver's code."""

from network_design.replay.check.checking import check_replay

__all__ = ["check_replay"]
