"""What the compiled search reads and writes: records per node, van and group.

Nodes are numbered: the stops from 0, then for every van where it starts, then for every van where it ends, then for
every vehicle type its hub. A van without stops is idle. Few wide arrays of records instead of many narrow ones:
compiled functions are handed all of them at every call.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from routing.pickup.ruin_recreate.compiling import inlined
from routing.pickup.ruin_recreate.views import View, compiled_view

NEVER = 1 << 50  # a limit that binds nothing
IMPOSSIBLE = 1 << 60  # the cost of what breaks a limit
POSSIBLE = 1 << 59  # every cost below this is one
NEW_TRIP = 1 << 29  # added to a stop that begins a trip, where stops are listed
STOP_OF = NEW_TRIP - 1
PICKUP, DELIVERY = 1, 2  # `haul`, both added up

_WHOLE, _SMALL, _REAL = "i8", "i4", "f8"

NODE = np.dtype(
    [(name, _REAL) for name in ("x", "y", "crow_x", "crow_y", "fill")]
    + [(name, _WHOLE) for name in ("service_s", "opens_s", "closes_s", "release_s", "worth")]
    + [(name, _SMALL) for name in (
        "place", "haul", "required", "choice", "next_choice", "same_van", "earlier_van", "window_from", "window_to"
    )],
    align=True,
)  # fmt: skip
"""A node: where it is, when and how long it is served, what visiting it is worth (it grows where it is `required` and
keeps being left out), and what ties it to others.

`fill` is the share of a van it takes. `choice` is the group of alternatives (-1: none), `next_choice` the next of
its ring; `earlier_van` the van that should keep it (-1: any).
"""

KIND = np.dtype([(name, _WHOLE) for name in (
    "fixed", "per_m", "per_s", "overtime_per_s", "max_duration_s", "max_overtime_s", "max_distance_m", "max_trips",
    "unload_s", "linehaul_first", "earliest_s", "latest_s", "hub_opens_s", "hub_closes_s", "ends_at_hub", "break_s",
    "without_break_s", "ending",
)], align=True)  # fmt: skip
"""A vehicle type; types with equal `ending` end their night alike, so they may exchange the ends of their routes."""

LINK = np.dtype(
    [(name, _SMALL) for name in (
        "next", "before", "van", "position", "new_trip", "queued", "was_next", "was_before"
    )]
    + [(name, _WHOLE) for name in (
        "metres", "from_s", "from_early_s", "from_late_s", "to_s", "to_early_s", "to_late_s"
    )],
    align=True,
)  # fmt: skip
"""A node's place in the plan.

`van` is `out_of_plan(team)` for a stop that the plan leaves out, -1 while it is being moved. `metres` from the start;
`from_s` is the paid time from leaving to the end of service here when leaving between `from_early_s` and
`from_late_s`; `to_s` that from here to the end of the night when service here begins between the other two.
"""

TRIP = np.dtype(
    [(name, _SMALL) for name in ("number", "later", "last")]
    + [(f"{part}_{name}", _WHOLE) for part in ("start", "out", "back", "end") for name in ("s", "early_s", "late_s")]
    + [(name, _WHOLE) for name in ("out_release_s", "back_release_s", "back_metres", "end_metres", "cut_in")],
    align=True,
)  # fmt: skip
"""A stop's place among the trips of its van: `number` of its trip, how many come `later`, the trip's `last` stop.

Four parts (see `trips`): `start` from the start of the night to before this trip is released; `out` from leaving for
the trip to the end of service here; `back` from service here to the end of that at the trip's last stop; `end` from
the arrival at the trip's end to the end of the night. `cut_in` is the step that last took stops out of the trip.
"""

VAN = np.dtype(
    [(name, _SMALL) for name in ("kind", "stops", "team", "unused")]
    + [(name, _WHOLE) for name in ("cost", "metres", "seconds", "saved_in")],
    align=True,
)
"""A van's present route: number of stops, cost, metres, paid seconds; `saved_in` is the step that last changed it."""

GROUP = np.dtype([(name, _SMALL) for name in ("visited", "van", "stops")], align=True)
"""Groups by number: `visited` of alternatives (1: one is planned, 2: on the move), `van` and `stops` of same-van."""

