"""What a replay is asked for, and the stored design it is of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from network_design.replay.tables import REPLAY_TABLES
from service.designing_store import DESIGNS, DesignRun
from service.run import MANIFEST
from service.stored_kind import DESIGN, FOLDERS, REPLAY, close_to, find_stored
from service.tablefiles import read_parquet
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
    """Return a stored design by its id in `root`, by its folder, or the latest; InputError naming what there is.

    The latest is the newest that no replay made: those of later rounds have corrected rates already.
    """
    known = {file.parent.name: file.parent for file in (root / DESIGNS).glob(f"[!.]*/{MANIFEST}")}
    if which == LATEST and known:
        made = set(_made_by_replays(root))
        own = [folder for name, folder in known.items() if name not in made]
        return max(map(DesignRun, own or known.values()), key=lambda run: run.manifest.created_at)
    folder = find_stored(root, which, DESIGN)
    if folder is not None:
        return DesignRun(folder)
    meant = close_to(which, list(known)) or "; `retour design NETWORK` makes one."
    raise no_run(f"no stored design {which!r} in {root / DESIGNS}{meant}")


def _made_by_replays(root: Path) -> Iterator[str]:
    """Yield the ids of designs that replays made: those of every round but the first."""
    name = REPLAY_TABLES["rounds"].name
    for file in (root / FOLDERS[REPLAY]).glob(f"[!.]*/{name}.parquet"):
        rounds = read_parquet(file, ["round", "run_id"])
        yield from rounds.loc[rounds["round"] > 1, "run_id"].astype(str)
