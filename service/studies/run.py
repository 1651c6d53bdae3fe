"""A stored study: a folder that is never changed, opened lazily."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from network_design.study.tables import STUDY_TABLES
from service.manifest import read_record
from service.run import MANIFEST
from service.studies.manifest import StudyManifest
from service.tablefiles import read_parquet

STUDIES = "studies"


@dataclass(frozen=True)
class StudyRun:
    """One stored study; nothing is read before it is asked for."""

    path: Path

    @property
    def id(self) -> str:
        """Name of the run: its folder's name."""
        return self.path.name

    @cached_property
    def manifest(self) -> StudyManifest:
        """Everything in `run.json`."""
        return read_record(self.path / MANIFEST, StudyManifest)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of STUDY_TABLES; KeyError if it is none."""
        return read_parquet(self.path / f"{STUDY_TABLES[name].name}.parquet")

    def optional(self, name: str) -> pd.DataFrame:
        """Return a table of STUDY_TABLES, without rows where the study did not ask for it."""
        asked = name in self.manifest.tables
        return self.table(name) if asked else pd.DataFrame(columns=STUDY_TABLES[name].column_names)
