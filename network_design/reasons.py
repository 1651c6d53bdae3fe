"""Limits of a design network in plain words: what they say, and what would repair them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from network_design.elastic import NO_ROW
from retour.design import DesignInstance
from retour.tables.design_service import ALL

MOST_REPAIRS = 6
MOST_NAMED = 8
SAME = {
    "CAPACITY": [], "DISPOSAL": ["product_id", "arises"], "MUST_CLOSE": ["period"], "MUST_OPEN": ["period"],
    "OPENING": ["period"],
}  # fmt: skip
"""Limits which several places share, told in one sentence where these columns say the same."""
SHARED_REPAIRS = (*SAME, "SERVICE", "SALES")


@dataclass(frozen=True)
class Told:
    """A limit, or one that several places share: `place_id` names them all, `bound` and `by` are tonnes or counts."""

    limit: str
    place_id: str
    product_id: str
    within_km: float
    period: int
    bound: float = 0.0
    by: float = 0.0
    many: bool = False
    money: str = ""


def limit_sentences(instance: DesignInstance, limits: pd.DataFrame) -> Iterator[str]:
    """Yield limits as sentences that name their tables, each said once for all places that share it.

    `limits` has limit, place_id, product_id, within_km, period, bound.
    """
    arising = instance.series("supply").set_index(["place_id", "product_id", "period"])["amount_t"]
    own = pd.MultiIndex.from_frame(limits[["place_id", "product_id", "period"]])
    known = limits.assign(amount_t=arising.groupby(level=[0, 1, 2]).sum().reindex(own, fill_value=0.0).to_numpy())
    known["arises"] = known["amount_t"] > 0
    for group in _shared(known):
        first = _told(group)
        nothing_said = first.limit == "DISPOSAL" and first.bound == NO_ROW
        if nothing_said:
            yield _must_go_on(instance, first, group)
        else:
            yield SAYS[first.limit](first) + _arising(instance, first)


def repair_words(instance: DesignInstance, needed: pd.DataFrame, *, head: str) -> Iterator[str]:
    """Yield one sentence, if anything is needed: what would have to give way together, the largest steps first.

    `needed` has limit, place_id, product_id, within_km, period, bound and `by`, how far each gives way.
    """
    if needed.empty:
        return
    groups = needed.groupby(["limit", "place_id", "product_id", "within_km"], dropna=False)
    steps = groups.agg(by=("by", "max"), periods=("period", lambda p: ", ".join(map(str, p))), bound=("bound", "max"))
    steps = steps.reset_index().sort_values("by", ascending=False, ignore_index=True)
    alone = ~steps["limit"].isin(SHARED_REPAIRS)
    key = steps[["limit", "product_id", "within_km", "periods"]].assign(own=steps.index.where(alone, -1))
    told = [group for _, group in steps.groupby(key.groupby([*key], dropna=False, sort=False).ngroup(), sort=False)]
    money = instance.settings.currency
    parts = [
        f"{REPAIRS[g['limit'].iloc[0]](_told(g.assign(period=0), money))} (period {g['periods'].iloc[0]})"
        for g in told[:MOST_REPAIRS]
    ]
    if len(told) > MOST_REPAIRS:
        parts.append(f"{sum(map(len, told[MOST_REPAIRS:]))} more limits would have to give way")
    yield f"{head}: {'; '.join(parts[:-1])}{'; and ' if len(parts) > 1 else ''}{parts[-1]}."


def _shared(limits: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield limits together that are one sentence, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, row in enumerate(limits.to_dict("records")):
        shared = row["limit"] in SAME and not (row["limit"] == "DISPOSAL" and row["bound"] != NO_ROW)
        key = (row["limit"], *(row[c] for c in SAME[row["limit"]])) if shared else ("", i)
        groups.setdefault(key, []).append(i)
    for lines in groups.values():
        yield limits.iloc[lines]


def _told(group: pd.DataFrame, money: str = "") -> Told:
    first = group.iloc[0]
    return Told(
        limit=str(first["limit"]), place_id=_named(sorted(group["place_id"])), product_id=first["product_id"],
        within_km=float(first["within_km"]), period=int(first["period"]), bound=float(first["bound"]),
        by=float(group["by"].sum()) if "by" in group else 0.0, many=len(group) > 1, money=money,
    )  # fmt: skip


def _named(places: Sequence[str]) -> str:
    """Return names as one reads them out, the first few where there are many."""
    if len(places) == 1:
        return str(places[0])
    if len(places) > MOST_NAMED:
        return f"{', '.join(places[:MOST_NAMED])} and {len(places) - MOST_NAMED} more"
    return f"{', '.join(places[:-1])} and {places[-1]}"


def _must_go_on(instance: DesignInstance, told: Told, group: pd.DataFrame) -> str:
    """Return what it means that places have no row on disposal: what they have of a product must leave them."""
    who, what = told.place_id, told.product_id
    if not group["arises"].iloc[0]:
        return (
            f"What {who} {'get' if told.many else 'gets'} of {what} may not be disposed of there (disposal has no row)"
        )
    if told.many:
        alike = group["period"].nunique() == 1
        each = f"; {group['amount_t'].sum():.6g} t arise there and" if alike else "; what arises there"
        return f"{who} may not dispose of {what} (disposal has no row){each} {_way_on(instance, what)}"
    return f"{who} may not dispose of {what} (disposal has no row){_arising(instance, told)}"


def _arising(instance: DesignInstance, limit: Told) -> str:
    """Return how much arises of what a limit on disposal is about, and whether anything takes it."""
    if limit.limit not in ("DISPOSAL", "PRODUCT_DISPOSAL"):
        return ""
    supply = instance.series("supply")
    own = supply[(supply["product_id"] == limit.product_id) & (supply["period"] == limit.period)]
    if limit.limit == "DISPOSAL":
        own = own[own["place_id"] == limit.place_id]
    return f"; {own['amount_t'].sum():g} t arise in period {limit.period} and {_way_on(instance, limit.product_id)}"


def _way_on(instance: DesignInstance, product: str) -> str:
    takers = instance.arcs["product_id"] == product
    return "must be sent on" if takers.any() else "no place takes it"


def _disposal_limit(limit: Told) -> str:
    return f"{limit.place_id} may dispose of at most {limit.bound:g} t of {limit.product_id} (disposal.limit_t)"


def _served(limit: Told) -> str:
    what = "" if limit.product_id == ALL else f" of {limit.product_id}"
    return (
        f"At least {limit.bound:,.6g} t{what} that arise in {limit.place_id} go no farther than {limit.within_km:g} km "
        "on their first way (service_bands)"
    )


def _size(limit: Told) -> str:
    one, many = "processes and sells no more than its largest size", "process and sell no more than their largest sizes"
    return f"{limit.place_id} {many if limit.many else one} (capacities.size_t)"


def _room(step: Told) -> str:
    return f"give {step.place_id} room for {step.by:,.4g} t more{' in all' if step.many else ''}"


def _way_out(step: Told) -> str:
    out = " in all, or give them other ways out" if step.many else ", or give it another way out"
    return f"let {step.place_id} dispose of {step.by:,.4g} t more of {step.product_id}{out}"


SAYS: dict[str, Callable[[Told], str]] = {
    "CAPACITY": _size,
    "LANE": lambda x: f"The lane from {x.place_id} carries at most {x.bound:g} t (lanes.capacity_t)",
    "PRODUCT_DISPOSAL": lambda x: (
        f"At most {x.bound:g} t of {x.product_id} may be disposed of in all (product_limits.disposal_limit_t)"
    ),
    "EMISSIONS": lambda x: (
        f"At most {x.bound:g} t of {x.product_id} may be emitted in period {x.period} (gases.limit_t)"
    ),
    "SERVICE": _served,
    "BUDGET": lambda x: f"At most {x.bound:g} may be invested in period {x.period} (periods.investment_limit)",
    "COUNT": lambda x: f"At most {x.bound:g} places of {x.place_id} may be open (group_limits.most)",
    "FEWEST": lambda x: f"At least {x.bound:g} places of {x.place_id} must be open (group_limits.least)",
    "DISPOSAL": _disposal_limit,
    "SALES": lambda x: f"{x.place_id} takes at most {x.bound:g} t of {x.product_id} (sales.most_t)",
    "LEAST": lambda x: f"{x.place_id} must get at least {x.bound:g} t of {x.product_id} (sales.least_t)",
    "MUST_CLOSE": lambda x: f"{x.place_id} must be closed from period {x.period} (places.closed_from)",
    "MUST_OPEN": lambda x: f"{x.place_id} must be open in period {x.period} (places.open_from, may_close)",
    "OPENING": lambda x: f"{x.place_id} may not open in period {x.period} (periods.opening_allowed)",
}

REPAIRS: dict[str, Callable[[Told], str]] = {
    "CAPACITY": _room,
    "LANE": lambda x: f"let the lane from {x.place_id} carry {x.by:,.4g} t more",
    "PRODUCT_DISPOSAL": lambda x: f"allow {x.by:,.4g} t more of {x.product_id} to be disposed of in all",
    "EMISSIONS": lambda x: f"allow {x.by:,.4g} t more of {x.product_id} to be emitted",
    "SERVICE": lambda x: f"let {x.by:,.4g} t more from {x.place_id} go farther than {x.within_km:g} km",
    "BUDGET": lambda x: f"allow {x.by:,.0f} {x.money} more to be invested",
    "COUNT": lambda x: f"allow {x.by:,.3g} more places of {x.place_id}",
    "FEWEST": lambda x: f"ask for {x.by:,.3g} fewer places of {x.place_id}",
    "DISPOSAL": _way_out,
    "SALES": lambda x: f"let {x.place_id} take {x.by:,.4g} t more of {x.product_id}",
    "LEAST": lambda x: f"promise {x.place_id} {x.by:,.4g} t less of {x.product_id}",
    "MUST_CLOSE": lambda x: f"let {x.place_id} be open",
    "MUST_OPEN": lambda x: f"let {x.place_id} be closed",
    "OPENING": lambda x: f"let {x.place_id} open",
}
