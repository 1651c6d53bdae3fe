"""What `run.json` holds: where a run comes from, what was proved, what it costs. Read by people and machines."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from retour.errors import InputError
from retour.vocabulary import Status
from service.writable import no_run

Kpi = float | int | None


class Record(BaseModel):
    """Base of every part of a manifest: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Record)


def read_record(file: Path, model: type[Model]) -> Model:
    """Return what a stored `run.json` holds; InputError where the file is damaged."""
    try:
        return model.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise damaged(file, f"{where} is missing or wrong" if where else "it is no JSON") from None


def damaged(file: Path, why: str) -> InputError:
    """Return the error for a `run.json` that cannot be read."""
    return no_run(f"{file} is damaged ({why}); bring the folder back from a copy, or remove it and make the run again")


class NetworkRecord(Record):
    """Which network was planned; `hash` is the SHA-256 of everything that was read."""

    name: str
    path: str
    hash: str
    description: str = ""
    attribution: str = ""


class AnswerRecord(Record):
    """What one solver proved; `gap` relative, None where there is no bound."""

    stage: str
    status: Status
    objective_eur: float | None
    bound_eur: float | None
    gap: float | None
    seconds: float
    engine: str
    note: str = ""


class FileRecord(Record):
    """One stored table: its rows and the SHA-256 of its Parquet file."""

    rows: int
    sha256: str


class OverrideRecord(Record):
    """One thing a planner insisted on and what it costs, EUR (an estimate, and at most); None where not known.

    `kind` is lock, lock-van, move, forbid, add, drop or lose; `van` is the name of a route, `van_type` its type.
    """

    kind: str
    stop: str | None
    van: str | None
    van_type: str | None
    words: str
    price_eur: float | None
    at_most_eur: float | None
    note: str = ""


class ReplannedRecord(Record):
    """How a plan was made again: from which run, under which overrides, at which price, and what changed.

    `price_eur` is what all overrides cost together, an estimate, `price_at_most_eur` at most; None where not known.
    """

    run_id: str
    overrides: tuple[OverrideRecord, ...]
    price_eur: float | None
    price_at_most_eur: float | None
    stability_per_stop_eur: float
    changed_van: int
    reordered: int
    retimed: int
    changes: tuple[str, ...]


class Manifest(Record):
    """The whole of `run.json`. Money in EUR, time in seconds, memory in MB; `gap` and `bound_eur` None where unknown.

    `feasible` is the independent checker's verdict: no promise broken. `degraded` says why a plan is less than was
    asked for; empty in a sound run. `replanned` is there where the plan was made again from another run's.
    """

    id: str
    kind: Literal["plan", "decide"]
    night: date
    created_at: datetime
    network: NetworkRecord
    versions: dict[str, str]
    seed: int
    budget_s: float | None
    iterations: int | None
    engine: str
    method: str
    status: Status
    feasible: bool
    violations: int
    objective_eur: float
    ledger_total_eur: float
    bound_eur: float | None
    gap: float | None
    answers: tuple[AnswerRecord, ...]
    kpis: dict[str, Kpi]
    seconds: dict[str, float]
    peak_mb: float
    alerts: tuple[str, ...]
    degraded: tuple[str, ...]
    tables: dict[str, FileRecord]
    inputs: dict[str, FileRecord]
    replanned: ReplannedRecord | None = None

    @property
    def total_seconds(self) -> float:
        """Wall time from reading the network to the stored run."""
        return sum(self.seconds.values())
