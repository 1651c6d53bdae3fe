"""Promises of the report, the GeoJSON and the figures."""

import json
import re

import pytest

from service.kpis import FIGURES, activities, outcomes, plan_kpis
from service.store import publish


@pytest.fixture
def run(tmp_path, plan, asked, tiny, sound):
    """The hand-written night, stored."""
    return publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound, seconds={"plan": 2.0})


def test_figures_are_added_up_from_the_ledger_and_the_tables(plan):
    """Every figure of the hand-written night, worked out by hand.

    Recovered: 40 + 90 - 0.8 = 129.2. Transport: 3 + 20 + 13.25 + 29.4 = 65.65. Operating: 129.2 - 52.06 = 77.14, over
    3 planned returns. Saved: 116.25 - 70 and 116.25 - 110.5. Fill: (0.5 + 0.25 + 0.25) / 3.
    """
    expected = {
        "net_cost_eur": -52.06, "recovered_value_eur": 129.2, "operating_cost_eur": 77.14,
        "cost_per_return_eur": 77.14 / 3, "transport_cost_eur": 65.65, "co2e_kg": 7.9, "saved_vs_fixed_eur": 46.25,
        "saved_vs_greedy_eur": 5.75, "returns_planned": 3, "returns_denied": 1, "returns_later": 1, "returns_kept": 1,
        "points_emptied": 2, "points_left": 1, "points_required": 2, "km": 26.5, "vans": 1, "van_hours": 1.05,
        "parcels": 6, "mean_fill_share": 1 / 3, "refused_expected": 1.5, "refunds_late": 1, "refunds_late_days": 2,
    }  # fmt: skip
    found = plan_kpis(plan)
    assert FIGURES.keys() == found.keys()
    assert pytest.approx(expected) == found


def test_activities_put_gains_first(plan):
    """The ledger by activity starts with what is earned, then the largest costs."""
    assert ["recovered value", "driver", "van"] == activities(plan.ledger)["activity"].tolist()[:3]


def test_outcomes_count_planned_returns_only(plan):
    """Denied and later returns have no outcome."""
    assert {"RESTOCK": 1, "KEEP": 1, "OUTLET": 1} == dict(outcomes(plan.decisions)[["outcome", "returns"]].to_numpy())


def test_report_states_the_ledger_total_to_the_cent(run):
    """The report's total is the ledger's."""
    assert "−52.06 EUR" in run.report.read_text(encoding="utf-8")


def test_report_fetches_nothing(run):
    """No attribute, style or script of the report points anywhere but into the report itself."""
    html = run.report.read_text(encoding="utf-8")
    assert [] == re.findall(r"""(?:src|href|url|action)\s*[=(]\s*["']?(?!data:)[^"'\s>)]+""", html)
    assert "<script" not in html
    assert "@import" not in html


def test_report_shows_what_a_manager_must_know(run):
    """Alerts, each route's stops with their times, points left and why, binding limits, savings, the verdict."""
    html = run.report.read_text(encoding="utf-8")
    sentences = (
        "P2 is left and overflows", "17:20", "home of R09", "leaving it costs less than the detour", "workshop hours",
        "€42.10", "€46.25", "no broken promise", "they prove no bound on the whole night", run.manifest.network.hash,
    )  # fmt: skip
    assert [] == [s for s in sentences if s not in html]


def test_limits_that_do_not_bind_are_not_listed(run):
    """A limit with a price of nothing is left out."""
    assert "compartments" not in run.report.read_text(encoding="utf-8")


def test_report_escapes_what_comes_from_outside(tmp_path, plan, asked, tiny, sound):
    """A point's name cannot put markup into the report."""
    points = tiny.points.assign(name=lambda p: p["name"].astype(object).replace("Relay Cuire", "<img src=x>"))
    run = publish(tmp_path, plan, asked=asked, instance=tiny.replace(points=points), violations=sound)
    assert "<img" not in run.report.read_text(encoding="utf-8")


def test_broken_and_degraded_runs_say_so(tmp_path, degraded_plan, asked, tiny, broken):
    """A broken promise and a fallback stand in the report, in words."""
    run = publish(tmp_path, degraded_plan, asked=asked, instance=tiny, violations=broken)
    html = run.report.read_text(encoding="utf-8")
    assert "van V1 carries 412 parcels" in html
    assert "routes come from the savings heuristic" in html
    assert "no broken promise" not in html


def test_routes_are_drawn_from_hub_to_hub(run):
    """GeoJSON has a line per route that starts and ends at its hub, and a point per stop, homes where they are."""
    features = json.loads(run.geojson.read_text(encoding="utf-8"))["features"]
    assert ["LineString", "Point", "Point"] == [f["geometry"]["type"] for f in features]
    line = features[0]["geometry"]["coordinates"]
    hub, home = [4.83, 45.73], run.input("returns").set_index("return_id").loc["R09"]
    assert (hub, hub) == (line[0], line[-1])
    assert [home["lon"], home["lat"]] == features[2]["geometry"]["coordinates"]
    assert ("V1", 1, 62400) == tuple(features[1]["properties"][k] for k in ("route_id", "position", "arrival_s"))


def test_every_figure_is_documented(request):
    """docs/reports.md lists every figure with its name, unit and meaning."""
    page = (request.config.rootpath / "docs" / "reports.md").read_text(encoding="utf-8")
    rows = [f"| `{key}` | {f.label} | {f.unit} | {f.meaning} |" for key, f in FIGURES.items()]
    assert [] == [row for row in rows if row not in page]
