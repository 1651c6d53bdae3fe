"""The independent checker of designs: it prices them anew from the instance's figures and looks for broken promises.

It shares nothing with the model or the ledger: figures are looked up one by one, sums are added up one by one.
"""

from __future__ import annotations

from network_design.check.checking import CheckedDesign, check_design

__all__ = ["CheckedDesign", "check_design"]
