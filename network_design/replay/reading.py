"""Read vans.toml."""

from __future__ import annotations

from pathlib import Path

from network_design.replay.settings import Vans
from retour.errors import InputError, Issue
from retour.gate.settings import read_toml, validated


def load_vans(path: Path | None) -> Vans:
    """Return the settings of a TOML file, the facts' where there is none; InputError with every defect."""
    if path is None:
        return Vans()
    if not path.is_file():
        raise InputError([Issue(path.name, None, None, "there is no such file; check the path of the vans")])
    return validated(Vans, read_toml(path))
