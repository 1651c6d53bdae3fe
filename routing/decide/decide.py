"""Decide where each return goes tonight: one call, any method, one answer."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retour.eligibility import eligibility
from retour.errors import BackendError, InfeasibleError
from retour.indexed import OUTCOMES
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from retour.plan import Answer, shaped
from retour.pricing import PickupEstimate
from retour.progress import Listener, silent
from retour.vocabulary import Status
from routing.decide.deadline import Deadline
from routing.decide.engines import METHODS, Solved
from routing.decide.problem import Choice, Problem, each_co2e, each_cost, night_problem, objective_eur, used


@dataclass(frozen=True)
class Decided:
    """The decisions of a night and what was proven about them; `pickup` are the planning prices they were taken with."""

    answer: Answer
    decisions: pd.DataFrame
    prices: pd.DataFrame
    comparators: pd.DataFrame
    pickup: PickupEstimate
    bound_without_pickup_eur: float | None


def decide(
    instance: Instance, *, pickup: PickupEstimate | None = None, method: str = "exact", seed: int = 0,
    budget_s: float | None = None, listener: Listener = silent,
) -> Decided:  # fmt: skip
    """Decide every planned return of the night jointly under all shared limits."""
    started = time.perf_counter()
    pickup = pickup or estimate_pickup(instance)
    problem = night_problem(instance, pickup)
    solved = METHODS[method](problem, seed=seed, deadline=Deadline(budget_s), listener=listener)
    if solved.status is Status.INFEASIBLE:
        raise InfeasibleError("No plan fits tonight's limits.")
    if solved.choice is None:
        raise BackendError("No plan was found in time; give a larger time budget.")
    objective = objective_eur(problem, solved.choice)
    answer = Answer("decide", solved.status, objective, solved.bound_eur, time.perf_counter() - started, method)
    bound = None
    return Decided(answer, decision_table(instance, problem, solved.choice), _prices(problem, solved), _comparators(problem, solved), pickup, bound)


def _comparators(problem: Problem, solved: Solved) -> pd.DataFrame:
    rows = [{"method": "joint optimum", "cost_eur": objective_eur(problem, solved.choice)}, {"method": "bound", "cost_eur": solved.bound_eur}]
    return shaped("comparators", pd.DataFrame(rows))


def _prices(problem: Problem, solved: Solved) -> pd.DataFrame:
    limits = problem.limits
    table = limits.table.assign(capacity=limits.capacity, used=used(problem, solved.choice), price_eur=solved.prices)
    return shaped("prices", table[table["price_eur"] > 1e-6])


def decision_table(instance: Instance, problem: Problem, choice: Choice) -> pd.DataFrame:
    """Return the choice as a decisions table, one row per return in table order."""
    ix, options = instance.indexed, problem.options
    out = shaped("decisions", eligibility(instance)).astype(object)
    row = options.return_idx
    out.loc[row, "cost_eur"] = each_cost(problem, choice)
    out.loc[row, "co2e_kg"] = each_co2e(problem, choice)
    sizes = np.append(ix.size_ids, None)
    out["size"] = sizes[ix.returns.size_idx]
    out.loc[row[choice.keeps], "outcome"] = "KEEP"
    moved = choice.moves
    x, way = choice.x[moved], options.z_way[choice.z[moved]]
    process = options.ways.process_idx[way]
    entry = options.ways.entry[way]
    values = {
        "point_id": ix.points.ids[options.x_point[x]], "entry_hub_id": ix.hub_ids[options.entries.hub_idx[entry]],
        "hub_id": ix.hub_ids[options.ways.hub_idx[way]], "site_id": ix.site_ids[ix.processes.site_idx[process]],
        "process_id": ix.processes.ids[process], "outcome": [str(OUTCOMES[o]) for o in ix.processes.outcome[process]],
        "day": options.ways.day[way],
    }  # fmt: skip
    for column, value in values.items():
        out.loc[row[moved], column] = value
    for column in ("day", "cost_eur", "co2e_kg", "customer_fee_eur", "runner_up_extra_eur"):
        out[column] = out[column].astype(float)
    return out
