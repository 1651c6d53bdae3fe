"""What a replay is asked for, and the stored design it is of."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from service.designing_store import DESIGNS, DesignRun
from service.run import MANIFEST
from service.writable import no_run

LATEST = "latest"


@dataclass(frozen=True)
class AskedReplay:
    """Everything needed to ask for the same replay again. `budget_s` seconds, None: `iterations` alone end the search.

    `modes` are the means of transport that are tours, empty: those by which points and zones reach hubs.
    """

    run: str
    nights: int
    seed: int
    budget_s: float | None
    rounds: int = 1
    tolerance: float = 0.05
    modes: tuple[str, ...] = ()
    vans: Path | None = None
    roads: Path | None = None
    engine: str = "auto"
    iterations: int | None = None


def open_design(root: Path, which: str) -> DesignRun:
    """Return a stored design by its id in `root`, by its folder, or the latest; InputError naming what there is."""
    known = {file.parent.name: file.parent for file in (root / DESIGNS).glob(f"[!.]*/{MANIFEST}")}
    if which == LATEST and known:
        return max(map(DesignRun, known.values()), key=lambda run: run.manifest.created_at)
    for folder in (root / DESIGNS / which, Path(which)):
        if (folder / MANIFEST).is_file() and folder.resolve().parent.name == DESIGNS:
            return DesignRun(folder)
    close = difflib.get_close_matches(which, known)
    meant = f"; did you mean {' or '.join(close)}?" if close else "; `retour design NETWORK` makes one."
    raise no_run(f"no stored design {which!r} in {root / DESIGNS}{meant}")
