"""Longer or shorter ways than the books have."""

from __future__ import annotations

from collections.abc import Iterator

from network_design.baseline.comparing import WAY, Cause, Compared, amount, factor_of
from network_design.baseline.groups import Group, Sample, explained
from network_design.baseline.split import is_movement, ratios_of
from network_design.baseline.totals import in_scope

BY = ((), ("mode",), ("kind",), ("kind", "mode"), ("place",), ("place", "mode"))
SEEN_TOLERANCE = 0.02
NOTHING = 1e-9


def distance_causes(compared: Compared) -> Iterator[Cause]:
    """Yield where ways are longer or shorter than the books have, or than was driven."""
    samples = list(_of_seen(compared)) or _of_books(compared)
    groups, alone = explained(samples, BY, compared.speaks_of_ways)
    for group in groups:
        change = compared.change("distances", "", dict(group.selection), factor=factor_of(group.ratio))
        yield Cause("DISTANCE", group.lines, _of_group(compared, group), (change,) if change else ())
    for sample in alone:
        yield _alone(compared, sample)


def _of_books(compared: Compared) -> list[Sample]:
    found = []
    for total in compared.leaves:
        ratio = ratios_of(total).distance if is_movement(total) else None
        if ratio is not None:
            found.append(compared.sample(total, ratio, total.model["distance_t_km"], moves=True))
    return found


def _of_seen(compared: Compared) -> Iterator[Sample]:
    """Yield the length of every way over what was driven."""
    seen = compared.seen_rows
    driven = seen[seen["distance_km"].notna()].drop_duplicates(WAY)
    arcs = compared.instance.arcs.drop_duplicates(WAY)[[*WAY, "distance_km"]]
    for row in driven.merge(arcs, on=WAY, suffixes=("_seen", "")).itertuples():
        if row.distance_km_seen > 0 and row.distance_km > 0:
            words = f"{row.from_id} to {row.to_id} by {row.mode}"
            tags = {"mode": row.mode, "place": row.from_id, "kind": compared.kinds[row.from_id]}
            ratio = row.distance_km / row.distance_km_seen
            scope = {"place_id": row.from_id, "to_id": row.to_id, "mode": row.mode}
            yield Sample(0, words, ratio, max(row.amount_t, NOTHING) * row.distance_km, SEEN_TOLERANCE, tags, scope)


def _of_group(compared: Compared, group: Group) -> str:
    where = group.words or "all ways"
    said = f"{where}: {amount(group.ratio)} times as long as the books have, by one ratio {group.span}"
    circuity = compared.instance.settings.circuity
    if group.selection or len(compared.instance.tables["lanes"]["distance_km"].dropna()):
        return said
    return f"{said}; lengths are great circles x {circuity:g}, roads are great circles x {circuity / group.ratio:.3g}"


def _alone(compared: Compared, sample: Sample) -> Cause:
    """A way alone can be changed where nothing else begins there; a total of several ways does not say which."""
    lines = (sample.line,) if sample.line else ()
    said = f"{sample.words}: {amount(sample.ratio)} times as long as the books have"
    total = next((t for t in compared.totals if t.line == sample.line), None)
    ways = compared.moved if total is None else compared.moved[in_scope(compared.moved, total.scope)]
    many = 1 if total is None else len(ways.drop_duplicates(["place_id", "to_id", "mode"]))
    if many > 1:
        return Cause(
            "DISTANCE", lines, f"{said}, {many} ways together; which of them cannot be told: give them one by one"
        )
    own = compared.instance.arcs.drop_duplicates(WAY)
    own = own[(own["from_id"] == sample.tags.get("place")) & (own["mode"] == sample.tags.get("mode"))]
    names = {k: v for k, v in sample.tags.items() if k in ("place", "mode")}
    change = compared.change("distances", "", names, factor=factor_of(sample.ratio)) if len(own) == 1 else None
    return Cause("DISTANCE", lines, f"{said}; correct lanes.distance_km", (change,) if change else ())
