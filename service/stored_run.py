"""A stored design, study or replay: a folder that is never changed, opened lazily."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, cast

import pandas as pd
from pydantic import BaseModel

from retour.tables.column import Table
from service.manifest import read_record
from service.run import MANIFEST
from service.tablefiles import read_parquet

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class StoredRun(Generic[M]):
    """One folder of a store; nothing is read before it is asked for.

    Each kind says what its `run.json` holds, `record`, and which tables it may have, `declared` by name.
    """

    path: Path
    record: ClassVar[type[Any]]
    declared: ClassVar[Mapping[str, Table]]

    @property
    def id(self) -> str:
        """Name of the run: its folder's name."""
        return self.path.name

    @cached_property
    def manifest(self) -> M:
        """Everything in `run.json`; InputError where it is damaged."""
        return cast(M, read_record(self.path / MANIFEST, self.record))

    def table(self, name: str) -> pd.DataFrame:
        """Return a result table; KeyError if it is none."""
        return read_parquet(self.path / f"{self.declared[name].name}.parquet")
