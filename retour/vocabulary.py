"""One word per thing: the enumerations every table, policy and plan shares.

Sources: reason and disposition families follow ASC X12 elements 1292 and 1293; grades are the common five
(A like new ... E beyond repair); states keep logistics, money and decision apart (see docs/glossary.md).
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What a solver proved about its answer."""

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"
    INFEASIBLE = "INFEASIBLE"
    FAILED = "FAILED"


class PointKind(StrEnum):
    """Where a customer hands a return over."""

    RELAY = "RELAY"
    LOCKER = "LOCKER"
    STORE = "STORE"
    HOME = "HOME"


class EmptiedBy(StrEnum):
    """Who takes the parcels from a point to a hub: our vans tonight, or a carrier's label."""

    VAN = "VAN"
    CARRIER = "CARRIER"


class Operator(StrEnum):
    """Who runs a recovery site."""

    OWN = "OWN"
    THIRD_PARTY = "THIRD_PARTY"


class Flow(StrEnum):
    """Why goods come back at all."""

    CUSTOMER_RETURN = "CUSTOMER_RETURN"
    UNSOLD = "UNSOLD"
    DAMAGED = "DAMAGED"
    END_OF_LIFE = "END_OF_LIFE"
    END_OF_CONTRACT = "END_OF_CONTRACT"
    RECALL = "RECALL"
    STORE_TRANSFER = "STORE_TRANSFER"


class Grade(StrEnum):
    """Condition: A like new, B open box, C worn or parts missing, D parts only, E beyond repair."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Outcome(StrEnum):
    """What becomes of a returned item (its disposition)."""

    RESTOCK = "RESTOCK"
    EXCHANGE = "EXCHANGE"
    REPAIR = "REPAIR"
    REFURBISH = "REFURBISH"
    REMANUFACTURE = "REMANUFACTURE"
    PARTS = "PARTS"
    OUTLET = "OUTLET"
    LIQUIDATE = "LIQUIDATE"
    INTERNAL_USE = "INTERNAL_USE"
    VENDOR = "VENDOR"
    DONATE = "DONATE"
    RECYCLE = "RECYCLE"
    DISPOSE = "DISPOSE"
    KEEP = "KEEP"


class Tag(StrEnum):
    """What makes a product class special for the law or the equipment."""

    BATTERY = "BATTERY"
    WEEE = "WEEE"
    TEXTILE = "TEXTILE"
    FOOD = "FOOD"
    BULKY = "BULKY"
    HAZARDOUS = "HAZARDOUS"
    HYGIENE = "HYGIENE"
    CHILDCARE = "CHILDCARE"


class ReasonTree(StrEnum):
    """Customer's choice (withdrawal) and seller's fault (claim) are never mixed: the law treats fees apart."""

    WITHDRAWAL = "withdrawal"
    CLAIM = "claim"


class Wish(StrEnum):
    """What the customer asks for: the money back, or another piece instead."""

    REFUND = "REFUND"
    EXCHANGE = "EXCHANGE"


class LogisticsState(StrEnum):
    """Where the goods are."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    DROPPED_OFF = "DROPPED_OFF"
    IN_TRANSIT = "IN_TRANSIT"
    AT_HUB = "AT_HUB"
    AT_SITE = "AT_SITE"
    RECOVERED = "RECOVERED"
    CANCELLED = "CANCELLED"


class MoneyState(StrEnum):
    """Where the customer's money is."""

    PENDING = "PENDING"
    REFUNDED = "REFUNDED"
    CREDITED = "CREDITED"
    EXCHANGED = "EXCHANGED"
    DENIED = "DENIED"


class DecisionState(StrEnum):
    """How far the decision went."""

    PROPOSED = "PROPOSED"
    ACCEPTED = "ACCEPTED"
    OVERRIDDEN = "OVERRIDDEN"
    EXECUTED = "EXECUTED"


class PlaceKind(StrEnum):
    """What a place of a design network is for."""

    ZONE = "ZONE"
    POINT = "POINT"
    HUB = "HUB"
    SITE = "SITE"
    MARKET = "MARKET"


class PlaceStatus(StrEnum):
    """Whether there is anything to decide about a place."""

    ALWAYS = "ALWAYS"
    EXISTING = "EXISTING"
    CANDIDATE = "CANDIDATE"


class Sizing(StrEnum):
    """How the size of a place is chosen: among steps, or anything between two sizes."""

    STEPS = "STEPS"
    RANGE = "RANGE"


class Shrinking(StrEnum):
    """Whether a place may get smaller, and whether that brings money back."""

    NEVER = "NEVER"
    FREE = "FREE"
    RESOLD = "RESOLD"


class VariableOn(StrEnum):
    """What a place's variable cost is charged on."""

    PROCESSED = "PROCESSED"
    RECEIVED = "RECEIVED"


class Role(StrEnum):
    """Side of a recipe."""

    INPUT = "INPUT"
    OUTPUT = "OUTPUT"


class CountedWhere(StrEnum):
    """Which disposal a limit on a product counts."""

    EVERYWHERE = "EVERYWHERE"
    WHERE_IT_ARISES = "WHERE_IT_ARISES"
