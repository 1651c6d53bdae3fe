"""Publish an imported network: everything passes the gate first, then appears by one rename, or nothing does."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from retour.errors import InputError, Issue
from retour.gate import load_network, write_network
from retour.policy import NetworkSettings, Policy
from retour.tables import INPUT_TABLES

PROVENANCE = "PROVENANCE.md"
EVIDENCE = "import"


@dataclass(frozen=True)
class ImportSummary:
    """What an import did: `rejected` lists row, column, found, why of the source rows left out as unusable. `next_step`
    is the command to go on with; empty: to plan a night."""

    out: Path
    source: str
    rows_read: int
    rows_filtered: int
    rejected: pd.DataFrame = field(repr=False)
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    next_step: str = ""

    @property
    def rows_rejected(self) -> int:
        """Source rows left out because they cannot be used."""
        return int(self.rejected["row"].nunique())

    def __str__(self) -> str:
        """Say it a sentence a line."""
        return "\n".join(self.sentences())

    def sentences(self) -> list[str]:
        """Return what a person wants to know, a sentence each."""
        rows = f"{self.rows_read} rows read, {self.rows_filtered} filtered out, {self.rows_rejected} rejected"
        tables = ", ".join(f"{count} {name}" for name, count in self.counts.items() if count)
        return [f"{self.source}: {rows}.", f"{self.out.name}: {tables}.", *self._generated()]

    def _generated(self) -> list[str]:
        return ["Generated or assumed, not observed:", *(f"  {note}" for note in self.notes)] if self.notes else []


@dataclass(frozen=True)
class Origin:
    """Where a network comes from: told in PROVENANCE.md and in the settings."""

    source: Path
    mapping: Path | None
    seed: int
    observed: Sequence[str]
    generated: Sequence[str]
    attribution: str
    licence: str


def publish_network(
    out: Path, tables: Mapping[str, pd.DataFrame], settings: NetworkSettings, policy: Policy, origin: Origin, *,
    rejected: pd.DataFrame,
) -> None:  # fmt: skip
    """Write the folder `out`; InputError, and nothing written, when it holds files or the gate finds a defect."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        message = "holds files already, nothing was written; give a new or empty folder"
        raise InputError([Issue(out.name, None, None, message)])
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        folder = write_network(tables, settings, policy, beside / out.name)
        load_network(folder)
        _write_evidence(folder, origin, tables, rejected)
        folder.replace(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def counts(tables: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Return the number of rows by table, in the order of the declarations."""
    return {name: len(tables[name]) for name in INPUT_TABLES if name in tables}


def _write_evidence(folder: Path, origin: Origin, tables: Mapping[str, pd.DataFrame], rejected: pd.DataFrame) -> None:
    (folder / PROVENANCE).write_text(_provenance(origin, tables, rejected), encoding="utf-8")
    evidence = folder / EVIDENCE
    evidence.mkdir()
    if origin.mapping is not None:
        shutil.copyfile(origin.mapping, evidence / "mapping.toml")
    if len(rejected):
        rejected.to_csv(evidence / "rejected.csv", index=False)


def _provenance(origin: Origin, tables: Mapping[str, pd.DataFrame], rejected: pd.DataFrame) -> str:
    listed = f", listed in {EVIDENCE}/rejected.csv." if len(rejected) else "."
    digest = hashlib.sha256(origin.source.read_bytes()).hexdigest()
    lines = [
        "# Where this network comes from", "",
        f"Imported from `{origin.source.name}` (SHA-256 `{digest}`), seed {origin.seed}.",
        f"Attribution: {origin.attribution or 'none given'}", f"Licence: {origin.licence or 'none given'}", "",
        "## Observed: taken from the source", "", *(f"- {text}" for text in origin.observed), "",
        "## Generated or assumed: not observed", "", *(f"- {text}" for text in origin.generated), "",
        "## Rows", "", "| table | rows |", "|---|---|", *(f"| {n} | {c} |" for n, c in counts(tables).items()), "",
        f"Source rows rejected: {rejected['row'].nunique()}{listed}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
