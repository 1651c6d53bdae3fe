"""Which study a stored design was made for, and what it is called there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from network_design.study.cases import BASELINE
from service.run import MANIFEST
from service.studies.run import STUDIES
from service.tablefiles import read_parquet


@dataclass(frozen=True)
class Membership:
    """The study of a design by its id and name, and the design's and future's name in it."""

    study_id: str
    study: str
    design: str
    future: str

    @property
    def called(self) -> str:
        """The design's name, with its future where that says more."""
        return self.design if self.future in (BASELINE, self.design) else f"{self.design}, future {self.future}"


def memberships(root: Path) -> dict[str, Membership]:
    """Return the study of each design in a store that belongs to one, by the design's run id; the newest counts."""
    return dict(each for folder in study_folders(root) for each in members_of(folder))


def members_of(study: Path) -> Iterator[tuple[str, Membership]]:
    """Yield run id and membership of each design of the study stored in a folder."""
    name = str(json.loads((study / MANIFEST).read_bytes())["name"])
    columns = read_parquet(study / "members.parquet")[["run_id", "design_id", "scenario_id"]]
    for run_id, design, future in columns.itertuples(index=False, name=None):
        yield str(run_id), Membership(study.name, name, str(design), str(future))


def study_folders(root: Path) -> list[Path]:
    """Return the folders of the studies in a store, the oldest first."""
    folders = [file.parent for file in (root / STUDIES).glob(f"[!.]*/{MANIFEST}")]
    return sorted(folders, key=lambda folder: (folder / MANIFEST).stat().st_mtime)
