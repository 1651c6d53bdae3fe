"""What `run.json` of a replay holds. Money is in the currency of its network, discounted."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from retour.vocabulary import Status
from service.designing_manifest import DesignNetworkRecord
from service.manifest import FileRecord, Record


class ReplayManifest(Record):
    """The whole of `run.json`. `cost` is the kept design's with collection by its routes, `routed` that part of it.

    `surrogate` is what the network's own rates charge for what the stored design collects, `routed_first` what its
    routes cost. `feasible`: the checker found nights and designs sound. No routes of the kept design's nights cost less
    than `bound`.
    """

    id: str
    kind: Literal["replay"] = "replay"
    created_at: datetime
    network: DesignNetworkRecord
    versions: dict[str, str]
    design_id: str
    seed: int
    budget_s: float | None
    iterations: int | None
    engine: str
    nights: int
    rounds: int
    tolerance: float
    modes: list[str]
    vans: dict[str, Any]
    status: Status
    feasible: bool
    violations: int
    cost: float
    surrogate: float
    routed_first: float
    routed: float
    half_width: float | None
    bound: float
    kept_round: int
    kept_id: str
    settled: bool
    degraded: bool
    note: str
    troubles: list[str]
    assumed: list[str]
    corrected: str | None
    seconds: dict[str, float]
    peak_mb: float
    tables: dict[str, FileRecord]
