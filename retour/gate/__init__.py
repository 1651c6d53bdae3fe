"""The gate: tables and settings come in as files, a validated `Instance` comes out, or every defect at once."""

from __future__ import annotations

from retour.gate.load import check_network, load_network
from retour.gate.write import write_network

__all__ = ["check_network", "load_network", "write_network"]
