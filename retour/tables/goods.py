"""Tables of goods: product classes, what they recover, the returns, and how points fill."""

from __future__ import annotations

from retour.tables.column import (
    DATE,
    FLAG,
    INTEGER,
    MOMENT,
    NUMBER,
    TAGS,
    TEXT,
    Column,
    Table,
    words,
)  # fmt: skip
from retour.tables.places import TAG_WORDS
from retour.vocabulary import DecisionState, Flow, Grade, LogisticsState, MoneyState, Outcome, Wish

ITEM_CLASSES = Table(
    "item_classes",
    "Product classes.",
    (
        Column("class_id", TEXT, "Name of the class.", required=True),
        Column("label", TEXT, "What people call it."),
        Column("tags", TAGS, "What makes it special for law or equipment.", choices=TAG_WORDS),
        Column("decay_per_day", NUMBER, "Share of its recovery value lost a day.", unit="share/day", required=True, low=0, high=0.5),
        Column("handling_min", NUMBER, "Working time per item where a process gives none.", unit="min/item", low=0, default=5),
    ),
    key=("class_id",),
)  # fmt: skip

RECOVERY_VALUES = Table(
    "recovery_values",
    "Share of the sales value an outcome recovers, by class and grade; a missing row: the outcome is not possible.",
    (
        Column("class_id", TEXT, "Product class.", required=True, refers_to=("item_classes",)),
        Column("grade", TEXT, "Condition.", required=True, choices=words(Grade)),
        Column("outcome", TEXT, "Outcome.", required=True, choices=words(Outcome, without=(Outcome.KEEP,))),
        Column("recovered_share", NUMBER, "Recovered value over sales value; negative: a charge.", unit="share", required=True, low=-1, high=1.5),
    ),
    key=("class_id", "grade", "outcome"),
)  # fmt: skip

GRADE_ODDS = Table(
    "grade_odds",
    "Probability of each grade before inspection, given class and reason; sums to one for each pair.",
    (
        Column("class_id", TEXT, "Product class.", required=True, refers_to=("item_classes",)),
        Column("reason", TEXT, "Reason code of the policy.", required=True),
        Column("grade", TEXT, "Condition.", required=True, choices=words(Grade)),
        Column("probability", NUMBER, "Chance of this grade.", unit="share", required=True, low=0, high=1),
    ),
    key=("class_id", "reason", "grade"),
    required=False,
    min_rows=0,
)

RETURNS = Table(
    "returns",
    "One row per item or parcel coming back.",
    (
        Column("return_id", TEXT, "Name of the return.", required=True),
        Column("order_id", TEXT, "Order it belongs to."),
        Column("class_id", TEXT, "Product class.", required=True, refers_to=("item_classes",)),
        Column("flow", TEXT, "Why goods come back.", choices=words(Flow), default="CUSTOMER_RETURN"),
        Column("reason", TEXT, "Reason code of the policy (withdrawal or claim tree).", required=True),
        Column("wants", TEXT, "What the customer asks for: the money back, or another piece instead.", choices=words(Wish), default="REFUND"),
        Column("channel", TEXT, "Sales channel."),
        Column("country", TEXT, "Country whose law applies, two letters.", default="FR"),
        Column("lat", NUMBER, "Customer's latitude (postcode level is enough); empty only with point_id.", unit="degree", low=-90, high=90),
        Column("lon", NUMBER, "Customer's longitude; empty only with point_id.", unit="degree", low=-180, high=180),
        Column("point_id", TEXT, "Point where it lies already; empty: to be decided.", refers_to=("points",)),
        Column("volume_l", NUMBER, "Parcel volume.", unit="litre", required=True, low=0.01, high=5000),
        Column("weight_kg", NUMBER, "Parcel weight.", unit="kg", required=True, low=0.001, high=1000),
        Column("value_eur", NUMBER, "Sales value, tax excluded.", unit="EUR", required=True, low=0, high=100000),
        Column("grade", TEXT, "Condition where known; empty: the odds of its class and reason.", choices=words(Grade)),
        Column("damaged_battery", FLAG, "Holds a damaged or defective lithium battery (ADR special provision 376).", default=False),
        Column("purchased_on", DATE, "Day of purchase."),
        Column("delivered_on", DATE, "Day the customer received it; empty: the day of purchase."),
        Column("requested_on", DATE, "Day the customer asked to return it: the refund clock starts.", required=True),
        Column("ready_at", MOMENT, "Can be handed over from; empty: now. After tonight's cutoff it waits for another night."),
        Column("logistics_state", TEXT, "Where the goods are.", choices=words(LogisticsState), default="APPROVED"),
        Column("money_state", TEXT, "Where the money is.", choices=words(MoneyState), default="PENDING"),
        Column("decision_state", TEXT, "How far the decision went.", choices=words(DecisionState), default="PROPOSED"),
    ),
    key=("return_id",),
    min_rows=1,
)  # fmt: skip

ARRIVALS = Table(
    "arrivals",
    "History of parcels dropped off, a row per point and day.",
    (
        Column("point_id", TEXT, "Point.", required=True, refers_to=("points",)),
        Column("date", DATE, "Day.", required=True),
        Column("parcels", INTEGER, "Parcels dropped off that day.", unit="parcel", required=True, low=0),
    ),
    key=("point_id", "date"),
    required=False,
    min_rows=0,
)

FILL = Table(
    "fill",
    "Parcels lying at points now, decided on earlier nights and waiting for a van.",
    (
        Column("point_id", TEXT, "Point.", required=True, refers_to=("points",)),
        Column("size", TEXT, "Parcel size.", required=True, refers_to=("sizes",)),
        Column("parcels", INTEGER, "Parcels of this size waiting.", unit="parcel", required=True, low=0),
        Column("weight_kg", NUMBER, "Their weight; empty: tonight's mean per parcel.", unit="kg", low=0),
        Column("value_eur", NUMBER, "Their sales value; empty: tonight's mean per parcel.", unit="EUR", low=0),
        Column("oldest_on", DATE, "Day the oldest of them was requested."),
    ),
    key=("point_id", "size"),
    required=False,
    min_rows=0,
)

RATES = Table(
    "rates",
    "The network's own rates; each row replaces the built-in rate of the same name.",
    (
        Column("rate_id", TEXT, "Name of a built-in rate.", required=True),
        Column("value", NUMBER, "Value in its unit.", required=True),
        Column("unit", TEXT, "Unit; must equal the built-in rate's.", required=True),
        Column("source", TEXT, "Where the value comes from.", required=True),
        Column("date", TEXT, "Date of the source.", required=True),
        Column("confidence", TEXT, "H high, M medium, L low, assumption.", choices=("H", "M", "L", "assumption"), default="assumption"),
    ),
    key=("rate_id",),
    required=False,
    min_rows=0,
)  # fmt: skip
