"""The joint model once more, written to be read: names instead of positions, one option a row, PuLP and CBC.

A second opinion for small nights. It shares options and prices with the fast model, but counts every limit itself
from the tables, and another solver solves it. Sets, variables and constraints are those of `model.py`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pulp

from retour.errors import InfeasibleError
from retour.instance import Instance
from routing.decide.option_table import option_table
from routing.decide.problem import Problem


class Night(NamedTuple):
    """The model being built: admissible options, a row each, and per option whether it is taken (0 or 1)."""

    instance: Instance
    model: pulp.LpProblem
    options: pd.DataFrame
    take: pd.Series


def reference_plan(instance: Instance, problem: Problem) -> tuple[float, pd.DataFrame]:
    """Return the least cost in EUR, contract shortfalls included, and the options taken (rows of `option_table`).

    For tens of returns, not thousands. Raises InfeasibleError when no plan fits.
    """
    options = option_table(instance, problem)
    take = [pulp.LpVariable(f"take_{i}", cat=pulp.LpBinary) for i in options.index]
    night = Night(
        instance, pulp.LpProblem("night", pulp.LpMinimize), options, pd.Series(take, index=options.index, dtype=object)
    )
    night.model.setObjective(pulp.lpDot(options["cost_eur"], take) + pay_for_missing_items(night))
    decide_each_return_once(night)
    respect_room_at_points(night)
    respect_compartments(night)
    respect_sorting_at_hubs(night)
    respect_processes(night)
    respect_lanes(night)
    respect_policy(night)
    night.model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0.0, gapAbs=1e-6))
    if night.model.status != pulp.LpStatusOptimal:
        raise InfeasibleError("No plan fits tonight's limits.")
    taken = [bool(pulp.value(v) > 0.5) for v in take]
    return float(pulp.value(night.model.objective)), options[taken]


def pay_for_missing_items(night: Night) -> pulp.LpAffineExpression:
    """Items a contract promises and tonight does not bring: missing >= promised - brought, paid each."""
    paid = pulp.LpAffineExpression()
    for number, site in enumerate(night.instance.sites.itertuples()):
        missing = pulp.LpVariable(f"missing_{number}", lowBound=0)
        brought = pulp.lpSum(night.take[night.options["site_id"] == site.site_id])
        night.model.addConstraint(missing >= site.contract_min_items - brought)
        paid += site.shortfall_eur * missing
    return paid


def decide_each_return_once(night: Night) -> None:
    """Every return takes exactly one of its options."""
    for _, options in night.options.groupby("return_id"):
        night.model.addConstraint(pulp.lpSum(night.take[options.index]) == 1)


def respect_room_at_points(night: Night) -> None:
    """New parcels at a point <= what it holds - what lies there."""
    t = night.instance.tables
    boxes = t["compartments"].groupby("point_id")["count"].sum()
    holds = t["points"].set_index("point_id")["capacity_parcels"]
    holds = pd.concat([holds, boxes.reindex(holds.index)], axis=1).min(axis=1)
    lies = t["fill"].groupby("point_id")["parcels"].sum().add(t["returns"].groupby("point_id").size(), fill_value=0)
    at_most(night, new_parcels(night), ["point_id"], (holds - lies.reindex(holds.index).fillna(0)).clip(lower=0))


def respect_compartments(night: Night) -> None:
    """New parcels of a size and up in a locker <= its compartments of that size and up - what lies in them."""
    t, ix = night.instance.tables, night.instance.indexed
    level = np.where(ix.returns.size_idx < 0, len(ix.size_ids), ix.returns.size_idx)
    lying = pd.Series(level, index=pd.Index(t["returns"]["point_id"], name="point_id"))
    for k in range(len(ix.size_ids)):
        larger = list(ix.size_ids[k:])
        boxes, fill = (
            t[n][t[n]["size"].isin(larger)].groupby("point_id")[c].sum()
            for n, c in (("compartments", "count"), ("fill", "parcels"))
        )
        boxes = boxes.reindex(t["compartments"]["point_id"].unique()).fillna(0)
        lies = fill.add(lying[lying >= k].groupby("point_id").size(), fill_value=0).reindex(boxes.index).fillna(0)
        parcels = new_parcels(night)
        at_most(night, parcels[parcels["size"].isin(larger)], ["point_id"], (boxes - lies).clip(lower=0))


def respect_sorting_at_hubs(night: Night) -> None:
    """Parcels that reach a hub on a day <= what it sorts a day."""
    hubs = night.instance.hubs.set_index("hub_id")["sorting_parcels"]
    for _, today in night.options.groupby("sorting_day"):
        at_most(night, today, ["hub_id"], hubs)


def respect_processes(night: Night) -> None:
    """Hours and items of a process on a day <= what it can do a day."""
    processes = night.instance.tables["processes"].set_index("process_id")
    for _, today in night.options.groupby("day"):
        at_most(night, today, ["process_id"], processes["capacity_h"], use=today["hours"])
        at_most(night, today, ["process_id"], processes["capacity_items"])


def respect_lanes(night: Night) -> None:
    """Parcels on a lane tonight <= what it carries, from carrier points, between hubs and to sites."""
    lanes = night.instance.tables["lanes"].set_index(["from_id", "to_id"])["capacity_parcels"]
    carried = set(night.instance.points.query("emptied_by == 'CARRIER'")["point_id"])
    options = night.options
    at_most(night, options[options["point_id"].isin(carried)], ["point_id", "entry_hub_id"], lanes)
    at_most(
        night,
        options[options["hub_id"].notna() & (options["entry_hub_id"] != options["hub_id"])],
        ["entry_hub_id", "hub_id"],
        lanes,
    )
    at_most(night, options, ["hub_id", "site_id"], lanes)


def respect_policy(night: Night) -> None:
    """Kept items <= their share of the returns; emissions and spending <= their budgets."""
    policy, options = night.instance.policy, night.options
    kept = night.take[options["outcome"] == "KEEP"]
    night.model.addConstraint(pulp.lpSum(kept) <= policy.keep.max_share * options["return_id"].nunique())
    for budget, amount in ((policy.budgets.max_co2e_kg, "co2e_kg"), (policy.budgets.max_spend_eur, "spend_eur")):
        if budget is not None:
            night.model.addConstraint(pulp.lpDot(options[amount], night.take) <= budget)


def new_parcels(night: Night) -> pd.DataFrame:
    """Return the options that bring a parcel to a point where it does not lie already."""
    return night.options[night.options["point_id"].notna() & ~night.options["lies_there"].astype(bool)]


def at_most(night: Night, options: pd.DataFrame, by: list[str], limit: pd.Series, use: pd.Series | None = None) -> None:
    """Add one row per group of `options`: their use (1 each unless given) <= the group's limit; no limit: no row."""
    for key, group in options.groupby(by):
        most = limit.get(key if len(by) > 1 else key[0], np.nan)
        amounts = [1.0] * len(group) if use is None else use[group.index]
        if not np.isnan(most):
            night.model.addConstraint(pulp.lpDot(amounts, night.take[group.index]) <= most)
