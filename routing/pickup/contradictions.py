"""Overrides that name what does not exist, or contradict each other: every defect, a sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

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
    say,
    say_van,
    stop_of,
    target_of,
    van_of,
    vans_of,
)
from routing.pickup.problem import PickupProblem, Stop, VehicleType
from routing.pickup.schedule import Route, evaluate

MOST_NAMES = 8
CLOSE = 0.5  # names that share half their letters


def override_defects(
    problem: PickupProblem, earlier: Sequence[Route], overrides: Sequence[Override], names: VanNames
) -> list[str]:
    """Every defect of the overrides, a sentence each: unknown ids, and contradictions of those that name none."""
    known, unknown = [], []
    for override in overrides:
        said = [*_unknown(problem, earlier, override, overrides, names)]
        unknown += said
        known += [] if said else [override]
    judge = _Judge(problem, earlier, known, names)
    return list(dict.fromkeys([
        *unknown, *judge.stops_put_twice(), *judge.stops_put_out_of_bounds(), *judge.stops_dropped(),
        *judge.vans_locked(), *judge.groups_torn(), *judge.alternatives_doubled(),
    ]))  # fmt: skip


def _unknown(
    problem: PickupProblem, earlier: Sequence[Route], override: Override, others: Sequence[Override], names: VanNames
) -> Iterator[str]:
    stops = {stop.stop_id for stop in problem.stops}
    added = Counter(o.stop.stop_id for o in others if isinstance(o, AddStop))
    counts = {kind.vehicle_type_id: kind.count for kind in problem.vehicle_types}
    driven = set(vans_of(earlier).values())
    stop, van = stop_of(override), van_of(override)
    asked = say(override, names)
    if isinstance(override, AddStop):
        if stop in stops or added[override.stop.stop_id] > 1:
            yield f"Stop {stop} cannot be added: there is one of that id already."
    elif stop is not None and stop not in stops and stop not in added:
        close = get_close_matches(stop, sorted(stops | added.keys()), n=1, cutoff=CLOSE)
        hint = f"; did you mean {close[0]}?" if close else "; stops go by the visits of the plan."
        yield f'There is no stop {stop} tonight for "{asked}"{hint}'
    elif isinstance(override, LockStop) and stop not in vans_of(earlier):
        yield f"Stop {stop} is on no van of the earlier plan; it cannot stay there. Move it to a van instead."
    if van is not None and not 1 <= van.vehicle_no <= counts.get(van.vehicle_type_id, 0):
        hint = _listed(sorted(say_van(known, names) for known in driven))
        yield f'There is no van {say_van(van, names)} tonight for "{asked}"; {hint}.'
    elif isinstance(override, LockVan) and van not in driven:
        yield f"Van {say_van(override.van, names)} has no route in the earlier plan; there is nothing to keep."


def _listed(vans: Sequence[str]) -> str:
    if not vans:
        return "the earlier plan drives none"
    more = f" and {len(vans) - MOST_NAMES} more" if len(vans) > MOST_NAMES else ""
    return f"those of the earlier plan are {', '.join(vans[:MOST_NAMES])}{more}"


class _Judge:
    """Looks for contradictions; every id is known."""

    def __init__(
        self, problem: PickupProblem, earlier: Sequence[Route], overrides: Sequence[Override], names: VanNames
    ) -> None:
        self.names = names
        self.problem = problem
        self.stops = {stop.stop_id: stop for stop in problem.stops}
        self.stops |= {o.stop.stop_id: o.stop for o in overrides if isinstance(o, AddStop)}
        self.kinds = {kind.vehicle_type_id: kind for kind in problem.vehicle_types}
        self.earlier = vans_of(earlier)
        self.lost = {o.van for o in overrides if isinstance(o, LoseVan)}
        self.locked = {o.van for o in overrides if isinstance(o, LockVan)}
        self.dropped = {o.stop_id for o in overrides if isinstance(o, DropStop)}
        self.served = {str(stop_of(o)) for o in overrides if isinstance(o, ServeStop | AddStop | LockStop | MoveStop)}
        self.forbidden = [(o.stop_id, o.van) for o in overrides if isinstance(o, ForbidStop)]
        self.routes = [route for route in earlier if Van(route.vehicle_type_id, route.vehicle_no) in self.locked]
        self.targets: dict[str, list[Van]] = {}
        for override in overrides:
            if (van := target_of(override, self.earlier)) is not None:
                self.targets.setdefault(str(stop_of(override)), []).append(van)

    def van(self, van: Van) -> str:
        """A van in words."""
        return say_van(van, self.names)

    def stops_put_twice(self) -> Iterator[str]:
        """Stops on two vans, or on a van that is lost, locked without them, or forbidden to them."""
        for stop, vans in self.targets.items():
            first, *others = dict.fromkeys(vans)
            said = f"Stop {stop} cannot be on van {self.van(first)} and on van"
            yield from (f"{said} {self.van(other)}; choose." for other in others)
            for van in (first, *others):
                if van in self.lost:
                    yield f"Stop {stop} is to be on van {self.van(van)}, which is lost; choose another van."
                if van in self.locked and self.earlier.get(stop) != van:
                    yield f"Stop {stop} is to be on van {self.van(van)}, which keeps its route; unlock the van."
                if (stop, van) in self.forbidden:
                    yield f"Stop {stop} is to be on van {self.van(van)} and is forbidden there; choose."

    def stops_put_out_of_bounds(self) -> Iterator[str]:
        """Stops on vans of another hub, or of a type the stop does not allow."""
        for stop_id, vans in self.targets.items():
            stop = self.stops[stop_id]
            for van in vans:
                kind = self.kinds[van.vehicle_type_id]
                if not _may_serve(kind, stop):
                    whose = f"hub {stop.hub_id}" if stop.hub_id not in (None, kind.hub_id) else "vans of other types"
                    yield f"Stop {stop_id} cannot be on van {self.van(van)}: it is for {whose} only."

    def stops_dropped(self) -> Iterator[str]:
        """Stops dropped that are to be visited."""
        for stop in sorted(self.dropped & self.served):
            yield f"Stop {stop} is dropped and is to be visited; choose."

    def vans_locked(self) -> Iterator[str]:
        """Routes to be kept of lost vans, without their stops, or beyond their limits."""
        for van in sorted(self.locked & self.lost):
            yield f"Van {self.van(van)} is lost and is to keep its route; choose."
        for route in self.routes:
            van = Van(route.vehicle_type_id, route.vehicle_no)
            out = sorted(set(route.stop_ids) & self.dropped)
            out += [stop for stop, where in self.forbidden if where == van and stop in route.stop_ids]
            said = f"Van {self.van(van)} keeps its route, with stop"
            yield from (f"{said} {stop}, which may not be on it; choose." for stop in out)
            for stop in route.stop_ids:
                yield from (
                    f"Stop {stop} is on the route that van {self.van(van)} keeps and is to be on van "
                    f"{self.van(other)}; choose."
                    for other in self.targets.get(stop, ())
                    if other != van
                )
            yield from self._beyond_limits(route, van)

    def _beyond_limits(self, route: Route, van: Van) -> Iterator[str]:
        trips = tuple(tuple(stop for stop in trip if stop in self.stops) for trip in route.trips)
        ours = {stop for trip in trips for stop in trip}
        alone = _only(self.problem, ours)
        known = Route(route.vehicle_type_id, route.vehicle_no, tuple(trip for trip in trips if trip))
        broken = [b for b in evaluate(alone, [known]).breaches if b.rule not in ("required", "alternatives")]
        if broken:
            yield f"Van {self.van(van)} cannot keep its route: {' '.join(map(str, broken))}"

    def groups_torn(self) -> Iterator[str]:
        """Stops that must ride in one van and are put on several."""
        rides: dict[str, set[Van]] = {}
        of_route = {stop: Van(r.vehicle_type_id, r.vehicle_no) for r in self.routes for stop in r.stop_ids}
        for stop_id, stop in self.stops.items():
            if stop.same_van is not None:
                vans = {*self.targets.get(stop_id, ()), *([of_route[stop_id]] if stop_id in of_route else [])}
                rides.setdefault(stop.same_van, set()).update(vans)
        for group, vans in rides.items():
            if len(vans) > 1:
                where = " and ".join(self.van(van) for van in sorted(vans))
                yield f"The stops of group {group} must ride in one van and are put on {where}; choose."
            kept = vans & self.locked
            left = [s for s in self.stops.values() if s.same_van == group and s.stop_id not in of_route]
            for stop in left if kept else ():
                if stop.stop_id not in self.dropped and (stop.required or stop.stop_id in self.served):
                    yield (
                        f"Stop {stop.stop_id} must ride with its group {group} on van {self.van(min(kept))}, which "
                        f"keeps its route without it; unlock the van."
                    )

    def alternatives_doubled(self) -> Iterator[str]:
        """Alternatives that are all to be visited."""
        kept = {stop for route in self.routes for stop in route.stop_ids}
        chosen: dict[str, list[str]] = {}
        for stop_id in sorted((self.served | kept) & self.stops.keys()):
            group = self.stops[stop_id].alternative_of
            if group is not None:
                chosen.setdefault(group, []).append(stop_id)
        for group, stops in chosen.items():
            if len(stops) > 1 and set(stops) & self.served:
                yield f"Only one alternative of {group} can be visited, not {' and '.join(stops)}; choose."


def _may_serve(kind: VehicleType, stop: Stop) -> bool:
    of_hub = stop.hub_id in (None, kind.hub_id)
    return of_hub and (stop.vehicle_type_ids is None or kind.vehicle_type_id in stop.vehicle_type_ids)


def _only(problem: PickupProblem, stop_ids: set[str]) -> PickupProblem:
    """The problem with these stops alone."""
    return replace(problem, stops=tuple(stop for stop in problem.stops if stop.stop_id in stop_ids))
