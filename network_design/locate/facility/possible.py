"""Whether any choice of sites can hold all demand, said before the search, and a choice to begin with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csc_array

from network_design.locate.facility.compiling import Flags, FloatArray
from network_design.locate.facility.mip import Program, solve_program
from network_design.locate.facility.relaxation import CLOSED, OPEN, Relaxation
from network_design.locate.facility_problem import FacilityProblem
from retour.errors import InfeasibleError

CHOICE_LIMIT_S = 5.0  # seconds for choosing sites under limits; such choices take milliseconds


def require_room(relaxation: Relaxation) -> None:
    """Raise `InfeasibleError` with every limit that no choice of sites can respect."""
    reasons = [*_count_reasons(relaxation.problem), *_room_reasons(relaxation)]
    if not reasons and len(relaxation.member):
        reasons = [*_joint_reasons(relaxation)]
    if reasons:
        raise InfeasibleError(reasons)


def cheapest_choice(relaxation: Relaxation, price: FloatArray) -> Flags | None:
    """Return the choice of sites that respects counts and holds all demand at the least sum of `price`, if any."""
    answer = solve_program(_choice(relaxation, price, need=relaxation.need), seed=0, time_limit_s=CHOICE_LIMIT_S)
    return None if answer.values is None else answer.values > 0.5


def _count_reasons(problem: FacilityProblem) -> Iterator[str]:
    if len(set(problem.must_close)) == problem.sites:
        yield "No plan fits: every site must close. Let one site open."
    for number, limit in enumerate(problem.limits, start=1):
        sites, must = set(limit.sites), set(problem.must_open)
        free = len(sites - set(problem.must_close))
        if free < limit.low:
            yield f"No plan fits: limit {number} wants {limit.low} sites open, and {free} of its sites may open."
        if max(limit.low, len(sites & must)) > limit.most:
            found = f"{len(sites & must)} of its sites must open and it wants {limit.low} at least"
            yield f"No plan fits: limit {number} allows {limit.most} open sites, but {found}. Raise the limit."


def _room_reasons(relaxation: Relaxation) -> Iterator[str]:
    problem = relaxation.problem
    usable = np.ones(problem.sites, dtype=bool)
    usable[list(problem.must_close)] = False
    room, need = relaxation.capacity[usable].sum(), problem.demand.sum()
    if problem.limited and usable.any() and room < need * (1.0 - 1e-9):
        yield f"No plan fits: customers want {need:g} in all, and the sites that may open hold {room:g}. Add capacity."
    if problem.single_source and usable.any():
        largest = relaxation.capacity[usable].max()
        for customer in np.flatnonzero(problem.demand > largest)[:5]:
            wants = f"customer {customer + 1} wants {problem.demand[customer]:g} from one site"
            yield f"No plan fits: {wants}, and the largest site holds {largest:g}. Split it or add a larger site."


def _joint_reasons(relaxation: Relaxation) -> Iterator[str]:
    """Limits that each could be met alone, but not together."""
    finite = np.where(np.isfinite(relaxation.capacity), relaxation.capacity, 0.0)
    answer = solve_program(_choice(relaxation, -finite, need=0.0), seed=0, time_limit_s=CHOICE_LIMIT_S)
    if answer.infeasible:
        yield "No plan fits: the limits on how many sites open contradict each other. Relax one of them."
    elif -answer.bound < relaxation.need * (1.0 - 1e-9):
        room = f"the sites that the counts allow hold {-answer.bound:g} at most"
        yield f"No plan fits: customers want {relaxation.need:g} in all, and {room}. Allow more sites or larger ones."


def _choice(relaxation: Relaxation, price: FloatArray, *, need: float) -> Program:
    state, sites = relaxation.root().state, relaxation.problem.sites
    finite = np.where(np.isfinite(relaxation.capacity), relaxation.capacity, relaxation.need)
    return Program(
        cost=price,
        low=(state == OPEN).astype(float),
        high=(state != CLOSED).astype(float),
        whole=np.ones(sites, dtype=bool),
        rows=csc_array(np.vstack([finite, np.ones(sites), relaxation.member])),
        row_low=np.concatenate([[need, 1.0], relaxation.low]),
        row_high=np.concatenate([[np.inf, np.inf], relaxation.high]),
    )
