"""Tables of a design network: periods, places, what they may be and how they are connected.

Money is in the currency of design.toml, amounts are tonnes. Where a table has a `period`, a row with period 0 holds in
every period and a row with its own period goes before it.
"""

from __future__ import annotations

from retour.tables.column import FLAG, INTEGER, NUMBER, TEXT, Column, Table, words
from retour.vocabulary import Operator, PlaceKind, PlaceStatus, Shrinking, Sizing, VariableOn

ROAD = "ROAD"


def period_column() -> Column:
    """Return the column of all tables whose figures may change over time."""
    return Column("period", INTEGER, "Period it holds in; 0: every period without a row of its own.", low=0, default=0)


PERIODS = Table(
    "periods",
    "The periods of the study in order, usually years.",
    (
        Column("period", INTEGER, "1, 2, ... without a gap.", required=True, low=1, high=60),
        Column("name", TEXT, "What people call it."),
        Column("years_from_start", NUMBER, "When it is paid for, for discounting; empty: period less one.", unit="year", low=0),
        Column("opening_allowed", FLAG, "Places may open in it.", default=True),
        Column("investment_limit", NUMBER, "Most to be spent on opening, expanding and closing; empty: unlimited.", unit="money", low=0),
    ),
    key=("period",),
)  # fmt: skip

PLACES = Table(
    "places",
    "Every place of the network: where returns arise, are collected, sorted, treated, sold or got rid of.",
    (
        Column("place_id", TEXT, "Name of the place.", required=True),
        Column("name", TEXT, "What people call it."),
        Column("kind", TEXT, "ZONE: returns arise; POINT: collection; HUB: sorting; SITE: recovery; MARKET: takes what is recovered.", required=True, choices=words(PlaceKind)),
        Column("status", TEXT, "ALWAYS: there, nothing to decide; EXISTING: open at the start; CANDIDATE: may open.", choices=words(PlaceStatus), default="ALWAYS"),
        Column("operator", TEXT, "Run by us or by a third party.", choices=words(Operator), default="OWN"),
        Column("group_id", TEXT, "Group whose open places are counted in group_limits."),
        Column("lat", NUMBER, "Latitude, WGS84; needed where a lane gives no distance.", unit="degree", low=-90, high=90),
        Column("lon", NUMBER, "Longitude, WGS84.", unit="degree", low=-180, high=180),
        Column("sizing", TEXT, "STEPS: one of its sizes; RANGE: anything from the smaller to the larger of two.", choices=words(Sizing), default="STEPS"),
        Column("initial_size_t", NUMBER, "Size at the start of an EXISTING place; empty: its smallest.", unit="t/period", low=0),
        Column("may_close", FLAG, "May close again once it is open.", default=True),
        Column("shrinking", TEXT, "NEVER: it never gets smaller while open; FREE: it may, for nothing; RESOLD: it may, at the price of growing (RANGE).", choices=words(Shrinking), default="FREE"),
        Column("variable_on", TEXT, "Variable cost is charged on what is PROCESSED or on what is RECEIVED.", choices=words(VariableOn), default="PROCESSED"),
        Column("open_from", INTEGER, "First period from which it must be open; empty: free.", low=1),
        Column("closed_from", INTEGER, "First period from which it must be closed; empty: free.", low=1),
    ),
    key=("place_id",),
)  # fmt: skip

CAPACITIES = Table(
    "capacities",
    "Sizes a place may have, for all it processes and sells together; a place without any has no limit and no choice.",
    (
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        Column("size_t", NUMBER, "Size.", unit="t/period", required=True, low=0),
        period_column(),
        Column(
            "opening_cost",
            NUMBER,
            "Paid once to open at this size; growing costs the difference.",
            unit="money",
            default=0,
        ),
        Column("fixed_cost", NUMBER, "Paid every period at this size.", unit="money/period", default=0),
    ),
    key=("place_id", "size_t", "period"),
    required=False,
    min_rows=0,
)

PLACE_COSTS = Table(
    "place_costs",
    "What a place costs whatever its size.",
    (
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        period_column(),
        Column("operating_cost", NUMBER, "Paid every period in which it is open.", unit="money/period", default=0),
        Column("closing_cost", NUMBER, "Paid once when it closes.", unit="money", low=0, default=0),
    ),
    key=("place_id", "period"),
    required=False,
    min_rows=0,
)

