"""What the business and the law want: one validated object read from `policy.toml`.

Every rule of law carries its source. The defaults follow Directive 2011/83/EU (withdrawal), Directive (EU) 2019/771
(claims), Code de l'environnement L.541-15-8 (no destruction), Directive 2008/98/EC (waste hierarchy), Regulation (EU)
2023/988 (recalls), Directive 2012/19/EU (WEEE), Regulation (EU) 2023/1542 (batteries) and ADR (damaged lithium
batteries). They are not legal advice.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from retour.vocabulary import Flow, Grade, Outcome, PointKind, ReasonTree, Tag

Share = float


class Rules(BaseModel):
    """Base of every section: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Window(Rules):
    """How long a return may be asked for, by reason tree; the narrowest match of class and country wins."""

    tree: ReasonTree
    days: int = Field(ge=0, le=3650)
    class_id: str | None = None
    country: str | None = None
    source: str = "shop policy"


class Refund(Rules):
    """The clocks of the money owed, by reason tree; no clock runs where no customer waits for money."""

    days: int = Field(14, ge=0, le=90, description="A withdrawal is refunded this many days after the request.")
    claim_days: int = Field(30, ge=0, le=90, description="A claim is settled this many days after the request.")
    flows: tuple[Flow, ...] = (Flow.CUSTOMER_RETURN, Flow.DAMAGED, Flow.RECALL)
    store_credit_only: bool = Field(False, description="Offer nothing but store credit.")
    source: str = "Directive 2011/83/EU, article 13"
    claim_source: str = "Code de la consommation L.217-10; Directive (EU) 2019/771, article 14"


class Exchange(Rules):
    """When another piece goes to the customer instead of money: for claims it may be offered, else it is asked for."""

    allowed: bool = True
    offered_for: tuple[str, ...] = (
        "defective",
        "damaged_in_transit",
        "missing_parts",
        "not_as_described",
        "wrong_item",
        "workmanship",
    )
    flows: tuple[Flow, ...] = (Flow.CUSTOMER_RETURN, Flow.DAMAGED)
    days: int = Field(30, ge=0, le=90, description="The other piece is due this many days after the request.")
    source: str = "Directive (EU) 2019/771, article 13; Directive 2011/83/EU, articles 13 and 18"


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


class OutcomeRules(Rules):
    """Which outcomes are allowed, and the hierarchy that protects resaleable goods."""

    allowed: tuple[Outcome, ...] = tuple(Outcome)
    forbidden_by_class: dict[str, tuple[Outcome, ...]] = Field(default_factory=dict)
    forbidden_by_reason: dict[str, tuple[Outcome, ...]] = Field(default_factory=dict)
    resaleable_grades: tuple[Grade, ...] = (Grade.A, Grade.B, Grade.C)
    destruction: tuple[Outcome, ...] = (Outcome.RECYCLE, Outcome.DISPOSE)
    not_for_resaleable: tuple[Outcome, ...] = (Outcome.RECYCLE, Outcome.DISPOSE)
    min_resaleable_odds: Share = Field(0.5, ge=0, le=1, description="Counts as resaleable from this probability.")
    protected_flows: tuple[Flow, ...] = (Flow.UNSOLD, Flow.CUSTOMER_RETURN, Flow.STORE_TRANSFER)
    unsold_flows: tuple[Flow, ...] = (Flow.UNSOLD, Flow.STORE_TRANSFER)
    hierarchy: tuple[tuple[Outcome, ...], ...] = Field(
        (
            (
                Outcome.RESTOCK,
                Outcome.EXCHANGE,
                Outcome.REPAIR,
                Outcome.REFURBISH,
                Outcome.REMANUFACTURE,
                Outcome.OUTLET,
                Outcome.LIQUIDATE,
                Outcome.INTERNAL_USE,
                Outcome.VENDOR,
                Outcome.DONATE,
            ),
            (Outcome.PARTS,),
            (Outcome.RECYCLE,),
            (Outcome.DISPOSE,),
        ),
        description="Unsold resaleable goods, withdrawals included, take the first step that is open to them.",
    )
    recall_outcomes: tuple[Outcome, ...] = (
        Outcome.REPAIR,
        Outcome.REFURBISH,
        Outcome.REMANUFACTURE,
        Outcome.PARTS,
        Outcome.VENDOR,
        Outcome.RECYCLE,
        Outcome.DISPOSE,
    )
    min_feasible_odds: Share = Field(0.5, ge=0, le=1, description="An outcome needs this chance of being possible.")
    source: str = "Code de l'environnement L.541-15-8 (AGEC); Regulation (EU) 2024/1781, article 25"
    hierarchy_source: str = "Code de l'environnement L.541-15-8; Directive 2008/98/EC, article 4"
    recall_source: str = "Regulation (EU) 2023/988, articles 9 and 37"

    @model_validator(mode="after")
    def _steps_apart(self) -> OutcomeRules:
        named = [outcome for step in self.hierarchy for outcome in step]
        twice = sorted({str(outcome) for outcome in named if named.count(outcome) > 1})
        if twice:
            raise ValueError(f"hierarchy: {twice} stand on several steps; an outcome is on one step at most")
        return self


