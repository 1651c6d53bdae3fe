"""When a van may stop at a point tonight, and why some visits cannot be made at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from retour.indexed import positions
from retour.instance import Instance
from retour.travel import Places

Window = tuple[int, int]
LATEST_S = 2 * 86_400  # clocks run to 48:00


def windows_tonight(instance: Instance) -> dict[str, tuple[Window, ...] | None]:
    """Return per point when service may start, seconds after midnight: () is any time, None closed tonight.

    Rows of `hours` for tonight's weekday go before the point's own `opens` and `closes`; a point with rows for
    other weekdays only is closed.
    """
    hours, points = instance.tables["hours"], instance.tables["points"]
    tonight = hours[hours["weekday"] == instance.night.weekday()]
    out: dict[str, tuple[Window, ...] | None] = {}
    for point_id, opens, closes in zip(points["point_id"], points["opens"], points["closes"], strict=True):
        out[point_id] = _window(opens, closes)
    out |= dict.fromkeys(hours["point_id"])
    for point_id, day in tonight.groupby("point_id", sort=False):
        pairs = zip(day["opens"], day["closes"], strict=True)
        out[str(point_id)] = tuple(sorted((int(a), int(b)) for a, b in pairs))
    return out


def _window(opens: float, closes: float) -> tuple[Window, ...]:
    if math.isnan(opens) and math.isnan(closes):
        return ()
    return ((0 if math.isnan(opens) else int(opens), LATEST_S if math.isnan(closes) else int(closes)),)


def vans_tonight(instance: Instance) -> pd.DataFrame:
    """Return the vehicle types with vans tonight: the declared columns plus `from_s` and `until_s`, the shift cut to
    the hub's hours where the night begins or ends there; types whose shift lies outside them are left out.

    `starts_at` and `ends_at` are missing where they name the van's own hub; `offers` are sets of words.
    """
    vans = instance.vehicles.merge(instance.hubs[["hub_id", "opens", "closes"]], on="hub_id", how="left")
    for end in ("starts_at", "ends_at"):
        vans[end] = vans[end].mask(vans[end] == vans["hub_id"])
    vans["offers"] = vans["offers"].map(frozenset)
    vans["from_s"] = vans[["shift_start", "opens"]].max(axis=1).where(vans["starts_at"].isna(), vans["shift_start"])
    vans["until_s"] = vans[["shift_end", "closes"]].min(axis=1).where(vans["ends_at"].isna(), vans["shift_end"])
    return vans[(vans["count"] > 0) & (vans["from_s"] < vans["until_s"])].reset_index(drop=True)


def elsewhere(instance: Instance, ids: Sequence[str]) -> Places:
    """Return garages and hubs by id, where vans begin or end their night, in the order given."""
    known = instance.places("garages").plus(instance.places("hubs"))
    return known.take(np.array([known.ids.index(i) for i in ids], dtype=np.int64))


def obstacles(instance: Instance, visits: pd.DataFrame) -> pd.Series:
    """Return per visit (point_id, hub_id, parcels, out_parcels) why no van can make it tonight; "" where one can.

    A point that closes before a van of its hub that offers what it needs can be there is closed tonight.
    """
    vans, windows = vans_tonight(instance), windows_tonight(instance)
    starts = vans["starts_at"].astype(object).where(vans["starts_at"].notna(), "")
    shifts = {
        h: list(zip(g["from_s"], g["until_s"], starts[g.index], g["offers"], strict=True))
        for h, g in vans.groupby("hub_id")
    }
    drive_s = {start: _drive_s(instance, visits, start) for start in ("", *dict.fromkeys(starts[starts != ""]))}
    needs = needs_of(instance, visits["point_id"])
    found = [
        _obstacle(
            hub, needs[i], parcels + out, windows[point],
            [(s + drive_s[start][i], until, offers) for s, until, start, offers in shifts.get(hub, ())],
        )
        for i, (point, hub, parcels, out) in enumerate(
            zip(visits["point_id"], visits["hub_id"], visits["parcels"], visits["out_parcels"], strict=True)
        )
    ]  # fmt: skip
    return pd.Series(found, index=visits.index, dtype=object)


def needs_of(instance: Instance, point_ids: pd.Series) -> list[frozenset[str]]:
    """Return what a van must offer to stop at each point."""
    points = instance.tables["points"]
    needs = [frozenset(words) for words in points["needs"]]
    return [needs[c] for c in positions(point_ids, points["point_id"])]


def _obstacle(
    hub_id: str, needs: frozenset[str], parcels: float, windows: tuple[Window, ...] | None,
    vans: list[tuple[float, float, frozenset[str]]],
) -> str:  # fmt: skip
    """`vans` are the times between which vans of the hub may be at the point, and what they offer."""
    there = [(since, until) for since, until, offers in vans if needs <= offers]
    if not vans:
        return f"no van: hub {hub_id} has none tonight"
    if not there:
        return f"no van: none of hub {hub_id} tonight offers {' and '.join(sorted(needs))}"
    if windows is None:
        return "closed tonight"
    if windows and not _meet(windows, there):
        return "closed tonight while vans drive"
    return "" if parcels > 0 else "no van needed: nothing waits there"


def _drive_s(instance: Instance, visits: pd.DataFrame, start: str) -> np.ndarray:
    """Return the seconds to each visit's point from `start`; "" is the visit's hub."""
    points, hubs = instance.places("points"), instance.places("hubs")
    at = points.take(positions(visits["point_id"], instance.tables["points"]["point_id"]))
    base = (
        elsewhere(instance, [start] * len(visits)) if start
        else hubs.take(positions(visits["hub_id"], instance.tables["hubs"]["hub_id"]))
    )  # fmt: skip
    return instance.travel.pairs(base, at).duration_s


def _meet(windows: tuple[Window, ...], spans: list[tuple[float, float]]) -> bool:
    return any(opens <= until and since <= closes for opens, closes in windows for since, until in spans)
