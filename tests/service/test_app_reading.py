"""Promises of what the pages read of a run: boards, stories, limits, words."""

from datetime import date
from pathlib import Path

import pytest

from retour.pickup_estimate import estimate_pickup
from service.describe import Asked
from service.planning import plan_to_run
from service.reading.comparison import compared, with_savings
from service.reading.headlines import headlines
from service.reading.limits import limits_met, scarce_limits
from service.reading.networks import known_networks
from service.reading.points import chosen_points, point_board, returns_going_to
from service.reading.returns import matching, return_board
from service.reading.routes import route_board, stop_board
from service.reading.story import CARBON, CUSTOMER, HUB, PICKUP, POINT, REFUSED, SITE, STAYS, tell, verdict
from service.store import list_runs, publish

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def run(tmp_path, plan, asked, tiny, sound):
    """The hand-written night of tiny, stored."""
    return publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound, seconds={"plan": 2.0})


def test_point_board_tells_what_happens_at_every_point(run):
    """Required visits first, home pickups where their customers live, quiet points last, zones left out."""
    board = point_board(run).set_index("visit_id")
    assert ["P3", "home:R09", "P2"] == board.index[:3].tolist()
    assert {"P1": "nothing waits", "P2": "left", "P3": "emptied"} == board["status"].loc[["P1", "P2", "P3"]].to_dict()
    assert "Home of R09" == board.at["home:R09", "name"]
    home = run.input("returns").set_index("return_id").loc["R09", ["lat", "lon"]]
    assert home.tolist() == board.loc["home:R09", ["lat", "lon"]].tolist()
    assert "P6" not in board.index


def test_point_board_names_van_and_time(run):
    """An emptied point knows its van, its place on the tour and when the van comes: 17:20 at P3."""
    p3 = point_board(run).set_index("visit_id").loc["P3"]
    assert ("V1", 1, 62400) == (p3["route_id"], p3["position"], p3["arrival_s"])


@pytest.mark.parametrize(
    ("which", "expected"),
    [("Emptied", {"P3", "home:R09"}), ("Left", {"P2"}), ("Must be emptied", {"P3", "home:R09"})],
)
def test_points_are_chosen_by_what_happens(run, which, expected):
    """Each choice keeps its points; percentages are of capacity and of the chance to overflow."""
    shown = chosen_points(point_board(run), which=which)
    assert expected == set(shown["visit_id"])


def test_points_are_found_by_name(run):
    """A search keeps the points whose name or id holds the words, whatever their case."""
    found = chosen_points(point_board(run), which="All with a load", sought="of r09")
    assert [("home:R09", 25.0)] == list(zip(found["visit_id"], found["full"], strict=True))


def test_returns_going_to_a_point_are_those_decided_tonight(run):
    """A home pickup collects its one return, a point all that were decided to go there."""
    board = return_board(run)
    assert ["R09"] == returns_going_to(board, visit_id="home:R09", point_id="P6")["return_id"].tolist()
    assert ["R01"] == returns_going_to(board, visit_id="P3", point_id="P3")["return_id"].tolist()


def test_route_board_speaks_clock_time(run):
    """62.5 EUR, 26.5 km, out at 17:04 and back at 18:07."""
    v1 = route_board(run).iloc[0]
    assert ("17:04", "18:07", 26.5, 62.5) == (v1["leaves"], v1["back"], v1["km"], v1["cost_eur"])
    assert ["17:20", "17:45"] == stop_board(run)["arrives"].tolist()


def test_search_needs_every_word_somewhere(run):
    """Words may stand in different columns; chosen states and classes narrow further."""
    board = return_board(run)
    assert ["R09"] == matching(board, text="outlet ARMCHAIR")["return_id"].tolist()
    assert [] == matching(board, text="outlet shirt")["return_id"].tolist()
    assert ["R11"] == matching(board, states=["DENIED"])["return_id"].tolist()
    assert len(board) == len(matching(board))


def test_story_of_a_moved_return(run):
    """Customer, point, hub, site in order; due 14 days after the request; late days as the ledger counts them."""
    story = tell(run, return_board(run), "R01")
    assert [CUSTOMER, POINT, HUB, SITE] == [s.kind for s in story.steps]
    assert (date(2026, 12, 6), 13, 2.0) == (story.due_on, story.days_left, story.late_days)
    assert "Gains €36.50 all in" == verdict(story)


def test_priced_parts_add_up_to_the_cost_of_the_decision(run):
    """R01: -40 + 0.3 + 0.8 + 2 in the ledger, 0.2 kg at 100 EUR/t, and the van's share 0.38 make -36.50."""
    story = tell(run, return_board(run), "R01")
    parts = story.parts.set_index("activity")["cost_eur"]
    assert "recovered value" == parts.index[0]
    assert (0.02, 0.38) == (round(parts[CARBON], 2), round(parts[PICKUP], 2))
    assert -36.5 == round(parts.sum(), 2)