class Hazard(Rules):
    """Damaged lithium batteries, hazardous goods, and certified treatment."""

    forbidden_kinds: tuple[PointKind, ...] = (PointKind.LOCKER, PointKind.RELAY)
    forbidden_tags: tuple[Tag, ...] = Field(
        (Tag.HAZARDOUS,), description="Kept away from these kinds of points, as damaged batteries are."
    )
    waste_flows: tuple[Flow, ...] = Field(
        (Flow.END_OF_LIFE,), description="Waste by law: certified sites only, whatever the outcome."
    )
    needs_certificate: tuple[Tag, ...] = (Tag.BATTERY, Tag.WEEE, Tag.HAZARDOUS)
    certified_outcomes: tuple[Outcome, ...] = (
        Outcome.REPAIR,
        Outcome.REFURBISH,
        Outcome.REMANUFACTURE,
        Outcome.PARTS,
        Outcome.RECYCLE,
        Outcome.DISPOSE,
    )
    damaged_outcomes: tuple[Outcome, ...] = (Outcome.RECYCLE, Outcome.DISPOSE)
    source: str = "ADR special provisions 376 and 636; Regulation (EU) 2023/1542; Directive 2012/19/EU"


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


class Budgets(Rules):
    """Night-wide limits; empty means none."""

    max_co2e_kg: float | None = Field(None, ge=0, description="On all planned emissions of the night.")
    max_spend_eur: float | None = Field(None, ge=0, description="On commissions, handling, transport and processing.")


class Reasons(Rules):
    """Reason codes in two trees: the customer's choice and the seller's fault."""

    withdrawal: tuple[str, ...] = (
        "changed_mind",
        "poor_fit",
        "style",
        "colour",
        "better_price",
        "ordered_wrong",
        "no_longer_needed",
        "arrived_late",
        "end_of_season",
        "excess_stock",
        "end_of_contract",
    )
    claim: tuple[str, ...] = (
        "defective",
        "damaged_in_transit",
        "missing_parts",
        "not_as_described",
        "wrong_item",
        "workmanship",
        "recall",
        "end_of_life",
    )

    @model_validator(mode="after")
    def _trees_apart(self) -> Reasons:
        both = sorted(set(self.withdrawal) & set(self.claim))
        if both:
            raise ValueError(
                f"reasons {both} stand in both trees; a reason is the customer's choice or the seller's fault"
            )
        return self

    def tree(self, reason: str) -> ReasonTree | None:
        """Return the tree of a reason, None when it is unknown."""
        if reason in self.withdrawal:
            return ReasonTree.WITHDRAWAL
        return ReasonTree.CLAIM if reason in self.claim else None


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
