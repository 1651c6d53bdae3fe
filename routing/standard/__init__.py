"""Standard routing instances: benchmark files read, solved as a pickup problem, checked and written back."""

from routing.standard.check import Checked, StandardViolation, check_solution
from routing.standard.convention import Convention
from routing.standard.instance import StandardInstance, Vehicles
from routing.standard.reading import read_standard
from routing.standard.solution import read_solution, write_solution
from routing.standard.to_pickup import from_solution, to_pickup_problem, to_solution

__all__ = [
    "Checked",
    "Convention",
    "StandardInstance",
    "StandardViolation",
    "Vehicles",
    "check_solution",
    "from_solution",
    "read_solution",
    "read_standard",
    "to_pickup_problem",
    "to_solution",
    "write_solution",
]