GROUP_LIMITS = Table(
    "group_limits",
    "How many places of a group, or of a kind, are open.",
    (
        Column("group_id", TEXT, "A group_id of places, or a kind: ZONE, POINT, HUB, SITE, MARKET.", required=True),
        period_column(),
        Column("least", INTEGER, "Fewest open places.", unit="place", low=0, default=0),
        Column("most", INTEGER, "Most open places; empty: any number.", unit="place", low=0),
    ),
    key=("group_id", "period"),
    required=False,
    min_rows=0,
)

CONTRACTS = Table(
    "contracts",
    "What a third party is promised.",
    (
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        period_column(),
        Column(
            "minimum_t",
            NUMBER,
            "Least amount it processes while open; what is missing is paid.",
            unit="t/period",
            low=0,
            default=0,
        ),
        Column("shortfall_cost_per_t", NUMBER, "Paid per missing tonne.", unit="money/t", low=0, default=0),
    ),
    key=("place_id", "period"),
    required=False,
    min_rows=0,
)

CONTRACT_TIERS = Table(
    "contract_tiers",
    "Prices a third party asks by volume, on top of variable costs: each tonne is paid at the tier it falls in.",
    (
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        Column("from_t", NUMBER, "The tier begins after so much has been processed in the period; the first at 0.", unit="t/period", required=True, low=0),
        period_column(),
        Column("price_per_t", NUMBER, "Price of a tonne in this tier.", unit="money/t", required=True),
    ),
    key=("place_id", "from_t", "period"),
    required=False,
    min_rows=0,
)  # fmt: skip

LANES = Table(
    "lanes",
    "Ways from one place to another; whatever the first gives and the second takes may use them.",
    (
        Column("from_id", TEXT, "Origin.", required=True, refers_to=("places",)),
        Column("to_id", TEXT, "Destination.", required=True, refers_to=("places",)),
        Column("mode", TEXT, "Means of transport; its costs stand in transport.", default=ROAD),
        Column("distance_km", NUMBER, "Length; empty: great circle x circuity of design.toml.", unit="km", low=0),
        Column("cost_per_t", NUMBER, "Paid per tonne besides the transport costs.", unit="money/t", default=0),
        Column("days", NUMBER, "How long it takes; empty: as its mode says.", unit="day", low=0),
        Column("capacity_t", NUMBER, "Most in a period, all products together; empty: unlimited.", unit="t/period", low=0),
    ),
    key=("from_id", "to_id", "mode"),
    required=False,
    min_rows=0,
)  # fmt: skip

LINKS = Table(
    "links",
    "Lanes by rule: from every place of a kind to the nearest places of another that take what it gives.",
    (
        Column("from_kind", TEXT, "Kind of the origins.", required=True, choices=words(PlaceKind)),
        Column("to_kind", TEXT, "Kind of the destinations.", required=True, choices=words(PlaceKind)),
        Column("mode", TEXT, "Means of transport.", default=ROAD),
        Column("nearest", INTEGER, "To so many nearest destinations; empty: to all.", unit="place", low=1),
        Column("max_km", NUMBER, "Not farther than this; empty: any distance.", unit="km", low=0),
    ),
    key=("from_kind", "to_kind", "mode"),
    required=False,
    min_rows=0,
)

TRANSPORT = Table(
    "transport",
    "What it costs to move a product.",
    (
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        Column("mode", TEXT, "Means of transport.", default=ROAD),
        period_column(),
        Column("cost_per_km_t", NUMBER, "Cost of a tonne over a kilometre.", unit="money/(km t)", low=0, default=0),
        Column(
            "cost_per_t",
            NUMBER,
            "Cost of a tonne whatever the distance: loading, a stop.",
            unit="money/t",
            low=0,
            default=0,
        ),
    ),
    key=("product_id", "mode", "period"),
)

TRANSPORT_EMISSIONS = Table(
    "transport_emissions",
    "What moving a product emits.",
    (
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        Column("mode", TEXT, "Means of transport.", default=ROAD),
        Column("gas", TEXT, "What is emitted, for example CO2e.", required=True),
        period_column(),
        Column(
            "t_per_km_t",
            NUMBER,
            "Tonnes emitted per tonne moved over a kilometre.",
            unit="t/(km t)",
            required=True,
            low=0,
        ),
    ),
    key=("product_id", "mode", "gas", "period"),
    required=False,
    min_rows=0,
)
