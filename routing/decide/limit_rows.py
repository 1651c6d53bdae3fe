"""What tonight's returns share, one function per kind of limit; each returns its rows and every option's use of them.

What lies at a point already keeps its place whatever is decided: it uses no room, and the room left for others is
what remains, never below zero.
"""

from __future__ import annotations

import numpy as np

from retour.indexed import Indexed
from retour.instance import Instance
from retour.pricing import HOURS_PER_DAY, carrier_lane
from routing.decide.blocks import Block, FloatArray, IntArray, Use, distinct_rows, joined, row_of, use_one, use_some
from routing.decide.options import Options
from routing.decide.priced import Priced
from routing.decide.ways import Entries, Ways

ROUNDING = 1e-9
MINUTES_PER_HOUR = 60.0
TICKS_PER_HOUR = 6000
MOST_STEPS = 100_000

POINT_ROOM, COMPARTMENTS, HUB_SORTING, LANE = "point room", "compartments", "hub sorting", "lane"
PROCESS_HOURS, PROCESS_ITEMS, CONTRACT = "process hours", "process items", "contract minimum"
KEEP_SHARE, CO2E_BUDGET, SPEND_BUDGET = "keep share", "CO2e budget", "spend budget"
EVERYWHERE = "all"


def places_held(ix: Indexed) -> FloatArray:
    """Return how many returns lie at each point already, shape (p, sizes): column 0 of any size, column k of size k
    and up; those too large for any size count in every column."""
    lying = np.flatnonzero(ix.returns.point_idx >= 0)
    size = np.where(ix.returns.size_idx[lying] < 0, len(ix.size_ids), ix.returns.size_idx[lying] + 1)
    held = np.zeros_like(ix.points.free)
    for column in range(held.shape[1]):
        np.add.at(held[:, column], ix.returns.point_idx[lying[size >= column]], 1)
    return held


def room_left(ix: Indexed, held: FloatArray) -> FloatArray:
    """Return parcels each point can still take, shape (p, sizes): column 0 of any size, column k of size k and up.

    What lies there, tonight's returns included (`held`), holds its place first. inf: unlimited.
    """
    left = np.maximum(0.0, ix.points.free - held)
    return np.column_stack([left[:, :2].min(axis=1), left[:, 2:]])


def respect_point_room(instance: Instance, options: Options) -> Block:
    """A point takes no more parcels than it has room for."""
    ix = instance.indexed
    room = room_left(ix, places_held(ix))[:, 0]
    points, coming = np.flatnonzero(np.isfinite(room)), _coming(ix, options)
    use = use_one(row_of(points, len(room))[options.x_point[coming]], coming)
    return Block(POINT_ROOM, "parcel", [(ix.points.ids[c], "") for c in points], room[points], x=use)


def respect_compartments(instance: Instance, options: Options) -> Block:
    """Parcels of a size and up find compartments of that size and up (a smaller parcel may lie in a larger one)."""
    ix = instance.indexed
    room = room_left(ix, places_held(ix))[:, 1:]
    points, level = np.nonzero(np.isfinite(room))
    row = row_of(points * room.shape[1] + level, room.size).reshape(room.shape)
    coming = _coming(ix, options)
    size, point = ix.returns.size_idx[_x_return(options)[coming]], options.x_point[coming]
    uses = [use_one(np.where(size > k, row[point, k], -1), coming) for k in range(room.shape[1])]
    names = [(ix.points.ids[c], f"{ix.size_ids[k + 1]} and larger") for c, k in zip(points, level, strict=True)]
    return Block(COMPARTMENTS, "parcel", names, room[points, level], x=joined(uses))


def respect_carrier_lanes(instance: Instance, options: Options) -> Block:
    """A carrier takes no more parcels from its point than its lane has room for."""
    lane = carrier_lane(instance.indexed)[options.x_point]
    names, capacity, use = _lane_rows(instance.indexed, lane)
    return Block(LANE, "parcel", names, capacity, x=use)


def respect_transfer_lanes(instance: Instance, entries: Entries, ways: Ways) -> Block:
    """Linehaul between hubs takes no more parcels a night than it has room for."""
    names, capacity, use = _lane_rows(instance.indexed, _transfer_lane(instance, entries, ways))
    return Block(LANE, "parcel", names, capacity, way=use)