def test_what_the_parts_leave_is_the_planning_price_of_the_van(tmp_path, tiny):
    """On a night planned by the solvers the van's share is the pickup estimate of the point, for every return."""
    run = plan_to_run(Asked("plan", DATA / "tiny", seed=1, iterations=20), root=tmp_path)
    board, estimate = return_board(run), estimate_pickup(tiny)
    at = dict(zip(tiny.indexed.points.ids, estimate.cost_eur, strict=True))
    moved = board[board["point_id"].notna() & (board["state"] == "PLANNED")]
    found = {
        r: tell(run, board, r).parts.set_index("activity")["cost_eur"].get(PICKUP, 0.0) for r in moved["return_id"]
    }
    assert {
        r: pytest.approx(at[p], abs=0.005) for r, p in zip(moved["return_id"], moved["point_id"], strict=True)
    } == found


def test_story_of_a_kept_and_of_a_denied_return(run):
    """A kept item stays; a denied one goes nowhere and has no price."""
    board = return_board(run)
    assert [CUSTOMER, STAYS] == [s.kind for s in tell(run, board, "R03").steps]
    denied = tell(run, board, "R11")
    assert [CUSTOMER, REFUSED] == [s.kind for s in denied.steps]
    assert denied.parts.empty and denied.limits.empty


def test_story_of_an_unknown_return_is_a_key_error(run):
    """Nobody gets a story of a return that is not in the run."""
    with pytest.raises(KeyError):
        tell(run, return_board(run), "R99")


def test_scarce_limits_are_those_worth_something(run):
    """Of the two limits one has a price; its place is named."""
    scarce = scarce_limits(run)
    names = run.input("sites").set_index("site_id")["name"]
    assert [("workshop hours", names["S2"])] == list(zip(scarce["limit"], scarce["place"], strict=True))


def test_limits_met_lie_on_the_way(run):
    """A limit belongs to a return that uses its point, hub, lane, or its process on its day; others do not count."""
    prices = run.table("prices").iloc[[0] * 6].assign(
        limit=["compartments", "hub sorting", "lane", "process hours", "process hours", "keep share"],
        place_id=["P3", "H2", "H1", "S1", "S1", "all"],
        detail=["M and larger", "day 0", "to S1", "Q1-restock day 0", "Q1-restock day 1", ""],
    )  # fmt: skip
    row = return_board(run).set_index("return_id").loc["R01"]
    met = limits_met(prices, row)
    assert [("compartments", "P3"), ("lane", "H1"), ("process hours", "S1")] == list(
        zip(met["limit"], met["place_id"], strict=True)
    )
    assert ["Q1-restock day 0"] == met.loc[met["limit"] == "process hours", "detail"].tolist()


def test_headlines_say_gain_and_alarm(run):
    """A negative net cost is a gain; without a bound no gap is claimed; a sound run raises no alarm."""
    found = {h.label: h for h in headlines(run.manifest)}
    assert ("€52.06", "–") == (found["Net gain"].value, found["Certified gap"].value)
    assert "no bound was proven" == found["Certified gap"].says
    assert "€46.25" == found["Saved against fixed rules"].value
    assert not found["Alerts"].alarms


def test_headlines_alarm_when_a_promise_is_broken(tmp_path, plan, asked, tiny, broken):
    """The checker's verdict is on top of the page."""
    run = publish(tmp_path, plan, asked=asked, instance=tiny, violations=broken)
    alert = headlines(run.manifest)[-1]
    assert (True, "1 promise broken") == (alert.alarms, alert.says)


def test_runs_side_by_side_show_the_change(tmp_path, plan, asked, tiny, sound):
    """Two runs of one plan differ in nothing; a third figure column says so."""
    runs = [publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound) for _ in range(2)]
    table = compared([r.manifest for r in runs]).set_index("figure")
    assert "same" == table.at["Net cost", "change"]
    assert ["−€52.06", "−€52.06"] == table.loc["Net cost"].iloc[:2].tolist()


def test_catalogue_knows_what_each_run_saves(run, tmp_path):
    """46.25 EUR against fixed rules, as the run's manifest says."""
    listed = with_savings(list_runs(tmp_path), lambda _: run.manifest)
    assert [46.25] == listed["saved_eur"].tolist()


def test_city_is_the_first_network_offered(tmp_path):
    """Every folder with a network.toml is offered, the city first; other folders are not."""
    for name in ("alps", "city", "notes"):
        (tmp_path / name).mkdir()
    for name in ("alps", "city"):
        (tmp_path / name / "network.toml").touch()
    assert [str(tmp_path / "city"), str(tmp_path / "alps")] == known_networks(tmp_path, tmp_path)
