"""Overrides as a pickup problem that any engine honours, and its routes back in the vans of the caller.

A van that is named by an override becomes a vehicle type of its own, with a count of 1, and stops say which types
may come. A van that keeps its route is taken out with its stops, and put back with the route it had. A van that is
lost is taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from routing.pickup.integers import IntegerProblem, to_integers, to_micro
from routing.pickup.overrides import (
    AddStop,
    DropStop,
    ForbidStop,
    LockStop,
    LockVan,
    LoseVan,
    MoveStop,
    Override,
    ServeStop,
    Van,
    VanNames,
    say_van,
    stop_of,
    target_of,
    vans_of,
)
from routing.pickup.problem import PickupProblem, Stop, VehicleType
from routing.pickup.schedule import Route, evaluate

NOWHERE = Van("", 0)


@dataclass(frozen=True)
class Overridden:
    """A problem under overrides, in two versions.

    `priced` has the vans of the caller and says what a plan costs; `asked` is what engines solve, with the overrides
    in it. `kept` are the routes that stay as they are, in the vans of the caller. Every plan costs `apart_micro`
    more in `priced` than in `asked`, but for balance. `van_of` gives the caller's van for every van of `asked`.
    """

    priced: PickupProblem
    asked: IntegerProblem
    kept: tuple[Route, ...]
    apart_micro: int
    van_of: Mapping[Van, Van]

    def into(self, routes: Sequence[Route]) -> tuple[Route, ...]:
        """Routes of the caller as routes of `asked`, without what may not be there."""
        ours = {theirs: van for van, theirs in self.van_of.items()}
        stops = {stop.stop_id: stop for stop in self.asked.source.stops}
        found = []
        for route in routes:
            van = ours.get(Van(route.vehicle_type_id, route.vehicle_no))
            if van is not None:
                trips = tuple(tuple(s for s in trip if s in stops and _allows(stops[s], van)) for trip in route.trips)
                found.append(Route(*van, tuple(trip for trip in trips if trip)))
        return tuple(route for route in found if route.trips)

    def back(self, routes: Sequence[Route], *, earlier: Sequence[Route]) -> tuple[Route, ...]:
        """Routes of `asked` as routes of the caller, the kept ones too, in the order of vans.

        Vans that are alike are told apart so that as many stops as possible keep the van of `earlier`.
        """
        renumbered = routes if self.asked.wishes.stability else self._familiar(routes, vans_of(earlier))
        vans = [self.van_of[Van(route.vehicle_type_id, route.vehicle_no)] for route in renumbered]
        theirs = [_driven_by(van, route) for van, route in zip(vans, renumbered, strict=True)]
        return tuple(sorted([*theirs, *self.kept], key=lambda r: (r.vehicle_type_id, r.vehicle_no)))

    def _familiar(self, routes: Sequence[Route], earlier: Mapping[str, Van]) -> list[Route]:
        of_type: dict[str, list[Route]] = {}
        for route in routes:
            of_type.setdefault(route.vehicle_type_id, []).append(route)
        found = []
        for type_id, mine in of_type.items():
            vans = [van for van in self.van_of if van.vehicle_type_id == type_id]
            kept = np.array([
                [sum(earlier.get(stop) == self.van_of[van] for stop in route.stop_ids) for van in vans]
                for route in mine
            ])  # fmt: skip
            rows, columns = linear_sum_assignment(-kept)
            found += [_driven_by(vans[column], mine[row]) for row, column in zip(rows, columns, strict=True)]
        return found


def _driven_by(van: Van, route: Route) -> Route:
    return Route(van.vehicle_type_id, van.vehicle_no, route.trips)


def _allows(stop: Stop, van: Van) -> bool:
    return stop.vehicle_type_ids is None or van.vehicle_type_id in stop.vehicle_type_ids


def override_problem(
    problem: PickupProblem, earlier: Sequence[Route], overrides: Sequence[Override], names: VanNames
) -> Overridden:
    """The problem under overrides without defects (`override_defects`); it has the stops added already."""
    dropped = {o.stop_id for o in overrides if isinstance(o, DropStop)}
    priced = without_dropped(problem, overrides)
    kept = _kept(priced, earlier, overrides)
    kinds, van_of = _vans(problem, earlier, overrides, names)
    duties = _Duties.of(earlier, overrides, dropped | {stop for route in kept for stop in route.stop_ids})
    stops, left_micro = _stops(priced, duties, {van: type_id for (type_id, _), van in van_of.items()}, kept)
    wishes = problem.wishes
    ours = {theirs: van for van, theirs in van_of.items()}
    there = {stop: ours.get(Van(*van), NOWHERE) for stop, van in wishes.earlier_vans.items()}
    asked = replace(priced, stops=stops, vehicle_types=kinds, wishes=replace(wishes, earlier_vans=there))
    return Overridden(priced, to_integers(asked), kept, left_micro + _cost_of(priced, kept), van_of)


def without_dropped(problem: PickupProblem, overrides: Sequence[Override]) -> PickupProblem:
    """The problem without the duties that are dropped; optional stops that are dropped stay, and cost their prize."""
    dropped = {o.stop_id for o in overrides if isinstance(o, DropStop)}
    return replace(problem, stops=tuple(s for s in problem.stops if not (s.stop_id in dropped and s.required)))


def _kept(priced: PickupProblem, earlier: Sequence[Route], overrides: Sequence[Override]) -> tuple[Route, ...]:
    """The routes of locked vans, as far as their stops exist tonight."""
    locked = {o.van for o in overrides if isinstance(o, LockVan)}
    known = {stop.stop_id for stop in priced.stops}
    mine = [route for route in earlier if Van(route.vehicle_type_id, route.vehicle_no) in locked]
    cut = [replace(r, trips=tuple(tuple(s for s in trip if s in known) for trip in r.trips)) for r in mine]
    cut = [replace(r, trips=tuple(trip for trip in r.trips if trip)) for r in cut]
    return tuple(route for route in cut if route.trips)


def _cost_of(priced: PickupProblem, kept: tuple[Route, ...]) -> int:
    """What the kept routes cost whatever the rest does, in micro-euro: all but balance."""
    mine = {stop for route in kept for stop in route.stop_ids}
    wishes = replace(priced.wishes, balance_per_hour_eur=0.0)
    alone = replace(priced, stops=tuple(s for s in priced.stops if s.stop_id in mine), wishes=wishes)
    return evaluate(alone, kept).objective_micro if kept else 0


def _vans(
    problem: PickupProblem, earlier: Sequence[Route], overrides: Sequence[Override], names: VanNames
) -> tuple[tuple[VehicleType, ...], dict[Van, Van]]:
    """The vehicle types to ask for, and the caller's van for each of their vans."""
    of_stop = vans_of(earlier)
    gone = {o.van for o in overrides if isinstance(o, LoseVan | LockVan)}
    named = {o.van for o in overrides if isinstance(o, ForbidStop)} | {target_of(o, of_stop) for o in overrides}
    kinds: list[VehicleType] = []
    van_of: dict[Van, Van] = {}
    taken = {kind.vehicle_type_id for kind in problem.vehicle_types}
    for kind in problem.vehicle_types:
        all_of_it = [Van(kind.vehicle_type_id, number) for number in range(1, kind.count + 1)]
        apart = [van for van in all_of_it if van in named and van not in gone]
        rest = [van for van in all_of_it if van not in gone and van not in apart]
        kinds.append(replace(kind, count=len(rest)))
        van_of |= {Van(kind.vehicle_type_id, number): van for number, van in enumerate(rest, start=1)}
        for van in apart:
            type_id = _fresh(say_van(van, names), taken)
            kinds.append(replace(kind, vehicle_type_id=type_id, count=1))
            van_of[Van(type_id, 1)] = van
    return tuple(kinds), van_of


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    taken.add(name)
    return name


