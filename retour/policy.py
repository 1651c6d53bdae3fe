"""What the business and the law want: one validated object read from `policy.toml`.

Every rule of law carries its source. The defaults follow Directive 2011/83/EU (withdrawal), Directive (EU) 2019/771
(claims), Code de l'environnement L.541-15-8 (no destruction), Directive 2008/98/EC (waste hierarchy), Regulation (EU)
2023/988 (recalls), Directive 2012/19/EU (WEEE), Regulation (EU) 2023/1542 (batteries) and ADR (damaged lithium
batteries). They are not legal advice.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from retour.law import Exchange, Hazard, OutcomeRules, Reasons, Refund, Rules, Share, Window
from retour.vocabulary import Flow, PointKind, ReasonTree, Tag


class Fee(Rules):
    """What a customer pays for a withdrawal by kind of point; claims are always free."""

    kind: PointKind
    eur: float = Field(ge=0, le=100)


class Keep(Rules):
    """When the customer may keep the item and is refunded all the same."""

    allowed: bool = True
    max_value_eur: float = Field(15.0, ge=0)
    max_share: Share = Field(0.10, ge=0, le=1, description="Largest share of tonight's returns.")
    forbidden_tags: tuple[Tag, ...] = (Tag.BATTERY, Tag.HAZARDOUS, Tag.WEEE)
    flows: tuple[Flow, ...] = (Flow.CUSTOMER_RETURN, Flow.DAMAGED)


class Reach(Rules):
    """How far a customer may be sent, by kind, and how many of the nearest points are offered."""

    relay_m: float = Field(5000, gt=0)
    locker_m: float = Field(5000, gt=0)
    store_m: float = Field(10000, gt=0)
    home_m: float = Field(30000, gt=0)
    nearest: int = Field(8, ge=1, le=50, description="Nearest points of all kinds but HOME that are offered.")

    def of(self, kind: str) -> float:
        """Return the reach of a kind of point in metres."""
        return float(getattr(self, f"{kind.lower()}_m"))


class KindLimits(Rules):
    """Heaviest parcel a kind of point takes, kg."""

    relay_kg: float = Field(20, gt=0)
    locker_kg: float = Field(20, gt=0)
    store_kg: float = Field(30, gt=0)
    home_kg: float = Field(150, gt=0)

    def of(self, kind: str) -> float:
        """Return the weight limit of a kind of point in kg."""
        return float(getattr(self, f"{kind.lower()}_kg"))


class Carbon(Rules):
    """What a kilogram of CO2e weighs in a decision."""

    price_eur_per_t: float = Field(100.0, ge=0, le=5000)
    source: str = "planning value of the business"


class Service(Rules):
    """Tonight's service promises."""

    cutoff: str = Field(
        "18:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Ready later than this: another night."
    )
    must_empty_risk: Share = Field(0.95, gt=0, le=1, description="Chance of overflow from which a visit is required.")
    nights_to_next_chance: int = Field(1, ge=1, le=7, description="Nights until a point left tonight can be emptied.")
    process_days: int = Field(2, ge=1, le=7, description="Working days over which tonight's returns may be processed.")
    max_wait_days: int = Field(3, ge=1, le=30, description="A parcel that waited this long makes the visit required.")


class Rounds(Rules):
    """What tonight's rounds should be like besides cheap, each at a price that is weighed but not paid."""

    balance_per_hour_eur: float = Field(
        0.0, ge=0, le=1000, description="Per hour between the longest and the shortest shift of the vans that drive."
    )
    compactness_per_km_eur: float = Field(
        0.0, ge=0, le=1000, description="Per kilometre from each stop to the middle of its van's stops."
    )


class Budgets(Rules):
    """Night-wide limits; empty means none."""

    max_co2e_kg: float | None = Field(None, ge=0, description="On all planned emissions of the night.")
    max_spend_eur: float | None = Field(None, ge=0, description="On commissions, handling, transport and processing.")


class Policy(Rules):
    """The whole of `policy.toml`; every section has defaults, so an empty file is a policy."""

    name: str = "default"
    reasons: Reasons = Reasons()
    windows: tuple[Window, ...] = (
        Window(tree=ReasonTree.WITHDRAWAL, days=14, source="Directive 2011/83/EU, article 9"),
        Window(tree=ReasonTree.CLAIM, days=730, source="Directive (EU) 2019/771, article 10"),
    )
    refund: Refund = Refund()
    exchange: Exchange = Exchange()
    fees: tuple[Fee, ...] = ()
    keep: Keep = Keep()
    outcomes: OutcomeRules = OutcomeRules()
    hazard: Hazard = Hazard()
    reach: Reach = Reach()
    limits: KindLimits = KindLimits()
    carbon: Carbon = Carbon()
    service: Service = Service()
    rounds: Rounds = Rounds()
    budgets: Budgets = Budgets()

    @model_validator(mode="after")
    def _credit_never_alone(self) -> Policy:
        if self.refund.store_credit_only:
            raise ValueError(
                "refund.store_credit_only: a withdrawal must offer money back (Directive 2011/83/EU, article 13)"
            )
        return self

    @model_validator(mode="after")
    def _exchange_never_forced(self) -> Policy:
        forced = sorted(set(self.exchange.offered_for) & set(self.reasons.withdrawal))
        if forced and "offered_for" in self.exchange.model_fields_set:
            raise ValueError(
                f"exchange.offered_for: {forced} are withdrawals, which must offer money back: an exchange only "
                "where the customer asks for it (Directive 2011/83/EU, article 13)"
            )
        return self

    def window_days(self, *, tree: ReasonTree, class_id: str, country: str) -> tuple[int, str]:
        """Return (days, source) of the narrowest window that matches; no match: (0, "no window declared")."""
        matches = [
            w
            for w in self.windows
            if w.tree == tree and w.class_id in (None, class_id) and w.country in (None, country)
        ]
        if not matches:
            return 0, "no window declared"
        best = max(matches, key=lambda w: (w.class_id is not None, w.country is not None))
        return best.days, best.source

    def fee_eur(self, kind: str) -> float:
        """Return the withdrawal fee at a kind of point, EUR per return."""
        return next((f.eur for f in self.fees if f.kind == kind), 0.0)


class TravelSettings(Rules):
    """How distances are made where no matrix gives them."""

    circuity: float = Field(1.4, ge=1, le=5, description="Road distance over great-circle distance.")
    speed_kmh: float = Field(30.0, ge=1, le=130, description="Mean driving speed of a van, stops excluded.")
    source: str = Field("network.toml", description="Where these two come from.")


class NetworkSettings(Rules):
    """The whole of `network.toml`."""

    name: str = Field(min_length=1)
    tonight: str | None = Field(
        None, pattern=r"^\d{4}-\d{2}-\d{2}$", description="Night to plan unless a date is given."
    )
    country: str = Field("FR", pattern=r"^[A-Z]{2}$")
    currency: str = Field("EUR", pattern=r"^EUR$", description="All tables are in euros.")
    travel: TravelSettings = TravelSettings()
    description: str = ""
    attribution: str = Field("", description="Shown wherever the data is shown.")


def policy_json(policy: Policy) -> dict[str, Any]:
    """Return a policy as plain values, ready for hashing and storing."""
    return policy.model_dump(mode="json")
