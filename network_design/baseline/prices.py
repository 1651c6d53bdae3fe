"""Another price of a unit than the books have, and what places cost whatever they do."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from functools import partial

from network_design.baseline.comparing import Cause, Compared, amount, factor_of
from network_design.baseline.groups import Group, Sample, explained, is_contradicted, one_ratio
from network_design.baseline.split import is_movement, ratios_of
from network_design.baseline.tables import INVESTMENT, MOVEMENT, STANDING
from network_design.baseline.totals import Total, in_scope
from network_design.study.settings import Change

PRICED = {
    "transport": ("transport", "cost_per_km_t"), "loading": ("transport", "cost_per_t"),
    "collection": ("supply", "cost_per_t"), "variable": ("processes", "variable_cost_per_t"),
    "contract": ("contract_tiers", "price_per_t"), "storage": ("storage", "cost_per_t"),
    "disposal": ("disposal", "cost_per_t"), "sale": ("sales", "price_per_t"), "emissions": ("gases", "price_per_t"),
    "lost": ("supply", "lost_cost_per_t"),
}  # fmt: skip
"""Table and column of the price of each activity."""
STANDS_IN = {"fixed": ("capacities", "fixed_cost"), "operating": ("place_costs", "operating_cost")}
OF_MOVEMENT = ((), ("mode",), ("product",), ("mode", "product"), ("mode", "product", "period"))
OF_PLACES = ((), ("product",), ("kind",), ("place",), ("place", "product"))
FAMILIES = (
    *((("transport",), OF_MOVEMENT), (("loading",), OF_MOVEMENT), (("loading", "transport"), OF_MOVEMENT)),
    *(((a,), OF_PLACES) for a in PRICED if a not in ("transport", "loading")), (("contract", "variable"), OF_PLACES),
)  # fmt: skip


def rate_causes(compared: Compared) -> Iterator[Cause]:
    """Yield where the same tonnes and kilometres have another price than in the books, activity by activity."""
    for activities, by in FAMILIES:
        own = [t for t in compared.leaves if t.activities == activities and "cost" in t.books]
        samples = [
            compared.sample(t, rate, abs(t.model["cost"]), moves=is_movement(t))
            for t in own if (rate := ratios_of(t).rate) is not None
        ]  # fmt: skip
        groups, alone = explained(samples, by, partial(_speaks, compared, activities))
        for group in groups:
            yield _of_group(compared, activities, group)
        for sample in alone:
            yield _alone(compared, activities, sample, samples)
        yield from _rate_or_distance(compared, own)


def standing_causes(compared: Compared) -> Iterator[Cause]:
    """Yield where a place costs something else whatever it does, and investment, of which there is none."""
    for total in compared.leaves:
        known = total.scope.get("place_id") is None or total.scope["place_id"] in compared.open_places
        off = known and "cost" in total.books and not total.fits("cost")
        if off and set(total.activities) <= set(STANDING):
            yield _standing(compared, total)
        elif off and set(total.activities) <= set(INVESTMENT):
            yield Cause(
                "OUTSIDE", (total.line,), f"{total.words}: nothing opens, grows or closes in the network as it is"
            )


def _speaks(compared: Compared, activities: tuple[str, ...], group: Group) -> bool:
    """Say whether figures speak for the prices they would change: most of what moves, all of what places do."""
    if set(activities) <= set(MOVEMENT):
        return compared.speaks_of_ways(group)
    return all(compared.covers(*PRICED[activity], group) for activity in activities)


def _of_group(compared: Compared, activities: tuple[str, ...], group: Group) -> Cause:
    where = f"{' and '.join(activities)}, {group.words or 'everywhere'}"
    said = f"{where}: a unit costs {amount(group.ratio)} times what the books have, by one ratio {group.span}"
    return Cause("RATE", group.lines, said, _changes(compared, activities, dict(group.selection), group.ratio))


def _alone(compared: Compared, activities: tuple[str, ...], sample: Sample, every: Sequence[Sample]) -> Cause:
    """One figure pins a price only where it is made of one price, of which no other figure is made."""
    names = {k: v for k, v in sample.tags.items() if k in _selectors(activities)}
    changes = _changes(compared, activities, names, sample.ratio)
    said = f"{sample.words}: a unit costs {amount(sample.ratio)} times what the books have"
    many = max((len(compared.figures(change)) for change in changes), default=0)
    if is_contradicted(sample, every, tuple(names)):
        said, changes = f"{said}; other figures of the same price deviate otherwise", ()
    elif many > 1:
        said, changes = f"{said}; it is made of {many} prices, and which of them cannot be told", ()
    elif not changes:
        said += "; the network's prices do not go into such detail"
    return Cause("RATE", (sample.line,), said, changes)


def _changes(
    compared: Compared, activities: tuple[str, ...], selection: dict[str, Hashable], ratio: float
) -> tuple[Change, ...]:
    """Return a change per price; none where a table cannot be selected so."""
    selection = {k: v for k, v in selection.items() if k in (*_selectors(activities), "kind")}
    found = [compared.change(*PRICED[a], selection, factor=factor_of(ratio)) for a in activities]
    own = [c for c in found if c is not None and compared.figures(c)]
    return tuple(own)


def _selectors(activities: tuple[str, ...]) -> tuple[str, ...]:
    """Return by what prices are told apart: those of transport know no places."""
    moves = set(activities) <= set(MOVEMENT)
    return ("product", "mode", "period") if moves else ("place", "product", "period")


def _rate_or_distance(compared: Compared, own: list[Total]) -> Iterator[Cause]:
    """Yield where transport costs more or less by the tonne, and the books have no tonne-kilometres to say why."""
    bare = [
        compared.sample(t, t.model["cost"] / t.books["cost"] / volume, abs(t.model["cost"]), moves=True)
        for t in own
        if "transport" in t.activities and t.ratio("distance_t_km") is None and t.ratio("cost") is not None
        and (volume := t.ratio("quantity_t")) is not None
    ]  # fmt: skip
    off = [s for s in bare if s.deviates]
    if not off:
        return
    ratio, lines = one_ratio(bare), tuple(sorted(s.line for s in off))
    some = f"by one ratio, {amount(ratio)}, " if ratio is not None and len(bare) > 1 else ""
    widest = max(off, key=lambda s: abs(math.log(s.ratio)))
    far = f"{widest.words}: {amount(widest.ratio)} times the books"
    says = f"a tonne costs another price {some}on {len(off)} totals ({far})"
    yield Cause("UNTOLD", lines, f"{says}. Rate or distance: give distance_t_km to tell")


def _standing(compared: Compared, total: Total) -> Cause:
    """Return what is missing or wrong of a place's cost, as a figure to be added per period."""
    place, missing = total.scope.get("place_id"), -total.deviation("cost")
    told = f"{total.words}: {amount(total.model['cost'])} against {amount(total.books['cost'])} in the books"
    if place is None:
        return Cause("FIXED", (total.line,), f"{told}; which place cannot be told: give it place by place")
    periods = 1 if "period" in total.scope else compared.instance.periods
    names: dict[str, Hashable] = {k: total.scope[c] for k, c in (("place", "place_id"), ("period", "period"))
                                  if c in total.scope}  # fmt: skip
    each = float(f"{missing / periods:.8g}")
    refused = []
    for activity in total.activities:
        change = compared.change(*STANDS_IN[activity], names, add=each)
        if change is None:
            continue
        changed_signs, rows = _signs_changed(compared, change), len(compared.column(change))
        if not changed_signs:
            return Cause("FIXED", (total.line,), told, (change,))
        many = f"{each:+g} on {change.table}.{change.column} would change the sign of {changed_signs} of {rows} rows"
        factor = _factor(compared, total, activity)
        scaled = None if factor is None else compared.change(*STANDS_IN[activity], names, factor=factor)
        if scaled is not None:
            return Cause("FIXED", (total.line,), f"{told}; told by a factor, for {many}", (scaled,))
        refused.append(many)
    if refused:
        says = f"{told}; {', '.join(refused)}, and no factor settles it; correct the rows one by one, or the books"
        return Cause("FIXED", (total.line,), says)
    row = f"{STANDS_IN[total.activities[-1]][0]} of {place} with {STANDS_IN[total.activities[-1]][1]} = {each:g}"
    return Cause("FIXED", (total.line,), f"{told}; the network has no figure for it", rows=row)


def _signs_changed(compared: Compared, change: Change) -> int:
    """Return how many figures an addition would turn negative, or give another sign."""
    figures = compared.column(change).to_numpy(float)
    after = figures + (change.add or 0.0)
    return int(((figures * after < 0) | ((figures == 0) & (after < 0))).sum())


def _factor(compared: Compared, total: Total, activity: str) -> float | None:
    """Return the factor on one activity's cost that makes a total what the books have; None where there is none."""
    cost = compared.measures.cost
    own = float(cost.loc[(cost["activity"] == activity) & in_scope(cost, total.scope), "cost"].sum())
    wanted = own - total.deviation("cost")
    return float(f"{wanted / own:.8g}") if own and wanted / own >= 0 else None
