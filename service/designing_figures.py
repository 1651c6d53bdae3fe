"""The figures of a design, added up from its tables; no formula of its own."""

from __future__ import annotations

from typing import Any

import pandas as pd

from retour.design import DesignInstance
from retour.design.plan import Design
from retour.design.service import WAY, arising
from retour.tables.design_service import ALL
from service.design_look_at import look_at
from service.designing_manifest import OpenRecord, PeriodRecord
from service.manifest import Kpi


def figures_by_period(instance: DesignInstance, design: Design) -> list[PeriodRecord]:
    """Return the figures of every period."""
    periods = range(1, instance.periods + 1)
    sums = {
        "cost": _sum(design.ledger, "cost"),
        "open_places": _sum(design.opened.assign(n=design.opened["is_open"].astype(float)), "n"),
        "collected_t": _collected(instance, design), "processed_t": _sum(design.processed, "amount_t"),
        "moved_t_km": _sum(_moved(instance, design), "t_km"),
        **{name: _sum(design.handled, name) for name in ("sold_t", "disposed_t", "stored_t")},
    }  # fmt: skip
    gases = design.emissions.groupby(["period", "gas"])["amount_t"].sum()
    return [
        PeriodRecord(
            period=t, emitted_t={str(g): float(x) for (p, g), x in gases.items() if p == t},
            open_places=round(sums["open_places"].get(t, 0.0)),
            **{n: float(s.get(t, 0.0)) for n, s in sums.items() if n != "open_places"},
        )
        for t in periods
    ]  # fmt: skip


def design_kpis(instance: DesignInstance, design: Design) -> dict[str, Kpi]:
    """Return the figures of all periods together; costs undiscounted but for `present_cost`."""
    periods = figures_by_period(instance, design)
    collected = sum(p.collected_t for p in periods)
    total = sum(p.cost for p in periods)
    kpis: dict[str, Kpi] = {
        "present_cost": design.cost, "total_cost": total, "collected_t": collected,
        "cost_per_t": total / collected if collected else None,
        "processed_t": sum(p.processed_t for p in periods), "sold_t": sum(p.sold_t for p in periods),
        "disposed_t": sum(p.disposed_t for p in periods), "moved_t_km": sum(p.moved_t_km for p in periods),
        "open_places_at_the_end": periods[-1].open_places, "openings": int(design.opened["opens"].sum()),
        "closings": int(design.opened["closes"].sum()), "lost_t": float(design.handled["lost_t"].sum()),
        "disposed_where_it_arose_t": _disposed_where_it_arose(instance, design),
        **service_kpis(design.served),
    }  # fmt: skip
    return kpis


def service_kpis(served: pd.DataFrame) -> dict[str, Kpi]:
    """Return the mean length of first ways, by tonnes, and the share of each band of `served`, all periods together."""
    own = served.assign(t_km=served["mean_km"].fillna(0.0) * served["within_t"])
    sums = own.groupby(["group_id", "product_id", "within_km"], dropna=False)[["arises_t", "within_t", "t_km"]].sum()
    found: dict[str, Kpi] = {}
    for (group, product, within_km), row in zip(sums.index, sums.itertuples(index=False), strict=True):
        if pd.isna(within_km):
            found["mean_distance_km"] = row.t_km / row.within_t if row.within_t else None
        else:
            what = str(group) if product == ALL else f"{group}_{product}"
            found[f"within_{within_km:g}_km_share_of_{what}"] = row.within_t / row.arises_t if row.arises_t else None
    return found


def design_profile(instance: DesignInstance) -> dict[str, Any]:
    """Return what is in a sound design network as plain values, as `network_profile` does for a night."""
    kinds = instance.tables["places"]["kind"].value_counts()
    counts = {f"places {kind}".lower(): int(n) for kind, n in kinds.items()}
    counts |= {name: len(frame) for name, frame in instance.tables.items() if name != "places" and len(frame)}
    counts["ways of products"] = len(instance.arcs)
    return {
        "status": "VALID", "network": instance.settings.name, "night": f"{instance.periods} periods",
        "periods": instance.periods, "hash": instance.hash, "issues": [], "counts": counts,
        "look_at": look_at(instance),
    }  # fmt: skip


def open_places(design: Design) -> list[OpenRecord]:
    """Return every place that is open at some time with its sizes."""
    sizes = design.opened.pivot(index="place_id", columns="period", values="size_t")
    some = design.opened.groupby("place_id")["is_open"].any()
    return [
        OpenRecord(place_id=str(i), size_t=list(map(float, row)))
        for i, row in zip(sizes.index, sizes.to_numpy(), strict=True)
        if some[i]
    ]


def _sum(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame.groupby("period")[column].sum()


def _collected(instance: DesignInstance, design: Design) -> pd.Series:
    """Return what leaves the places where it arises, by period."""
    origin = design.flows.rename(columns={"from_id": "place_id"})
    return _sum(origin.merge(arising(instance), on=["place_id", "product_id"]), "amount_t")


def _moved(instance: DesignInstance, design: Design) -> pd.DataFrame:
    """Return the flows with `t_km`. Not from the ledger, which has no row of kilometres that cost nothing."""
    ways = design.flows.merge(instance.arcs[[*WAY, "distance_km"]], on=WAY, how="left")
    return ways.assign(t_km=ways["amount_t"] * ways["distance_km"])


def _disposed_where_it_arose(instance: DesignInstance, design: Design) -> float:
    """Return what of all that is disposed of was never collected."""
    return float(design.handled.merge(arising(instance), on=["place_id", "product_id"])["disposed_t"].sum())