LOG = np.dtype([(name, _WHOLE) for name in ("van", "start", "cost", "metres")], align=True)
"""A route as it was before the present step: its van, where its saved stops begin, cost and metres."""

# Rows of Work.ids, and positions in Work.count
ABSENT, QUEUE, PIECE, LISTED, SAVED, OWN, MISSING = range(7)
STEP, ROUTES_SAVED, STOPS_SAVED, ABSENT_COUNT, QUEUED, ACCEPTED, EXCHANGES, _, WORTH_TAKEN = range(9)
FIRST_FLAG, SECOND_FLAG = 12, 13
COUNTS = 16


@compiled_view
class Ground(View):
    """What never changes during a search.

    `load` is (stops, dimensions): loads whose sum per trip `room`, (types, dimensions), limits; with `mixed` loads
    (deliveries and pickups share one capacity) pickups, then deliveries, (stops, 2 x dimensions). `allowed` is (types,
    stops), `windows` (windows, 2), `near` and `likely` (stops, k): the nearest stops, and those most likely to be
    neighbours in time too; `legs` is (2, places, places), metres and seconds, unless distances are of the `plane`.
    Where `untimed`, routes have one trip and no clock; where `optional`, some stops may be left out.
    """

    FIELDS: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(("stops", "vans", "kinds", "dimensions", "near_many", "likely_many"), int),
        **dict.fromkeys(("plane", "timed", "driven", "tripped", "mixed", "symmetric", "reversible"), int),
        **dict.fromkeys(("untimed", "optional", "balance", "stability"), int),
        **dict.fromkeys(("metres_scale", "metres_half", "seconds_scale", "seconds_half", "compactness"), float),
        "node": (NODE, 1),
        "kind": (KIND, 1),
        "load": (np.int64, 2),
        "room": (np.int64, 2),
        "allowed": (np.uint8, 2),
        "windows": (np.int64, 2),
        "near": (np.int32, 2),
        "likely": (np.int32, 2),
        "legs": (np.int64, 3),
    }


@compiled_view
class Plan(View):
    """The present plan; `aboard` is (nodes, dimensions): loads summed from the start, `loads` (vans, dimensions).

    Where vans make several trips `aboard` begins with the trip and `ahead`, (nodes, dimensions), is summed to its end.
    """

    FIELDS: ClassVar[dict[str, Any]] = {
        "node": (LINK, 1),
        "aboard": (np.int64, 2),
        "ahead": (np.int64, 2),
        "trip": (TRIP, 1),
        "van": (VAN, 1),
        "loads": (np.int64, 2),
        "group": (GROUP, 1),
    }


@compiled_view
class Work(View):
    """One searcher's own memory: random state, counters, saved routes, lists of stops, sort keys, sums, idle vans."""

    FIELDS: ClassVar[dict[str, Any]] = {
        "random": (np.uint64, 1),
        "count": (np.int64, 1),
        "log": (LOG, 1),
        "ids": (np.int32, 2),
        "key": (np.float64, 1),
        "sums": (np.int64, 1),
        "idle": (np.int64, 2),
    }


def new_work(ground: Ground, *, seed: int) -> Work:
    """Memory for one searcher; two searchers of one plan need different seeds."""
    work = Work(
        random=np.array([(seed + 1) * 0x9E3779B97F4A7C15 % (1 << 64) | 1], dtype=np.uint64),
        count=np.zeros(COUNTS, dtype=np.int64),
        log=np.zeros(ground.vans + 2, dtype=LOG),
        ids=np.zeros((7, 2 * ground.stops + 32), dtype=np.int32),
        key=np.zeros(2 * ground.stops + 1),
        sums=np.zeros(3 * ground.dimensions + 4, dtype=np.int64),
        idle=np.zeros((2, ground.kinds), dtype=np.int64),
    )
    work.count[STEP] = (seed % (1 << 20)) << 40  # steps of different searchers never coincide
    return work


@inlined
def out_of_plan(team: int) -> int:
    """What `van` says of a stop that no van serves and that this team may put in."""
    return -2 - team
