"""Other tonnes than the books have: because another amount arises, or because flows go elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from network_design.baseline.comparing import Cause, Compared, amount, factor_of
from network_design.baseline.groups import Group, Sample, explained, is_contradicted, one_ratio
from network_design.baseline.split import is_movement
from network_design.baseline.totals import Total
from network_design.study.settings import Change

ARISING = (("supply",), ("collection",))
BY = ((), ("product",), ("kind",), ("place",), ("product", "place"))
PAIR = ["place_id", "product_id"]
MOST_NAMED = 4
SEEN_TOLERANCE = 0.02


def volume_causes(compared: Compared) -> Iterator[Cause]:
    """Yield where another amount arises than the books have, or than was seen to leave."""
    samples = _of_books(compared) or list(_of_seen(compared))
    groups, alone = explained(samples, BY, lambda group: compared.covers("supply", "amount_t", group))
    for group in groups:
        change = compared.change("supply", "amount_t", dict(group.selection), factor=factor_of(group.ratio))
        yield Cause("VOLUME", group.lines, _of_group(group), (change,) if change else ())
    for sample in alone:
        clear = not is_contradicted(sample, samples, ("place", "product", "period"))
        named = {k: v for k, v in sample.tags.items() if k in ("place", "product", "period")}
        change = compared.change("supply", "amount_t", named, factor=factor_of(sample.ratio))
        yield _alone(sample, change if clear and {"place", "product"} & set(named) else None)


def mix_causes(compared: Compared) -> Iterator[Cause]:
    """Yield where as much moves as the books have, but on other ways; or what cannot be told about tonnes that move."""
    for activities in dict.fromkeys(t.activities for t in compared.leaves if is_movement(t)):
        told = [t for t in compared.leaves if t.activities == activities and "quantity_t" in t.books]
        off = [t for t in told if not t.fits("quantity_t")]
        if off and not _is_volume(compared, off):
            yield _elsewhere(told, off)
    yield from _not_as_seen(compared)


def arising_ratio(compared: Compared) -> float | None:
    """Return the one ratio by which what arises deviates from the books, or from what was seen; None without one."""
    return one_ratio(_of_books(compared) or list(_of_seen(compared)))


def _of_books(compared: Compared) -> list[Sample]:
    found = []
    for total in compared.leaves:
        ratio = total.ratio("quantity_t") if total.activities in ARISING else None
        if ratio is not None:
            found.append(compared.sample(total, ratio, total.model["quantity_t"]))
    return found


def _of_seen(compared: Compared) -> Iterator[Sample]:
    """Yield what arises over what was seen to leave, where all of it must leave; by period where some were not seen."""
    instance, seen = compared.instance, compared.seen_rows
    left = seen.rename(columns={"from_id": "place_id"}).groupby([*PAIR, "period"], as_index=False)["amount_t"].sum()
    both = instance.series("supply")[[*PAIR, "period", "amount_t"]].merge(left, on=[*PAIR, "period"])
    in_all = both.groupby(PAIR)["period"].transform("nunique") == instance.periods
    both["period"] = both["period"].mask(in_all, 0)
    sums = both.groupby([*PAIR, "period"], as_index=False)[["amount_t_x", "amount_t_y"]].sum()
    stays = set(instance.tables["disposal"][PAIR].itertuples(index=False, name=None))
    for row in sums.itertuples():
        pair = (row.place_id, row.product_id)
        if pair not in stays and row.amount_t_x > 0 and row.amount_t_y > 0:
            tags = {"place": row.place_id, "product": row.product_id, "kind": compared.kinds[row.place_id]}
            words = f"what was seen to leave {row.place_id} of {row.product_id}"
            if row.period:
                tags, words = {**tags, "period": int(row.period)}, f"{words} in period {row.period}"
            yield Sample(0, words, row.amount_t_x / row.amount_t_y, row.amount_t_x, SEEN_TOLERANCE, tags)


def _of_group(group: Group) -> str:
    where = group.words or "everywhere"
    return f"{where}: {amount(group.ratio)} times as much arises as the books have, by one ratio {group.span}"


def _alone(sample: Sample, change: Change | None) -> Cause:
    said = f"{sample.words}: {amount(sample.ratio)} times as much arises as the books have"
    if change is None:
        return Cause("VOLUME", _lines(sample), f"{said}; where cannot be told: give supply by place or product")
    shares = "" if "place" in sample.tags else "; how it is spread over places stays as it is"
    return Cause("VOLUME", _lines(sample), said + shares, (change,))


def _lines(sample: Sample) -> tuple[int, ...]:
    return (sample.line,) if sample.line else ()


def _is_volume(compared: Compared, off: Sequence[Total]) -> bool:
    """Say whether tonnes that move are off by the one ratio by which what arises is off."""
    arising = arising_ratio(compared)
    own = [t.ratio("quantity_t") for t in off]
    return arising is not None and all(
        r is not None and math.isclose(r, arising, rel_tol=t.tolerance) for r, t in zip(own, off, strict=True)
    )


def _elsewhere(told: Sequence[Total], off: Sequence[Total]) -> Cause:
    """Return MIX where as much moves in all, and else that the books cannot tell it from another volume."""
    sums = {source: sum(getattr(t, source)["quantity_t"] for t in told) for source in ("model", "books")}
    widest = sorted(off, key=lambda t: -abs(t.deviation("quantity_t")))
    named = "; ".join(
        f"{t.words} {amount(t.model['quantity_t'])} t against {amount(t.books['quantity_t'])} t"
        for t in widest[:MOST_NAMED]
    )
    more = f"; and {len(widest) - MOST_NAMED} more" if len(widest) > MOST_NAMED else ""
    lines = tuple(sorted(t.line for t in off))
    if len(told) > 1 and math.isclose(sums["model"], sums["books"], rel_tol=max(t.tolerance for t in told)):
        says = f"as much moves in all ({amount(sums['model'])} t), but elsewhere: {named}{more}"
        return Cause("MIX", lines, says + ". Give the flows that were seen, or the limits that keep them so")
    return Cause(
        "UNTOLD", lines,
        f"other tonnes move: {named}{more}. The books do not tell another volume from other ways: give supply by "
        "place, and every lane",
    )  # fmt: skip


def _not_as_seen(compared: Compared) -> Iterator[Cause]:
    """Yield what flows otherwise than it was seen to, the widest ways first."""
    seen, way = compared.seen_rows, ["from_id", "to_id", "mode", "product_id"]
    if seen.empty:
        return
    flows = compared.moved.rename(columns={"place_id": "from_id", "quantity_t": "flows_t"})
    both = seen[[*way, "period", "amount_t"]].merge(flows, on=[*way, "period"], how="outer")
    # Only what leaves in a period for which something was seen can be held against it.
    origins = both[["from_id", "product_id", "period"]].itertuples(index=False, name=None)
    both = both[[origin in compared.seen_origins for origin in origins]].fillna({"amount_t": 0.0, "flows_t": 0.0})
    sums = both.groupby(way, as_index=False)[["flows_t", "amount_t"]].sum()
    more = sums["flows_t"] - sums["amount_t"]
    sums = sums.assign(off=more.abs()).sort_values("off", ascending=False)
    total, less_t, more_t = (float(x.sum()) for x in (sums["amount_t"], (-more).clip(lower=0), more.clip(lower=0)))
    if not total or max(less_t, more_t) <= SEEN_TOLERANCE * total:
        return
    why = ", for those do not balance or fit what stands" if compared.held else ""
    says = f"{amount(less_t)} of {amount(total)} t flow otherwise than seen"
    says += f", {amount(more_t - less_t)} t more than were seen" if more_t - less_t > SEEN_TOLERANCE * total else ""
    yield Cause("MIX", _off_seen(compared), f"{says}{why}: {_widest(sums)}")


def _off_seen(compared: Compared) -> tuple[int, ...]:
    """Return the totals of what moves whose tonnes are others than those seen."""
    told = [t for t in compared.leaves if "quantity_t" in t.seen and "quantity_t" not in t.books]
    off = [t for t in told if abs(t.model["quantity_t"] - t.seen["quantity_t"]) > t.tolerance * t.seen["quantity_t"]]
    return tuple(sorted(t.line for t in off))


def _widest(sums: pd.DataFrame) -> str:
    rows = sums[sums["off"] > SEEN_TOLERANCE * sums["amount_t"].max()].head(MOST_NAMED).itertuples()
    return "; ".join(
        f"{r.from_id} to {r.to_id} by {r.mode} {amount(r.flows_t)} t against {amount(r.amount_t)} t" for r in rows
    )
