"""Runs side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from service.kpis import FIGURES
from service.manifest import Kpi, Manifest
from service.reading.words import STATUSES, counted
from service.text import NONE, euros, figure, number, percent

SAVED = "saved_vs_fixed_eur"


def with_savings(runs: pd.DataFrame, manifest_of: Callable[[str], Manifest]) -> pd.DataFrame:
    """Return the catalogue with `saved_eur`, what each run saves against fixed rules (NaN where unknown)."""
    return runs.assign(
        saved_eur=pd.to_numeric(pd.Series([manifest_of(i).kpis.get(SAVED) for i in runs["id"]], index=runs.index))
    )


def compared(manifests: Sequence[Manifest]) -> pd.DataFrame:
    """Return a row per figure and a column per run, as text; with two runs also what the second changes."""
    names = [f"{m.network.name} {m.night:%-d %b}, {m.id[-8:]}" for m in manifests]
    rows = [_row(label, values, names) for label, values in _facts(manifests)]
    for key, f in FIGURES.items():
        values = [m.kpis.get(key) for m in manifests]
        if any(v is not None for v in values):
            change = {"change": _change(values, f.unit)} if len(values) == 2 else {}
            rows.append(_row(f.label, [figure(v, f.unit) for v in values], names) | change | {"meaning": f.meaning})
    order = ["figure", *names, *(["change"] if len(manifests) == 2 else []), "meaning"]
    return pd.DataFrame(rows).reindex(columns=order).fillna("")


def _facts(manifests: Sequence[Manifest]) -> list[tuple[str, list[str]]]:
    return [
        (
            "Status",
            [
                STATUSES[m.status] + ("" if m.feasible else f", {counted(m.violations, 'promise')} broken")
                for m in manifests
            ],
        ),
        ("Degraded", ["yes" if m.degraded else "no" for m in manifests]),
        ("Certified gap", [percent(m.gap, 2) for m in manifests]),
        ("Seed and budget", [f"{m.seed}, {NONE if m.budget_s is None else f'{m.budget_s:g} s'}" for m in manifests]),
        ("Seconds", [number(m.total_seconds, 1) for m in manifests]),
    ]


def _row(label: str, values: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    return {"figure": label, **dict(zip(names, values, strict=True))}


def _change(values: Sequence[Kpi], unit: str) -> str:
    a, b = values
    if a is None or b is None:
        return NONE
    change = b - a
    if change == 0:
        return "same"
    size = euros(abs(change)) if unit == "EUR" else figure(abs(change), unit)
    return f"{'+' if change > 0 else '−'}{size}"
