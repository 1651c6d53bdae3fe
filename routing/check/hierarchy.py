"""Are unsold goods used before they are taken apart, and given away before they are destroyed?

An earlier step counts as open when sending the goods there would break no rule of law or policy, the process works at
all, and lanes lead there from every hub that collects.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from retour.instance import Instance
from retour.pricing import entry
from retour.vocabulary import Flow, Outcome
from routing.check.finding import Found, each
from routing.check.law import (
    ODDS_TOLERANCE,
    certified_sites_only,
    exchanges_are_wanted,
    outcome_allowed,
    recalled_goods_off_the_market,
    resaleable_goods_survive,
    resaleable_odds,
)

GOODS = ["class_id", "reason", "grade", "flow", "wants", "damaged_battery"]


def donation_before_destruction(instance: Instance, moved: pd.DataFrame) -> Found:
    """Protected goods are not destroyed while somebody would take them as a gift."""
    rules = instance.policy.outcomes
    destroyed = moved["outcome"].isin(rules.destruction) & moved["flow"].isin(rules.protected_flows)
    asked = moved[destroyed & ~moved["damaged_battery"].astype(bool)]
    return each(
        "donation before destruction",
        asked[open_to(instance, asked, (Outcome.DONATE,))],
        "return_id",
        "{outcome}",
        "DONATE",
        "",
        "Return {return_id} goes to {outcome} although it could be donated (" + rules.source + ").",
    )


def earlier_steps_first(instance: Instance, moved: pd.DataFrame) -> Found:
    """Unsold goods that can be used take no step of the hierarchy while an earlier one is open to them."""
    rules, found = instance.policy.outcomes, []
    later = moved[moved["outcome"].isin([outcome for step in rules.hierarchy[1:] for outcome in step])]
    goods = later[unsold(instance, later)]
    for k in range(1, len(rules.hierarchy)):
        asked = goods[goods["outcome"].isin(rules.hierarchy[k])]
        earlier = [outcome for step in rules.hierarchy[:k] for outcome in step]
        found += each(
            "hierarchy of outcomes",
            asked[open_to(instance, asked, earlier)],
            "return_id",
            "{outcome}",
            "an earlier step",
            "",
            "Return {return_id} goes to {outcome} although an earlier step is open (" + rules.hierarchy_source + ").",
        )
    return found


def unsold(instance: Instance, moved: pd.DataFrame) -> pd.Series:
    """Return which goods count as unsold and are likely resaleable: never sold, or withdrawn from by the customer."""
    policy = instance.policy
    withdrawn = (moved["flow"] == Flow.CUSTOMER_RETURN) & moved["reason"].isin(policy.reasons.withdrawal)
    usable = resaleable_odds(instance, moved) >= policy.outcomes.min_resaleable_odds + ODDS_TOLERANCE
    usable &= ~moved["damaged_battery"].astype(bool)
    return (moved["flow"].isin(policy.outcomes.unsold_flows) | withdrawn) & usable


def open_to(instance: Instance, moved: pd.DataFrame, outcomes: Collection[str]) -> pd.Series:
    """Return per decision whether some process with one of these outcomes is open to its goods."""
    kind = moved.groupby(GOODS, dropna=False).ngroup()
    first = moved[~kind.duplicated()]
    tried = first[[*GOODS, "tags"]].assign(kind=kind[first.index]).merge(_working(instance, outcomes), how="cross")
    tried["return_id"] = np.arange(len(tried)).astype(str)
    rules = (
        outcome_allowed,
        resaleable_goods_survive,
        recalled_goods_off_the_market,
        exchanges_are_wanted,
        certified_sites_only,
    )
    takes = [not c or k in c for c, k in zip(tried["process_classes"], tried["class_id"], strict=True)]
    tried = tried[pd.Series(takes, index=tried.index, dtype=bool)]
    broken = {found["ids"] for rule in rules for found in rule(instance, tried)}
    return kind.isin(tried.loc[~tried["return_id"].isin(broken), "kind"])


def _working(instance: Instance, outcomes: Collection[str]) -> pd.DataFrame:
    """Return the processes with these outcomes that have any capacity and that every collecting hub reaches."""
    processes = instance.tables["processes"]
    idle = (processes["capacity_h"] == 0) | (processes["capacity_items"] == 0)
    near = processes["site_id"].isin(_reached_sites(instance))
    sites = instance.tables["sites"].set_index("site_id")["certificates"]
    working = processes[processes["outcome"].isin(list(outcomes)) & ~idle & near]
    return pd.DataFrame({
        "outcome": working["outcome"],
        "site_id": working["site_id"],
        "process_classes": working["classes"],
        "site_certificates": working["site_id"].map(sites),
    })  # fmt: skip


def _reached_sites(instance: Instance) -> set[str]:
    """Return the sites with a way from every hub that parcels reach first, by one more hub at most."""
    ix, lanes = instance.indexed, instance.tables["lanes"]
    between = lanes[lanes["from_id"].isin(ix.hub_ids)]
    onward = between.groupby("from_id")["to_id"].agg(set).to_dict()
    first = {ix.hub_ids[h] for h in np.unique(entry(ix)[0]) if h >= 0}
    reached = [set().union(*(onward.get(h, set()) for h in {hub, *onward.get(hub, set())})) for hub in sorted(first)]
    return set.intersection(*reached) if reached else set()
