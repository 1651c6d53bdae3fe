"""The nouns of the coming years: a network that may change, and a design of it."""

from __future__ import annotations

from retour.design.instance import DesignInstance
from retour.design.settings import DesignSettings

__all__ = ["DesignInstance", "DesignSettings"]
