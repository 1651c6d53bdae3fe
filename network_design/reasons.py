"""Limits of a design network in plain words: what they say, and what would repair them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from retour.design import DesignInstance
from retour.tables.design_service import ALL

MOST_REPAIRS = 6


def limit_words(instance: DesignInstance, limit: Any) -> str:
    """Return one limit as a sentence that names its table; `limit` has limit, place_id, product_id, period, bound."""
    return f"{SAYS[limit.limit](limit)}{_arising(instance, limit)}"


def repair_words(needed: pd.DataFrame) -> Iterator[str]:
    """Yield what would have to give way, and by how much: the cheapest repair, the largest steps first."""
    if needed.empty:
        return
    groups = needed.groupby(["limit", "place_id", "product_id", "within_km"], dropna=False)
    steps = groups.agg(by=("by", "max"), periods=("period", lambda p: ", ".join(map(str, p))), unit=("unit", "first"))
    steps = steps.reset_index().sort_values("by", ascending=False)
    for step in steps.head(MOST_REPAIRS).itertuples():
        yield f"Cheapest repair: {REPAIRS[str(step.limit)](step)} (period {step.periods})."
    if len(steps) > MOST_REPAIRS:
        yield f"And {len(steps) - MOST_REPAIRS} more limits would have to give way."


def _arising(instance: DesignInstance, limit: Any) -> str:
    """Return how much arises of what a limit on disposal is about, and whether anything takes it."""
    if limit.limit not in ("DISPOSAL", "PRODUCT_DISPOSAL"):
        return ""
    supply = instance.series("supply")
    own = supply[(supply["product_id"] == limit.product_id) & (supply["period"] == limit.period)]
    if limit.limit == "DISPOSAL":
        own = own[own["place_id"] == limit.place_id]
    takers = instance.arcs["product_id"] == limit.product_id
    way = "must be sent on" if takers.any() else "no place takes it"
    return f"; {own['amount_t'].sum():g} t arise in period {limit.period} and {way}"


def _disposal_limit(limit: Any) -> str:
    if limit.bound < 0:
        return f"{limit.place_id} may not dispose of {limit.product_id} (disposal has no row)"
    return f"{limit.place_id} may dispose of at most {limit.bound:g} t of {limit.product_id} (disposal.limit_t)"


def _served(limit: Any) -> str:
    what = "" if limit.product_id == ALL else f" of {limit.product_id}"
    return (
        f"at least {limit.bound:,.6g} t{what} that arise in {limit.place_id} go no farther than {limit.within_km:g} km "
        "on their first way (service_bands)"
    )


def _size(limit: Any) -> str:
    return f"{limit.place_id} processes and sells no more than its largest size (capacities.size_t)"


SAYS: dict[str, Callable[[Any], str]] = {
    "CAPACITY": _size,
    "LANE": lambda x: f"the lane from {x.place_id} carries at most {x.bound:g} t (lanes.capacity_t)",
    "PRODUCT_DISPOSAL": lambda x: (
        f"at most {x.bound:g} t of {x.product_id} may be disposed of in all (product_limits.disposal_limit_t)"
    ),
    "EMISSIONS": lambda x: f"at most {x.bound:g} t of {x.product_id} may be emitted (gases.limit_t)",
    "SERVICE": _served,
    "BUDGET": lambda x: f"at most {x.bound:g} may be invested in period {x.period} (periods.investment_limit)",
    "COUNT": lambda x: f"at most {x.bound:g} places of {x.place_id} may be open (group_limits.most)",
    "FEWEST": lambda x: f"at least {x.bound:g} places of {x.place_id} must be open (group_limits.least)",
    "DISPOSAL": _disposal_limit,
    "SALES": lambda x: f"{x.place_id} takes at most {x.bound:g} t of {x.product_id} (sales.most_t)",
    "LEAST": lambda x: f"{x.place_id} must get at least {x.bound:g} t of {x.product_id} (sales.least_t)",
    "MUST_CLOSE": lambda x: f"{x.place_id} must be closed from period {x.period} (places.closed_from)",
    "MUST_OPEN": lambda x: f"{x.place_id} must be open in period {x.period} (places.open_from, may_close)",
    "OPENING": lambda x: f"{x.place_id} may not open in period {x.period} (periods.opening_allowed)",
}

REPAIRS: dict[str, Callable[[Any], str]] = {
    "CAPACITY": lambda x: f"give {x.place_id} room for {x.by:,.4g} t more",
    "LANE": lambda x: f"let the lane from {x.place_id} carry {x.by:,.4g} t more",
    "PRODUCT_DISPOSAL": lambda x: f"allow {x.by:,.4g} t more of {x.product_id} to be disposed of in all",
    "EMISSIONS": lambda x: f"allow {x.by:,.4g} t more of {x.product_id} to be emitted",
    "SERVICE": lambda x: f"let {x.by:,.4g} t more from {x.place_id} go farther than {x.within_km:g} km",
    "BUDGET": lambda x: f"allow {x.by:,.0f} more to be invested",
    "COUNT": lambda x: f"allow {x.by:,.3g} more places of {x.place_id}",
    "FEWEST": lambda x: f"ask for {x.by:,.3g} fewer places of {x.place_id}",
    "DISPOSAL": lambda x: (
        f"let {x.place_id} dispose of {x.by:,.4g} t more of {x.product_id}, or give it another way out"
    ),
    "SALES": lambda x: f"let {x.place_id} take {x.by:,.4g} t more of {x.product_id}",
    "LEAST": lambda x: f"promise {x.place_id} {x.by:,.4g} t less of {x.product_id}",
    "MUST_CLOSE": lambda x: f"let {x.place_id} be open",
    "MUST_OPEN": lambda x: f"let {x.place_id} be closed",
    "OPENING": lambda x: f"let {x.place_id} open",
}
