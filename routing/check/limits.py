"""Do the decisions together respect every shared limit? Counted from the tables, by name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.instance import Instance
from retour.vocabulary import EmptiedBy, Outcome
from routing.check.decisions import described
from routing.check.finding import over, violation

Found = list[dict[str, str]]
HOURS_PER_DAY = 24.0


def check_limits(instance: Instance, decisions: pd.DataFrame, spend_eur: float, co2e_kg: float) -> Found:
    """Return every shared limit that planned decisions exceed."""
    planned = described(instance, decisions[decisions["state"] == "PLANNED"])
    moved = planned[planned["outcome"] != Outcome.KEEP]
    found = points_have_room(instance, moved)
    found += hubs_can_sort(instance, moved) + processes_have_time(instance, moved) + lanes_have_room(instance, moved)
    return found + budgets_hold(instance, spend_eur=spend_eur, co2e_kg=co2e_kg)


def points_have_room(instance: Instance, moved: pd.DataFrame) -> Found:
    """No point takes more parcels than it has room for; lockers also by size, larger compartments taking smaller.

    What lay there before may exceed the room already; new parcels must then go elsewhere.
    """
    t = instance.tables
    fresh = moved[moved["lies_at"].isna()]
    lying = t["returns"][t["returns"]["point_id"].notna()].groupby("point_id").size()
    fill = t["fill"].groupby("point_id")["parcels"].sum()
    boxes = t["compartments"].groupby("point_id")["count"].sum()
    capacity = t["points"].set_index("point_id")["capacity_parcels"]
    capacity = pd.concat([capacity, boxes.reindex(capacity.index)], axis=1).min(axis=1).dropna()
    held = lying.reindex(capacity.index).fillna(0) + fill.reindex(capacity.index).fillna(0)
    room = np.maximum(0, capacity - held)
    found = over("point room", fresh.groupby("point_id").size().astype(float), room, unit="parcel", what="Point {}")
    return found + _lockers_by_size(instance, fresh)


def _lockers_by_size(instance: Instance, fresh: pd.DataFrame) -> Found:
    t = instance.tables
    sizes = t["sizes"].sort_values("volume_l")
    rank = {s: i for i, s in enumerate(sizes["size"])}
    lying = t["returns"][t["returns"]["point_id"].notna()]
    found: Found = []
    for level, size in enumerate(sizes["size"]):
        boxes, fill = (
            t[n][t[n]["size"].map(rank) >= level].groupby("point_id")[c].sum()
            for n, c in (("compartments", "count"), ("fill", "parcels"))
        )
        boxes = boxes.reindex(t["compartments"]["point_id"].unique()).fillna(0)
        here = lying[_level(lying, sizes) >= level].groupby("point_id").size()
        room = np.maximum(0, boxes - fill.reindex(boxes.index).fillna(0) - here.reindex(boxes.index).fillna(0))
        used = fresh[(_level(fresh, sizes) >= level) & fresh["point_id"].isin(boxes.index)].groupby("point_id").size()
        found += over("compartments", used.astype(float), room, unit=f"parcel of size {size} and up", what="Locker {}")
    return found


def _level(parcels: pd.DataFrame, sizes: pd.DataFrame) -> np.ndarray:
    level = np.full(len(parcels), len(sizes))
    for i, size in reversed(list(enumerate(sizes.to_dict("records")))):
        fits = (parcels["volume_l"] <= size["volume_l"]) & (parcels["weight_kg"] <= size["max_weight_kg"])
        level[fits.to_numpy()] = i
    return level


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


def hubs_can_sort(instance: Instance, moved: pd.DataFrame) -> Found:
    """No hub sorts more parcels a day than it can."""
    used = moved.groupby([moved["hub_id"], arrival_day(instance, moved)]).size().astype(float)
    limit = instance.tables["hubs"].set_index("hub_id")["sorting_parcels"]
    per_day = pd.Series(limit.reindex(used.index.get_level_values(0)).to_numpy(), index=used.index)
    return over("hub sorting", used, per_day, unit="parcel", what="Hub and day {}")


def processes_have_time(instance: Instance, moved: pd.DataFrame) -> Found:
    """No process works more hours or items a day than it can."""
    minutes = moved["process_minutes_per_item"].fillna(
        moved["class_id"].map(instance.tables["item_classes"].set_index("class_id")["handling_min"])
    )
    keys = [moved["process_id"], moved["day"]]
    hours, items = (minutes / 60).groupby(keys).sum(), moved.groupby(keys).size().astype(float)
    limits = instance.tables["processes"].set_index("process_id")
    found: Found = []
    for rule, used, column, unit in (
        ("process hours", hours, "capacity_h", "h"),
        ("process items", items, "capacity_items", "item"),
    ):
        limit = pd.Series(limits[column].reindex(used.index.get_level_values(0)).to_numpy(), index=used.index)
        found += over(rule, used, limit, unit=unit, what="Process and day {}")
    return found


def lanes_have_room(instance: Instance, moved: pd.DataFrame) -> Found:
    """No lane carries more parcels a night than it can."""
    carrier = moved[moved["point_emptied_by"] == EmptiedBy.CARRIER]
    crossed = moved[moved["entry_hub_id"] != moved["hub_id"]]
    legs = pd.concat(
        [
            pd.DataFrame({"a": carrier["point_id"], "b": carrier["entry_hub_id"]}),
            pd.DataFrame({"a": crossed["entry_hub_id"], "b": crossed["hub_id"]}),
            pd.DataFrame({"a": moved["hub_id"], "b": moved["site_id"]}),
        ]
    )
    used = legs.groupby(["a", "b"]).size().astype(float)
    return over(
        "lane capacity",
        used,
        instance.tables["lanes"].set_index(["from_id", "to_id"])["capacity_parcels"],
        unit="parcel",
        what="Lane {}",
    )


def budgets_hold(instance: Instance, *, spend_eur: float, co2e_kg: float) -> Found:
    """Night-wide budgets for decisions hold (money spent, planned CO2e)."""
    budgets, found = instance.policy.budgets, []
    for name, used, limit, unit in (
        ("spend", spend_eur, budgets.max_spend_eur, "EUR"),
        ("CO2e", co2e_kg, budgets.max_co2e_kg, "kg"),
    ):
        if limit is not None and used > limit + 1e-6:
            found.append(
                violation(
                    f"{name} budget",
                    "all",
                    f"{used:.2f}",
                    f"{limit:.2f}",
                    unit,
                    f"The decisions take {used:.2f} {unit} of {name}; the budget is {limit:.2f}.",
                )
            )
    return found
