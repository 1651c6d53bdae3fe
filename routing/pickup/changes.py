"""What changed between two plans, stop by stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.pickup.overrides import Van
from routing.pickup.scheduled import ScheduledRoute


@dataclass(frozen=True)
class Visited:
    """Who visits a stop, at which place of the van's night (from 1), and when service begins (s after midnight)."""

    van: Van
    position: int
    start_s: int


@dataclass(frozen=True)
class StopChange:
    """A stop that another van visits, that is visited at another time, or after other stops than before.

    `before` or `after` is None where it is not visited. `reordered`: of the stops that stay on its van, another one
    comes right before it.
    """

    stop_id: str
    before: Visited | None
    after: Visited | None
    reordered: bool

    @property
    def changed_van(self) -> bool:
        """Whether another van comes, or none where one came, or one where none came."""
        return (self.before and self.before.van) != (self.after and self.after.van)

    @property
    def later_s(self) -> int:
        """By how many seconds service begins later; negative where it begins earlier, 0 where it is not both times."""
        return self.after.start_s - self.before.start_s if self.before and self.after else 0


def changes_between(before: Sequence[ScheduledRoute], after: Sequence[ScheduledRoute]) -> tuple[StopChange, ...]:
    """The stops that changed van, order or time, by id."""
    old, new = _visits(before), _visits(after)
    led_before, led_after = _leaders(before, old, new), _leaders(after, old, new)
    found = [
        StopChange(stop_id, old.get(stop_id), new.get(stop_id), led_before.get(stop_id) != led_after.get(stop_id))
        for stop_id in sorted(old.keys() | new.keys())
    ]
    return tuple(change for change in found if change.changed_van or change.later_s or change.reordered)


def _visits(routes: Sequence[ScheduledRoute]) -> dict[str, Visited]:
    return {
        stop.stop_id: Visited(Van(route.vehicle_type_id, route.vehicle_no), position, stop.start_s)
        for route in routes
        for position, stop in enumerate(route.stops, start=1)
    }


def _leaders(
    routes: Sequence[ScheduledRoute], old: dict[str, Visited], new: dict[str, Visited]
) -> dict[str, str | None]:
    """For every stop that stays on its van, the stop before it among those."""
    leaders: dict[str, str | None] = {}
    for route in routes:
        last = None
        for stop in route.stops:
            if stop.stop_id in old and stop.stop_id in new and old[stop.stop_id].van == new[stop.stop_id].van:
                leaders[stop.stop_id], last = last, stop.stop_id
    return leaders
