"""The cheapest plan of a handful of customers, by trying every set of depots and every partition into routes."""

from __future__ import annotations

from itertools import combinations, permutations, product

import numpy as np

from network_design.locate.location_routing.problem import LocationRouting


def random_problem(
    seed: int, *, customers: int, depots: int, whole_costs: bool, tight: bool = False
) -> LocationRouting:
    """A problem of small figures whose depots hold all demand: just so where it is `tight`."""
    random = np.random.default_rng(seed)
    demand = random.integers(1, 9, customers).astype(float)
    share = 0.6 if tight else 1.2
    return LocationRouting(
        name=f"random {seed}",
        depot_xy=random.integers(0, 50, (depots, 2)).astype(float),
        customer_xy=random.integers(0, 50, (customers, 2)).astype(float),
        vehicle_capacity=float(demand.max() + random.integers(0, 10)),
        depot_capacity=np.ceil(random.uniform(share, 1.4 * share, depots) * demand.sum()),
        demand=demand,
        opening_cost=random.integers(5, 4000 if whole_costs else 40, depots).astype(float),
        route_cost=float(random.integers(0, 1000 if whole_costs else 10)),
        whole_costs=whole_costs,
    )


def cheapest_cost(problem: LocationRouting) -> float:
    """What the cheapest plan costs, infinite where there is none."""
    everyone = (1 << problem.customers) - 1
    served = [_cost_from(problem, depot) for depot in range(problem.depots)]
    best = np.inf
    for many in range(1, problem.depots + 1):
        for chosen in combinations(range(problem.depots), many):
            costs = {0: 0.0}
            for depot in chosen:
                costs = _joined(costs, served[depot])
            best = min(best, costs.get(everyone, np.inf) + problem.opening_cost[list(chosen)].sum())
    return float(best)


def _joined(costs: dict[int, float], more: dict[int, float]) -> dict[int, float]:
    found: dict[int, float] = {}
    for (one, cost), (other, further) in product(costs.items(), more.items()):
        if not one & other:
            found[one | other] = min(found.get(one | other, np.inf), cost + further)
    return found


def _cost_from(problem: LocationRouting, depot: int) -> dict[int, float]:
    """The least cost of serving every group of customers that the depot holds, by bit mask."""
    routes = {mask: _route_cost(problem, depot, mask) for mask in range(1, 1 << problem.customers)}
    routes = {mask: cost for mask, cost in routes.items() if _load(problem, mask) <= problem.vehicle_capacity}
    costs = {0: 0.0}
    for mask in range(1, 1 << problem.customers):
        if _load(problem, mask) <= problem.depot_capacity[depot]:
            first = mask & -mask
            costs[mask] = min(
                cost + costs[mask ^ route] for route, cost in routes.items() if route & first and route & mask == route
            )
    return costs


def _route_cost(problem: LocationRouting, depot: int, mask: int) -> float:
    members = [at for at in range(problem.customers) if mask >> at & 1]
    home = problem.depot_xy[depot]
    return problem.route_cost + min(
        _length(problem, np.array([home, *problem.customer_xy[list(order)], home])) for order in permutations(members)
    )


def _length(problem: LocationRouting, points: np.ndarray) -> float:
    legs = np.sqrt((np.diff(points, axis=0) ** 2).sum(axis=1))
    return float(np.ceil(100 * legs).sum() if problem.whole_costs else legs.sum())


def _load(problem: LocationRouting, mask: int) -> float:
    return float(sum(problem.demand[at] for at in range(problem.customers) if mask >> at & 1))
