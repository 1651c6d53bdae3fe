"""The formats `retour import` knows, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from retour.errors import InputError, Issue
from retour.gate.text import did_you_mean
from service.importing.locker_vrp import import_locker_vrp
from service.importing.points_import import import_points
from service.importing.publishing import ImportSummary


class Importer(Protocol):
    """Turn a file into a network folder; InputError when the file, the mapping or its absence is wrong."""

    def __call__(self, file: Path, out: Path, *, mapping: Path | None, seed: int) -> ImportSummary:
        """Import `file` to the folder `out`."""
        ...


def import_file(
    format: str, file: Path | str, out: Path | str, mapping: Path | str | None = None, *, seed: int = 0
) -> ImportSummary:
    """Turn `file`, written in one of `IMPORTERS`, into the network folder `out`.

    Raises InputError for an unknown format and for whatever is wrong with the input; nothing is written then.
    """
    if format in ROUTING_FILES:
        raise InputError([Issue("import", None, None, ROUTING_FILES[format])])
    if format not in IMPORTERS:
        message = f"unknown format {format!r}; use one of {', '.join(IMPORTERS)}" + did_you_mean(format, IMPORTERS)
        raise InputError([Issue("import", None, None, message)])
    return IMPORTERS[format](Path(file), Path(out), mapping=None if mapping is None else Path(mapping), seed=seed)


def _points(file: Path, out: Path, *, mapping: Path | None, seed: int) -> ImportSummary:
    if mapping is None:
        message = "a point list needs a mapping that says what its columns are; add --map mapping.toml"
        raise InputError([Issue(file.name, None, None, message)])
    return import_points(file, out, mapping=mapping, seed=seed)


def _locker_vrp(file: Path, out: Path, *, mapping: Path | None, seed: int) -> ImportSummary:
    if mapping is not None:
        raise InputError(
            [Issue(mapping.name, None, None, "locker-vrp files say everything themselves; leave out --map")]
        )
    return import_locker_vrp(file, out, seed=seed)


def _relog(file: Path, out: Path, *, mapping: Path | None, seed: int) -> ImportSummary:
    from service.importing.relog import import_relog  # design networks bring their own gate along

    if mapping is not None:
        raise InputError([Issue(mapping.name, None, None, "RELOG files say everything themselves; leave out --map")])
    return import_relog(file, out)


IMPORTERS: dict[str, Importer] = {"points": _points, "locker-vrp": _locker_vrp, "relog": _relog}
# Jobs, skills and priorities are no returns with class, value, reason and a way to a recovery site: a network made of
# them would be invented but for its coordinates.
ROUTING_FILES = {
    name: f"{what} holds stops and vans but no returns, classes or recovery sites, so no network can be made of it; "
    "`retour routes FILE` solves it as it is, and for a list of places use the format points with a mapping"
    for name, what in (("vroom", "VROOM's input"), ("vrplib", "a VRPLIB file"))
}
