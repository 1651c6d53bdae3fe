"""Why each stop of a plan is left: no van can serve it at all, or what it would cost and which limit is in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from routing.pickup.alone import fits, why_not_alone
from routing.pickup.answer import PickupAnswer
from routing.pickup.inserting import Gaps, Insertion, as_integers
from routing.pickup.integers import IntegerProblem
from routing.pickup.overrides import VanNames, say_van
from routing.pickup.problem import PickupProblem
from routing.pickup.relaxing import Relaxation, relaxations
from routing.pickup.schedule import Route

MOST_DETAILED = 25  # stops looked at in detail: each takes some hundredths of a second
TRIED = 40  # places tried for each, the least detours first
AFTER_FIRST = 5  # places still tried after one that fits: waiting makes detours inexact
RELAXED = 3  # places in which limits are relaxed
RULES = {
    "capacity": "room", "window": "opening hours", "shift": "the shift", "max_duration": "the longest paid time",
    "max_distance": "the longest distance", "max_trips": "the number of trips", "hub_hours": "the hub's hours",
    "break": "breaks", "linehaul_first": "deliveries before pickups", "hub": "the stop's hub",
    "vehicle_type": "the vans it allows",
}  # fmt: skip


@dataclass(frozen=True)
class Unserved:
    """A stop that is left. `reason` is one or more sentences.

    `insertion_eur` is what the best place found in the final plan adds, by the evaluator, its prize not counted; None
    where none was found. `relaxations` would make it fit: each alone is enough, the smallest of its kind. Only
    `detailed` ones were looked at closely.
    """

    stop_id: str
    required: bool
    prize_eur: float
    reason: str
    insertion_eur: float | None
    relaxations: tuple[Relaxation, ...]
    detailed: bool


def say_cents(eur: float) -> str:
    """Euro and cents."""
    return f"{eur:.2f} EUR"


def explain_unserved(
    problem: PickupProblem | IntegerProblem,
    answer: PickupAnswer | None,
    *,
    most: int = MOST_DETAILED,
    names: VanNames | None = None,
    say_eur: Callable[[float], str] = say_cents,
) -> list[Unserved]:
    """Why stops are left, required ones first, then the dearest; `names` are what vans are called.

    `say_eur` writes money in the sentences.

    Without an answer, of an infeasible problem: the required stops that no van can serve even alone. At most `most`
    are looked at in detail, the others only for whether a van could serve them alone.
    """
    integers = as_integers(problem)
    alone = np.asarray(fits(integers).any(axis=0))
    left = _hopeless(integers, alone) if answer is None else [integers.stop_idx[s] for s in answer.unserved]
    left.sort(key=lambda idx: (not integers.stops[idx].required, -integers.source.stops[idx].prize_eur, idx))
    routes = () if answer is None else tuple(route.as_route() for route in answer.routes)
    look = _Look(integers, routes, names or {}, say_eur)
    detailed = [look.closely(idx) if alone[idx] else look.alone(idx) for idx in left[:most]]
    return detailed + [look.briefly(idx, fits_alone=bool(alone[idx]), most=most) for idx in left[most:]]


def unserved_record(unserved: Unserved, *, units_per_eur: float = 1.0) -> dict[str, object]:
    """An explanation as plain values; `insertion` and `cost` are in the unit of which a euro has so many."""
    added_eur = unserved.insertion_eur
    return {
        "stop": unserved.stop_id, "required": unserved.required, "reason": unserved.reason,
        "insertion": None if added_eur is None else round(added_eur * units_per_eur, 6),
        "relaxations": [
            {"limit": r.limit, "amount": r.amount, "unit": r.unit, "words": r.words,
             "cost": round(r.cost_eur * units_per_eur, 6)}
            for r in unserved.relaxations
        ],
    }  # fmt: skip


def _hopeless(integers: IntegerProblem, alone: np.ndarray) -> list[int]:
    """The stops of required choices none of whose alternatives a van could serve alone."""
    return [
        idx for choice in integers.choices if choice.required and not alone[list(choice.members)].any()
        for idx in choice.members
    ]  # fmt: skip


class _Look:
    """Looks at stops one by one, against the same plan."""

    def __init__(
        self, integers: IntegerProblem, routes: Sequence[Route], names: VanNames, say_eur: Callable[[float], str]
    ) -> None:
        self.integers, self.names, self.say_eur = integers, names, say_eur
        self.gaps = Gaps(integers, routes)
        self.fresh = Gaps(integers, (), vans_enough=True)

    def briefly(self, idx: int, *, fits_alone: bool, most: int) -> Unserved:
        """Whether a van could serve the stop alone."""
        if not fits_alone:
            return self._told(idx, why_not_alone(self.integers, idx), detailed=False)
        said = f"Stop {self._id(idx)!r} fits a van alone; only the first {most} stops left are looked at more closely."
        return self._told(idx, said, detailed=False)

    def alone(self, idx: int) -> Unserved:
        """Why no van could serve the stop even alone, and what would help."""
        tried = [self.fresh.insertion(idx, gap) for gap in self.fresh.cheapest(idx)]
        return self._told(idx, why_not_alone(self.integers, idx), relaxed=self._relaxed(idx, tried, van_of_type=True))

    def closely(self, idx: int) -> Unserved:
        """What the stop would cost in the final plan, and what is in the way of it costing less."""
        gaps = self.gaps.cheapest(idx)
        tried: list[Insertion] = []
        after = 0
        for gap in gaps[:TRIED]:
            tried.append(self.gaps.insertion(idx, gap))
            after += after > 0 or not tried[-1].broken
            if after > AFTER_FIRST:
                break
        fitting = [one for one in tried if not one.broken]
        best = min(fitting, key=lambda one: one.added_eur, default=None)
        cheaper = [one for one in tried if one.broken and (best is None or one.added_eur < best.added_eur)]
        relaxed = self._relaxed(idx, cheaper)
        if best is None:
            relaxed += tuple(self._one_more_van(idx))
        reason = self._reason(idx, best, cheaper, every=len(gaps) <= len(tried))
        return self._told(idx, reason + self._say(relaxed), best=best, relaxed=relaxed)

    def _reason(self, idx: int, best: Insertion | None, cheaper: list[Insertion], *, every: bool) -> str:
        stop = self.integers.source.stops[idx]
        rules = Counter(RULES.get(one.broken[0], one.broken[0]) for one in cheaper)
        broken = ", ".join(f"{rule} ({times})" for rule, times in rules.most_common())
        if best is None:
            where = "every place in the plan breaks" if every else f"the {len(cheaper)} places nearest break"
            blocked = f"{where} {broken}" if cheaper else "no van that may serve it is under way or free"
            return f"Stop {stop.stop_id!r} fits a van alone, but {blocked}."
        van = say_van(best.van, self.names)
        worth = "it must be visited" if stop.required else f"leaving it costs {self.say_eur(stop.prize_eur)}"
        if stop.required or best.added_eur < stop.prize_eur:
            worth += ": the search missed it, give it more time"
        said = f"Stop {stop.stop_id!r} fits on van {van} for {self.say_eur(best.added_eur)} more; {worth}."
        return said + (f" Cheaper places break {broken}." if cheaper else "")

    def _relaxed(self, idx: int, tried: list[Insertion], *, van_of_type: bool = False) -> tuple[Relaxation, ...]:
        """The smallest relaxation of each limit in the places of least cost."""
        found: dict[tuple[str, str], Relaxation] = {}
        for one in sorted(tried, key=lambda one: one.added_eur)[:RELAXED]:
            van = f"type {one.van.vehicle_type_id}" if van_of_type else say_van(one.van, self.names)
            for relaxation in relaxations(one, van=van, stop_id=self._id(idx)):
                key = relaxation.limit, relaxation.unit
                if key not in found or relaxation.amount < found[key].amount:
                    found[key] = relaxation
        return tuple(found.values())

    def _one_more_van(self, idx: int) -> Iterator[Relaxation]:
        """The cheapest van more that could serve the stop alone."""
        tried = [self.fresh.insertion(idx, gap) for gap in self.fresh.cheapest(idx)]
        best = min((one for one in tried if not one.broken), key=lambda one: one.added_eur, default=None)
        if best is not None:
            kind = best.van.vehicle_type_id
            yield Relaxation("vans", 1, "van", f"the vans of type {kind} by 1", best.added_eur)

    def _say(self, relaxed: tuple[Relaxation, ...]) -> str:
        if not relaxed:
            return ""
        ways = "; or ".join(f"{r.words} ({self.say_eur(r.cost_eur)} more)" for r in relaxed)
        return f" To make room, extend {ways}."

    def _id(self, idx: int) -> str:
        return self.integers.source.stops[idx].stop_id

    def _told(
        self,
        idx: int,
        reason: str,
        *,
        best: Insertion | None = None,
        relaxed: tuple[Relaxation, ...] = (),
        detailed: bool = True,
    ) -> Unserved:
        stop = self.integers.source.stops[idx]
        added_eur = None if best is None else best.added_eur
        return Unserved(stop.stop_id, stop.required, stop.prize_eur, reason, added_eur, relaxed, detailed)
