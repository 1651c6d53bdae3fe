"""Where a partition's returns come from, and what is made of its decisions: both travel to who works on it."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from retour.instance import Instance


class Source(Protocol):
    """Brings the rows of the returns table that are a partition's, as the gate leaves them; always the same ones."""

    @property
    def read_again(self) -> bool:
        """Whether rows are read anew each time they are needed rather than kept in memory."""
        ...

    def __call__(self) -> pd.DataFrame:
        """Return the rows."""
        ...


class Report(Protocol):
    """Makes something of a partition's decisions where they are: a table to write, what a checker found."""

    def __call__(self, instance: Instance, decisions: pd.DataFrame) -> Any:
        """Return what is to come back; `instance` has the partition's returns."""
        ...
