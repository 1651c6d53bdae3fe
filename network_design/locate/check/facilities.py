"""Independent checker of facility location: what a plan costs by the file's figures, and every rule it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from network_design.locate.answer import LocationAnswer
from network_design.locate.check.checked import LocationChecked
from network_design.locate.facility_problem import FacilityProblem

FloatArray = NDArray[np.float64]
Violation = dict[str, Any]
ECHELON = "sites to customers"
TOLERANCE = 1e-6  # relative: what amounts and costs may miss by rounding


def check(problem: FacilityProblem, answer: LocationAnswer) -> LocationChecked:
    """Price the plan anew and say every rule it breaks; without a plan the cost is None."""
    if answer.cost is None:
        return LocationChecked(None, {}, ())
    broken = [*_known(problem, answer)]
    if broken:
        return LocationChecked(None, {}, tuple(broken))
    opened = np.isin(np.arange(problem.sites), answer.open_sites)
    share, form = _shares(problem, answer)
    fixed, serving = float(problem.fixed_cost[opened].sum()), float((problem.serving_cost * share).sum())
    broken += form
    broken += [
        *_served(problem, share),
        *_from_open(opened, share),
        *_capacity(problem, share),
        *_choice(problem, opened),
    ]
    broken += [*_claimed(fixed + serving, answer)]
    return LocationChecked(fixed + serving, {"fixed": fixed, "serving": serving}, tuple(broken))


def _violation(rule: str, ids: tuple[int, ...], found: float, limit: float, unit: str, message: str) -> Violation:
    return {"rule": rule, "ids": ids, "found": found, "limit": limit, "unit": unit, "message": message}


def _known(problem: FacilityProblem, answer: LocationAnswer) -> Iterator[Violation]:
    """Sites and customers that the file does not have."""
    named = [("site", site, problem.sites) for site in answer.open_sites]
    if answer.assignment is not None:
        named += [("site", int(site), problem.sites) for site in answer.assignment]
        if len(answer.assignment) != problem.customers:
            found, message = len(answer.assignment), f"{len(answer.assignment)} customers have a site, not all of them."
            yield _violation("served", (), found, problem.customers, "customers", message)
    for row in answer.flows.get(ECHELON, np.empty((0, 3))):
        named += [("site", int(row[0]), problem.sites), ("customer", int(row[1]), problem.customers)]
    for noun, idx, many in sorted({entry for entry in named if not 0 <= entry[1] < entry[2]}):
        message = f"{noun.capitalize()} {idx + 1} does not exist; the file has {many}."
        yield _violation(f"known_{noun}", (idx + 1,), idx + 1, many, noun, message)


def _shares(problem: FacilityProblem, answer: LocationAnswer) -> tuple[FloatArray, list[Violation]]:
    """The share of each customer that each site serves (sites, customers), and what is wrong with their form."""
    share = np.zeros((problem.sites, problem.customers))
    broken: list[Violation] = []
    if answer.assignment is not None:
        share[np.asarray(answer.assignment, dtype=np.int64), np.arange(problem.customers)] = 1.0
        return share, broken
    flows = answer.flows.get(ECHELON, np.empty((0, 3)))
    for site, customer, amount in zip(flows[:, 0].astype(int), flows[:, 1].astype(int), flows[:, 2], strict=True):
        demand = problem.demand[customer]
        share[site, customer] += amount / demand if demand else 1.0
        if amount < 0:
            message = f"Site {site + 1} serves customer {customer + 1} with {amount:g}; amounts are 0 or more."
            broken.append(_violation("amount", (site + 1, customer + 1), float(amount), 0.0, "units", message))
    if problem.single_source:
        many = (share > 0).sum(axis=0)
        for customer in np.flatnonzero(many > 1):
            message = f"Customer {customer + 1} is served by {many[customer]} sites; one is allowed."
            broken.append(_violation("one_site", (int(customer) + 1,), int(many[customer]), 1, "sites", message))
    return share, broken


def _served(problem: FacilityProblem, share: FloatArray) -> Iterator[Violation]:
    for customer in np.flatnonzero(np.abs(share.sum(axis=0) - 1.0) > TOLERANCE):
        demand, served = float(problem.demand[customer]), float(share[:, customer].sum() * problem.demand[customer])
        message = f"Customer {customer + 1} wants {demand:g} and is served {served:g}."
        yield _violation("served", (int(customer) + 1,), served, demand, "units", message)


def _from_open(opened: NDArray[np.bool_], share: FloatArray) -> Iterator[Violation]:
    for site in np.flatnonzero((share > 0).any(axis=1) & ~opened):
        many = int((share[site] > 0).sum())
        message = f"Site {site + 1} is closed and serves {many} customers."
        yield _violation("open_site", (int(site) + 1,), many, 0, "customers", message)


def _capacity(problem: FacilityProblem, share: FloatArray) -> Iterator[Violation]:
    if not problem.limited:
        return
    load = share @ problem.demand
    for site in np.flatnonzero(load > problem.capacity * (1.0 + TOLERANCE) + TOLERANCE):
        holds = float(problem.capacity[site])
        message = f"Site {site + 1} serves {load[site]:g} units; it holds {holds:g}."
        yield _violation("capacity", (int(site) + 1,), float(load[site]), holds, "units", message)


def _choice(problem: FacilityProblem, opened: NDArray[np.bool_]) -> Iterator[Violation]:
    for site in problem.must_open:
        if not opened[site]:
            yield _violation("must_open", (site + 1,), 0, 1, "sites", f"Site {site + 1} must open and is closed.")
    for site in problem.must_close:
        if opened[site]:
            yield _violation("must_close", (site + 1,), 1, 0, "sites", f"Site {site + 1} must close and is open.")
    for number, limit in enumerate(problem.limits, start=1):
        found = int(opened[list(set(limit.sites))].sum())
        if not limit.low <= found <= limit.most:
            allowed = limit.low if found < limit.low else limit.most
            message = f"Limit {number}: {found} of its sites are open; it allows {limit.low} to {limit.most}."
            yield _violation("count", (number,), found, allowed, "sites", message)


def _claimed(cost: float, answer: LocationAnswer) -> Iterator[Violation]:
    assert answer.cost is not None
    if abs(cost - answer.cost) > TOLERANCE * max(1.0, abs(cost)):
        message = f"The answer says it costs {answer.cost:.6f}; by the file's figures it costs {cost:.6f}."
        yield _violation("cost", (), answer.cost, cost, "cost", message)
    if answer.bound is not None and answer.bound > cost + TOLERANCE * max(1.0, abs(cost)):
        message = f"The answer says no plan costs less than {answer.bound:.6f}; this one costs {cost:.6f}."
        yield _violation("bound", (), answer.bound, cost, "cost", message)
