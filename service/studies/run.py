"""A stored study: a folder that is never changed, opened lazily."""

from __future__ import annotations

import pandas as pd

from network_design.study.settings import Front
from network_design.study.tables import STUDY_TABLES
from service.stored_run import StoredRun
from service.studies.manifest import StudyManifest

STUDIES = "studies"


class StudyRun(StoredRun[StudyManifest]):
    """One stored study."""

    record = StudyManifest
    declared = STUDY_TABLES

    def optional(self, name: str) -> pd.DataFrame:
        """Return a table of STUDY_TABLES, without rows where the study did not ask for it."""
        asked = name in self.manifest.tables
        return self.table(name) if asked else pd.DataFrame(columns=STUDY_TABLES[name].column_names)

    @property
    def front_asked(self) -> Front:
        """What the study asks of trade-offs; as where nothing is said, if it asks for none."""
        return Front.model_validate(self.manifest.asked.get("front") or {})

    @property
    def without_design(self) -> pd.DataFrame:
        """The rows of OUTCOMES that have no design, with why."""
        outcomes = self.optional("outcomes")
        return outcomes[outcomes["why"] != ""]
