"""Large nights: decided by prices of the shared limits; small ones are then finished in an exact core."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.errors import BackendError, InfeasibleError
from retour.indexed import positions
from retour.instance import Instance
from retour.pricing import PickupEstimate
from retour.progress import Listener
from retour.vocabulary import Status
from routing.decide.core import best_plan
from routing.decide.deadline import Deadline
from routing.decide.exactly import Solved, exact
from routing.decide.options import admissible_options
from routing.decide.problem import Choice, Problem, night_problem
from routing.decide.reduce import worth_a_look
from routing.decide.response import respond
from routing.decide.scale.large import Large, StrandedError, decide_large
from routing.decide.shut import with_shut_limits
from routing.decide.why_not import no_way_out

FloatArray = NDArray[np.float64]
CORE_RETURNS = 12_000
"""Up to here the exact core sees the whole night; beyond, the prices' own plan and bound stand."""
PROOF_RETURNS = 30_000
PRICES_SHARE = 0.5


@dataclass(frozen=True)
class Finished:
    """A night decided by prices alone (`large`), or with the exact core that a small one goes through."""

    large: Large = field(repr=False)
    problem: Problem | None = field(default=None, repr=False)
    solved: Solved | None = field(default=None, repr=False)


def by_prices(
    instance: Instance, pickup: PickupEstimate, *, processes: int, cluster: str | None = None, seed: int,
    deadline: Deadline, listener: Listener,
) -> Finished:  # fmt: skip
    """Decide a night by prices.

    Raises InfeasibleError naming what blocks, BackendError when no plan was found and none is proven not to exist.
    """
    try:
        large = decide_large(
            instance, pickup, processes=processes, cluster=cluster, deadline=deadline.share(PRICES_SHARE),
            listener=listener,
        )  # fmt: skip
    except StrandedError as stranded:
        returns = instance.tables["returns"]
        some = instance.with_returns(returns[returns["return_id"].isin(stranded.return_ids)])
        raise InfeasibleError(no_way_out(some, admissible_options(some))) from None
    most = CORE_RETURNS if large.solved.feasible else PROOF_RETURNS
    if len(instance.tables["returns"]) <= most:
        problem = night_problem(instance, pickup)
        return Finished(large, problem, _core(instance, problem, large, seed, deadline, listener))
    if large.proven_infeasible:
        raise InfeasibleError(list(large.blocked))
    if not large.solved.feasible:
        raise BackendError(" ".join(["No plan within every limit was found, nor a proof that there is none.",
                                     *large.blocked]))  # fmt: skip
    return Finished(large)


def _core(
    instance: Instance, problem: Problem, large: Large, seed: int, deadline: Deadline, listener: Listener
) -> Solved:
    """Prove or improve the plan in an exact core around the best response to the prices."""
    if large.decisions is None:
        return exact(problem, seed=seed, deadline=deadline, listener=listener)
    prices = _as_rows(problem, large.every_price)
    response = respond(problem, prices)
    start = _as_choice(instance, problem, large.decisions)
    found = best_plan(
        problem, worth_a_look(problem), response, start, seed=seed, deadline=deadline, listener=listener
    )
    bound = max(found.bound_eur, large.solved.bound_eur)
    status = Status.FEASIBLE if found.status is Status.FAILED else found.status
    return Solved(status, found.choice, min(bound, found.objective_eur), with_shut_limits(problem, prices))


def _as_rows(problem: Problem, prices: pd.DataFrame) -> FloatArray:
    """Return the prices of a `prices` table in the order of the problem's limits, 0 where there is none."""
    keys = ["limit", "place_id", "detail"]
    known = prices.set_index(pd.MultiIndex.from_frame(prices[keys].fillna("").astype(str)))["price_eur"]
    asked = pd.MultiIndex.from_frame(problem.limits.table[keys].fillna("").astype(str))
    return known.reindex(asked).fillna(0.0).to_numpy(float)


def _as_choice(instance: Instance, problem: Problem, decisions: pd.DataFrame) -> Choice:
    """Return the decisions as options of the problem."""
    options, t = problem.options, instance.tables
    mine = decisions.take(options.return_idx)
    point = positions(mine["point_id"].astype(object), t["points"]["point_id"])
    hub = positions(mine["hub_id"].astype(object), t["hubs"]["hub_id"])
    process = positions(mine["process_id"].astype(object), t["processes"]["process_id"])
    day = mine["day"].fillna(-1).to_numpy(np.int64)
    owner = options.link_return[options.x_link]
    x = _first(options.x_point == point[owner], owner, len(options))
    ways, z_return = options.ways, options.link_return[options.z_link]
    same = (
        (ways.hub_idx[options.z_way] == hub[z_return])
        & (ways.process_idx[options.z_way] == process[z_return])
        & (ways.day[options.z_way] == day[z_return])
        & (np.append(options.x_link, -1)[x][z_return] == options.z_link)
    )
    return Choice(x, _first(same, z_return, len(options)), np.zeros(len(options), dtype=bool))


def _first(hits: NDArray[np.bool_], owner: NDArray[np.int64], owners: int) -> NDArray[np.int64]:
    """Return each owner's first hit, -1 where it has none."""
    found = np.full(owners, -1, dtype=np.int64)
    at = np.flatnonzero(hits)[::-1]
    found[owner[at]] = at
    return found
