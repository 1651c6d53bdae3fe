"""One partition at work: every pass over its returns, as methods whose results add up over partitions.

All methods are deterministic, and those named in `CHANGES` alone change what later ones return: a partition that is
lost with its worker is built again elsewhere by repeating them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from routing.decide.scale import auction, kernels, settling
from routing.decide.scale.live import LiveWays, Prices
from routing.decide.scale.night import Room, WayLimits
from routing.decide.scale.part import Census, build_part

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
CHANGES = ("furnish", "contend", "clear", "bid", "link_up", "settle", "relieve")
NO_PLACE, FREE = -2, -1
KEPT, WAITING = -1, -2
NEVER_EUR = 1e9
ENDLESS = 1e15


@dataclass(frozen=True)
class Softened:
    """Sum of soft minima, expected use (rows + KEEP,), its spread and curvature (see `kernels.soften`)."""

    value_eur: float
    use: FloatArray
    spread: FloatArray
    curvature: FloatArray


@dataclass(frozen=True)
class Bids:
    """What returns of a partition hold of places that others may want too: own place, bid, return; the prices of all
    its own places (KEEP last), and how many bids it took."""

    place: IntArray
    bid: FloatArray
    holder: IntArray
    price: FloatArray
    made: int


@dataclass(frozen=True)
class Settled:
    """What a partition's plan uses of the limits (rows,) and costs; returns without a recovery or a place yet."""

    used: FloatArray
    cost_eur: float
    unsettled: int
    unplaced: int
    kept: int


