"""What a customer is told: alternatives with their price for us and effort for them, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from routing.quote.book import Need

OFFERED, DENIED, NO_WAY = "OFFERED", "DENIED", "NO WAY"
CHEAPEST, NEAREST, FASTEST, GREENEST, HOME, KEPT, ALSO = (
    "cheapest for us", "nearest", "fastest refund", "lowest CO2e", "home pickup", "keep it", "also possible",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LimitPaid:
    """What an alternative pays for one shared limit it uses; negative: it helps to keep a contract."""

    limit: str
    place_id: str
    detail: str
    eur: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way for the customer. `labels` say what it is best at.

    `cost_eur` is what it costs us (negative: a gain), customer's effort, carbon and `limits_eur`, the prices of
    shared limits, included. `fee_eur` is what the customer pays, a transfer outside of cost. The refund is due when the
    goods reach the hub that sorts them: `refund_days` from tonight, on `refund_on`. Places are None where it is kept.
    """

    labels: tuple[str, ...]
    outcome: str
    cost_eur: float
    limits_eur: float
    effort_km: float
    effort_eur: float
    fee_eur: float
    refund_days: float
    refund_on: date
    co2e_kg: float
    why: str
    point_id: str | None = None
    kind: str | None = None
    road_m: float | None = None
    entry_hub_id: str | None = None
    hub_id: str | None = None
    site_id: str | None = None
    process_id: str | None = None
    day: int | None = None
    limits: tuple[LimitPaid, ...] = ()
    need: Need = field(default=Need((), ()), repr=False)

    @property
    def planned_eur(self) -> float:
        """Cost without the prices of limits: what the decision's own row would say."""
        return self.cost_eur - self.limits_eur


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is not offered, why, and whose rule that is."""

    what: str
    why: str
    source: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        return f"{self.what}: {self.why} ({self.source})"


@dataclass(frozen=True, slots=True)
class Quote:
    """The answer to one return: OFFERED with alternatives, the cheapest for us first; DENIED or NO WAY with `why`.

    `note` says what else the customer should know.
    """

    return_id: str
    state: str
    why: str
    alternatives: tuple[Alternative, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    note: str = ""

    @property
    def cheapest(self) -> Alternative:
        """The alternative that is cheapest for us, prices of limits counted; IndexError where there is none."""
        return self.alternatives[0]
