"""The language of returns: nouns, tables, money, carbon and travel."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from retour.errors import BackendError, InfeasibleError, InputError, Issue, RetourError

if TYPE_CHECKING:
    from retour.gate import check_network, load_network, write_network
    from retour.instance import Instance

__all__ = [
    "BackendError",
    "InfeasibleError",
    "InputError",
    "Instance",
    "Issue",
    "RetourError",
    "check_network",
    "load_network",
    "write_network",
]

# These bring pandas along, which a command line that only prints its help should not wait for.
_ON_DEMAND = {
    "Instance": "retour.instance",
    "check_network": "retour.gate",
    "load_network": "retour.gate",
    "write_network": "retour.gate",
}


def __getattr__(name: str) -> Any:
    """Import a public name the first time it is asked for."""
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
