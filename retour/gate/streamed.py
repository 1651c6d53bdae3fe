"""A network whose returns are too many for one table: the gate reads them batch by batch, to the same rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyarrow import parquet

from retour.errors import InputError, Issue
from retour.gate import declared, goods, places
from retour.gate.convert import settled
from retour.gate.draft import Draft, typed_tables
from retour.gate.load import examined
from retour.gate.parquet_file import parquet_rows, read_batches
from retour.gate.sources import read_sources, typed_columns
from retour.gate.text import TextTable
from retour.instance import Instance
from retour.tables import INPUT_TABLES

RETURNS, KEY = "returns", "return_id"
BATCH_ROWS = 250_000
MOST_ISSUES = 500
ASKED_ABOUT = ("item_classes", "points", "hubs", "sites", "garages", "grade_odds", "recovery_values", "processes")
ROW_RULES = tuple(
    rule for rule in (*declared.RULES, *places.RULES, *goods.RULES)
    if set(rule.needs) <= {RETURNS, "policy", "night", *ASKED_ABOUT} and rule.check is not declared.check_duplicate_keys
)  # fmt: skip


@dataclass(frozen=True)
class StreamedNetwork:
    """A validated network whose `rows` returns stay in their Parquet `file`; `instance` has none of them."""

    instance: Instance
    file: Path
    rows: int
    draft: Draft = field(repr=False)

    def columns(self, names: Sequence[str], *, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
        """Yield some columns of the returns as the file has them, not validated; columns it lacks are missing."""
        with parquet.ParquetFile(self.file) as file:
            present = [name for name in names if name in file.schema_arrow.names]
            for batch in file.iter_batches(rows, columns=present):
                yield batch.to_pandas().reindex(columns=list(names))

    def batches(self, *, rows: int = BATCH_ROWS) -> Iterator[pd.DataFrame]:
        """Yield the returns as the gate leaves them, a batch at a time, in the order of the file.

        At the end, or when there are very many, raises InputError with every defect found, rows as in the file.
        """
        issues: list[Issue] = []
        hashes: list[NDArray[np.uint64]] = []
        for text in read_batches(self.file, rows=rows, typed=typed_columns(INPUT_TABLES[RETURNS])):
            found, frame = _judged(self.draft, text)
            issues += found
            hashes.append(pd.util.hash_array(frame[KEY].to_numpy(object)))
            if len(issues) > MOST_ISSUES:
                raise InputError(issues)
            if not issues:
                yield settled(frame, INPUT_TABLES[RETURNS])
        issues += self._repeated(np.concatenate(hashes)) if hashes else []
        if issues:
            raise InputError(issues)

    def _repeated(self, hashes: NDArray[np.uint64]) -> list[Issue]:
        """Return an issue per name that stands in the file twice; names are compared where their hashes meet."""
        ordered = np.sort(hashes)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if not len(twice):
            return []
        rows = np.flatnonzero(np.isin(hashes, twice))
        names = pd.concat([piece[KEY] for piece in self.columns([KEY])], ignore_index=True)
        frame = pd.DataFrame({KEY: names.astype("str").str.strip().to_numpy()[rows]}, index=rows + 2).dropna()
        return self.draft.issues(RETURNS, KEY, frame[frame.duplicated()], partial(declared.repeated, frame))


def returns_to_stream(path: Path) -> int:
    """Return how many returns a network folder keeps in Parquet, 0 where they are not in Parquet."""
    file = path / f"{RETURNS}.parquet"
    return parquet_rows(file) if file.is_file() else 0


def stream_network(path: Path | str, *, night: date | None = None) -> StreamedNetwork:
    """Return the validated network of a folder without reading its returns, which must be in returns.parquet.

    Raises InputError with every defect, returns included, when the other tables or the first returns have some;
    defects of later returns come with the batch they stand in.
    """
    folder = Path(path)
    file = folder / f"{RETURNS}.parquet"
    first = next(read_batches(file, rows=BATCH_ROWS, typed=typed_columns(INPUT_TABLES[RETURNS])), None)
    sources = read_sources(folder, without=() if first is None else (RETURNS,))
    if first is not None:
        sources.texts[RETURNS] = first
    issues, draft = examined(sources, night)
    if issues or draft.settings is None or draft.policy is None or draft.night is None:
        raise InputError([*issues, *_of_later_batches(file, _without_returns(draft))])
    tables = {name: settled(draft.tables[name], table) for name, table in INPUT_TABLES.items()}
    tables[RETURNS] = tables[RETURNS].head(0)
    instance = Instance(draft.settings, draft.policy, draft.night, tables)
    return StreamedNetwork(instance, file, parquet_rows(file), _without_returns(draft))


def _of_later_batches(file: Path, draft: Draft) -> list[Issue]:
    """Return the defects of all returns but the first batch, until there are very many."""
    found: list[Issue] = []
    later = islice(read_batches(file, rows=BATCH_ROWS, typed=typed_columns(INPUT_TABLES[RETURNS])), 1, None)
    for text in later:
        found += _judged(draft, text)[0]
        if len(found) > MOST_ISSUES:
            break
    return found


def _without_returns(draft: Draft) -> Draft:
    """Return what the rules on returns ask about, and let the rest go; of returns only the file's name is left."""
    texts = {n: draft.texts[n] for n in ASKED_ABOUT if n in draft.texts}
    returns = draft.texts[RETURNS]
    return replace(draft, texts={**texts, RETURNS: replace(returns, cells=returns.cells.head(0))}, unreadable={})


def _judged(draft: Draft, text: TextTable) -> tuple[list[Issue], pd.DataFrame]:
    typed, unreadable = typed_tables({RETURNS: text})
    batch = replace(
        draft, texts={**draft.texts, RETURNS: text}, tables={**draft.tables, RETURNS: typed[RETURNS]},
        unreadable=unreadable,
    )  # fmt: skip
    found = [issue for rule in ROW_RULES for issue in rule.issues(batch)]
    return [*text.issues, *(issue for issue in found if issue.table == text.file)], typed[RETURNS]
