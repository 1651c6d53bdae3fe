"""What an explanation of one return consists of; see `routing.decide.explain_return`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PricedPart:
    """One ledger activity: `cost_eur` is `quantity` x `rate_eur`; all `co2e_kg` are priced in the part carbon."""

    activity: str
    unit: str
    quantity: float
    rate_eur: float
    cost_eur: float
    co2e_kg: float


@dataclass(frozen=True)
class Binding:
    """A shared limit with a price that the decision uses: `toll_eur` is `use` x `price_eur`, negative where using it
    earns (a contract's minimum). `capacity` and `used` are the whole night's."""

    limit: str
    place_id: str
    detail: str
    unit: str
    says: str
    use: float
    price_eur: float
    toll_eur: float
    capacity: float
    used: float


@dataclass(frozen=True)
class RunnerUp:
    """The best way not taken: what it costs more with limits at their prices (`extra_eur`), and were they free."""

    says: str
    outcome: str
    point_id: str | None
    process_id: str | None
    extra_eur: float
    extra_alone_eur: float


@dataclass(frozen=True)
class Change:
    """One change that alone would alter the decision: `kind` of parameter, whose, from `now` to `at` in `unit`.

    A rule has no numbers (None); `gain_eur` is what the return would cost less with it waived, 0 for a threshold.
    """

    kind: str
    subject: str
    unit: str
    now: float | None
    at: float | None
    gain_eur: float
    says: str


@dataclass(frozen=True)
class Removed:
    """What was taken from the return, why and by which source; `costs_eur`: waived alone, it would cost this much less
    (0: no better way is behind it)."""

    kind: str
    names: tuple[str, ...]
    says: str
    source: str
    costs_eur: float


@dataclass(frozen=True)
class Explanation:
    """Everything that explains one return; money has carbon priced in.

    `parts` add up to `cost_eur`; `cost_eur` and the tolls of `limits` add up to `price_eur`. A return that is not
    planned has `state` and `why`, and what was removed, only.
    """

    return_id: str
    state: str
    why: str
    decision: str = ""
    outcome: str = ""
    cost_eur: float = 0.0
    price_eur: float = 0.0
    co2e_kg: float = 0.0
    parts: tuple[PricedPart, ...] = ()
    limits: tuple[Binding, ...] = ()
    runner_up: RunnerUp | None = None
    changes: tuple[Change, ...] = ()
    removed: tuple[Removed, ...] = ()
    options: int = 0