class Worker:
    """A partition and its plan so far."""

    def __init__(self, ways: LiveWays, returns: pd.DataFrame) -> None:
        self._ways, self._night, night = ways, ways.night, ways.night
        self._part, self._census = build_part(night, returns)
        self._share = night.instance.indexed.profiles.share
        self._row_unit = usual_use(night.limits)
        self._handed_at = self._recovered_at = b""

    def census(self) -> Census:
        """Return what this partition adds to the whole."""
        return self._census

    def furnish(self, room: Room) -> IntArray:
        """Take in the room at points; return the places that returns of this partition may take, ascending."""
        part = self._part
        need, point = part.x_need.astype(np.int64), part.x_point.astype(np.int64)
        place = np.where(need >= 0, room.first[point, np.maximum(need, 0)], FREE)
        full = (need >= 0) & (place >= room.start[point + 1])
        everywhere = np.unique(point[~full & (need >= 0)])
        spans = [np.arange(room.start[c], room.start[c + 1]) for c in everywhere]
        self._places = np.append(np.concatenate([np.empty(0, np.int64), *spans]), len(room)).astype(np.int64)
        ends = np.append(room.start[room.point + 1], len(room) + 1)
        self._place_end = np.searchsorted(self._places, ends[self._places])
        self._x_place = np.where(full, NO_PLACE, np.where(place >= 0, np.searchsorted(self._places, place), FREE))
        self.clear()
        return self._places

    def clear(self) -> None:
        """Forget who holds what."""
        n = len(self._part)
        self._taken, self._bid_of = np.full(n, -1, np.int64), np.zeros(n)
        self._option, self._link = np.full(n, WAITING, np.int64), np.full(n, -1, np.int64)
        self._picked = np.full(n, -1, np.int64)

    def contend(self, capacity: IntArray, shared: BoolArray) -> None:
        """Take in what each own place (KEEP last) holds, -1: any number, and whether other partitions want it too."""
        self._capacity, self._shared = capacity, shared
        heap = np.concatenate([[0], np.cumsum(np.maximum(capacity, 0))])
        price = np.where(capacity == 0, np.inf, 0.0)
        self._stock = (heap, np.empty(heap[-1]), np.empty(heap[-1], np.int64), np.zeros(len(capacity), np.int64), price)

    def cheapest_handover(self, prices: Prices) -> FloatArray:
        """Return per link the cheapest way to hand over at these prices (inf: none)."""
        key = prices.place.tobytes()
        if self._handed_at != key:
            part, price = self._part, np.append(prices.place[self._places[:-1]], prices.keep)
            self._handed_at = key
            self._handed = kernels.cheapest_handover(part.x_start, part.x_cost, self._x_place, price)
        return self._handed

    def soften(self, prices: Prices, temperature: float, step: int, linked: bool) -> Softened:
        """Return the soft response of every `step`-th return; `linked`: of those that move, by their link alone."""
        part, night, live = self._part, self._night, self._ways.at(prices, settling.FAR * temperature)
        limits, rows = night.limits, len(night.limits) + 1
        x_best = self._only_linked() if linked else self.cheapest_handover(prices)
        keep = np.full(len(part), np.inf) if linked else part.keep_cost + prices.keep
        use, spread, curvature = np.zeros(rows), np.zeros(rows), np.zeros((rows, rows))
        value = kernels.soften(
            part.link_start, part.link_block, part.weight_kg, part.value_eur, part.slack_days, part.profile,
            self._share, night.late_eur_per_day, *live.cost, live.way, limits.start, limits.row, limits.amount,
            x_best, keep, rows - 1, temperature, step, np.append(self._row_unit, 1.0), use, spread, curvature,
        )  # fmt: skip
        return Softened(float(value), use, spread, curvature)

    def bound(self, prices: Prices) -> float:
        """Return the sum of every return's cheapest cost at these prices (limits' own worth not yet taken off)."""
        return float(self._respond(prices)[0].sum())

    def bid(
        self, prices: Prices, lost: IntArray | None, foreign: tuple[IntArray, FloatArray], eps: float
    ) -> Bids:
        """Let returns bid for places until each holds one: all at first (`lost` None), then those that lost theirs.

        `foreign` are (own place, bid) of holders in other partitions. Only the limits' prices count; places find
        their own.
        """
        part, held = self._part, self._stock
        again = np.arange(len(part)) if lost is None else lost
        self._taken[again], self._option[again] = -1, WAITING
        if lost is not None:
            mine = self._holders()
            place, bid = np.append(self._taken[mine], foreign[0]), np.append(self._bid_of[mine], foreign[1])
            holder = np.append(mine, np.full(len(foreign[0]), -1))
            auction.lay_down(np.flatnonzero(self._shared), place, bid, holder, self._capacity, *held)
        made = auction.auction(
            part.link_start, part.x_start, part.x_cost, self._x_place, self._recover(prices), part.keep_cost,
            len(self._places) - 1, self._place_end, self._capacity, *held, self._taken, self._bid_of, self._option, again,
            eps, NEVER_EUR,
        )  # fmt: skip
        mine = self._holders()
        return Bids(self._taken[mine], self._bid_of[mine], mine, held[-1], int(made))

    def _holders(self) -> IntArray:
        """Return the returns that hold places of limited room which other partitions may take too."""
        return np.flatnonzero((self._taken >= 0) & ((self._capacity >= 0) & self._shared)[self._taken])

    def link_up(self) -> int:
        """Fix every return's link, or KEEP, as the auction left it; return how many found no place at all."""
        x_link = np.repeat(np.arange(len(self._part.link_block)), np.diff(self._part.x_start))
        self._link = np.where(self._option >= 0, x_link[self._option], -1)
        return int((self._option == WAITING).sum())

    def settle(self, prices: Prices, temperature: float) -> Settled:
        """Give every return that moves a recovery, so that use follows the soft response at these prices."""
        part, night, limits = self._part, self._night, self._night.limits
        live = self._ways.at(prices, settling.FAR * temperature)
        used, meant = np.zeros(len(limits)), np.zeros(len(limits))
        settling.spread_out(
            self._blocks(), part.weight_kg, part.value_eur, part.slack_days, part.profile, self._share,
            night.late_eur_per_day, *live.cost, live.way, limits.start, limits.row, limits.amount,
            1.0 / self._row_unit ** 2, temperature, used, meant, self._picked,
        )  # fmt: skip
        return self.settled()

    def relieve(self, prices: Prices, left: FloatArray, dearest: float) -> FloatArray:
        """Move returns out of overfull rows where it costs at most `dearest` EUR more; return what is left then."""
        part, night, limits = self._part, self._night, self._night.limits
        soft = np.isfinite(limits.excess_eur)
        uses = self._uses_of((left < -settling.ROUNDING) & ~soft)
        asked = np.flatnonzero((self._link >= 0) & (uses | (self._picked < 0)))
        fixed = night.cost.fixed + kernels.tolls(limits.start, limits.row, limits.amount, prices.limit)
        common = (
            self._blocks(), part.weight_kg, part.value_eur, part.slack_days, part.profile, self._share,
            night.late_eur_per_day, night.ways.start, night.outcome, night.hub_days, fixed, night.cost.per_kg,
            night.cost.gain, night.cost.charge, limits.start, limits.row, limits.amount,
        )  # fmt: skip
        left = np.where(soft, ENDLESS, left)
        _, extra = settling.cheapest_ways_out(*common, left, self._picked, asked)
        order = asked[np.argsort(extra, kind="stable")][: int(np.isfinite(extra).sum())]
        settling.relieve(order, *common, soft, left, self._picked, dearest)
        return left

    def settled(self) -> Settled:
        """Return what the plan so far uses and costs; returns without place or recovery cost nothing here."""
        part, moves = self._part, (self._link >= 0) & (self._picked >= 0)
        kept = self._option == KEPT
        cost = part.x_cost[self._option[moves]].sum() + self.recovery_cost()[moves].sum() + part.keep_cost[kept].sum()
        limits, ways = self._night.limits, self._picked[moves]
        many = np.diff(limits.start)[ways]
        at = np.repeat(limits.start[ways] - np.cumsum(many) + many, many) + np.arange(many.sum())
        used = np.bincount(limits.row[at], limits.amount[at], len(limits))
        unsettled = int(((self._link >= 0) & (self._picked < 0)).sum())
        return Settled(used, float(cost), unsettled, int((self._option == WAITING).sum()), int(kept.sum()))

    def recovery_cost(self) -> FloatArray:
        """Return what the picked recoveries cost, limits' prices left out, shape (n,); 0 where there is none."""
        part, night, way = self._part, self._night, np.maximum(self._picked, 0)
        worth = part.value_eur * self._share[part.profile, night.outcome[way]]
        late = night.late_eur_per_day * np.maximum(0.0, night.hub_days[way] - part.slack_days)
        cost = night.cost.fixed[way] + night.cost.per_kg[way] * part.weight_kg + late
        cost += np.where(worth >= 0, night.cost.gain[way] * worth, -night.cost.charge[way] * worth)
        return np.where(self._picked >= 0, cost, 0.0)

    def _respond(self, prices: Prices) -> tuple[FloatArray, IntArray, IntArray]:
        part = self._part
        link_cost = self._recover(prices)
        price = np.append(prices.place[self._places[:-1]], prices.keep)
        return kernels.respond(
            part.link_start, part.x_start, part.x_cost, self._x_place, price, link_cost, part.keep_cost + prices.keep
        )

    def _recover(self, prices: Prices) -> FloatArray:
        """Return per link the cost of its cheapest recovery at these prices, remembered for the next call."""
        part, key = self._part, prices.limit.tobytes()
        if self._recovered_at != key:
            live = self._ways.at(prices, 0.0)
            self._recovered_at = key
            self._recovered, _ = kernels.recover(
                part.link_start, part.link_block, part.weight_kg, part.value_eur, part.slack_days, part.profile,
                self._share, self._night.late_eur_per_day, *live.cost,
            )  # fmt: skip
        return self._recovered

    def _only_linked(self) -> FloatArray:
        out = np.full(len(self._part.link_block), np.inf)
        out[self._link[self._link >= 0]] = 0.0
        return out

    def _blocks(self) -> IntArray:
        return np.where(self._link >= 0, self._part.link_block[self._link], -1).astype(np.int64)

    def _uses_of(self, rows: BoolArray) -> BoolArray:
        limits = self._night.limits
        touched = np.bincount(np.repeat(np.arange(len(limits.start) - 1), np.diff(limits.start)),
                              rows[limits.row], len(limits.start) - 1) > 0  # fmt: skip
        return np.where(self._picked >= 0, touched[self._picked], False)


def usual_use(limits: WayLimits) -> FloatArray:
    """Return what a way that uses a row uses of it on average, shape (rows,)."""
    total = np.bincount(limits.row, np.abs(limits.amount), len(limits))
    return np.maximum(total / np.maximum(1, np.bincount(limits.row, minlength=len(limits))), settling.ROUNDING)