def respect_site_lanes(instance: Instance, entries: Entries, ways: Ways) -> Block:
    """Linehaul from a hub to a site takes no more parcels a night than it has room for."""
    ix = instance.indexed
    lane = ix.lanes.hub_site[ways.hub_idx, ix.processes.site_idx[ways.process_idx]]
    names, capacity, use = _lane_rows(ix, lane)
    return Block(LANE, "parcel", names, capacity, way=use)


def respect_hub_sorting(instance: Instance, entries: Entries, ways: Ways) -> Block:
    """A hub sorts no more of tonight's parcels on a day than it can."""
    ix = instance.indexed
    limited = np.isfinite(ix.hub_sorting[ways.hub_idx])
    keys, row = distinct_rows(ways.hub_idx, arrival_day(instance, entries, ways), limited)
    names = [(ix.hub_ids[h], f"day {d}") for h, d in keys]
    return Block(HUB_SORTING, "parcel", names, ix.hub_sorting[keys[:, 0]], way=use_one(row, np.arange(len(row))))


def arrival_day(instance: Instance, entries: Entries, ways: Ways) -> IntArray:
    """Return, per way, the day (0: tonight) on which a parcel reaches the hub that sorts it, shape (t,)."""
    lane = _transfer_lane(instance, entries, ways)
    crossing_h = np.append(instance.indexed.lanes.lead_h, 0.0)[lane]
    days = entries.lead_days[ways.entry] + crossing_h / HOURS_PER_DAY
    return np.floor(days + ROUNDING).astype(np.int64)


def respect_process_hours(instance: Instance, entries: Entries, ways: Ways) -> Block:
    """A process works no longer on a day than its hours."""
    ix = instance.indexed
    names, capacity, use = _process_rows(ix, ways, ix.processes.capacity_h, hours_needed(ix, ways))
    return Block(PROCESS_HOURS, "h", names, usable(capacity, use), way=use, stated=capacity)


def hours_needed(ix: Indexed, ways: Ways) -> FloatArray:
    """Return working hours per way, shape (t,): the process's own minutes, else those of the class."""
    own = ix.processes.minutes[ways.process_idx]
    return np.where(np.isnan(own), ix.class_minutes[ways.class_idx], own) / MINUTES_PER_HOUR


def respect_process_items(instance: Instance, entries: Entries, ways: Ways) -> Block:
    """A process treats no more items on a day than its limit."""
    ix = instance.indexed
    names, capacity, use = _process_rows(ix, ways, ix.processes.capacity_items, np.ones(len(ways.day)))
    return Block(PROCESS_ITEMS, "item", names, capacity, way=use)


def honour_contracts(instance: Instance, entries: Entries, ways: Ways) -> Block:
    """Items that a contract promises and tonight does not bring are paid for: promised - brought <= excess."""
    ix = instance.indexed
    sites = np.flatnonzero((ix.site_min_items > 0) & (ix.site_shortfall_eur > 0))
    row = row_of(sites, len(ix.site_ids))[ix.processes.site_idx[ways.process_idx]]
    use = use_some(row, np.arange(len(row)), -np.ones(len(row)))
    names = [(ix.site_ids[s], "") for s in sites]
    return Block(CONTRACT, "item", names, -ix.site_min_items[sites], ix.site_shortfall_eur[sites], way=use)


WAY_LIMITS = (
    respect_hub_sorting, respect_transfer_lanes, respect_site_lanes, respect_process_hours, respect_process_items,
    honour_contracts,
)  # fmt: skip


def respect_keep_share(instance: Instance, options: Options) -> Block:
    """Customers keep no more than the policy's share of tonight's planned returns."""
    most = np.floor(instance.policy.keep.max_share * len(options) + ROUNDING)
    kept = np.flatnonzero(options.can_keep)
    use = use_one(np.zeros(len(kept), np.int64), kept)
    return Block(KEEP_SHARE, "return", [(EVERYWHERE, "")], np.array([most]), keep=use)


def respect_co2e_budget(instance: Instance, priced: Priced) -> Block:
    """All decisions together emit no more than the policy's budget, the pickup estimate included."""
    amounts = (priced.x.co2e_kg, priced.z.co2e_kg, priced.keep.co2e_kg)
    return _budget(CO2E_BUDGET, "kg", instance.policy.budgets.max_co2e_kg, amounts)