@dataclass(frozen=True)
class _Duties:
    """Who must be visited, by which van; who may not be, or by which vans; who is out of the problem."""

    target: Mapping[str, Van]
    forbidden: Mapping[str, frozenset[Van]]
    must: frozenset[str]
    out: frozenset[str]

    @classmethod
    def of(cls, earlier: Sequence[Route], overrides: Sequence[Override], out: set[str]) -> _Duties:
        of_stop = vans_of(earlier)
        target = {str(stop_of(o)): van for o in overrides if (van := target_of(o, of_stop)) is not None}
        forbidden: dict[str, frozenset[Van]] = {}
        for override in overrides:
            if isinstance(override, ForbidStop):
                forbidden[override.stop_id] = forbidden.get(override.stop_id, frozenset()) | {override.van}
        must = {str(stop_of(o)) for o in overrides if isinstance(o, ServeStop | LockStop | MoveStop)}
        must |= {o.stop.stop_id for o in overrides if isinstance(o, AddStop) and o.stop.required}
        return cls(target, forbidden, frozenset(must - out), frozenset(out))


def _stops(
    priced: PickupProblem, duties: _Duties, type_of: Mapping[Van, str], kept: tuple[Route, ...]
) -> tuple[tuple[Stop, ...], int]:
    """The stops to ask for, and what those left out cost, in micro-euro."""
    on_kept = {stop for route in kept for stop in route.stop_ids}
    company = {s.same_van for s in priced.stops if s.stop_id in on_kept and s.same_van is not None}
    out = duties.out | {s.stop_id for s in priced.stops if s.same_van in company}
    groups: dict[tuple[bool, str], list[Stop]] = {}
    for stop in priced.stops:
        alone = stop.alternative_of is None
        groups.setdefault((alone, stop.stop_id if alone else str(stop.alternative_of)), []).append(stop)
    limit = _limiter(priced, duties, type_of)
    settled: dict[str, Stop] = {}
    left_micro = 0
    for group in groups.values():
        stops, micro = _settle(group, duties.must, on_kept, out)
        settled |= {stop.stop_id: limit(stop) for stop in stops}
        left_micro += micro
    return tuple(settled[s.stop_id] for s in priced.stops if s.stop_id in settled), left_micro


