"""What is in a sound network, and what a planner should look at before planning it."""

from __future__ import annotations

from typing import Any

import numpy as np

from retour.eligibility import eligibility
from retour.instance import Instance
from retour.vocabulary import EmptiedBy

FULL = 0.95


def network_profile(instance: Instance) -> dict[str, Any]:
    """Return plain values: `status`, `network`, `night`, `counts` by noun, and `look_at`, a sentence each."""
    t = instance.tables
    states = eligibility(instance)["state"].value_counts()
    vans = t["vehicles"]
    return {
        "status": "VALID",
        "network": instance.settings.name,
        "night": instance.night.isoformat(),
        "hash": instance.hash,
        "issues": [],
        "counts": {
            "returns": len(t["returns"]),
            **{f"returns {state.lower()}": int(n) for state, n in states.items()},
            "parcels waiting at points": int(t["fill"]["parcels"].sum()),
            **{f"points {kind}".lower(): int(n) for kind, n in t["points"]["kind"].value_counts().items()},
            "hubs": len(t["hubs"]),
            "sites": len(t["sites"]),
            "processes": len(t["processes"]),
            "lanes": len(t["lanes"]),
            "vans": int(vans["count"].sum()),
            "days of arrivals history": int(t["arrivals"]["date"].nunique()),
        },
        "look_at": [*_full_points(instance), *_vans(instance), *_history(instance)],
    }


def _full_points(instance: Instance) -> list[str]:
    points = instance.indexed.points
    share = points.fill_parcels / np.where(points.capacity > 0, points.capacity, np.inf)
    full = [str(p) for p in points.ids[share >= FULL]]
    if not full:
        return []
    named = ", ".join(full[:5]) + (" ..." if len(full) > 5 else "")
    return [f"{len(full)} point{'s are' if len(full) > 1 else ' is'} full already: {named}."]


def _vans(instance: Instance) -> list[str]:
    vans = instance.tables["vehicles"]
    room = float((vans["count"] * vans["max_trips"] * vans["capacity_parcels"]).fillna(np.inf).sum())
    waiting = int(instance.tables["fill"]["parcels"].sum())
    if waiting <= room:
        return []
    return [f"The vans carry {room:,.0f} parcels tonight and {waiting:,} wait already; some points will be left."]


def _history(instance: Instance) -> list[str]:
    points, seen = instance.tables["points"], set(instance.tables["arrivals"]["point_id"])
    van_points = points.loc[(points["emptied_by"] == EmptiedBy.VAN) & (points["kind"] != "HOME"), "point_id"]
    without = [p for p in van_points if p not in seen]
    if not without:
        return []
    return [f"{len(without):,} points have no arrivals history; their fill is forecast from tonight's returns alone."]
