"""Tables of places and what connects them: regions, points, hubs, sites, lanes, vehicles, travel."""

from __future__ import annotations

from retour.tables.column import CLOCK, INTEGER, NUMBER, TAGS, TEXT, Column, Table, words
from retour.vocabulary import EmptiedBy, Operator, Outcome, PointKind, Tag

TAG_WORDS = words(Tag)


def _coordinates(*, required: bool = True) -> tuple[Column, Column]:
    return (
        Column("lat", NUMBER, "Latitude, WGS84.", unit="degree", required=required, low=-90, high=90),
        Column("lon", NUMBER, "Longitude, WGS84.", unit="degree", required=required, low=-180, high=180),
    )


REGION = Column("region_id", TEXT, "Region whose circuity and speed apply; empty: the network's.",
                refers_to=("regions",))  # fmt: skip

REGIONS = Table(
    "regions",
    "Road character of a region: how far roads wander and how fast one drives.",
    (
        Column("region_id", TEXT, "Name of the region.", required=True),
        Column("circuity", NUMBER, "Road distance over great-circle distance.", unit="ratio", required=True, low=1, high=5),
        Column("speed_kmh", NUMBER, "Mean driving speed of a van, stops excluded.", unit="km/h", required=True, low=1, high=130),
    ),
    key=("region_id",),
    required=False,
    min_rows=0,
)  # fmt: skip

SIZES = Table(
    "sizes",
    "Parcel sizes from small to large; a larger compartment also takes a smaller parcel.",
    (
        Column("size", TEXT, "Name of the size, for example S, M, L.", required=True),
        Column("volume_l", NUMBER, "Largest parcel of this size.", unit="litre", required=True, low=0.1),
        Column("max_weight_kg", NUMBER, "Heaviest parcel of this size.", unit="kg", required=True, low=0.1),
    ),
    key=("size",),
)

POINTS = Table(
    "points",
    "Where customers hand returns over: relay shops, lockers, stores, and home-pickup zones.",
    (
        Column("point_id", TEXT, "Name of the point.", required=True),
        Column("name", TEXT, "What people call it."),
        Column("kind", TEXT, "Sort of point.", required=True, choices=words(PointKind)),
        *_coordinates(),
        REGION,
        Column("emptied_by", TEXT, "VAN: our vans bring the parcels to hub_id tonight; CARRIER: a parcel label over the point's lanes.", choices=words(EmptiedBy), default="VAN"),
        Column("hub_id", TEXT, "Hub whose vans empty this point; needed when emptied_by is VAN.", refers_to=("hubs",)),
        Column("capacity_parcels", INTEGER, "Parcels the point can hold (HOME: pickups tonight); empty: unlimited, or the compartments' total for a locker.", unit="parcel", low=0),
        Column("reach_m", NUMBER, "How far customers come to it (HOME: zone radius); empty: the policy's reach for its kind.", unit="m", low=0),
        Column("refuses", TAGS, "Product tags the point does not take.", choices=TAG_WORDS),
        Column("max_weight_kg", NUMBER, "Heaviest parcel it takes; empty: the policy's limit for its kind.", unit="kg", low=0),
        Column("commission_eur", NUMBER, "Paid to the keeper per parcel; empty: the rate of its kind.", unit="EUR/parcel", low=0),
        Column("handling_eur", NUMBER, "Our own handling per parcel; empty: the rate of its kind.", unit="EUR/parcel", low=0),
        Column("opens", CLOCK, "Vans may stop from; empty: any time. A row in hours for tonight's weekday goes first.", default=None),
        Column("closes", CLOCK, "Vans may stop until.", default=None),
        Column("stop_s", NUMBER, "Time to park and leave; empty: the rate.", unit="s", low=0),
        Column("parcel_s", NUMBER, "Time to load one parcel; empty: the rate.", unit="s", low=0),
        Column("needs", TAGS, "What a van must offer to stop here, in your words: low_emission;tail_lift."),
        Column("same_van", TEXT, "Points with the same word here that are emptied tonight are emptied by one van."),
    ),
    key=("point_id",),
)  # fmt: skip

COMPARTMENTS = Table(
    "compartments",
    "Compartments of lockers by size.",
    (
        Column("point_id", TEXT, "Locker.", required=True, refers_to=("points",)),
        Column("size", TEXT, "Compartment size.", required=True, refers_to=("sizes",)),
        Column("count", INTEGER, "Working compartments of this size.", unit="compartment", required=True, low=0),
    ),
    key=("point_id", "size"),
    required=False,
    min_rows=0,
)

