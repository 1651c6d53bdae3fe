"""What `run.json` of a design holds. The figures are in the currency and the tonnes of its network."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from retour.design import DesignInstance
from retour.vocabulary import Status
from service.manifest import FileRecord, Kpi, Record


class DesignNetworkRecord(Record):
    """Which network was designed; `hash` is the SHA-256 of everything that was read."""

    name: str
    path: str
    hash: str
    currency: str
    discount_rate: float
    periods: int
    attribution: str = ""

    @classmethod
    def of(cls, instance: DesignInstance, path: Path | str) -> DesignNetworkRecord:
        """Return the record of a network that was read from a path."""
        settings = instance.settings
        return cls(
            name=settings.name, path=str(path), hash=instance.hash, currency=settings.currency,
            discount_rate=settings.discount_rate, periods=instance.periods, attribution=settings.attribution,
        )  # fmt: skip


class PeriodRecord(Record):
    """One period in figures, amounts in tonnes, cost undiscounted."""

    period: int
    cost: float
    open_places: int
    collected_t: float
    processed_t: float
    sold_t: float
    disposed_t: float
    stored_t: float
    moved_t_km: float
    emitted_t: dict[str, float]


class OpenRecord(Record):
    """A place that is open at some time, and its size in each period; 0 while closed."""

    place_id: str
    size_t: list[float]


class DesignManifest(Record):
    """The whole of `run.json`. `cost`, `bound`, `ledger_total` are discounted, `parts` and figures by period are not.

    `feasible` is the independent checker's verdict.
    """

    id: str
    kind: Literal["design"] = "design"
    created_at: datetime
    network: DesignNetworkRecord
    versions: dict[str, str]
    seed: int
    budget_s: float
    status: Status
    feasible: bool
    violations: int
    cost: float
    ledger_total: float
    bound: float | None
    gap: float | None
    note: str
    parts: dict[str, float]
    parts_by_period: dict[str, list[float]]
    kpis: dict[str, Kpi]
    by_period: list[PeriodRecord]
    open_places: list[OpenRecord]
    seconds: dict[str, float]
    peak_mb: float
    tables: dict[str, FileRecord]
    inputs: dict[str, FileRecord]
