"""Tables of a design network on service and time: how far returns may go, who comes, how long things take, handling.

A `group_id` here names a place, a group of places, or a kind, and ALL as product stands for every product.
"""

from __future__ import annotations

from retour.tables.column import NUMBER, TEXT, Column, Table
from retour.tables.design_places import period_column

ALL = "ALL"


def where_column(doc: str) -> Column:
    """Return the column that names a place, a group of places, or a kind."""
    return Column("group_id", TEXT, doc, required=True)


def product_column(doc: str) -> Column:
    """Return the column that names a product, or ALL."""
    return Column("product_id", TEXT, doc, default=ALL)


SERVICE_BANDS = Table(
    "service_bands",
    "How far what arises may go on its first way: shares within a distance, told always, asked for or priced at will.",
    (
        where_column("Where it arises: a place, a group_id of places, or a kind such as ZONE."),
        product_column("Product; ALL: everything that arises there, together."),
        Column("within_km", NUMBER, "The band: ways that are no longer than this.", unit="km", required=True, low=0),
        period_column(),
        Column("least_share", NUMBER, "Least share of all that arises there that goes no farther.", unit="share", low=0, high=1, default=0),
        Column("least_share_each", NUMBER, "The same for every place by itself.", unit="share", low=0, high=1, default=0),
        Column("price_per_t", NUMBER, "What a tonne that goes farther costs in effort.", unit="money/t", low=0, default=0),
        Column("price_per_km_t", NUMBER, "What each kilometre beyond the band costs in effort, by tonne.", unit="money/(km t)", low=0, default=0),
    ),
    key=("group_id", "product_id", "within_km", "period"),
    required=False,
    min_rows=0,
)  # fmt: skip

RESPONSE = Table(
    "response",
    "How much of what arises comes, by the distance to the nearest open place that takes it; the rest is lost.",
    (
        where_column("Where it arises: a place, which goes before its group_id, which goes before its kind."),
        product_column("Product, whose rows go before those of ALL."),
        Column("within_km", NUMBER, "Where the nearest open place is no farther than this.", unit="km", required=True, low=0),
        period_column(),
        Column("share", NUMBER, "Share that comes; beyond the widest band nothing does.", unit="share", required=True, low=0, high=1),
    ),
    key=("group_id", "product_id", "within_km", "period"),
    required=False,
    min_rows=0,
)  # fmt: skip

MODES = Table(
    "modes",
    "How long a means of transport takes; without a row it takes no time.",
    (
        Column("mode", TEXT, "Means of transport.", required=True),
        Column("days", NUMBER, "Waiting for it to leave, loading and unloading, whatever the distance.", unit="day", low=0, default=0),
        Column("km_per_day", NUMBER, "How far it gets in a day; empty: the way itself takes no time.", unit="km/day", low=1),
    ),
    key=("mode",),
    required=False,
    min_rows=0,
)  # fmt: skip

QUEUES = Table(
    "queues",
    "How long what a place processes waits, by how much of its size is used; what loses most value goes first.",
    (
        Column("place_id", TEXT, "Place, which has a size.", required=True, refers_to=("places",)),
        Column("from_share", NUMBER, "From this share of its size on; the first row at 0.", unit="share", required=True, low=0, high=1),
        period_column(),
        Column("days", NUMBER, "What a further tonne adds to all waiting: tonne-days per tonne.", unit="day", required=True, low=0),
    ),
    key=("place_id", "from_share", "period"),
    required=False,
    min_rows=0,
)  # fmt: skip

HANDLING_EMISSIONS = Table(
    "handling_emissions",
    "What handling emits, by tonne received: the hub operation elements of ISO 14083.",
    (
        where_column("Where: a place, which goes before its group_id, which goes before its kind such as HUB."),
        product_column("Product received, whose rows go before those of ALL."),
        Column("gas", TEXT, "What is emitted, for example CO2e.", required=True),
        period_column(),
        Column("t_per_t", NUMBER, "Tonnes emitted per tonne received.", unit="t/t", required=True, low=0),
    ),
    key=("group_id", "product_id", "gas", "period"),
    required=False,
    min_rows=0,
)
