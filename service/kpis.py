"""The figures on top of every report, added up from the ledger and the plan's tables; no formula of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

import pandas as pd

from retour.eligibility import DENIED, LATER, PLANNED
from retour.ledger_rows import activity_sums
from retour.plan import Plan
from retour.vocabulary import Outcome
from service.manifest import Kpi

RECOVERY = ("recovered value", "value decay")
TRANSPORT = (
    "carrier label", "carrier weight", "transfer linehaul", "linehaul", "van", "driving", "driver", "overtime",
    "pickup estimate",
)  # fmt: skip
FIXED_RULES, GREEDY, OPTIMUM, BOUND = "fixed rules", "greedy best margin", "joint optimum", "bound"


@dataclass(frozen=True)
class Figure:
    """How one figure is called, its unit and what it means."""

    label: str
    unit: str
    meaning: str


FIGURES = {
    "net_cost_eur": Figure("Net cost", "EUR", "Everything paid less everything recovered; negative: a gain."),
    "recovered_value_eur": Figure("Recovered value", "EUR", "Value recovered from the goods, decay deducted."),
    "operating_cost_eur": Figure("Operating cost", "EUR", "Everything but recovered value and decay, carbon priced."),
    "cost_per_return_eur": Figure("Cost per return", "EUR", "Operating cost per planned return."),
    "transport_cost_eur": Figure("Transport", "EUR", "Vans, drivers, labels and linehaul."),
    "co2e_kg": Figure("Emissions", "kg CO2e", "Emissions of the whole night, customers' trips included."),
    "saved_vs_fixed_eur": Figure("Saved against fixed rules (planned)", "EUR", "At planning prices, the same returns."),
    "saved_vs_greedy_eur": Figure("Saved against greedy (planned)", "EUR", "Against each return's best margin alone."),
    "returns_planned": Figure("Returns planned", "returns", "Decided tonight."),
    "returns_denied": Figure("Returns denied", "returns", "Refused by the policy."),
    "returns_later": Figure("Returns later", "returns", "Ready after the cutoff."),
    "returns_kept": Figure("Kept by customers", "returns", "Refunded, nothing moves."),
    "points_emptied": Figure("Points emptied", "points", "Points and homes a van visits tonight."),
    "points_left": Figure("Points left", "points", "With a load or a risk, and no van tonight."),
    "points_required": Figure("Points required", "points", "Must be emptied tonight."),
    "km": Figure("Driven", "km", "By all vans tonight."),
    "vans": Figure("Vans", "vans", "Used tonight."),
    "van_hours": Figure("Van hours", "h", "Paid."),
    "parcels": Figure("Parcels", "parcels", "Brought to the hubs by vans."),
    "mean_fill_share": Figure("Mean fill", "share", "Of the points with a load, of their capacity."),
    "refused_expected": Figure("Refused drop-offs", "parcels", "Expected at points left tonight."),
    "refunds_late": Figure("Late refunds", "returns", "Refunds that will be late."),
    "refunds_late_days": Figure("Days late", "days", "By which they will be late, together."),
}


def plan_kpis(plan: Plan, counts: Mapping[str, Kpi] | None = None) -> dict[str, Kpi]:
    """Return every one of FIGURES for one plan; None where it has no meaning (no comparators, no points).

    `counts` are those of `return_counts`, where they were added up from parts of the night.
    """
    counts = return_counts(plan.decisions, plan.ledger) if counts is None else counts
    return {
        **_money(plan.ledger, plan.comparators, planned=int(counts["returns_planned"] or 0)),
        **counts,
        **_visits(plan.visits),
        **_routes(plan.routes),
    }


def activities(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return `activity`, `quantity`, `unit`, `cost_eur`, `co2e_kg`: gains, then costs, the largest first."""
    return activities_of([ledger])


