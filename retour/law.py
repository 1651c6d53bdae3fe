"""The sections of a policy that the law writes: windows, clocks, exchanges, outcomes, hazards, reasons.

Each carries the source of its defaults. They are not legal advice.
"""

from __future__ import annotations

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
