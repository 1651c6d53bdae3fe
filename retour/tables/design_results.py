"""Tables of a stored design: what is open when and how large, what flows where, what it costs, what limits it."""

from __future__ import annotations

from retour.tables.column import FLAG, INTEGER, NUMBER, TEXT, Column, Table

PERIOD = Column("period", INTEGER, "Period.", required=True)

OPENED = Table(
    "opened",
    "Every place whose opening or size is decided, in every period.",
    (
        Column("place_id", TEXT, "Place.", required=True),
        PERIOD,
        Column("is_open", FLAG, "Open in this period.", required=True),
        Column("size_t", NUMBER, "Its size; 0 when closed.", unit="t/period", required=True),
        Column("used_t", NUMBER, "How much of it is used.", unit="t/period", required=True),
        Column("opens", FLAG, "Opens in this period.", required=True),
        Column("closes", FLAG, "Closes in this period.", required=True),
    ),
    key=("place_id", "period"),
    min_rows=0,
)

FLOWS = Table(
    "flows",
    "What moves from where to where.",
    (
        Column("from_id", TEXT, "Origin.", required=True),
        Column("to_id", TEXT, "Destination.", required=True),
        Column("mode", TEXT, "Means of transport.", required=True),
        Column("product_id", TEXT, "Product.", required=True),
        PERIOD,
        Column("amount_t", NUMBER, "How much.", unit="t/period", required=True),
    ),
    key=("from_id", "to_id", "mode", "product_id", "period"),
    min_rows=0,
)

PROCESSED = Table(
    "processed",
    "What each place processes.",
    (
        Column("process_id", TEXT, "Process.", required=True),
        Column("place_id", TEXT, "Place.", required=True),
        PERIOD,
        Column("amount_t", NUMBER, "How much of the mix goes in.", unit="t/period", required=True),
    ),
    key=("process_id", "place_id", "period"),
    min_rows=0,
)

HANDLED = Table(
    "handled",
    "What leaves the network, waits, or never comes: products sold, disposed of, stored and lost.",
    (
        Column("place_id", TEXT, "Place.", required=True),
        Column("product_id", TEXT, "Product.", required=True),
        PERIOD,
        Column("sold_t", NUMBER, "Sold.", unit="t/period", required=True),
        Column("disposed_t", NUMBER, "Disposed of.", unit="t/period", required=True),
        Column("stored_t", NUMBER, "In store at the end of the period.", unit="t", required=True),
        Column("lost_t", NUMBER, "Arisen, but never come (see response).", unit="t/period", required=True),
    ),
    key=("place_id", "product_id", "period"),
    min_rows=0,
)

SERVED = Table(
    "served",
    "How far what arises goes on its first way: a row per band of service_bands, and one for any distance.",
    (
        Column("group_id", TEXT, "Where it arises: a place, a group, a kind, or ALL places.", required=True),
        Column("product_id", TEXT, "Product, or ALL.", required=True),
        Column("within_km", NUMBER, "The band; empty: any distance.", unit="km"),
        PERIOD,
        Column("arises_t", NUMBER, "What arises there, whether it comes or not.", unit="t/period", required=True),
        Column("within_t", NUMBER, "How much of it goes no farther than the band.", unit="t/period", required=True),
        Column("share", NUMBER, "The same as a share; empty where nothing arises.", unit="share"),
        Column("lowest_share", NUMBER, "Share of the place that is served worst.", unit="share"),
        Column("mean_km", NUMBER, "Mean length of the first way of all that is sent.", unit="km"),
    ),
    key=(),
    min_rows=0,
)  # fmt: skip

DESIGN_LEDGER = Table(
    "ledger",
    "One row per activity, place (for transport: way and product) and period: the only place where money is counted.",
    (
        PERIOD,
        Column("activity", TEXT, "What is paid or earned.", required=True),
        Column("place_id", TEXT, "Where; for transport, where it comes from.", required=True),
        Column("to_id", TEXT, "For transport, where it goes."),
        Column("product_id", TEXT, "Product, or gas of emissions.", required=False),
        Column("quantity", NUMBER, "How much.", required=True),
        Column("unit", TEXT, "Of what.", required=True),
        Column("rate", NUMBER, "Price of one unit.", unit="money", required=True),
        Column("cost", NUMBER, "Quantity x rate; negative: a gain.", unit="money", required=True),
        Column("present_cost", NUMBER, "Cost discounted to the start.", unit="money", required=True),
    ),
    key=(),
    min_rows=0,
)  # fmt: skip

EMISSIONS = Table(
    "emissions",
    "What is emitted, by gas and element of the chain: every leg by means of transport, every kind of place, process.",
    (
        Column("gas", TEXT, "What is emitted.", required=True),
        PERIOD,
        Column("source", TEXT, "TRANSPORT, HANDLING or PROCESSES.", required=True, choices=("TRANSPORT", "HANDLING", "PROCESSES")),
        Column("amount_t", NUMBER, "How much.", unit="t/period", required=True),
        Column("element", TEXT, "Element of the chain: from which kind to which by what means, handling at which kind, or the process.", required=True),
        Column("activity", NUMBER, "What was done: moved, received or processed.", required=True),
        Column("unit", TEXT, "Of what: t km or t.", required=True),
        Column("intensity", NUMBER, "Tonnes emitted per unit of that.", required=True),
    ),
    key=("gas", "period", "source", "element"),
    min_rows=0,
)  # fmt: skip

DESIGN_PRICES = Table(
    "prices",
    "What one more unit is worth with everything open as it is: duals with the decisions to open and grow fixed.",
    (
        Column("limit", TEXT, "SUPPLY: cost of one more tonne there, arising or made; SERVICE: saving by one tonne less that must be near; CAPACITY (of places open then), PRODUCT_DISPOSAL, LANE, EMISSIONS, BUDGET, COUNT: saving by one more.", required=True),
        Column("place_id", TEXT, "Where."),
        Column("product_id", TEXT, "Product, or gas."),
        PERIOD,
        Column("price", NUMBER, "Of one unit, discounted to the start.", unit="money", required=True),
        Column("within_km", NUMBER, "Band of SERVICE.", unit="km"),
    ),
    key=(),
    min_rows=0,
)  # fmt: skip

DESIGN_VIOLATIONS = Table(
    "violations",
    "Broken promises found by the independent checker.",
    (
        Column("rule", TEXT, "Which promise.", required=True),
        Column("ids", TEXT, "Which places, products, periods.", required=True),
        Column("found", NUMBER, "What was found.", required=True),
        Column("limit", NUMBER, "What it must be."),
        Column("unit", TEXT, "Unit of both.", required=True),
        Column("message", TEXT, "The same in a sentence.", required=True),
    ),
    key=(),
    min_rows=0,
)
