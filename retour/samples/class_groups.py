"""Groups of product classes that the sample sites take."""

from __future__ import annotations

import pandas as pd

from retour import facts

_DEVICES = ("smartphones", "laptops", "headphones", "small_electronics")
_APPLIANCES = ("power_tools", "small_appliances", "large_appliances")
_TEXTILES = ("apparel", "shoes", "accessories", "childcare", "toys")


def with_classes(processes: pd.DataFrame) -> pd.DataFrame:
    """Return the processes with the names of groups in `classes` replaced by the classes they stand for."""
    groups = {
        "devices": _DEVICES,
        "appliances": (*_APPLIANCES, "furniture"),
        "electric": (*_DEVICES, *_APPLIANCES),
        "equipment": (*_DEVICES, *_APPLIANCES, "furniture"),
        "textiles": _TEXTILES,
        "charitable": (*_TEXTILES, "books", "cosmetics", "furniture", "small_appliances"),
        "solid": tuple(c for c in facts.classes().index if c != "cosmetics"),
    }
    words = {name: ";".join(classes) for name, classes in groups.items()}
    return processes.assign(classes=processes["classes"].replace(words))
