"""Prices, an auction for room, recoveries spread over what the prices leave, and the bound: one large night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retour.progress import Listener, Progress
from routing.decide.deadline import Deadline
from routing.decide.limit_rows import ROUNDING
from routing.decide.scale.crew import Crew
from routing.decide.scale.dual import Bounds, Stage, ascend
from routing.decide.scale.live import Prices
from routing.decide.scale.night import Night, Room, WayLimits, lane_capacity, room_at_points
from routing.decide.scale.room import Contest, allot, contest
from routing.decide.scale.worker import Settled, Softened, added_up, usual_use

FloatArray = NDArray[np.float64]

FIRST_TEMPERATURE, LAST_TEMPERATURE, COOLING = 2e-2, 2e-5, 2.5
SMALLEST_SAMPLE, LARGEST_SAMPLE, LARGER = 4_000, 250_000, 3
INCREMENT = 4e-4
MILLION = 1_000_000
TARGET_GAP = 1e-5
MOST_TURNS = 4
AIM_LOWER = 1.2
PENALTY_EUR = 1e5
DEAREST_MOVES = (1e-3, 1e-2, 0.1, 1.0, np.inf)


@dataclass(frozen=True)
class Solved:
    """What is known of a large night: the plan's cost (inf: some limit is broken), the bound, the prices behind it.

    The plan itself stays with the crew. `used` (rows,) is its use of the limits on ways; `unplaced` and `unsettled`
    count returns that found no room or no recovery; `beyond` (rows,) is use beyond hard limits; `unfetched` parcels lie
    at points whose carrier takes no more.
    """

    cost_eur: float
    bound_eur: float
    prices: Prices
    used: FloatArray
    beyond: FloatArray
    unplaced: int
    unsettled: int
    kept: int
    unfetched: int

    @property
    def feasible(self) -> bool:
        """True when every return has a place and a recovery within all limits."""
        return not (self.unplaced or self.unsettled or self.unfetched or self.beyond.any())

    @property
    def good_enough(self) -> bool:
        """True when another turn could hardly improve the plan."""
        return self.feasible and self.cost_eur - self.bound_eur <= TARGET_GAP * abs(self.cost_eur)

    def with_bound_of(self, other: Solved | None) -> Solved:
        """Return this plan with the better bound of the two, and the prices that prove it."""
        if other is None or other.bound_eur <= self.bound_eur:
            return self
        return replace(self, bound_eur=other.bound_eur, prices=other.prices)


@dataclass(frozen=True)
class Layout:
    """One night laid out: room, who may take it, and the partitions at work."""

    night: Night
    room: Room
    contest: Contest
    crew: Crew
    planned: int
    held: FloatArray
    lying_planned: FloatArray
    stranded: tuple[str, ...]

    def soft(self, linked: bool):  # type: ignore[no-untyped-def]
        """Return the soft response over all partitions as a function of prices, temperature and step."""

        def respond(prices: Prices, temperature: float, step: int) -> Softened:
            return added_up(self.crew.each("soften", prices, temperature, step, linked))

        return respond

    @property
    def unfetched(self) -> FloatArray:
        """Return parcels that lie at each point beyond what its carrier takes, shape (p,): no decision helps."""
        return np.maximum(0.0, self.lying_planned - lane_capacity(self.night.instance.indexed))

    def bound(self, prices: Prices, *, planned_pickup: bool = True) -> float:
        """Return what no plan can cost less than, by weak duality at these prices."""
        worth = prices.place @ np.where(np.isfinite(self.room.capacity), self.room.capacity, 0.0)
        worth += prices.keep * self.contest.capacity[-1] + prices.limit @ self.night.limits.capacity
        return float(sum(self.crew.each("bound", prices, planned_pickup)) - worth)


def open_night(night: Night, crew: Crew) -> Layout:
    """Count the partitions together and show each the room at points."""
    census = crew.each("census")
    held = np.sum([c.held for c in census], axis=0)
    lying_planned = np.sum([c.lying_planned for c in census], axis=0)
    room = room_at_points(night, held, lying_planned)
    planned = sum(c.planned for c in census)
    stranded = tuple(name for c in census for name in c.stranded)
    places = crew.each("furnish", room)
    keep_most = int(np.floor(night.instance.policy.keep.max_share * planned + ROUNDING))
    return Layout(night, room, contest(places, room.capacity, keep_most), crew, planned, held, lying_planned, stranded)


def solve(stage: Layout, *, deadline: Deadline, listener: Listener) -> Solved:
    """Return what is known of the best plan found, which the crew holds.

    Prices of limits and the auction for room take turns until the gap is small: they hardly interfere, since a
    return's room and its recovery are chosen apart once its entry hub is.
    """
    crew, limits = stage.crew, stage.night.limits
    prices = Prices(np.zeros(len(stage.room)), 0.0, np.zeros(len(limits)))
    level = max(1.0, abs(stage.bound(prices)) / max(1, stage.planned))
    aim = np.append(limits.capacity, stage.contest.capacity[-1])
    listener(Progress("decide", 0.2, f"{stage.planned} returns in {len(crew)} parts, {len(stage.room)} places"))
    best: Solved | None = None
    for turn in range(MOST_TURNS):
        stages = _cooling(level, stage.planned) if turn == 0 else _last_stages(level, stage.planned)[:1]
        prices = ascend(stage.soft(False), prices, _bounds(limits, aim), stages, deadline=deadline)
        increment = INCREMENT * level * float(np.clip(stage.planned / MILLION, 0.01, 1.0))
        price, _ = allot(crew, stage.contest, prices, increment)
        prices = replace(prices, place=_effective(stage.room, price[:-1]), keep=_finite(price[-1]))
        found = _settle(stage, prices, level, aim, deadline)
        if best is None or (found.feasible, -found.cost_eur) > (best.feasible, -best.cost_eur):
            crew.each("remember")
            best = found.with_bound_of(best)
        else:
            best = best.with_bound_of(found)
        told = f"gap {best.cost_eur - best.bound_eur:.2f} EUR"
        listener(Progress("decide", 0.3 + 0.1 * turn, told, best_eur=best.cost_eur))
        if best.good_enough or deadline.left_s <= 0:
            break
        aim[limits.budget_row] -= AIM_LOWER * found.beyond[limits.budget_row]
    assert best is not None
    crew.each("recall")
    return best


def _bounds(limits: WayLimits, capacity: FloatArray) -> Bounds:
    """Return the bounds of prices: none above what excess is sold for, or a penalty."""
    most_eur = np.where(np.isfinite(limits.excess_eur), limits.excess_eur, PENALTY_EUR)
    return Bounds(capacity, np.append(most_eur, PENALTY_EUR), np.append(usual_use(limits), 1.0))


def _settle(
    stage: Layout, prices: Prices, level: float, aim: FloatArray, deadline: Deadline
) -> Solved:
    """Fix what the auction chose, price the limits for just that, pick recoveries, and bound from below."""
    crew, limits = stage.crew, stage.night.limits
    crew.each("link_up")
    balanced, stages = np.append(aim[:-1], 0.0), _last_stages(level, stage.planned)
    final = ascend(
        stage.soft(True), replace(prices, keep=0.0), _bounds(limits, balanced), stages, deadline=deadline
    )
    final = replace(final, keep=prices.keep)
    found = _total(crew.each("settle", final, LAST_TEMPERATURE * level))
    found = _relieved(stage, final, found, level)
    bounds = {stage.bound(p): p for p in (prices, final)}
    best = max(bounds)
    over = np.maximum(0.0, found.used - limits.capacity)
    hard = np.isinf(limits.excess_eur)
    cost = found.cost_eur + float(over[~hard] @ limits.excess_eur[~hard])
    beyond = np.where(hard & (over > ROUNDING * np.maximum(1.0, np.abs(limits.capacity))), over, 0.0)
    unfetched = int(np.ceil(stage.unfetched.sum() - ROUNDING))
    return Solved(
        cost, np.inf if unfetched else best, bounds[best], found.used, beyond, found.unplaced, found.unsettled,
        found.kept, unfetched,
    )  # fmt: skip


def _relieved(stage: Layout, prices: Prices, found: Settled, level: float) -> Settled:
    """Let partitions move returns out of overfull rows, cheap moves first, until all fits or nothing moves."""
    limits = stage.night.limits
    hard = np.isinf(limits.excess_eur)
    for dearest in DEAREST_MOVES:
        left = limits.capacity - found.used
        if not found.unsettled and (left[hard] >= -ROUNDING).all():
            break
        for part in range(len(stage.crew)):
            left = stage.crew.some("relieve", {part: (prices, left, dearest * level)})[part]
        found = _total(stage.crew.each("settled"))
    return found


def _total(found: Sequence[Settled]) -> Settled:
    names = ("used", "cost_eur", "unsettled", "unplaced", "kept")
    return Settled(*(sum(getattr(f, name) for f in found) for name in names))


def _cooling(level: float, planned: int) -> list[Stage]:
    """Return ever lower temperatures over ever larger samples."""
    many = int(np.ceil(np.log(FIRST_TEMPERATURE / LAST_TEMPERATURE) / np.log(COOLING))) + 1
    heat = level * np.geomspace(FIRST_TEMPERATURE, LAST_TEMPERATURE, many)[:-1]
    sample = np.minimum(LARGEST_SAMPLE, SMALLEST_SAMPLE * LARGER ** np.maximum(0, np.arange(many - 1) - 2.0))
    return [Stage(float(t), max(1, int(planned // s))) for t, s in zip(heat, sample, strict=True)]


def _last_stages(level: float, planned: int) -> list[Stage]:
    sample = max(1, planned // LARGEST_SAMPLE)
    return [Stage(LAST_TEMPERATURE * level * COOLING**k, step) for k, step in ((1, sample), (0, 1))]


def _effective(room: Room, price: FloatArray) -> FloatArray:
    """Return what room costs at most: a parcel takes the cheapest place of its level and up."""
    out = price.copy()
    for place in range(len(out) - 2, -1, -1):
        if room.point[place] == room.point[place + 1]:
            out[place] = min(out[place], out[place + 1])
    return np.where(np.isfinite(out), out, PENALTY_EUR)


def _finite(price: float) -> float:
    return float(price) if np.isfinite(price) else PENALTY_EUR