HOURS = Table(
    "hours",
    "Opening hours by weekday; several rows a day are several windows. A point with rows here but none for "
    "tonight's weekday is closed tonight.",
    (
        Column("point_id", TEXT, "Point.", required=True, refers_to=("points",)),
        Column("weekday", INTEGER, "0 Monday ... 6 Sunday.", unit="day", required=True, low=0, high=6),
        Column("opens", CLOCK, "Opens at.", required=True),
        Column("closes", CLOCK, "Closes at.", required=True),
    ),
    key=("point_id", "weekday", "opens"),
    required=False,
    min_rows=0,
)

DELIVERIES = Table(
    "deliveries",
    "What vans bring to points tonight: parcels for customers, empty bags. It leaves the point's hub on the van that "
    "empties the point, whose room both share. A row is a point; it must be visited.",
    (
        Column("point_id", TEXT, "Point that our vans empty.", required=True, refers_to=("points",)),
        Column("parcels", INTEGER, "Parcels to bring.", unit="parcel", required=True, low=1),
        Column("volume_l", NUMBER, "Their volume in all.", unit="litre", required=True, low=0),
        Column("weight_kg", NUMBER, "Their weight in all.", unit="kg", required=True, low=0),
    ),
    key=("point_id",),
    required=False,
    min_rows=0,
)

HUBS = Table(
    "hubs",
    "Consolidation and sorting; vans start and unload here.",
    (
        Column("hub_id", TEXT, "Name of the hub.", required=True),
        Column("name", TEXT, "What people call it."),
        *_coordinates(),
        REGION,
        Column("sorting_parcels", INTEGER, "Parcels it can sort a day; empty: unlimited.", unit="parcel/day", low=0),
        Column("handling_eur", NUMBER, "Sorting cost per parcel; empty: the rate.", unit="EUR/parcel", low=0),
        Column("opens", CLOCK, "Vans may leave from; empty: any time.", default=None),
        Column("closes", CLOCK, "Vans must be back by.", default=None),
        Column("unload_s", NUMBER, "Unloading time of a van between two trips.", unit="s", low=0, default=900),
    ),
    key=("hub_id",),
)

SITES = Table(
    "sites",
    "Where outcomes are carried out: warehouse, workshop, outlet, charity, recycler.",
    (
        Column("site_id", TEXT, "Name of the site.", required=True),
        Column("name", TEXT, "What people call it."),
        *_coordinates(),
        REGION,
        Column("operator", TEXT, "Run by us or by a third party.", choices=words(Operator), default="OWN"),
        Column("certificates", TAGS, "Product tags it is certified for (WEEE and BATTERY need one).", choices=TAG_WORDS),
        Column("contract_min_items", INTEGER, "Items a day the contract promises; missing ones are paid.", unit="item/day", low=0, default=0),
        Column("shortfall_eur", NUMBER, "Paid per missing item.", unit="EUR/item", low=0, default=0),
    ),
    key=("site_id",),
)  # fmt: skip

PROCESSES = Table(
    "processes",
    "What a site can do, for which class, how much a day, at what cost.",
    (
        Column("process_id", TEXT, "Name of the process.", required=True),
        Column("site_id", TEXT, "Site.", required=True, refers_to=("sites",)),
        Column("outcome", TEXT, "Outcome it yields.", required=True, choices=words(Outcome, without=(Outcome.KEEP,))),
        Column("classes", TAGS, "Product classes it takes; empty: all.", refers_to=("item_classes",)),
        Column("capacity_h", NUMBER, "Working hours a day; empty: unlimited.", unit="h/day", low=0),
        Column("capacity_items", INTEGER, "Items a day; empty: unlimited.", unit="item/day", low=0),
        Column("minutes_per_item", NUMBER, "Working time per item; empty: the class's handling_min.", unit="min/item", low=0),
        Column("cost_eur", NUMBER, "Cost per item, labour included.", unit="EUR/item", required=True, low=0),
        Column("co2e_kg", NUMBER, "Emissions per item.", unit="kg/item", low=0, default=0),
        Column("yield_share", NUMBER, "Share of items that succeed.", unit="share", low=0, high=1, default=1),
        Column("lead_time_days", NUMBER, "From arrival to recovered value.", unit="day", low=0, default=0),
    ),
    key=("process_id",),
)  # fmt: skip

LANES = Table(
    "lanes",
    "Linehaul and carrier movements: carrier point to hub, hub to hub, hub to site.",
    (
        Column("from_id", TEXT, "Origin.", required=True, refers_to=("points", "hubs")),
        Column("to_id", TEXT, "Destination.", required=True, refers_to=("hubs", "sites")),
        Column("cost_eur_per_parcel", NUMBER, "Cost per parcel.", unit="EUR/parcel", required=True, low=0),
        Column("cost_eur_per_kg", NUMBER, "Cost per kilogram.", unit="EUR/kg", low=0, default=0),
        Column("lead_time_h", NUMBER, "Departure tonight to arrival.", unit="h", low=0, default=12),
        Column("emission_line", TEXT, "Vehicle line of the emission facts.", default="rigid_over_17t"),
        Column("distance_m", NUMBER, "Length; empty: from travel.", unit="m", low=0),
        Column("capacity_parcels", INTEGER, "Parcels a night; empty: unlimited.", unit="parcel", low=0),
    ),
    key=("from_id", "to_id"),
    min_rows=0,
)

