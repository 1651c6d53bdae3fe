"""Which program a kind of problem has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.locating.programs.counted import counted_program
from benchmarks.locating.programs.facilities import facility_program
from benchmarks.locating.programs.location_routing import routing_program
from benchmarks.locating.programs.program import Program
from benchmarks.locating.programs.two_stage import two_stage_program

PROGRAMS: Mapping[str, Callable[[Any], Program]] = {
    "pmedian": counted_program,
    "pcentre": counted_program,
    "mclp": counted_program,
    "ufl": facility_program,
    "cflp": facility_program,
    "sscflp": facility_program,
    "tscflp": two_stage_program,
    "lrp": routing_program,
}


def program_of(kind: str, problem: Any) -> Program:
    """Return the program that general solvers are given for a problem of a kind."""
    return PROGRAMS[kind](problem)
