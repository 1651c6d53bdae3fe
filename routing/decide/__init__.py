"""Where each return goes: options, prices, solvers, explanations."""

from routing.decide.decide import Decided, decide

__all__ = ["Decided", "decide"]
