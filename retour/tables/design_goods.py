"""Tables of a design network: products, where they arise, what becomes of them, and the limits on all of it."""

from __future__ import annotations

from retour.tables.column import FLAG, INTEGER, NUMBER, TEXT, Column, Table, words
from retour.tables.design_places import period_column
from retour.vocabulary import CountedWhere, Grade, Outcome, Role

PRODUCTS = Table(
    "products",
    "What is moved: returned goods of a class and grade, recovered materials, what is sold again.",
    (
        Column("product_id", TEXT, "Name of the product.", required=True),
        Column("name", TEXT, "What people call it."),
        Column("class_id", TEXT, "Product class it belongs to."),
        Column("grade", TEXT, "Condition, where known.", choices=words(Grade)),
        Column("outcome", TEXT, "What has become of it, where it is recovered.", choices=words(Outcome)),
        Column("value_per_t", NUMBER, "What a tonne is worth, for what it loses over time.", unit="money/t", low=0),
        Column("decay_per_day", NUMBER, "Share of that value lost in a day, on the way or waiting.", unit="share/day", low=0, high=1, default=0),
    ),
    key=("product_id",),
)  # fmt: skip

PROCESSES = Table(
    "processes",
    "Which place carries out which process, at what cost.",
    (
        Column("process_id", TEXT, "Process; what goes in and comes out stands in recipes.", required=True),
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        period_column(),
        Column("variable_cost_per_t", NUMBER, "Cost per tonne processed, or received where the place says so.", unit="money/t", default=0),
        Column("capacity_per_t", NUMBER, "How much of the place's size a tonne takes up.", unit="t/t", low=0, default=1),
        Column("days", NUMBER, "How long it takes, waiting in queues apart.", unit="day", low=0, default=0),
    ),
    key=("process_id", "place_id", "period"),
    required=False,
    min_rows=0,
)  # fmt: skip

RECIPES = Table(
    "recipes",
    "Bill of disassembly: per tonne processed, the mix that goes in (its shares add up to 1) and what comes out.",
    (
        Column("process_id", TEXT, "Process.", required=True),
        Column("role", TEXT, "INPUT or OUTPUT.", required=True, choices=words(Role)),
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        period_column(),
        Column("t_per_t", NUMBER, "Share of the mix, or yield.", unit="t/t", required=True, low=0),
    ),
    key=("process_id", "role", "product_id", "period"),
    required=False,
    min_rows=0,
)

PROCESS_EMISSIONS = Table(
    "process_emissions",
    "What a process emits.",
    (
        Column("process_id", TEXT, "Process.", required=True),
        Column("gas", TEXT, "What is emitted, for example CO2e.", required=True),
        period_column(),
        Column("t_per_t", NUMBER, "Tonnes emitted per tonne processed.", unit="t/t", required=True),
    ),
    key=("process_id", "gas", "period"),
    required=False,
    min_rows=0,
)

SUPPLY = Table(
    "supply",
    "What arises where. All of it that comes is sent on, or disposed of where that is allowed.",
    (
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        period_column(),
        Column("amount_t", NUMBER, "How much, whatever else happens.", unit="t/period", low=0, default=0),
        Column("cost_per_t", NUMBER, "Paid to collect or acquire a tonne that is sent on.", unit="money/t", default=0),
        Column("lost_cost_per_t", NUMBER, "What a tonne that does not come costs (see response): a customer, a dearer way; negative: a gain.", unit="money/t", default=0),
    ),
    key=("place_id", "product_id", "period"),
)  # fmt: skip

RETURN_CURVES = Table(
    "return_curves",
    "What comes back of what was sold: tonnes per tonne sold so many periods ago.",
    (
        Column("place_id", TEXT, "Place that sold it and takes it back.", required=True, refers_to=("places",)),
        Column("sold_product_id", TEXT, "Product sold.", required=True, refers_to=("products",)),
        Column("product_id", TEXT, "Product that comes back.", required=True, refers_to=("products",)),
        Column("age", INTEGER, "Periods since the sale.", unit="period", required=True, low=0),
        Column("share", NUMBER, "Tonnes that come back per tonne sold.", unit="t/t", required=True, low=0),
    ),
    key=("place_id", "sold_product_id", "product_id", "age"),
    required=False,
    min_rows=0,
)

