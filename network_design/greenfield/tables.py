"""Tables of a greenfield start: how near so many places can be to demand, and which they are."""

from __future__ import annotations

from retour.tables.column import INTEGER, NUMBER, TEXT, Column, Table

GREENFIELD = Table(
    "greenfield",
    "How far demand is from so many places, each zone from its nearest; weighted by tonnes.",
    (
        Column("places", INTEGER, "How many places.", required=True),
        Column("status", TEXT, "OPTIMAL: none are nearer; FEASIBLE: time ran out.", required=True),
        Column("mean_km", NUMBER, "Mean way of a tonne.", unit="km", required=True),
        Column("bound_km", NUMBER, "So many places are never nearer; empty: nothing is proven.", unit="km"),
        Column("gap", NUMBER, "(mean - bound) / mean.", unit="share"),
        Column("farthest_km", NUMBER, "Way of the farthest zone.", unit="km", required=True),
        Column("fewest_places", INTEGER, "Fewer never reach every zone within the distance asked; empty: none asked."),
    ),
    key=("places",),
    min_rows=0,
)
GREENFIELD_PLACES = Table(
    "greenfield_places",
    "The places that demand alone asks for: candidates of the study's network.",
    (
        Column("places", INTEGER, "Of how many places it is one.", required=True),
        Column("place_id", TEXT, "Candidate.", required=True),
        Column("zone_id", TEXT, "Zone it lies in.", required=True),
        Column("lat", NUMBER, "Latitude, WGS84.", unit="degree", required=True),
        Column("lon", NUMBER, "Longitude, WGS84.", unit="degree", required=True),
        Column("demand_t", NUMBER, "What arises nearest to it, over all periods.", unit="t", required=True),
        Column("mean_km", NUMBER, "Mean way of those tonnes.", unit="km", required=True),
        Column("farthest_km", NUMBER, "Way of the farthest zone of those.", unit="km", required=True),
    ),
    key=("places", "place_id"),
    min_rows=0,
)
GREENFIELD_TABLES = {t.name: t for t in (GREENFIELD, GREENFIELD_PLACES)}
