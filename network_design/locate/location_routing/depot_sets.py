"""Sets of depots: which are large enough, what they cost roughly, and which are next to each other."""

from __future__ import annotations

from collections.abc import Iterator

from network_design.locate.location_routing.problem import LocationRouting

DepotSet = frozenset[int]
EXACT = 1e-9


class DepotSets:
    """What is known of sets of depots before any route is planned."""

    def __init__(self, problem: LocationRouting) -> None:
        self.room, self.opening_cost = problem.depot_capacity, problem.opening_cost
        self.demand = float(problem.demand.sum())
        way_out = problem.arc_costs()[problem.customers :, : problem.customers]
        share = problem.demand / problem.vehicle_capacity
        self.radial = 2.0 * way_out * share + problem.route_cost * share  # (depots, customers)

    def holds_all(self, depots: DepotSet) -> bool:
        """Whether the depots have room for all demand together."""
        return bool(self.room[list(depots)].sum() >= self.demand * (1.0 - EXACT)) if depots else False

    def estimate(self, depots: DepotSet) -> float:
        """Opening the depots, and each customer's share of a full vehicle that drives there and back.

        Routing among customers is left out, so estimates serve to compare sets (Haimovich and Rinnooy Kan 1985,
        10.1287/moor.10.4.527, for the radial part).
        """
        chosen = sorted(depots)
        return float(self.opening_cost[chosen].sum() + self.radial[chosen].min(axis=0).sum())

    def around(self, depots: DepotSet) -> Iterator[DepotSet]:
        """Every set with room enough that has one depot more, one less, or one exchanged."""
        others = [depot for depot in range(len(self.room)) if depot not in depots]
        candidates = [depots | {more} for more in others]
        for fewer in sorted(depots):
            candidates.append(depots - {fewer})
            candidates += [depots - {fewer} | {more} for more in others]
        yield from (candidate for candidate in candidates if self.holds_all(candidate))

    def first(self) -> DepotSet:
        """Where no move to a set nearby lowers the estimate, beginning with all depots."""
        here = frozenset(range(len(self.room)))
        while True:
            best = min(self.around(here), key=self.estimate, default=here)
            if self.estimate(best) >= self.estimate(here):
                return here
            here = best