SALES = Table(
    "sales",
    "Where products leave the network for money.",
    (
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        period_column(),
        Column("price_per_t", NUMBER, "Revenue per tonne; negative: a gate fee.", unit="money/t", default=0),
        Column("most_t", NUMBER, "Most it takes; empty: unlimited.", unit="t/period", low=0),
        Column("least_t", NUMBER, "Least it must get.", unit="t/period", low=0, default=0),
    ),
    key=("place_id", "product_id", "period"),
    required=False,
    min_rows=0,
)

DISPOSAL = Table(
    "disposal",
    "Where what arises or is produced may be disposed of; without a row it may not.",
    (
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        period_column(),
        Column("cost_per_t", NUMBER, "Cost per tonne; negative: a revenue.", unit="money/t", default=0),
        Column("limit_t", NUMBER, "Most in a period; empty: unlimited.", unit="t/period", low=0),
    ),
    key=("place_id", "product_id", "period"),
    required=False,
    min_rows=0,
)

STORAGE = Table(
    "storage",
    "Where what is received may wait for a later period; without a row it may not. All of it is gone at the end.",
    (
        Column("place_id", TEXT, "Place.", required=True, refers_to=("places",)),
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        period_column(),
        Column("cost_per_t", NUMBER, "Cost per tonne in store at the end of the period.", unit="money/t", default=0),
        Column("limit_t", NUMBER, "Most at the end of a period; empty: unlimited.", unit="t", low=0),
        Column("while_closed", FLAG, "It may be used while the place is closed.", default=False),
    ),
    key=("place_id", "product_id", "period"),
    required=False,
    min_rows=0,
)

PRODUCT_LIMITS = Table(
    "product_limits",
    "Most of a product that may be disposed of, all places together.",
    (
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        period_column(),
        Column("disposal_limit_t", NUMBER, "Most in a period; empty: unlimited.", unit="t/period", low=0),
        Column("counted", TEXT, "EVERYWHERE, or only what is disposed of WHERE_IT_ARISES.", choices=words(CountedWhere), default="EVERYWHERE"),
    ),
    key=("product_id", "period"),
    required=False,
    min_rows=0,
)  # fmt: skip

GASES = Table(
    "gases",
    "Caps and prices of emissions; gases without a row are only reported.",
    (
        Column("gas", TEXT, "What is emitted, for example CO2e.", required=True),
        period_column(),
        Column(
            "limit_t",
            NUMBER,
            "Most in a period, transport, handling and processes together; empty: unlimited.",
            unit="t/period",
            low=0,
        ),
        Column("price_per_t", NUMBER, "Price of a tonne emitted.", unit="money/t", low=0, default=0),
    ),
    key=("gas", "period"),
    required=False,
    min_rows=0,
)

SCENARIOS = Table(
    "scenarios",
    "Futures to compare: factors on the figures of the other tables.",
    (
        Column("scenario_id", TEXT, "Name of the scenario.", required=True),
        Column("name", TEXT, "What people call it."),
        Column(
            "probability",
            NUMBER,
            "How likely it is; the probabilities add up to 1.",
            unit="share",
            required=True,
            low=0,
            high=1,
        ),
        Column("supply_factor", NUMBER, "On supply.amount_t.", unit="ratio", low=0, default=1),
        Column("transport_factor", NUMBER, "On transport.cost_per_km_t.", unit="ratio", low=0, default=1),
        Column("sales_factor", NUMBER, "On sales.price_per_t.", unit="ratio", low=0, default=1),
        Column("emission_price_factor", NUMBER, "On gases.price_per_t.", unit="ratio", low=0, default=1),
    ),
    key=("scenario_id",),
    required=False,
    min_rows=0,
)

SCENARIO_SUPPLY = Table(
    "scenario_supply",
    "How much more or less of a product arises in a scenario, on top of its supply_factor.",
    (
        Column("scenario_id", TEXT, "Scenario.", required=True, refers_to=("scenarios",)),
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        period_column(),
        Column("factor", NUMBER, "On supply.amount_t.", unit="ratio", required=True, low=0),
    ),
    key=("scenario_id", "product_id", "period"),
    required=False,
    min_rows=0,
)