VEHICLES = Table(
    "vehicles",
    "Vans: how many, where based, what they carry, when they drive, what they cost.",
    (
        Column("vehicle_type_id", TEXT, "Name of the van type at its hub.", required=True),
        Column("hub_id", TEXT, "Base hub.", required=True, refers_to=("hubs",)),
        Column("count", INTEGER, "Vans of this type tonight.", unit="van", required=True, low=0),
        Column("capacity_parcels", INTEGER, "Parcels it holds; empty: unlimited.", unit="parcel", low=1),
        Column("capacity_l", NUMBER, "Load volume; empty: unlimited.", unit="litre", low=1),
        Column("capacity_kg", NUMBER, "Payload; empty: unlimited.", unit="kg", low=1),
        Column("capacity_hazard_kg", NUMBER, "Damaged or waste lithium batteries aboard (ADR special provision 636).", unit="kg", low=0, default=333),
        Column("shift_start", CLOCK, "Earliest departure.", required=True),
        Column("shift_end", CLOCK, "Latest return.", required=True),
        Column("max_duration_h", NUMBER, "Longest paid shift; empty: the whole shift.", unit="h", low=0.1),
        Column("fixed_eur", NUMBER, "Cost of using one van tonight.", unit="EUR/van", low=0, default=0),
        Column("per_km_eur", NUMBER, "Cost per kilometre; empty: the rate.", unit="EUR/km", low=0),
        Column("per_hour_eur", NUMBER, "Driver's cost per hour; empty: the rate.", unit="EUR/h", low=0),
        Column("emission_line", TEXT, "Vehicle line of the emission facts.", default="van_diesel"),
        Column("max_trips", INTEGER, "Tours a night with unloading at the hub between.", unit="trip", low=1, high=9, default=1),
        Column("max_overtime_h", NUMBER, "Paid time allowed beyond max_duration_h; empty: none.", unit="h", low=0),
        Column("overtime_per_hour_eur", NUMBER, "Paid for overtime on top of the usual hour; empty: nothing on top.", unit="EUR/h", low=0),
        Column("starts_at", TEXT, "Where its night begins; empty: at its hub.", refers_to=("garages", "hubs")),
        Column("ends_at", TEXT, "Where its night ends; empty: at its hub. Elsewhere it is not unloaded: what its last trip took stays aboard.", refers_to=("garages", "hubs")),
        Column("offers", TAGS, "What it offers of what points need, in the same words: low_emission;tail_lift."),
    ),
    key=("vehicle_type_id",),
    min_rows=0,
)  # fmt: skip

BREAKS = Table(
    "breaks",
    "Breaks drivers must take, a row per rule: taken at a stop or hub, before or after the work there, and paid.",
    (
        Column("vehicle_type_id", TEXT, "Van type whose drivers rest.", required=True, refers_to=("vehicles",)),
        Column("duration_min", NUMBER, "Length; a wait that is as long counts, a longer break counts for a shorter one.", unit="min", required=True, low=1, high=720),
        Column("within_h", NUMBER, "Longest time under way (driving, loading, waiting, unloading) without it.", unit="h", required=True, low=0.25, high=24),
    ),
    key=("vehicle_type_id", "within_h"),
    required=False,
    min_rows=0,
)  # fmt: skip

GARAGES = Table(
    "garages",
    "Where vans begin or end their night other than at a hub: a yard, a driver's home.",
    (
        Column("garage_id", TEXT, "Name of the place.", required=True),
        Column("name", TEXT, "What people call it."),
        *_coordinates(),
        REGION,
    ),
    key=("garage_id",),
    required=False,
    min_rows=0,
)

TRAVEL = Table(
    "travel",
    "Road matrix between points, hubs, sites and garages; pairs that are absent fall back to great circle x circuity.",
    (
        Column("from_id", TEXT, "Origin.", required=True, refers_to=("points", "hubs", "sites", "garages")),
        Column("to_id", TEXT, "Destination.", required=True, refers_to=("points", "hubs", "sites", "garages")),
        Column("distance_m", NUMBER, "Road distance.", unit="m", required=True, low=0),
        Column("duration_s", NUMBER, "Driving time; empty: from the region's speed.", unit="s", low=0),
    ),
    key=("from_id", "to_id"),
    required=False,
    min_rows=0,
)
