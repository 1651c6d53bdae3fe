"""Where each return goes: options after law and policy, prices, exact solver, comparators, explanations."""

from routing.decide.decide import Decided, decide
from routing.decide.why_not import why_not

__all__ = ["Decided", "decide", "why_not"]
