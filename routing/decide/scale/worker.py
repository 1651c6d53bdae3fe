"""One partition at work: every pass over its returns, as methods whose results add up over partitions.

All methods are deterministic, and those named in `replay.CHANGES` alone change what later ones return: a partition that
is lost with its worker is built again elsewhere by repeating them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from weakref import ref

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.instance import Instance
from retour.ledger import customer_distance_m
from retour.pricing import carbon_eur_per_kg, collection_parts, keep_parts, recovery_parts, total, waiting_parts
from routing.decide.comparators import FIXED_RULES
from routing.decide.infeasible import SHOWN
from routing.decide.inspection import with_tolls
from routing.decide.scale import auction, kernels, settling, turns
from routing.decide.scale.answers import BEST, CHEAPEST, KEPT, LIES_BEST, LIES_CHEAPEST, decisions_of
from routing.decide.scale.live import LiveWays, Prices
from routing.decide.scale.news import SILENCE, News, Rumour
from routing.decide.scale.night import Room, WayLimits
from routing.decide.scale.part import Census, build_part
from routing.decide.scale.ranks import RuleOrder, Tally
from routing.decide.scale.side_by_side import in_parts
from routing.decide.scale.source import Report, Source
from routing.decide.tolls import Tolls

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
SmallRanks = NDArray[np.int16]
NO_PLACE, FREE = -2, -1
KEEPS, WAITING = -1, -2
CENT_EUR = 0.005
SECOND_BEST_WITHIN_EUR = 1.0
NEVER_EUR = 1e7
ENDLESS = 1e15
VALUES_SAMPLED = 2_000
NO_RANKS = RuleOrder(np.empty((0, 0)), np.empty(0))


@dataclass(frozen=True)
class Softened:
    """Sum of soft minima, expected use (rows + KEEP,), its spread and curvature (see `kernels.soften`)."""

    value_eur: float
    use: FloatArray
    spread: FloatArray
    curvature: FloatArray


def added_up(found: Sequence[Softened]) -> Softened:
    """Return the soft response of several stretches or partitions together, added in their order."""
    fields = ("value_eur", "use", "spread", "curvature")
    return Softened(*(sum(getattr(f, name) for f in found) for name in fields))


@dataclass(frozen=True)
class Bids:
    """What returns of a partition bid for places that others may want too: whose earlier bids are over, and the bids
    that came (own places); the prices of all its own places (KEEP last), and how many bids it took."""

    over: IntArray
    came: Rumour
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

    def __init__(self, ways: LiveWays, source: Source) -> None:
        self._ways, self._night, night = ways, ways.night, ways.night
        instance, self._part, self._census = build_part(night, source())
        self._source, self._kept = source, None if source.read_again else instance
        self._seen = ref(instance)
        self._share = night.instance.indexed.profiles.share
        self._row_unit = usual_use(night.limits)
        self._handed_at = self._recovered_at = b"-"  # no prices yet; b"" are those of a night without limits

    @property
    def _instance(self) -> Instance:
        """The rows as an instance; read again where nobody holds them, since they take more than all the rest."""
        instance = self._kept or self._seen() or self._night.instance.with_returns(self._source())
        self._seen = ref(instance)
        return instance

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
        self._taken, self._bid_of, self._tries = np.full(n, -1, np.int64), np.zeros(n), np.zeros(n, np.int64)
        self._option, self._link = np.full(n, WAITING, np.int64), np.full(n, -1, np.int64)
        self._picked = np.full(n, -1, np.int64)
        self._heard = SILENCE

    def contend(self, capacity: IntArray, shared: BoolArray) -> int:
        """Take in what each own place (KEEP last) holds, -1: any number, and for which of them other partitions bid
        too; return how many returns there are."""
        self._capacity, self._shared = capacity, shared
        heap = np.concatenate([[0], np.cumsum(np.maximum(capacity, 0))])
        price = np.where(capacity == 0, np.inf, 0.0)
        self._stock = (heap, np.empty(heap[-1]), np.empty(heap[-1], np.int64), np.zeros(len(capacity), np.int64), price)
        self._told_place = np.full(len(self._part), FREE, np.int32)
        self._told_bid = np.zeros(len(self._part))
        self._moved = np.zeros(len(capacity), np.bool_)
        return len(self._part)

    def cheapest_handover(self, prices: Prices) -> tuple[FloatArray, IntArray]:
        """Return per link the cheapest way to hand over at these prices (inf: none), and which option that is."""
        key = prices.place.tobytes() + prices.limit[self._night.limits.budget_row].tobytes()
        if self._handed_at != key:
            price = np.append(prices.place[self._places[:-1]], prices.keep)
            x_cost, self._handed_at = self._x_cost(prices), key
            self._handed = kernels.cheapest_handover(self._part.x_start, x_cost, self._x_place, price)
        return self._handed

    def soften(self, prices: Prices, temperature: float, step: int, linked: bool) -> Softened:
        """Return the soft response of every `step`-th return; `linked`: of those that move, by their link alone."""
        part, night, live = self._part, self._night, self._ways.at(prices, settling.FAR * temperature)
        limits, rows = night.limits, len(night.limits) + 1
        x_best, option = self._only_linked() if linked else self.cheapest_handover(prices)
        keep = np.full(len(part), np.inf) if linked else part.keep_cost + prices.keep
        row_unit, x_budget = np.append(self._row_unit, 1.0), part.x_budget[:, option]

        def over(first: int, stop: int) -> Softened:
            use, spread, curvature = np.zeros(rows), np.zeros(rows), np.zeros((rows, rows))
            value = kernels.soften(
                part.link_start, part.link_block, part.weight_kg, part.value_eur, part.slack_days, part.profile,
                self._share, night.late_eur_per_day, *live.cost, live.way, limits.start, limits.row, limits.amount,
                x_best, keep, rows - 1, temperature, first, stop, step, row_unit, limits.budget_row, x_budget,
                night.cost.budget_fixed, night.cost.budget_per_kg, use, spread, curvature,
            )  # fmt: skip
            return Softened(float(value), use, spread, curvature)

        return added_up(in_parts(over, len(part), step=step))

    def bound(self, prices: Prices, planned_pickup: bool = True) -> float:
        """Return the sum of every return's cheapest cost at these prices (limits' own worth not yet taken off), with
        the planning price of pickup or without."""
        return float(self._respond(prices, planned_pickup)[0].sum())

    def dearest(self) -> float:
        """Return what no plan of these returns can cost more than, limits forgotten."""
        part, cost = self._part, self._night.cost
        if not len(part):
            return 0.0
        late = self._night.late_eur_per_day * np.maximum(0.0, self._night.hub_days.max(initial=0.0) - part.slack_days)
        worth = np.abs(self._share).max(initial=0.0) * np.abs(part.value_eur)
        way = cost.fixed.max(initial=0.0) + cost.per_kg.max(initial=0.0) * part.weight_kg + late
        way += max(cost.gain.max(initial=0.0), cost.charge.max(initial=0.0)) * worth
        x_start = part.x_start[part.link_start]
        owner = np.repeat(np.arange(len(part)), np.diff(x_start))
        handover = np.zeros(len(part))
        np.maximum.at(handover, owner, part.x_cost)
        kept = np.where(np.isfinite(part.keep_cost), part.keep_cost, 0.0)
        return float(np.maximum(way + handover, kept).sum())

    def without_room(self) -> list[tuple[str, str]]:
        """Return (return, a point in reach) for the first few returns that found no place."""
        part, instance = self._part, self._instance
        points = instance.indexed.points
        lost = np.flatnonzero(self._option == WAITING)[:SHOWN]
        first = part.x_start[part.link_start[lost]]
        ids = instance.indexed.returns.ids[part.row[lost]]
        return [(str(i), str(points.ids[part.x_point[x]])) for i, x in zip(ids, first, strict=True)]

    def coming(self) -> FloatArray:
        """Return how many parcels come to each point, by the level of place they need, shape (p, levels)."""
        part, option = self._part, self._option[self._option >= 0]
        option = option[part.x_need[option] >= 0]
        count = np.zeros_like(self._night.instance.indexed.points.free[:, 1:])
        np.add.at(count, (part.x_point[option], part.x_need[option]), 1.0)
        return count

    def bid(self, prices: Prices, lost: IntArray | None, news: News, eps: float) -> Bids:
        """Let returns bid for places until each holds one: all at first (`lost` None), then those that lost theirs.

        `news` is of holders in other partitions. Only the limits' prices count; places find their own.
        """
        part, held = self._part, self._stock
        again = np.arange(len(part)) if lost is None else lost
        if lost is not None:
            self._take_back(lost, news)
        self._taken[again], self._option[again] = -1, WAITING
        made = auction.auction(
            part.link_start, part.x_start, self._x_cost(prices), self._x_place, self._recover(prices), part.keep_cost,
            len(self._places) - 1, self._place_end, self._capacity, *held, self._taken, self._bid_of, self._option,
            self._tries, again, eps, NEVER_EUR,
        )  # fmt: skip
        place = np.where((self._taken >= 0) & self._shared[np.maximum(self._taken, 0)], self._taken, FREE)
        changed = np.flatnonzero((place != self._told_place) | ((place >= 0) & (self._bid_of != self._told_bid)))
        before, now = self._told_place[changed], place[changed]
        self._moved[before[before >= 0]] = self._moved[now[now >= 0]] = True
        self._told_place[changed], self._told_bid[changed] = now, self._bid_of[changed]
        came = changed[now >= 0]
        return Bids(changed[before >= 0], Rumour(came, place[came], self._bid_of[came]), held[-1], int(made))

    def _take_back(self, lost: IntArray, news: News) -> None:
        """Let places go to who holds them by now, where that changed since this partition knew."""
        changed, self._moved = self._moved, np.zeros(len(self._capacity), np.bool_)
        changed[self._told_place[lost]] = changed[news.came.place] = True
        changed[self._heard.place[np.isin(self._heard.who, news.over)]] = True
        self._told_place[lost] = self._taken[lost] = FREE
        self._heard = self._heard.after(news)
        mine = np.flatnonzero((self._taken >= 0) & changed[np.maximum(self._taken, 0)])
        theirs = self._heard.only(changed[self._heard.place])
        auction.lay_down(
            np.flatnonzero(changed), np.append(self._taken[mine], theirs.place),
            np.append(self._bid_of[mine], theirs.bid), np.append(mine, np.full(len(theirs.who), -1)), self._capacity,
            *self._stock,
        )  # fmt: skip

    def remember(self) -> None:
        """Keep the plan as it stands, to come back to."""
        self._best = (self._option.copy(), self._link.copy(), self._picked.copy())

    def recall(self) -> None:
        """Come back to the plan kept last."""
        self._option, self._link, self._picked = (array.copy() for array in self._best)

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
        price = prices.limit[limits.budget_row]
        fixed = night.cost.fixed + kernels.tolls(limits.start, limits.row, limits.amount, prices.limit)
        fixed += price @ night.cost.budget_fixed
        per_kg = night.cost.per_kg + price @ night.cost.budget_per_kg
        common = (
            self._blocks(), part.weight_kg, part.value_eur, part.slack_days, part.profile, self._share,
            night.late_eur_per_day, night.ways.start, night.outcome, night.hub_days, fixed, per_kg,
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
        kept = self._option == KEEPS
        cost = part.x_cost[self._option[moves]].sum() + self.recovery_cost()[moves].sum() + part.keep_cost[kept].sum()
        limits, ways = self._night.limits, self._picked[moves]
        used = self._used_by(ways)
        cost_of = self._night.cost
        each = part.x_budget[:, self._option[moves]] + cost_of.budget_fixed[:, ways]
        used[limits.budget_row] = (each + cost_of.budget_per_kg[:, ways] * part.weight_kg[moves]).sum(axis=1)
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

    def decisions(self, prices: Prices, tolls: Tolls | None) -> pd.DataFrame:
        """Return the `decisions` rows of this partition's part of the returns table, in its order; with `tolls`, what
        inspecting each return first would be worth too."""
        part, instance, moves = self._part, self._instance, self._option >= 0
        r, option, way = part.row[moves], self._option[moves], self._picked[moves]
        point = part.x_point[option].astype(np.int64)
        cost, co2e = np.zeros(len(part)), np.zeros(len(part))
        cost[moves], co2e[moves] = self._priced(r, point, way)
        kept = keep_parts(instance, part.row[~moves])
        cost[~moves], co2e[~moves] = total(kept, carbon_eur_per_kg=carbon_eur_per_kg(instance))
        everywhere = np.full(len(part), -1)
        everywhere[moves] = point
        table = decisions_of(
            self._night, instance, row=part.row, point=everywhere, way=self._picked, cost_eur=cost, co2e_kg=co2e,
            extra_eur=self._second_best_extra(prices), why=self._reasons(cost),
        )  # fmt: skip
        return table if tolls is None else with_tolls(instance, table, tolls)

    def report(self, prices: Prices, tolls: Tolls | None, make: Report) -> tuple[float, Any]:
        """Return the emissions of this partition's decisions (kg CO2e), and what `make` makes of them."""
        instance = self._instance
        table = self.decisions(prices, tolls)
        return float(table["co2e_kg"].sum()), make(instance, table)

    def values(self) -> FloatArray:
        """Return a sample of what the returns are worth, EUR."""
        return self._part.value_eur[:: max(1, len(self._part) // VALUES_SAMPLED)]

    def begin_turns(self) -> None:
        """Begin a comparator: nothing is decided yet. The plan itself is not touched."""
        n = len(self._part)
        self._turn_option, self._turn_picked = np.full(n, turns.NOWHERE, np.int64), np.full(n, -1, np.int64)

    def take_turns(
        self, method: str, span: tuple[float, float], place: IntArray, keep: int, left: FloatArray
    ) -> tuple[IntArray, int, FloatArray]:
        """Decide a band of returns in turn; return what is left of the own places, of KEEP and of the limits.

        The span is a share of the table (fixed rules) or from one value to below another (greedy), low end first.
        """
        part, night, limits = self._part, self._night, self._night.limits
        place, left, ways = place.copy(), left.copy(), night.ways
        if method == FIXED_RULES:
            first, last = (int(round(end * len(part))) for end in span)
            order, x_score = np.arange(first, last), self._distance_ranks.astype(np.float64)
            keep_score, ranks = np.where(np.isfinite(part.keep_cost), -1.0, np.inf), self._ways.rule_order
        else:
            band = np.flatnonzero((part.value_eur >= span[0]) & (part.value_eur < span[1]))
            order = band[np.argsort(-part.value_eur[band], kind="stable")]
            x_score, keep_score, ranks = part.x_cost, part.keep_cost, NO_RANKS
        keep = turns.in_turn(
            order, part.link_start, part.link_block, part.x_start, x_score, self._x_place, self._place_end, place,
            keep_score, keep, part.weight_kg, part.value_eur, part.slack_days, part.profile, self._share,
            night.late_eur_per_day, ways.start, night.outcome, night.hub_days, night.cost.fixed, night.cost.per_kg,
            night.cost.gain, night.cost.charge, limits.start, limits.row, limits.amount, left, ranks.outcome, ranks.way,
            self._turn_option, self._turn_picked,
        )  # fmt: skip
        return place, int(keep), left

    def tally(self) -> Tally:
        """Return what the comparator's decisions add up to."""
        part, instance, moves = self._part, self._instance, self._turn_option >= 0
        waits = self._turn_option == turns.NOWHERE
        keeps = ~moves & ~waits
        point = part.x_point[self._turn_option[moves]].astype(np.int64)
        cost, co2e = self._priced(part.row[moves], point, self._turn_picked[moves])
        for rows, parts in ((keeps, keep_parts), (waits, waiting_parts)):
            more = total(parts(instance, part.row[rows]), carbon_eur_per_kg=carbon_eur_per_kg(instance))
            cost, co2e = np.append(cost, more[0]), np.append(co2e, more[1])
        return Tally(float(cost.sum()), float(co2e.sum()), self._used_by(self._turn_picked[moves]), int(waits.sum()))

    @cached_property
    def _distance_ranks(self) -> SmallRanks:
        """Return the place of each collection option among those of its return, the nearest first."""
        part = self._part
        owner = np.repeat(np.arange(len(part)), np.diff(part.x_start[part.link_start]))
        road_m = customer_distance_m(self._instance, part.row[owner], part.x_point.astype(np.int64))
        rank = np.empty(len(owner), np.int16)
        rank[np.lexsort((road_m, owner))] = np.arange(len(owner)) - part.x_start[part.link_start][owner]
        return rank

    def _used_by(self, ways: IntArray) -> FloatArray:
        """Return what these ways use of the limits, budgets left out, shape (rows,)."""
        limits = self._night.limits
        many = np.diff(limits.start)[ways]
        at = np.repeat(limits.start[ways] - np.cumsum(many) + many, many) + np.arange(many.sum())
        return np.bincount(limits.row[at], limits.amount[at], len(limits)).astype(float)

    def _priced(self, r: IntArray, point: IntArray, way: IntArray) -> tuple[FloatArray, FloatArray]:
        instance, ways, entries = self._instance, self._night.ways, self._night.entries
        at = ways.entry[way]
        parts = collection_parts(instance, r, point, customer_distance_m(instance, r, point), self._night.pickup)
        parts += recovery_parts(
            instance, r, entries.lead_days[at], entries.hub_idx[at], ways.hub_idx[way], ways.process_idx[way],
            ways.day[way],
        )  # fmt: skip
        return total(parts, carbon_eur_per_kg=carbon_eur_per_kg(instance))

    def _second_best_extra(self, prices: Prices) -> FloatArray:
        part, live = self._part, self._ways.at(prices, SECOND_BEST_WITHIN_EUR)
        price = np.append(prices.place[self._places[:-1]], prices.keep)
        mine, other = kernels.second_best(
            part.link_start, part.link_block, part.x_start, self._x_cost(prices), self._x_place, price,
            self._recover(prices), part.keep_cost + prices.keep, part.weight_kg, part.value_eur, part.slack_days,
            part.profile, self._share, self._night.late_eur_per_day, *live.cost, live.way, self._option,
            self._picked,
        )  # fmt: skip
        return other - mine

    def _reasons(self, cost_eur: FloatArray) -> IntArray:
        """Return the place in `WHY` of the sentence that fits each return."""
        part, free = self._part, Prices(np.zeros(len(self._places)), 0.0, np.zeros(len(self._night.limits)))
        alone = self._respond(replace(free, place=np.zeros(int(self._places.max(initial=0)) + 1)))[0]
        cheapest = cost_eur <= alone + CENT_EUR
        lies = np.zeros(len(part), dtype=bool)
        lies[self._option >= 0] = part.x_need[self._option[self._option >= 0]] < 0
        why = np.where(lies, np.where(cheapest, LIES_CHEAPEST, LIES_BEST), np.where(cheapest, CHEAPEST, BEST))
        return np.where(self._option < 0, KEPT, why)

    def _respond(self, prices: Prices, planned_pickup: bool = True) -> tuple[FloatArray, IntArray, IntArray]:
        part = self._part
        x_cost = self._x_cost(prices)
        if not planned_pickup:
            x_cost = x_cost - self._night.pickup_eur[part.x_point]
        link_cost = self._recover(prices)
        price = np.append(prices.place[self._places[:-1]], prices.keep)
        return kernels.respond(
            part.link_start, part.x_start, x_cost, self._x_place, price, link_cost, part.keep_cost + prices.keep,
        )  # fmt: skip

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

    def _x_cost(self, prices: Prices) -> FloatArray:
        price = prices.limit[self._night.limits.budget_row]
        return self._part.x_cost + price @ self._part.x_budget if len(price) else self._part.x_cost

    def _only_linked(self) -> tuple[FloatArray, IntArray]:
        """Return 0 for each link that is fixed, inf for the others, and the options that go with them."""
        cost, option = np.full(len(self._part.link_block), np.inf), np.zeros(len(self._part.link_block), np.int64)
        moves = self._link >= 0
        cost[self._link[moves]], option[self._link[moves]] = 0.0, self._option[moves]
        return cost, option

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
