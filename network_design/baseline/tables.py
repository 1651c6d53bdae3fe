"""Tables of a calibration: what the books say, what was seen to flow, how the model compares, and why it differs."""

from __future__ import annotations

from retour.tables.column import FLAG, INTEGER, NUMBER, TAGS, TEXT, Column, Table
from retour.tables.design_places import ROAD

MOVEMENT, STANDING, INVESTMENT = ("transport", "loading"), ("fixed", "operating"), ("opening", "expansion", "closing")
WITH_TONNES = {
    "supply": "arising", "transport": "moved", "loading": "moved", "collection": "collected", "variable": "processed",
    "contract": "processed", "storage": "stored", "disposal": "disposed", "sale": "sold", "emissions": "emitted",
    "lost": "lost",
}  # fmt: skip
"""Activities whose tonnes can be compared, and what is counted; what moves is counted once for all it costs."""
ACTIVITIES = (*WITH_TONNES, *STANDING, *INVESTMENT, "shortfall", "effort", "decay")
OF_PLACES, OF_GOODS = ("place_id", "period"), ("place_id", "product_id", "period")
SCOPES = dict.fromkeys(ACTIVITIES, OF_PLACES) | {
    "supply": OF_GOODS, "collection": OF_GOODS, "storage": OF_GOODS, "disposal": OF_GOODS, "sale": OF_GOODS,
    "lost": OF_GOODS, "effort": OF_GOODS, "decay": OF_GOODS,
    "emissions": ("product_id", "period"),
    **dict.fromkeys(MOVEMENT, ("place_id", "to_id", "mode", "product_id", "period")),
}  # fmt: skip
"""Columns by which the books may break down each activity."""

ACTUALS = Table(
    "actuals",
    "What the books say: a total per row, of all that its cells name.",
    (
        Column("activity", TAGS, "Activities of the ledger it covers, or supply.", required=True, choices=ACTIVITIES),
        Column("place_id", TEXT, "Place; of what moves, its origin; empty: all."),
        Column("to_id", TEXT, "Destination of what moves; empty: all."),
        Column("mode", TEXT, "Means of transport; empty: all."),
        Column("product_id", TEXT, "Product, or gas of emissions; empty: all."),
        Column("period", INTEGER, "Period; 0: all of them together.", low=0, default=0),
        Column("cost", NUMBER, "Money, not discounted; what is earned is negative.", unit="money"),
        Column("quantity_t", NUMBER, "Tonnes.", unit="t", low=0),
        Column("distance_t_km", NUMBER, "Tonne-kilometres of what moves.", unit="t km", low=0),
        Column("tolerance", NUMBER, "Deviation that is none.", unit="share", low=0, high=1, default=0.02),
    ),
    key=(),
)
OBSERVED = Table(
    "observed",
    "What was seen to flow; of an origin, product and period with a row here, nothing else is taken to have flowed.",
    (
        Column("from_id", TEXT, "Origin.", required=True),
        Column("to_id", TEXT, "Destination.", required=True),
        Column("mode", TEXT, "Means of transport.", default=ROAD),
        Column("product_id", TEXT, "Product.", required=True, refers_to=("products",)),
        Column("period", INTEGER, "Period; 0: every period without a row of its own.", low=0, default=0),
        Column("amount_t", NUMBER, "How much.", unit="t/period", required=True, low=0),
        Column("distance_km", NUMBER, "How far it was driven; empty: not known.", unit="km", low=0),
    ),
    key=("from_id", "to_id", "mode", "product_id", "period"),
)
CALIBRATION = Table(
    "calibration",
    "The network as it is against the books, total by total.",
    (
        Column("line", INTEGER, "Row of the books; 0: the books have none.", required=True),
        Column("total", TEXT, "What it covers.", required=True),
        Column("measure", TEXT, "cost, quantity_t or distance_t_km.", required=True),
        Column("model", NUMBER, "What the network as it is has.", unit="as it", required=True),
        Column("books", NUMBER, "What the books have.", unit="as it", required=True),
        Column("deviation", NUMBER, "Model less books.", unit="as it", required=True),
        Column("deviation_share", NUMBER, "Of what the books have; empty where that is nothing.", unit="share"),
        Column("fits", FLAG, "Within its tolerance.", required=True),
        Column("of_volume", NUMBER, "Of a cost's deviation, what other tonnes make; empty: not told.", unit="money"),
        Column("of_distance", NUMBER, "What longer or shorter ways make.", unit="money"),
        Column("of_rate", NUMBER, "What another price of a unit makes.", unit="money"),
        Column("why", TEXT, "Causes by their numbers; parts where finer totals of the books tell."),
    ),
    key=("line", "total", "measure"),
    min_rows=0,
)
CAUSES = Table(
    "causes",
    "Why the network as it is deviates from the books, and particular changes that would settle it.",
    (
        Column("number", INTEGER, "Number; 0: all changes together.", required=True),
        Column("cause", TEXT, "VOLUME, DISTANCE, RATE, MIX, PLACE, LANE, FIXED, OUTSIDE or UNTOLD.", required=True),
        Column("lines", TEXT, "Rows of the books it is about.", required=True),
        Column("evidence", TEXT, "What says so, in figures.", required=True),
        Column("changes", TEXT, "To be pasted into changes of STUDY.toml; empty: none is certain enough."),
        Column("rows", INTEGER, "Rows of the network they change."),
        Column("outside_before", INTEGER, "Figures of the books beyond their tolerance now.", required=True),
        Column("outside_after", INTEGER, "With these changes; empty without any, or where time ran out."),
        Column("deviation_before", NUMBER, "Deviations of cost now, as they stand, added up.", unit="money"),
        Column("deviation_after", NUMBER, "With these changes.", unit="money"),
    ),
    key=("number",),
    min_rows=0,
)
CALIBRATION_TABLES = {t.name: t for t in (CALIBRATION, CAUSES)}
