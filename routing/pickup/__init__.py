"""Who drives where tonight: the pickup problem, its schedule, its bound, and the engines that solve it."""

from routing.pickup.answer import PickupAnswer
from routing.pickup.explain import why_infeasible
from routing.pickup.problem import (
    LOAD_UNITS,
    Depot,
    PickupProblem,
    Places,
    Stop,
    VehicleType,
    check_problem,
)
from routing.pickup.processes import solve_in_process
from routing.pickup.progress import Progress
from routing.pickup.schedule import Breach, Route, Schedule, ScheduledRoute, ScheduledStop, ScheduledTrip, evaluate
from routing.pickup.solve import solve_pickup

__all__ = [
    "LOAD_UNITS",
    "Breach",
    "Depot",
    "PickupAnswer",
    "PickupProblem",
    "Places",
    "Progress",
    "Route",
    "Schedule",
    "ScheduledRoute",
    "ScheduledStop",
    "ScheduledTrip",
    "Stop",
    "VehicleType",
    "check_problem",
    "evaluate",
    "solve_in_process",
    "solve_pickup",
    "why_infeasible",
]
