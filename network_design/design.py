"""Design a network for the coming years: the whole story on one screen."""

from __future__ import annotations

import time

import numpy as np

from network_design.conflict import conflict_of
from network_design.highs import Solution, solve_linear, whole_fixed
from network_design.large.medium import solve_medium
from network_design.large.solve import design_large, is_large
from network_design.model.answer import design_tables
from network_design.model.build import DesignModel, build_model
from network_design.model.program import FloatArray
from network_design.prices import design_prices
from retour.design import DesignInstance
from retour.design.emissions import emissions_of
from retour.design.ledger import design_ledger
from retour.design.plan import Design, shaped
from retour.design.service import served
from retour.errors import BackendError, InfeasibleError
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

PRICES_SHARE, PRICES_S = 0.1, 25.0
"""Share of the time kept back for the linear program that tells prices, and so many seconds at most."""


def design_network(
    instance: DesignInstance, *, seed: int, budget_s: float | None = None, listener: Listener = silent,
    start: FloatArray | None = None, only_design: bool = False,
) -> Design:  # fmt: skip
    """Return the best design found within `budget_s` seconds (None: no limit), with its bound.

    A large network begins at the levels `start`, (levels, periods), of a design of much the same network, if given;
    with `only_design` little is proven of it, and all the time goes into the design.
    Raises InfeasibleError with the limits that conflict, and BackendError when no design is found in time.
    """
    deadline = time.perf_counter() + (np.inf if budget_s is None else budget_s)
    listener(Progress("design", 0.0, "building the model"))
    model = build_model(instance)
    listener(Progress("design", 0.1, f"solving {model.program.columns:,} columns, {model.program.rows:,} rows"))
    left_s = deadline - time.perf_counter()
    left_s -= min(PRICES_S, PRICES_SHARE * left_s)
    if is_large(model) and np.isfinite(left_s):
        found = design_large(model, seed=seed, budget_s=left_s, listener=listener, start=start, only_design=only_design)
    else:
        found = solve_medium(model, seed=seed, budget_s=left_s, listener=listener)
    if found.status is Status.INFEASIBLE:
        plain = build_model(instance, strong=False)  # a row that only makes it strong is nobody's limit
        raise InfeasibleError(conflict_of(plain, seed=seed, budget_s=deadline - time.perf_counter()))
    if found.status is Status.FAILED:
        raise BackendError("No design was found in time; give a longer time budget.")
    listener(Progress("design", 0.9, "pricing the limits"))
    settled = settle(model, found, seed=seed, budget_s=deadline - time.perf_counter())
    return describe(model, settled, status=found.status, bound=found.bound)


def settle(model: DesignModel, found: Solution, *, seed: int, budget_s: float) -> Solution:
    """Solve again with everything whole fixed as found: exact amounts, and prices; as found where that fails."""
    fixed = whole_fixed(model.program, found.values)
    again = solve_linear(model.program, seed=seed, budget_s=max(1.0, budget_s), instead=fixed)
    return again if again.status is Status.OPTIMAL else found


def describe(model: DesignModel, solution: Solution, *, status: Status, bound: float | None) -> Design:
    """Return the design that a program's values mean."""
    instance, program = model.sets.instance, model.program
    tables = design_tables(model, solution.values)
    cost = float(program.cost @ solution.values + program.offset)
    return Design(
        instance_hash=instance.hash,
        status=status,
        cost=cost,
        bound=None if bound is None else min(bound, cost),
        served=shaped("served", served(instance, tables["flows"], tables["handled"])),
        ledger=shaped("ledger", design_ledger(instance, **tables)),
        emissions=shaped("emissions", emissions_of(instance, tables["flows"], tables["processed"])),
        prices=design_prices(model, solution.row_price, opened=tables["opened"]),
        **tables,
    )
