"""Who drives where tonight: the pickup problem, its schedule, its bound, and the engines that solve it."""

from routing.pickup.answer import PickupAnswer
from routing.pickup.engines import choose_engine
from routing.pickup.explain import why_infeasible
from routing.pickup.features import Feature, features_of
from routing.pickup.plane import PlaneMatrix, Rounding
from routing.pickup.problem import (
    LOAD_UNITS,
    Break,
    Depot,
    PickupProblem,
    Places,
    Stop,
    VehicleType,
    Wishes,
    check_problem,
)
from routing.pickup.processes import solve_in_process
from routing.pickup.progress import Progress
from routing.pickup.schedule import (
    Breach,
    Route,
    Schedule,
    ScheduledBreak,
    ScheduledRoute,
    ScheduledStop,
    ScheduledTrip,
    evaluate,
)
from routing.pickup.solve import solve_pickup
from routing.pickup.unserved import Unserved, explain_unserved

__all__ = [
    "LOAD_UNITS",
    "Breach",
    "Break",
    "Depot",
    "Feature",
    "PickupAnswer",
    "PickupProblem",
    "Places",
    "PlaneMatrix",
    "Progress",
    "Rounding",
    "Route",
    "Schedule",
    "ScheduledBreak",
    "ScheduledRoute",
    "ScheduledStop",
    "ScheduledTrip",
    "Stop",
    "Unserved",
    "VehicleType",
    "Wishes",
    "check_problem",
    "choose_engine",
    "evaluate",
    "explain_unserved",
    "features_of",
    "solve_in_process",
    "solve_pickup",
    "why_infeasible",
]
