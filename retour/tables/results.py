"""Tables of a stored run: what a plan consists of."""

from __future__ import annotations

from retour.tables.column import FLAG, INTEGER, NUMBER, TEXT, Column, Table, words
from retour.vocabulary import Outcome

DECISIONS = Table(
    "decisions",
    "Where each return goes; prices are the planning prices the decision was taken with.",
    (
        Column("return_id", TEXT, "Return.", required=True),
        Column("state", TEXT, "PLANNED, DENIED (the policy refuses it) or LATER (ready after the cutoff).", required=True, choices=("PLANNED", "DENIED", "LATER")),
        Column("point_id", TEXT, "Point; empty for KEEP."),
        Column("entry_hub_id", TEXT, "Hub the point's parcels reach first."),
        Column("hub_id", TEXT, "Hub that sorts it."),
        Column("site_id", TEXT, "Site."),
        Column("process_id", TEXT, "Process at the site."),
        Column("outcome", TEXT, "Outcome.", choices=words(Outcome)),
        Column("day", INTEGER, "Working day of the process after arrival: 0 the first possible, 1 the next...", unit="day"),
        Column("size", TEXT, "Parcel size it needs."),
        Column("cost_eur", NUMBER, "Planned net cost (negative: a gain), carbon priced in.", unit="EUR"),
        Column("co2e_kg", NUMBER, "Planned emissions.", unit="kg"),
        Column("customer_fee_eur", NUMBER, "Fee the customer pays by policy (a transfer, not in cost_eur).", unit="EUR"),
        Column("runner_up", TEXT, "Second best that keeps all other decisions, in words."),
        Column("runner_up_extra_eur", NUMBER, "What the runner-up costs more, capacity prices counted.", unit="EUR"),
        Column("inspect_first_eur", NUMBER, "Expected gain of grading it at the sorting hub before its outcome is chosen, inspection paid (negative: not worth it); empty: the grade is known, or nothing moves.", unit="EUR"),
        Column("why", TEXT, "Why, in one sentence; the rule and its source where one decided."),
    ),
    key=("return_id",),
    min_rows=0,
)  # fmt: skip

VISITS = Table(
    "visits",
    "Every point (and home pickup) with a load or a risk tonight: emptied or not, and why.",
    (
        Column("visit_id", TEXT, "Point, or home:RETURN for a home pickup.", required=True),
        Column("point_id", TEXT, "Point.", required=True),
        Column("hub_id", TEXT, "Hub that empties it.", required=True),
        Column("parcels", INTEGER, "Parcels waiting tonight.", unit="parcel"),
        Column("volume_l", NUMBER, "Their volume.", unit="litre"),
        Column("weight_kg", NUMBER, "Their weight.", unit="kg"),
        Column("hazard_kg", NUMBER, "Of which damaged or waste batteries.", unit="kg"),
        Column("capacity_parcels", NUMBER, "What the point holds; empty: unlimited.", unit="parcel"),
        Column("fill_share", NUMBER, "Parcels waiting over capacity.", unit="share"),
        Column("overflow_risk", NUMBER, "Chance that a parcel is refused before the next chance if it is not emptied.", unit="share"),
        Column("expected_refused", NUMBER, "More parcels refused on average, until the next chance, than if it were emptied.", unit="parcel"),
        Column("required", FLAG, "Must be emptied tonight.", required=True),
        Column("waiting_eur", NUMBER, "Decay and late refunds of what waits until the next chance, and the later pickup of tonight's returns at its estimate.", unit="EUR"),
        Column("prize_eur", NUMBER, "What leaving it costs: expected refused drop-offs and waiting.", unit="EUR"),
        Column("visited", FLAG, "Emptied tonight.", required=True),
        Column("why", TEXT, "Why it is emptied or left."),
        Column("out_parcels", INTEGER, "Parcels the van brings there; 0 or empty: none.", unit="parcel"),
        Column("out_l", NUMBER, "Their volume.", unit="litre"),
        Column("out_kg", NUMBER, "Their weight.", unit="kg"),
    ),
    key=("visit_id",),
    min_rows=0,
)  # fmt: skip

STOPS = Table(
    "stops",
    "Ordered stops of every route.",
    (
        Column("route_id", TEXT, "Route.", required=True),
        Column("position", INTEGER, "1, 2, ... along the route.", required=True),
        Column("trip", INTEGER, "1, 2, ...: unloading at the hub between.", required=True),
        Column("visit_id", TEXT, "Visit.", required=True),
        Column("point_id", TEXT, "Point.", required=True),
        Column("arrival_s", INTEGER, "Arrival, seconds after midnight.", unit="s"),
        Column("start_s", INTEGER, "Service starts.", unit="s"),
        Column("departure_s", INTEGER, "Leaves.", unit="s"),
        Column("distance_m", NUMBER, "Driven from the previous stop.", unit="m"),
        Column("return_m", NUMBER, "Driven back to the hub after it (or to where the van ends); 0 unless it ends a trip.", unit="m"),
        Column("return_s", INTEGER, "Time that takes; unloading or a break begins then. 0 unless it ends a trip.", unit="s"),
        Column("parcels", INTEGER, "Taken here.", unit="parcel"),
        Column("load_parcels", INTEGER, "Aboard after the stop.", unit="parcel"),
        Column("load_l", NUMBER, "Aboard after the stop.", unit="litre"),
        Column("load_kg", NUMBER, "Aboard after the stop.", unit="kg"),
        Column("load_hazard_kg", NUMBER, "Aboard after the stop.", unit="kg"),
        Column("out_parcels", INTEGER, "Brought here from the hub; 0 or empty: none.", unit="parcel"),
        Column("out_kg", NUMBER, "Their weight.", unit="kg"),
    ),
    key=("route_id", "position"),
    min_rows=0,
)  # fmt: skip

