"""Route the drawn nights: every hub's own problem, within one time budget shared by stops."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from network_design.replay.drawing import HubNight, Visit
from network_design.replay.settings import Vans
from network_design.replay.sharing import stop_costs
from network_design.replay.touring import AIR, LONG_VAN, night_problem
from retour.errors import BackendError
from retour.progress import Listener, Progress, silent
from retour.travel import Travel
from retour.vocabulary import Status
from routing.pickup import PickupAnswer, solve_pickup
from routing.pickup.engines import AUTO
from routing.pickup.schedule import Route

EXTRA_STOPS = 10  # added to a night's stops when time is shared, so that small nights get enough
LEAST_S = 0.02


@dataclass(frozen=True)
class Asked:
    """How nights are routed: an engine's name or `AUTO`, its seed, and what ends it: iterations, or the time left."""

    seed: int
    engine: str = AUTO
    iterations: int | None = None


@dataclass(frozen=True)
class RoutedNight:
    """A night with its routes; `stop_cost` is every stop's charge of them, by its id."""

    night: HubNight
    answer: PickupAnswer | None
    stop_cost: dict[str, float] = field(repr=False)

    @property
    def cost(self) -> float:
        """What the vans cost; 0 in a night with nothing to collect."""
        return 0.0 if self.answer is None else self.answer.objective_eur

    @property
    def bound(self) -> float:
        """No routes of this night cost less."""
        return 0.0 if self.answer is None else max(0.0, min(self.answer.bound_eur, self.answer.objective_eur))

    @property
    def far_stops(self) -> int:
        """Stops that no van brings home within a shift."""
        routes = () if self.answer is None else self.answer.routes
        return sum(len(route.stops) for route in routes if route.vehicle_type_id == LONG_VAN)


class Router:
    """Routes nights and keeps them: what comes again, in another period or design, is not routed again."""

    def __init__(self, vans: Vans, asked: Asked, *, circuity: float, travel: Travel = AIR) -> None:
        """Begin with nothing known; legs that `travel` lacks are great circle x `circuity`."""
        self._vans, self._asked, self._circuity, self._travel = vans, asked, circuity, travel
        self._known: dict[tuple[str, tuple[Visit, ...]], RoutedNight] = {}
        self._routes: dict[tuple[str, int], tuple[Route, ...]] = {}

    def route(
        self, nights: Sequence[HubNight], *, budget_s: float | None, listener: Listener = silent
    ) -> list[RoutedNight]:
        """Return every night routed, in the same order, within about `budget_s` seconds (None: iterations alone).

        Raises BackendError where the engine leaves a stop out, which more time may change.
        """
        deadline = None if budget_s is None else time.perf_counter() + budget_s
        left = sum(EXTRA_STOPS + len(night.visits) for night in nights if night.visits)
        routed = []
        for i, night in enumerate(nights):
            listener(Progress("route", i / len(nights), f"{night.hub_id}, period {night.period}, night {night.night}"))
            routed.append(self._one(night, _share(deadline, night, left)))
            left -= EXTRA_STOPS + len(night.visits) if night.visits else 0
        return routed

    def _one(self, night: HubNight, budget_s: float | None) -> RoutedNight:
        if not night.visits:
            return RoutedNight(night, None, {})
        key = (night.hub_id, night.visits)
        if key in self._known:
            known = self._known[key]
            return RoutedNight(night, known.answer, known.stop_cost)
        self._known[key] = found = self._solved(night, budget_s)
        return found

    def _solved(self, night: HubNight, budget_s: float | None) -> RoutedNight:
        """Route a night, beginning with the routes of the same night in the period or design before."""
        problem = night_problem(night, self._vans, circuity=self._circuity, travel=self._travel)
        answer = solve_pickup(
            problem, engine=self._asked.engine, seed=self._asked.seed, budget_s=budget_s,
            iterations=self._asked.iterations, start=self._routes.get((night.hub_id, night.night), ()),
        )  # fmt: skip
        if answer.status is Status.FAILED:
            left_out = ", ".join(answer.unserved)
            raise BackendError(
                f"Routes of hub {night.hub_id!r} in night {night.night} of period {night.period} leave out {left_out}; "
                "give a longer time budget or another --engine."
            )
        self._routes[night.hub_id, night.night] = tuple(route.as_route() for route in answer.routes)
        return RoutedNight(night, answer, stop_costs(night, self._vans, problem, answer))


def _share(deadline: float | None, night: HubNight, left: int) -> float | None:
    """Return the seconds for a night: its share, by stops, of the time that is left."""
    if deadline is None:
        return None
    own = EXTRA_STOPS + len(night.visits)
    return max(LEAST_S, (deadline - time.perf_counter()) * own / max(left, own))
