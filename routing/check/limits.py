"""Do the decisions together respect every shared limit? Counted from the tables, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from retour.instance import Instance
from retour.ledger import return_parts
from retour.pricing import SPEND_ACTIVITIES
from retour.vocabulary import EmptiedBy, Outcome
from routing.check.finding import Found, over, violation

HOURS_PER_DAY = 24.0
SHARE_TOLERANCE = 1e-6
BROUGHT, BROUGHT_BY_SIZE, LYING, LYING_BY_SIZE = "brought", "brought by size", "lying", "lying by size"
SORTED, HOURS, ITEMS, CARRIED = "sorted", "hours", "items", "carried"


@dataclass(frozen=True)
class Used:
    """What decisions take of every shared limit, and what lies at points already; parts of a night add up.

    `counts` are parcels by point, (size position, point), (hub, day), (from, to), and hours and items by (process,
    day), under the names above.
    """

    planned: int = 0
    kept: int = 0
    spend_eur: float = 0.0
    co2e_kg: float = 0.0
    counts: Mapping[str, pd.Series] = field(default_factory=dict)

    def __add__(self, other: Used) -> Used:
        """Return what two parts of a night take together."""
        counts = {**self.counts, **other.counts}
        counts |= {n: self.counts[n].add(other.counts[n], fill_value=0.0) for n in self.counts.keys() & other.counts}
        return Used(
            planned=self.planned + other.planned,
            kept=self.kept + other.kept,
            spend_eur=self.spend_eur + other.spend_eur,
            co2e_kg=self.co2e_kg + other.co2e_kg,
            counts=counts,
        )

    def of(self, name: str) -> pd.Series:
        """Return one count, empty where nothing was counted."""
        return self.counts.get(name, pd.Series(dtype=float))


def lying(instance: Instance) -> Used:
    """Return what tonight's returns take of points where they lie already."""
    returns = instance.tables["returns"]
    there = returns[returns["point_id"].notna()]
    by_size = [_levels(instance, there), there["point_id"]]
    return Used(counts={LYING: _parcels(there, there["point_id"]), LYING_BY_SIZE: _parcels(there, by_size)})


def taken(instance: Instance, planned: pd.DataFrame) -> Used:
    """Return what planned decisions, described, take of every shared limit but the budgets."""
    moved = planned[planned["outcome"] != Outcome.KEEP]
    fresh = moved[moved["lies_at"].isna()]
    minutes = moved["process_minutes_per_item"].fillna(
        moved["class_id"].map(instance.tables["item_classes"].set_index("class_id")["handling_min"])
    )
    by_day = [moved["process_id"], moved["day"]]
    counts = {
        BROUGHT: _parcels(fresh, fresh["point_id"]),
        BROUGHT_BY_SIZE: _parcels(fresh, [_levels(instance, fresh), fresh["point_id"]]),
        SORTED: _parcels(moved, [moved["hub_id"], arrival_day(instance, moved)]),
        HOURS: (minutes / 60).groupby(by_day).sum(),
        ITEMS: _parcels(moved, by_day),
        CARRIED: _carried(moved),
    }
    return Used(planned=len(planned), kept=len(planned) - len(moved), counts=counts)


def booked(instance: Instance, decisions: pd.DataFrame) -> Used:
    """Return what decisions take of the night's budgets, as the ledger prices it."""
    used = Used()
    for _, parts in return_parts(instance, decisions, None):
        spend_eur = sum(float(p.cost_eur.sum()) for p in parts if p.activity in SPEND_ACTIVITIES)
        used += Used(spend_eur=spend_eur, co2e_kg=sum(float(p.co2e_kg.sum()) for p in parts))
    return used


def within_limits(instance: Instance, used: Used) -> Found:
    """Return every shared limit that is exceeded by what all parts of a night take together."""
    found = points_have_room(instance, used) + hubs_can_sort(instance, used)
    found += processes_have_time(instance, used) + lanes_have_room(instance, used)
    return found + budgets_hold(instance, used) + few_are_kept(instance, used)


def points_have_room(instance: Instance, used: Used) -> Found:
    """No point takes more parcels than it has room for; lockers also by size, larger compartments taking smaller.

    What lay there before may exceed the room already; new parcels must then go elsewhere.
    """
    t = instance.tables
    fill = t["fill"].groupby("point_id")["parcels"].sum()
    boxes = t["compartments"].groupby("point_id")["count"].sum()
    capacity = t["points"].set_index("point_id")["capacity_parcels"]
    capacity = pd.concat([capacity, boxes.reindex(capacity.index)], axis=1).min(axis=1).dropna()
    held = used.of(LYING).reindex(capacity.index).fillna(0) + fill.reindex(capacity.index).fillna(0)
    room = np.maximum(0, capacity - held)
    return over("point room", used.of(BROUGHT), room, unit="parcel", what="Point {}") + _lockers_by_size(instance, used)


def _lockers_by_size(instance: Instance, used: Used) -> Found:
    t = instance.tables
    sizes = t["sizes"].sort_values("volume_l")["size"]
    rank = {s: i for i, s in enumerate(sizes)}
    found: Found = []
    for level, size in enumerate(sizes):
        boxes, fill = (
            t[n][t[n]["size"].map(rank) >= level].groupby("point_id")[c].sum()
            for n, c in (("compartments", "count"), ("fill", "parcels"))
        )
        boxes = boxes.reindex(t["compartments"]["point_id"].unique()).fillna(0)
        here, brought = (_from_level(used.of(n), level) for n in (LYING_BY_SIZE, BROUGHT_BY_SIZE))
        room = np.maximum(0, boxes - fill.reindex(boxes.index).fillna(0) - here.reindex(boxes.index).fillna(0))
        in_boxes = brought[brought.index.isin(boxes.index)]
        found += over("compartments", in_boxes, room, unit=f"parcel of size {size} and up", what="Locker {}")
    return found