def respect_spend_budget(instance: Instance, priced: Priced) -> Block:
    """All decisions together spend no more than the policy's budget, the pickup estimate included."""
    amounts = (priced.x.spend_eur, priced.z.spend_eur, priced.keep.spend_eur)
    return _budget(SPEND_BUDGET, "EUR", instance.policy.budgets.max_spend_eur, amounts)


def usable(capacity: FloatArray, use: Use) -> FloatArray:
    """Return the most of each capacity that whole items can fill, given the amounts they may use.

    Tightening a row to it loses no plan, and it strengthens the relaxation where items are long and days short.
    """
    out = capacity.copy()
    for row in range(len(capacity)):
        amounts = np.unique(use.amount[use.row == row])
        out[row] = min(capacity[row], _greatest_sum(capacity[row], amounts))
    return out


def _greatest_sum(capacity_h: float, amounts_h: FloatArray) -> float:
    """Return the greatest sum of amounts, each taken any number of times, within the capacity; counted in ticks."""
    ticks = np.round(amounts_h * TICKS_PER_HOUR).astype(np.int64)
    whole = int(np.floor(capacity_h * TICKS_PER_HOUR + ROUNDING))
    step = int(np.gcd.reduce(ticks)) if len(ticks) else 0
    if (
        step == 0
        or np.abs(ticks - amounts_h * TICKS_PER_HOUR).max() > ROUNDING * TICKS_PER_HOUR
        or whole // step > MOST_STEPS
    ):
        return capacity_h
    reached = np.zeros(whole // step + 1, dtype=bool)
    reached[0] = True
    for amount in ticks // step:
        for start in range(min(amount, len(reached))):
            reached[start::amount] = np.logical_or.accumulate(reached[start::amount])
    return float(np.flatnonzero(reached)[-1] * step / TICKS_PER_HOUR)


def _budget(limit: str, unit: str, budget: float | None, amounts: tuple[FloatArray, FloatArray, FloatArray]) -> Block:
    if budget is None:
        return Block(limit, unit, [], np.empty(0))
    x, z, keep = (use_some(np.zeros(len(a), np.int64), np.arange(len(a)), a) for a in amounts)
    return Block(limit, unit, [(EVERYWHERE, "")], np.array([budget]), x=x, z=z, keep=keep)


def _process_rows(
    ix: Indexed, ways: Ways, capacity: FloatArray, amount: FloatArray
) -> tuple[list[tuple[str, str]], FloatArray, Use]:
    keys, row = distinct_rows(ways.process_idx, ways.day, np.isfinite(capacity[ways.process_idx]))
    names = [(ix.site_ids[ix.processes.site_idx[q]], f"{ix.processes.ids[q]} day {d}") for q, d in keys]
    return names, capacity[keys[:, 0]], use_some(row, np.arange(len(row)), amount)


def _lane_rows(ix: Indexed, lane: IntArray) -> tuple[list[tuple[str, str]], FloatArray, Use]:
    """Return the limited lanes in use as rows; `lane` (options,) is -1 for options that use none."""
    lanes = ix.lanes
    rows = np.intersect1d(np.flatnonzero(np.isfinite(lanes.capacity)), lane)
    names = [(lanes.from_id[j], f"to {lanes.to_id[j]}") for j in rows]
    row = np.append(row_of(rows, len(lanes.capacity)), -1)[lane]
    return names, lanes.capacity[rows], use_one(row, np.arange(len(lane)))


def _transfer_lane(instance: Instance, entries: Entries, ways: Ways) -> IntArray:
    """Return, per way, the lane from its first hub to the hub that sorts, -1 where they are the same."""
    first, hub = entries.hub_idx[ways.entry], ways.hub_idx
    return np.where(first != hub, instance.indexed.lanes.hub_hub[first, hub], -1)


def _x_return(options: Options) -> IntArray:
    return options.return_idx[options.link_return[options.x_link]]


def _coming(ix: Indexed, options: Options) -> IntArray:
    """Return the collection options of returns that do not lie at their point already."""
    return np.flatnonzero(ix.returns.point_idx[_x_return(options)] < 0)
