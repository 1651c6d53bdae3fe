"""Tables of a stored replay."""

from __future__ import annotations

import pandas as pd

from retour.tables.column import FLAG, INTEGER, NUMBER, TEXT, Column, Table
from retour.tables.design_results import DESIGN_VIOLATIONS
from retour.vocabulary import Status

ROUND = Column("round", INTEGER, "Round; 1 replays the stored design.", required=True)
PERIOD = Column("period", INTEGER, "Period.", required=True)
HUB = Column("hub_id", TEXT, "Where the vans begin and unload.", required=True)
SURROGATE = Column("surrogate", NUMBER, "What the network's own rates charge.", unit="money/period", required=True)
FACTOR = Column("factor", NUMBER, "Routed over surrogate; empty where that is nothing.", unit="ratio")
NIGHT = Column("night", INTEGER, "Which of the nights drawn.", required=True)
STATUSES = tuple(map(str, Status))
OF_95 = "The mean of all nights lies so near with 95 %; empty with one night."
ROUTED = Column("routed", NUMBER, "Mean cost of the routes over the nights.", unit="money/period", required=True)

ROUNDS = Table(
    "rounds",
    "Every design replayed: what it was believed to cost, and what it costs with its routes.",
    (
        ROUND,
        Column("run_id", TEXT, "Stored design.", required=True),
        Column("believed", NUMBER, "Collection at the rates of its design, discounted.", unit="money", required=True),
        Column("routed", NUMBER, "Collection by its routes, discounted.", unit="money", required=True),
        Column("half_width", NUMBER, OF_95, unit="money"),
        Column("bound", NUMBER, "No routes of these nights cost less, discounted.", unit="money", required=True),
        Column("off", NUMBER, "Believed over routed, less one.", unit="share"),
        Column("cost_believed", NUMBER, "The whole at the rates of its design.", unit="money", required=True),
        Column("cost", NUMBER, "The whole with collection by its routes.", unit="money", required=True),
        Column("dearer", NUMBER, "Than round 1; negative: cheaper.", unit="money", required=True),
        Column("dearer_half_width", NUMBER, "Of that, night by night; empty with one night.", unit="money"),
        Column("different_places", INTEGER, "Places open in it or in the stored design only.", required=True),
        Column("moved_t", NUMBER, "Tonnes that take another way than in the stored design.", unit="t", required=True),
        Column("kept", FLAG, "The cheapest with its routes.", required=True),
    ),
    key=("round",),
)
NIGHTS = Table(
    "nights",
    "Every hub's night.",
    (
        ROUND,
        PERIOD,
        NIGHT,
        HUB,
        Column("stops", INTEGER, "Stops made.", required=True),
        Column("far_stops", INTEGER, "Stops that no van brings home within a shift.", required=True),
        Column("parcels", INTEGER, "Collected.", unit="parcel", required=True),
        Column("vans", INTEGER, "Vans that drive.", required=True),
        Column("distance_km", NUMBER, "Driven.", unit="km", required=True),
        Column("hours", NUMBER, "Paid, until the last van is empty.", unit="h", required=True),
        Column("cost", NUMBER, "Vans, kilometres and hours.", unit="money", required=True),
        Column("bound", NUMBER, "No routes of this night cost less.", unit="money", required=True),
        Column("status", TEXT, "Proven cheapest: OPTIMAL.", required=True, choices=STATUSES),
    ),
    key=("round", "period", "night", "hub_id"),
    min_rows=0,
)
STOPS = Table(
    "stops",
    "Every stop of every night, in the order driven.",
    (
        ROUND,
        PERIOD,
        NIGHT,
        HUB,
        Column("route", INTEGER, "Which route of the hub's night.", required=True),
        Column("trip", INTEGER, "Which tour of the route.", required=True),
        Column("position", INTEGER, "Which stop of the route.", required=True),
        Column("stop_id", TEXT, "Stop; #2 and so on: another van load, or another door of a zone.", required=True),
        Column("place_id", TEXT, "Place it belongs to.", required=True),
        Column("lat", NUMBER, "Latitude.", unit="degree", required=True),
        Column("lon", NUMBER, "Longitude.", unit="degree", required=True),
        Column("parcels", INTEGER, "Collected.", unit="parcel", required=True),
        Column("far", FLAG, "No van brings it home within a shift.", required=True),
        Column("cost", NUMBER, "Its charge of the route.", unit="money", required=True),
    ),
    key=("round", "period", "night", "hub_id", "stop_id"),
    min_rows=0,
)
HUBS = Table(
    "hubs",
    "Surrogate and routes of every hub and period; hub `all`: together.",
    (
        ROUND,
        PERIOD,
        HUB,
        Column("amount_t", NUMBER, "Collected.", unit="t/period", required=True),
        SURROGATE,
        ROUTED,
        Column("half_width", NUMBER, OF_95, unit="money/period"),
        Column("bound", NUMBER, "No routes of these nights cost less.", unit="money/period", required=True),
        FACTOR,
        Column("stops_a_night", NUMBER, "Mean.", required=True),
        Column("vans_a_night", NUMBER, "Mean.", required=True),
        Column("km_a_night", NUMBER, "Mean.", unit="km", required=True),
        Column("surrogate_co2e_t", NUMBER, "CO2e by the network's factors.", unit="t/period", required=True),
        Column("co2e_t", NUMBER, "CO2e of the kilometres driven.", unit="t/period", required=True),
        Column("far_share", NUMBER, "Stops that no van brings home within a shift.", unit="share", required=True),
    ),
    key=("round", "period", "hub_id"),
    min_rows=0,
)
PLACES = Table(
    "places",
    "Surrogate and routes of every place that is emptied: what its stops are charged.",
    (
        ROUND,
        PERIOD,
        Column("place_id", TEXT, "Place.", required=True),
        HUB,
        Column("amount_t", NUMBER, "Collected.", unit="t/period", required=True),
        Column("distance_km", NUMBER, "To the hub.", unit="km", required=True),
        Column("nights_between", NUMBER, "Nights from one visit to the next.", unit="night", required=True),
        SURROGATE,
        ROUTED,
        FACTOR,
    ),
    key=("round", "period", "place_id", "hub_id"),
    min_rows=0,
)
ZONES = Table(
    "zones",
    "The same by where returns arise: each place's cost by what it gets from where.",
    (
        ROUND,
        PERIOD,
        Column("zone_id", TEXT, "Where returns arise.", required=True),
        Column("amount_t", NUMBER, "Of it what is collected by tours.", unit="t/period", required=True),
        SURROGATE,
        ROUTED,
        FACTOR,
    ),
    key=("round", "period", "zone_id"),
    min_rows=0,
)
FACTORS = Table(
    "factors",
    "Corrections of the network's rates after each round: over all, by band of distance, by hub and band.",
    (
        ROUND,
        Column("hub_id", TEXT, "Hub; empty: all hubs."),
        Column("from_km", NUMBER, "Beginning of the band; empty: all distances.", unit="km"),
        Column("to_km", NUMBER, "End of the band; empty: none.", unit="km"),
        Column("measured", NUMBER, "Routed over surrogate in this round; empty: nothing collected.", unit="ratio"),
        Column("error", NUMBER, "Standard error of that; empty with one night.", unit="ratio"),
        Column("weight", NUMBER, "Weight of what was measured against the factor it is drawn to.", unit="share"),
        Column("factor", NUMBER, "Applied in the next design.", unit="ratio", required=True),
    ),
    key=(),
    min_rows=0,
)  # fmt: skip
CHANGES = Table(
    "changes",
    "What each design decides otherwise than the one replayed before.",
    (
        ROUND,
        Column("what", TEXT, "CLOSED, OPENED, RESIZED or MOVED.", required=True),
        Column("place_id", TEXT, "Place, or where the flow comes from.", required=True),
        Column("to_id", TEXT, "Where the flow goes."),
        Column("product_id", TEXT, "Product that flows."),
        PERIOD,
        Column("before", NUMBER, "Size or flow.", unit="t/period", required=True),
        Column("after", NUMBER, "Size or flow.", unit="t/period", required=True),
        Column("unit", TEXT, "Of both.", required=True),
    ),
    key=(),
    min_rows=0,
)
KINDS = {TEXT: "str", INTEGER: "int64", NUMBER: "float64", FLAG: "bool"}
REPLAY_TABLES = {t.name: t for t in (ROUNDS, HUBS, PLACES, ZONES, FACTORS, CHANGES, NIGHTS, STOPS, DESIGN_VIOLATIONS)}


def shaped(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with exactly the declared columns of a replay table, in order; without rows it has their kinds."""
    table = REPLAY_TABLES[name]
    out = frame.reindex(columns=table.column_names).reset_index(drop=True)
    return out if len(out) else out.astype({c.name: KINDS[c.kind] for c in table.columns})
