"""What `run.json` of a study holds. Costs are discounted, in the currency of its network."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from retour.vocabulary import Status
from service.designing_manifest import DesignNetworkRecord
from service.manifest import FileRecord, Record


class HedgedRecord(Record):
    """One design for all futures: see `network_design.futures.two_stage.Hedged`; None where nothing is known."""

    status: Status
    value: float
    bound: float | None
    gap: float | None
    perfect_information: float
    expected_figures: float | None
    value_of_hedging: float | None
    value_of_perfect_information: float


class StudyManifest(Record):
    """The whole of `run.json`. `asked` is the study as read, `members` the runs of its designs.

    `feasible` says that the checker found every member sound, `shortfalls` what was asked and has no design, and why.
    """

    id: str
    kind: Literal["study"] = "study"
    created_at: datetime
    name: str
    network: DesignNetworkRecord
    versions: dict[str, str]
    seed: int
    budget_s: float
    feasible: bool
    violations: int
    hedged: HedgedRecord | None
    shortfalls: list[str] = []
    asked: dict[str, Any]
    seconds: dict[str, float]
    peak_mb: float
    tables: dict[str, FileRecord]