def activities_of(pieces: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return `activities` of a ledger given in pieces."""
    summed = reduce(lambda one, other: one.add(other, fill_value=0.0), map(activity_sums, pieces)).reset_index()
    ordered = summed.assign(_cost=summed["cost_eur"] > 0, _size=-summed["cost_eur"].abs())
    ordered = ordered.sort_values(["_cost", "_size", "activity"], ignore_index=True)
    return ordered[["activity", "quantity", "unit", "cost_eur", "co2e_kg"]]


def outcomes(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return planned returns by outcome: `outcome`, `returns`, `cost_eur`, `co2e_kg`; the most frequent first."""
    return outcomes_of([decisions])


def outcomes_of(pieces: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return `outcomes` of decisions given in pieces."""
    summed = [
        piece[piece["state"] == PLANNED].groupby("outcome", as_index=False, observed=True).agg(
            returns=("state", "size"), cost_eur=("cost_eur", "sum"), co2e_kg=("co2e_kg", "sum")
        )
        for piece in pieces
    ]  # fmt: skip
    grouped = pd.concat(summed, ignore_index=True).groupby("outcome", as_index=False, observed=True).sum()
    return grouped.sort_values(["returns", "outcome"], ascending=[False, True], ignore_index=True)


def method_cost_eur(comparators: pd.DataFrame, method: str) -> float | None:
    """Return the planned cost of one comparator, None when it was not computed."""
    found = comparators.loc[comparators["method"] == method, "cost_eur"].dropna()
    return float(found.iloc[0]) if len(found) else None


def _money(ledger: pd.DataFrame, comparators: pd.DataFrame, *, planned: int) -> dict[str, Kpi]:
    net = float(ledger["cost_eur"].sum())
    recovered = -_cost(ledger, RECOVERY)
    return {
        "net_cost_eur": net,
        "recovered_value_eur": recovered,
        "operating_cost_eur": net + recovered,
        "cost_per_return_eur": (net + recovered) / planned if planned else None,
        "transport_cost_eur": _cost(ledger, TRANSPORT),
        "co2e_kg": float(ledger["co2e_kg"].sum()),
        "saved_vs_fixed_eur": _saved(comparators, FIXED_RULES),
        "saved_vs_greedy_eur": _saved(comparators, GREEDY),
    }


def _cost(ledger: pd.DataFrame, names: tuple[str, ...]) -> float:
    return float(ledger.loc[ledger["activity"].isin(names), "cost_eur"].sum())


def _saved(comparators: pd.DataFrame, method: str) -> float | None:
    other, best = method_cost_eur(comparators, method), method_cost_eur(comparators, OPTIMUM)
    return None if other is None or best is None else other - best


def return_counts(decisions: pd.DataFrame, ledger: pd.DataFrame) -> dict[str, Kpi]:
    """Return the figures that count returns; those of parts of a night add up."""
    states = decisions["state"].value_counts()
    late = ledger.loc[(ledger["activity"] == "late refund") & (ledger["quantity"] > 0)]
    return {
        "returns_planned": int(states.get(PLANNED, 0)),
        "returns_denied": int(states.get(DENIED, 0)),
        "returns_later": int(states.get(LATER, 0)),
        "returns_kept": int((decisions["outcome"] == Outcome.KEEP).sum()),
        "refunds_late": len(late),
        "refunds_late_days": float(late["quantity"].sum()),
    }


def _visits(visits: pd.DataFrame) -> dict[str, Kpi]:
    emptied = visits["visited"].astype(bool)
    fill = visits["fill_share"].dropna().astype(float)
    return {
        "points_emptied": int(emptied.sum()),
        "points_left": int((~emptied).sum()),
        "points_required": int(visits["required"].astype(bool).sum()),
        "mean_fill_share": float(fill.mean()) if len(fill) else None,
        "refused_expected": float(visits.loc[~emptied, "expected_refused"].astype(float).sum()),
    }


def _routes(routes: pd.DataFrame) -> dict[str, Kpi]:
    return {
        "km": float(routes["distance_m"].sum()) / 1000,
        "vans": len(routes),
        "van_hours": float(routes["duration_s"].sum()) / 3600,
        "parcels": int(routes["parcels"].sum()),
    }
