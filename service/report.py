"""The report of a run: one HTML file that opens anywhere, with nothing to fetch.

Bars are CSS and the map is inline SVG: a chart library inlined would add 4.8 MB to every run.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from retour.eligibility import PLANNED
from service.geojson import located_stops
from service.kpis import BOUND, FIGURES, OPTIMUM, activities_of, outcomes_of
from service.manifest import Manifest
from service.report_gantt import draw_gantt
from service.report_map import draw_map
from service.run import Run
from service.templating import template
from service.text import COUNTED, price_words

HEADLINES = (
    "cost_per_return_eur", "recovered_value_eur", "co2e_kg", "returns_planned", "points_emptied", "vans", "km",
    "refused_expected",
)  # fmt: skip
DECIDE_HEADLINES = (
    "cost_per_return_eur", "recovered_value_eur", "co2e_kg", "returns_planned", "returns_kept", "refunds_late",
)  # fmt: skip
DECISION_COLUMNS = ("state", "outcome", "cost_eur", "co2e_kg")
LEDGER_COLUMNS = ("activity", "unit", "quantity", "cost_eur", "co2e_kg")
MOST_STOPS = 5000
MOST_POINTS = 200
MOST_PRICES = 40
MOST_RULES = 20
MOST_VIOLATIONS = 100
NEGLIGIBLE_EUR = 0.005
AT_RISK = 0.05


def write_report(run: Run) -> None:
    """Write `report.html` into the run's folder."""
    run.report.write_text(render(run), encoding="utf-8")


def render(run: Run) -> str:
    """Return the report of a run as HTML; everything in it comes from the run's folder."""
    m = run.manifest
    is_plan = m.kind == "plan"
    return template("report.html.j2").render(
        m=m, is_plan=is_plan, price_words=price_words, figures=FIGURES, counted=COUNTED,
        headlines=HEADLINES if is_plan else DECIDE_HEADLINES,
        methods=_methods(run.table("comparators")), gained=_gained(m),
        outcomes=_with_bars(outcomes_of(run.pieces("decisions", DECISION_COLUMNS)), "returns"),
        refused=_refused(run),
        activities=_with_bars(activities_of(run.pieces("ledger", LEDGER_COLUMNS)), "cost_eur"),
        prices=_prices(run.table("prices")), violations=_records(run.table("violations").head(MOST_VIOLATIONS)),
        **(_tonight(run) if is_plan else {}),
    )  # fmt: skip


def _tonight(run: Run) -> dict[str, Any]:
    visits, routes, stops = _named_visits(run), run.table("routes"), located_stops(run)
    names = visits.set_index("visit_id")["name"]
    stops["name"] = stops["visit_id"].map(names).fillna(stops["visit_id"])
    shown = stops.head(MOST_STOPS)
    return {
        "routes": _records(routes),
        "stops": {str(r): _records(rows) for r, rows in shown.groupby("route_id")},
        "stops_left_out": len(stops) - len(shown),
        **_points(visits),
        "map": draw_map(run, visits=visits, routes=routes, stops=stops),
        "gantt": draw_gantt(run),
    }


def _named_visits(run: Run) -> pd.DataFrame:
    visits = run.table("visits").astype({"required": bool, "visited": bool})
    points = run.input("points").set_index("point_id")
    home = visits["visit_id"].where(visits["visit_id"].str.startswith("home:")).str.replace("home:", "home of ", n=1)
    named = visits["point_id"].map(points["name"]) + " (" + visits["point_id"] + ")"
    return visits.assign(
        kind=visits["point_id"].map(points["kind"]), name=home.fillna(named).fillna(visits["point_id"])
    )


def _points(visits: pd.DataFrame) -> dict[str, Any]:
    """Points left that need an eye, points left that can well wait, points that had to be emptied and are."""
    dearest = visits.sort_values(["prize_eur", "visit_id"], ascending=[False, True])
    left = dearest[~dearest["visited"]]
    at_risk = left["required"] | (left["overflow_risk"] >= AT_RISK)
    groups = {
        "points_at_risk": left[at_risk],
        "points_waiting": left[~at_risk],
        "points_required": dearest[dearest["visited"] & dearest["required"]],
    }
    return {n: (len(rows), _records(rows.head(MOST_POINTS))) for n, rows in groups.items()}


def _methods(comparators: pd.DataFrame) -> list[dict[str, Any]]:
    costs = comparators.set_index("method")["cost_eur"].dropna()
    if OPTIMUM not in costs:
        return []
    extra = comparators["cost_eur"] - costs[OPTIMUM]
    return _records(_with_bar_of(comparators.assign(extra_eur=extra), extra.where(comparators["method"] != BOUND)))


def _gained(m: Manifest) -> list[tuple[str, float]]:
    pairs = (("fixed rules", "saved_vs_fixed_eur"), ("the best margin of each return alone", "saved_vs_greedy_eur"))
    return [(name, float(m.kpis[key] or 0.0)) for name, key in pairs if m.kpis[key] is not None]


def _refused(run: Run) -> list[dict[str, Any]]:
    """Denied and later returns by rule: what follows the first comma of their sentence, which starts with the case."""
    pieces = run.pieces("decisions", ["state", "why"])
    others = pd.concat([piece[piece["state"] != PLANNED] for piece in pieces])
    rule = others["why"].fillna("").str.split(", ", n=1).str[-1]
    counted = others.assign(rule=rule).groupby(["state", "rule"], as_index=False).size()
    return _records(counted.sort_values(["state", "size", "rule"], ascending=[True, False, True]).head(MOST_RULES))


def _prices(prices: pd.DataFrame) -> list[dict[str, Any]]:
    binding = prices[prices["price_eur"].abs() > NEGLIGIBLE_EUR]
    binding = binding.sort_values("price_eur", ascending=False, kind="stable")
    return _records(_with_bar_of(binding, binding["price_eur"]).head(MOST_PRICES))


def _with_bars(frame: pd.DataFrame, column: str) -> list[dict[str, Any]]:
    return _records(_with_bar_of(frame, frame[column]))


def _with_bar_of(frame: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """Add `bar`: the value's size as a share (0 to 100) of the largest."""
    largest = values.abs().max()
    return frame.assign(bar=(values.abs() / largest * 100).fillna(0.0) if largest and largest > 0 else 0.0)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {k: None if pd.isna(v) else v for k, v in zip(frame.columns, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]