def _settle(
    group: list[Stop], must: frozenset[str], on_kept: set[str], out: frozenset[str] | set[str]
) -> tuple[list[Stop], int]:
    """What of one group of alternatives is still open, and what it costs that nothing is."""
    if any(stop.stop_id in on_kept for stop in group):
        return [], 0
    chosen = [replace(s, required=True, alternative_of=None) for s in group if s.stop_id in must]
    if chosen:
        return chosen, 0
    open_ = [stop for stop in group if stop.stop_id not in out]
    worth_eur = 0.0 if group[0].required else max(stop.prize_eur for stop in group)
    if not open_:
        return [], to_micro(worth_eur)
    if not group[0].required:  # leaving all of them out costs the largest prize, also where that one is out
        open_[0] = replace(open_[0], prize_eur=max(worth_eur, open_[0].prize_eur))
    return open_, 0


def _limiter(
    priced: PickupProblem, duties: _Duties, type_of: Mapping[Van, str]
) -> Callable[[Stop], Stop]:
    """A function that says of a stop which of the asked types may come."""
    versions: dict[str, set[str]] = {kind.vehicle_type_id: {kind.vehicle_type_id} for kind in priced.vehicle_types}
    for van, type_id in type_of.items():
        versions[van.vehicle_type_id].add(type_id)

    def limit(stop: Stop) -> Stop:
        if (van := duties.target.get(stop.stop_id)) is not None:
            return replace(stop, vehicle_type_ids=frozenset({type_of[van]}))
        allowed = versions.keys() if stop.vehicle_type_ids is None else stop.vehicle_type_ids
        barred = {type_of[van] for van in duties.forbidden.get(stop.stop_id, ()) if van in type_of}
        if stop.vehicle_type_ids is None and not barred:
            return stop
        return replace(stop, vehicle_type_ids=frozenset(_versions(versions, allowed)) - barred)

    return limit


def _versions(versions: Mapping[str, set[str]], allowed: Iterable[str]) -> Iterator[str]:
    for type_id in allowed:
        yield from versions[type_id]
