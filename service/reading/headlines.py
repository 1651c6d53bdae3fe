"""The figures a planner looks at first, in words."""

from __future__ import annotations

from dataclasses import dataclass

from service.kpis import FIGURES
from service.manifest import Kpi, Manifest
from service.reading.words import counted
from service.text import NONE, euros, number, percent, signed_euros


@dataclass(frozen=True)
class Headline:
    """One figure: `says` is the line below it, `means` what it is, `alarms` whether it asks for attention."""

    label: str
    value: str
    says: str
    means: str
    alarms: bool = False


def headlines(manifest: Manifest) -> list[Headline]:
    """Return the headlines of a run; one without routes has none about points and vans."""
    found = [_net(manifest), _saved(manifest), _gap(manifest), _emissions(manifest)]
    if manifest.kind == "plan":
        found += [_points(manifest), _vans(manifest)]
    else:
        found += [_returns(manifest)]
    return [*found, _alerts(manifest)]


def _net(m: Manifest) -> Headline:
    net = float(m.kpis["net_cost_eur"] or 0.0)
    return Headline(
        "Net gain" if net < 0 else "Net cost",
        euros(abs(net)),
        f"{euros(m.kpis['cost_per_return_eur'])} to handle a return",
        FIGURES["net_cost_eur"].meaning,
    )


def _saved(m: Manifest) -> Headline:
    return Headline(
        "Saved against fixed rules",
        euros(m.kpis["saved_vs_fixed_eur"]),
        f"{signed_euros(m.kpis['saved_vs_greedy_eur'])} against greedy",
        FIGURES["saved_vs_fixed_eur"].meaning,
    )


def _gap(m: Manifest) -> Headline:
    distance = None if m.bound_eur is None else max(0.0, m.objective_eur - m.bound_eur)
    says = "no bound was proven" if distance is None else f"{euros(distance)} above the bound"
    return Headline("Certified gap", percent(m.gap, 1), says, "No plan whatsoever can be better by more than this.")


def _emissions(m: Manifest) -> Headline:
    kg, planned = float(m.kpis["co2e_kg"] or 0.0), m.kpis["returns_planned"]
    each = f"{number(kg / planned, 2)} kg a return" if planned else NONE
    return Headline("CO2e", f"{number(kg)} kg", each, FIGURES["co2e_kg"].meaning)


def _points(m: Manifest) -> Headline:
    says = f"{number(m.kpis['points_left'])} left, {number(m.kpis['refused_expected'], 1)} refused"
    return Headline(
        "Points emptied",
        number(m.kpis["points_emptied"]),
        says,
        "Left: with a load or a risk, and no van tonight. Refused: drop-offs expected at points left.",
    )


def _vans(m: Manifest) -> Headline:
    says = f"{number(m.kpis['km'])} km, {number(m.kpis['van_hours'], 1)} h"
    return Headline(
        "Vans", number(m.kpis["vans"]), says, "Vans used tonight, what they drive and how long they are paid."
    )


def _returns(m: Manifest) -> Headline:
    says = f"{number(m.kpis['returns_denied'])} denied, {number(m.kpis['returns_later'])} later"
    return Headline("Returns planned", number(m.kpis["returns_planned"]), says, FIGURES["returns_planned"].meaning)


def _alerts(m: Manifest) -> Headline:
    says = "every promise kept" if m.feasible else f"{counted(m.violations, 'promise')} broken"
    count = len(m.alerts) + len(m.degraded)
    return Headline(
        "Alerts", number(count), says, "What needs your eye tonight.", alarms=not m.feasible or bool(m.degraded)
    )


def differences(a: Manifest, b: Manifest) -> list[tuple[str, str, Kpi, Kpi]]:
    """Return (label, unit, figure of a, figure of b) for every figure that either run has."""
    return [
        (f.label, f.unit, a.kpis.get(key), b.kpis.get(key))
        for key, f in FIGURES.items()
        if a.kpis.get(key) is not None or b.kpis.get(key) is not None
    ]