ROUTES = Table(
    "routes",
    "One van's night.",
    (
        Column("route_id", TEXT, "Route.", required=True),
        Column("vehicle_type_id", TEXT, "Van type.", required=True),
        Column("hub_id", TEXT, "Base hub.", required=True),
        Column("trips", INTEGER, "Tours.", unit="trip"),
        Column("stops", INTEGER, "Stops.", unit="stop"),
        Column("parcels", INTEGER, "Parcels brought in.", unit="parcel"),
        Column("start_s", INTEGER, "Leaves the hub (or starts_at), seconds after midnight.", unit="s"),
        Column("end_s", INTEGER, "Back at the hub (or ends_at), unloaded.", unit="s"),
        Column("duration_s", INTEGER, "Paid time.", unit="s"),
        Column("distance_m", NUMBER, "Driven.", unit="m"),
        Column("cost_eur", NUMBER, "Fixed, distance, time and overtime cost.", unit="EUR"),
        Column("co2e_kg", NUMBER, "Emissions, load-dependent.", unit="kg"),
        Column("starts_at", TEXT, "Garage or hub where its night begins; empty: its hub."),
        Column("ends_at", TEXT, "Garage or hub where its night ends, not unloaded; empty: its hub."),
        Column("rest_s", INTEGER, "Of the paid time, breaks.", unit="s"),
        Column("overtime_s", INTEGER, "Of the paid time, beyond the usual longest.", unit="s"),
    ),
    key=("route_id",),
    min_rows=0,
)  # fmt: skip

RESTS = Table(
    "rests",
    "Breaks of every van: when, where, how long.",
    (
        Column("route_id", TEXT, "Route.", required=True),
        Column("rest", INTEGER, "1, 2, ... along the route.", required=True),
        Column("trip", INTEGER, "Trip it belongs to; at the hub, the trip that ended there.", required=True),
        Column("position", INTEGER, "Stop where it is taken; empty: at place_id after the trip's last stop."),
        Column("place_id", TEXT, "Point, home:RETURN, hub or garage where it is taken.", required=True),
        Column("start_s", INTEGER, "Begins, seconds after midnight.", unit="s"),
        Column("end_s", INTEGER, "Ends.", unit="s"),
    ),
    key=("route_id", "rest"),
    min_rows=0,
)

LEDGER = Table(
    "ledger",
    "One row per activity: the only place where money and carbon are counted.",
    (
        Column("subject", TEXT, "return, route, visit or network.", required=True, choices=("return", "route", "visit", "network")),
        Column("subject_id", TEXT, "Which one.", required=True),
        Column("activity", TEXT, "What is paid, earned or emitted.", required=True),
        Column("quantity", NUMBER, "How much.", required=True),
        Column("unit", TEXT, "Of what.", required=True),
        Column("rate_eur", NUMBER, "Price of one unit.", unit="EUR", required=True),
        Column("cost_eur", NUMBER, "Quantity x rate; negative: a gain.", unit="EUR", required=True),
        Column("co2e_kg", NUMBER, "Emissions.", unit="kg", required=True),
    ),
    key=(),
    min_rows=0,
)  # fmt: skip

PRICES = Table(
    "prices",
    "What one more unit of each shared limit is worth tonight (dual prices of the decision model).",
    (
        Column("limit", TEXT, "Which limit.", required=True),
        Column("place_id", TEXT, "Where.", required=True),
        Column("detail", TEXT, "Size, day or process."),
        Column("unit", TEXT, "Of what.", required=True),
        Column("capacity", NUMBER, "What there is.", required=True),
        Column("used", NUMBER, "What the plan uses.", required=True),
        Column("price_eur", NUMBER, "Saved by one more unit.", unit="EUR/unit", required=True),
    ),
    key=(),
    min_rows=0,
)

PICKUP = Table(
    "pickup",
    "Planning price of bringing one more parcel from each point to its hub, as the decisions were taken with.",
    (
        Column("point_id", TEXT, "Point.", required=True),
        Column("cost_eur", NUMBER, "Share of the van's way and time, carbon left out; 0 where a carrier comes.", unit="EUR/parcel", required=True),
        Column("co2e_kg", NUMBER, "Share of the van's emissions.", unit="kg/parcel", required=True),
    ),
    key=("point_id",),
    min_rows=0,
)  # fmt: skip

VIOLATIONS = Table(
    "violations",
    "Promises the independent checker found broken; empty in a sound plan.",
    (
        Column("rule", TEXT, "Which rule.", required=True),
        Column("ids", TEXT, "Whom it concerns.", required=True),
        Column("found", TEXT, "What was found.", required=True),
        Column("limit", TEXT, "What is allowed.", required=True),
        Column("unit", TEXT, "Of what."),
        Column("message", TEXT, "The sentence.", required=True),
    ),
    key=(),
    min_rows=0,
)

COMPARATORS = Table(
    "comparators",
    "The same returns decided by other methods, priced by the same ledger.",
    (
        Column("method", TEXT, "fixed rules, greedy best margin, joint optimum, bound.", required=True),
        Column("cost_eur", NUMBER, "Planned net cost of all decisions.", unit="EUR"),
        Column("co2e_kg", NUMBER, "Planned emissions.", unit="kg"),
        Column("unplaced", INTEGER, "Returns the method found no room for (priced as waiting a day at the customer's).", unit="return"),
    ),
    key=("method",),
    min_rows=0,
)  # fmt: skip