def _from_level(by_size: pd.Series, level: int) -> pd.Series:
    """Return parcels by point that need a compartment of this size or larger."""
    if by_size.empty:
        return pd.Series(dtype=float)
    return by_size[by_size.index.get_level_values(0) >= level].groupby(level=1).sum()


def _levels(instance: Instance, parcels: pd.DataFrame) -> pd.Series:
    """Return the position of the smallest size that takes each parcel; beyond the last: none does."""
    sizes = instance.tables["sizes"].sort_values("volume_l")
    level = np.full(len(parcels), len(sizes))
    for i, size in reversed(list(enumerate(sizes.to_dict("records")))):
        fits = (parcels["volume_l"] <= size["volume_l"]) & (parcels["weight_kg"] <= size["max_weight_kg"])
        level[fits.to_numpy()] = i
    return pd.Series(level, index=parcels.index)


def arrival_day(instance: Instance, moved: pd.DataFrame) -> pd.Series:
    """Return the day (0: tonight) on which each parcel reaches the hub that sorts it."""
    hours = instance.tables["lanes"].set_index(["from_id", "to_id"])["lead_time_h"]
    carrier = moved["point_emptied_by"] == EmptiedBy.CARRIER
    first = pd.Series(
        hours.reindex(pd.MultiIndex.from_frame(moved[["point_id", "entry_hub_id"]])).to_numpy(), index=moved.index
    )
    second = pd.Series(
        hours.reindex(pd.MultiIndex.from_frame(moved[["entry_hub_id", "hub_id"]])).to_numpy(), index=moved.index
    )
    crossed = moved["entry_hub_id"] != moved["hub_id"]
    return ((first.where(carrier, 0.0) + second.where(crossed, 0.0)) // HOURS_PER_DAY).fillna(0).astype(int)


def hubs_can_sort(instance: Instance, used: Used) -> Found:
    """No hub sorts more parcels a day than it can."""
    limit = instance.tables["hubs"].set_index("hub_id")["sorting_parcels"]
    parcels = used.of(SORTED)
    return over("hub sorting", parcels, _a_day(limit, parcels), unit="parcel", what="Hub and day {}")


def processes_have_time(instance: Instance, used: Used) -> Found:
    """No process works more hours or items a day than it can."""
    limits = instance.tables["processes"].set_index("process_id")
    found: Found = []
    for rule, name, column, unit in (
        ("process hours", HOURS, "capacity_h", "h"),
        ("process items", ITEMS, "capacity_items", "item"),
    ):
        spent = used.of(name)
        found += over(rule, spent, _a_day(limits[column], spent), unit=unit, what="Process and day {}")
    return found


def lanes_have_room(instance: Instance, used: Used) -> Found:
    """No lane carries more parcels a night than it can."""
    room = instance.tables["lanes"].set_index(["from_id", "to_id"])["capacity_parcels"]
    return over("lane capacity", used.of(CARRIED), room, unit="parcel", what="Lane {}")


def few_are_kept(instance: Instance, used: Used) -> Found:
    """No larger share of tonight's returns stays with customers than the policy allows."""
    most = instance.policy.keep.max_share * used.planned
    if used.kept <= most + SHARE_TOLERANCE:
        return []
    sentence = f"{used.kept} returns are kept; the policy allows {most:g} of {used.planned}."
    return [violation("keep-it share", "all", used.kept, f"{most:g}", "return", sentence)]


def budgets_hold(instance: Instance, used: Used) -> Found:
    """Night-wide budgets for decisions hold (money spent, planned CO2e)."""
    budgets, found = instance.policy.budgets, []
    for name, spent, limit, unit in (
        ("spend", used.spend_eur, budgets.max_spend_eur, "EUR"),
        ("CO2e", used.co2e_kg, budgets.max_co2e_kg, "kg"),
    ):
        if limit is not None and spent > limit + 1e-6:
            found.append(
                violation(
                    f"{name} budget",
                    "all",
                    f"{spent:.2f}",
                    f"{limit:.2f}",
                    unit,
                    f"The decisions take {spent:.2f} {unit} of {name}; the budget is {limit:.2f}.",
                )
            )
    return found


def _carried(moved: pd.DataFrame) -> pd.Series:
    carrier, crossed = moved["point_emptied_by"] == EmptiedBy.CARRIER, moved["entry_hub_id"] != moved["hub_id"]
    legs = (
        (carrier, "point_id", "entry_hub_id"),
        (crossed, "entry_hub_id", "hub_id"),
        (slice(None), "hub_id", "site_id"),
    )
    counted = [_parcels(moved[rows], [start, end]).rename_axis(["from", "to"]) for rows, start, end in legs]
    return pd.concat(counted).groupby(level=[0, 1]).sum()


def _parcels(rows: pd.DataFrame, by: object) -> pd.Series:
    return rows.groupby(by).size().astype(float)


def _a_day(limit: pd.Series, used: pd.Series) -> pd.Series:
    """Return the limit of each place for each of its days in `used`."""
    return pd.Series(limit.reindex(used.index.get_level_values(0)).to_numpy(), index=used.index)
