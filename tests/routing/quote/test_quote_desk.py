"""Promises of quotes: the decision model's own prices, its rules with their sources, and room that is used up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from retour import Instance
from retour.eligibility import DENIED, eligibility
from retour.indexed import ReturnArrays
from retour.pickup_estimate import estimate_pickup
from routing.decide.nearby import nearby_points
from routing.decide.problem import night_problem
from routing.decide.response import at_prices, best_values
from routing.quote import AskedReturn, Desk, asked_returns
from routing.quote.guests import Guests
from routing.quote.offer import CHEAPEST, HOME, KEPT, NEAREST, OFFERED
from routing.quote.profiles import all_profiles

CENT = 0.005
SOME_PRICES = pd.DataFrame(
    [
        ("point room", "P1", "", 1.5),
        ("hub sorting", "H1", "day 0", 0.7),
        ("keep share", "all", "", 0.4),
    ],
    columns=["limit", "place_id", "detail", "price_eur"],
)


@pytest.fixture(scope="module")
def priced(city: Instance):
    """The city's decision problem with a price on every third limit, and a desk that quotes at these prices."""
    problem = night_problem(city, estimate_pickup(city))
    prices = np.where(np.arange(len(problem.limits)) % 3 == 0, 0.9, 0.0)
    prices = np.minimum(prices, problem.limits.excess_eur)
    return problem, prices, Desk(city, prices=problem.limits.table.assign(price_eur=prices))


@pytest.fixture(scope="module")
def desk(city: Instance) -> Desk:
    """A desk at which limits cost nothing."""
    return Desk(city)


@pytest.fixture(scope="module")
def asked(city: Instance) -> list[AskedReturn]:
    """The city's returns, one by one."""
    return asked_returns(city.returns)


def test_cheapest_way_costs_what_the_decision_model_says(priced, asked):
    """The cheapest alternative of every planned return is, to the cent, the model's best option at these prices."""
    problem, prices, desk = priced
    expected = best_values(problem, *at_prices(problem, prices))
    actual = [desk.quote(asked[r]).cheapest.cost_eur for r in problem.options.return_idx]
    assert np.abs(expected - actual).max() < CENT


def test_every_alternative_is_an_option_of_the_model(priced, asked, city):
    """Cost, limits and emissions of each alternative equal those of the model's same point, hub, process and day."""
    problem, prices, desk = priced
    options, ix = problem.options, city.indexed
    names = {}
    for i, r in list(enumerate(options.return_idx))[:200]:
        for offer in desk.quote(asked[r]).alternatives:
            if offer.outcome == "KEEP":
                expected = problem.priced.keep.cost_eur[i] + (prices @ problem.limits.keep)[i]
                names[r, "KEEP"] = abs(offer.cost_eur - expected)
                continue
            x, z = _positions(problem, i, offer, ix)
            cost_eur = problem.priced.x.cost_eur[x] + problem.priced.z.cost_eur[z]
            paid_eur = float((prices @ problem.limits.x)[x] + (prices @ problem.limits.z)[z])
            co2e_kg = problem.priced.x.co2e_kg[x] + problem.priced.z.co2e_kg[z]
            found = (offer.planned_eur, offer.limits_eur, offer.co2e_kg)
            names[r, offer.point_id] = max(
                abs(a - b) for a, b in zip(found, (cost_eur, paid_eur, co2e_kg), strict=True)
            )
    assert max(names.values()) < CENT


def _positions(problem, i, offer, ix) -> tuple[int, int]:
    options, ways = problem.options, problem.options.ways
    links = range(options.link_start[i], options.link_start[i + 1])
    x = next(x for j in links for x in range(options.x_start[j], options.x_start[j + 1])
             if ix.points.ids[options.x_point[x]] == offer.point_id)  # fmt: skip
    link = options.x_link[x]
    z = next(
        z for z in range(options.z_start[link], options.z_start[link + 1])
        if (ix.hub_ids[ways.hub_idx[options.z_way[z]]], ix.processes.ids[ways.process_idx[options.z_way[z]]],
            ways.day[options.z_way[z]]) == (offer.hub_id, offer.process_id, offer.day)
    )  # fmt: skip
    return x, z


def test_points_in_reach_are_those_of_the_decision_model(desk, city, asked):
    """Every return sees the points that planning would let it use, in the same order."""
    pairs = nearby_points(city, np.arange(len(asked)))
    expected = [pairs.c[pairs.r == r].tolist() for r in range(len(asked))]
    actual = [desk._around.points(desk._guests.seat(a))[0].c.tolist() for a in asked]
    assert expected == actual


def test_a_guest_has_the_arrays_of_its_table(city, asked):
    """One return seated alone has, in every array, what `retour.indexed` derives from the whole table."""
    guests, table = Guests(all_profiles(city)), city.indexed.returns
    seats = [guests.seat(a).indexed.returns for a in asked]
    names = [n for n in ReturnArrays.__dataclass_fields__ if n != "profile"]
    different = [n for n in names if not _same(np.concatenate([getattr(s, n) for s in seats]), getattr(table, n))]
    assert [] == different


def _same(one, other) -> bool:
    numbers = one.dtype.kind == "f"
    return bool(np.allclose(one, other, equal_nan=True) if numbers else (one == other).all())


def test_states_are_those_of_the_policy(desk, city, asked):
    """A return is denied in a quote exactly where the night's planning denies it, with the same sentence."""
    states = eligibility(city)
    expected = states["why"].where(states["state"] == DENIED, "").tolist()
    actual = [q.why if q.state == DENIED else "" for q in map(desk.quote, asked)]
    assert expected == actual


def test_a_window_that_passed_is_told_with_its_source(desk, asked):
    """Asked a year after delivery, a withdrawal is denied by its window, and the law or policy is named."""
    late = replace(asked[0], point_id=None, lat=45.76, lon=4.85, reason="changed_mind", flow="CUSTOMER_RETURN",
                   delivered_on=datetime(2025, 11, 1))  # fmt: skip
    found = desk.quote(late)
    assert (DENIED, True, ()) == (found.state, "the withdrawal window is" in found.why, found.alternatives)
    assert "(" in found.why


def test_labels_say_what_is_best(priced, asked):
    """The first alternative is the cheapest, the nearest has the shortest road, and at home there is no trip."""
    _, _, desk = priced
    quotes = [q for q in map(desk.quote, asked[:200]) if q.state == OFFERED]
    for quote in quotes:
        best = {label: a for a in quote.alternatives for label in a.labels}
        away = [a for a in quote.alternatives if a.kind not in (None, "HOME")]
        assert best[CHEAPEST].cost_eur == min(a.cost_eur for a in quote.alternatives)
        assert NEAREST not in best or best[NEAREST].road_m == min(a.road_m for a in away)
        assert HOME not in best or best[HOME].effort_km == 0
    assert {1, 2, 3, 4, 5} >= {len(q.alternatives) for q in quotes}


def test_keeping_it_is_offered_where_the_policy_admits_it(desk, asked):
    """A cheap shirt may be kept and is refunded at once; a dear one may not, and the rule is named."""
    shirt = replace(asked[0], class_id="apparel", reason="poor_fit", value_eur=5.0, point_id=None, lat=45.76, lon=4.85,
                    delivered_on=None, purchased_on=None, flow="CUSTOMER_RETURN", grade=None)  # fmt: skip
    keeps = [a for a in desk.quote(shirt).alternatives if KEPT in a.labels]
    assert [(0.0, 0.0, desk.instance.night)] == [(a.refund_days, a.fee_eur, a.refund_on) for a in keeps]
    dear = desk.quote(replace(shirt, value_eur=500.0))
    assert ["policy keep.max_value_eur"] == [r.source for r in dear.refusals if r.what == "KEEP"]


def test_damaged_battery_cites_the_law(desk, asked):
    """A damaged battery is sent to no locker or relay, and the refusal names ADR."""
    phone = replace(asked[0], class_id="smartphones", reason="defective", damaged_battery=True, point_id=None,
                    lat=45.76, lon=4.85, delivered_on=None, purchased_on=None, grade=None)  # fmt: skip
    quote = desk.quote(phone)
    assert not {"LOCKER", "RELAY"} & {a.kind for a in quote.alternatives}
    assert any("ADR" in r.source for r in quote.refusals)


def test_what_is_booked_is_offered_no_more(desk, asked):
    """When the book holds all a point can take, the point is refused as full, and struck promises free it again."""
    book = desk.open_book()
    first = next(q.cheapest for a in asked if a.point_id is None and (q := desk.quote(a)).state == OFFERED
                 and q.cheapest.kind == "LOCKER")  # fmt: skip
    same = next(a for a in asked if a.point_id is None and desk.quote(a).alternatives
                and desk.quote(a).cheapest.point_id == first.point_id)  # fmt: skip
    taken = []
    while first.point_id in {a.point_id for a in desk.quote(same, book).alternatives}:
        offer = next(a for a in desk.quote(same, book).alternatives if a.point_id == first.point_id)
        book.enter(offer.need)
        taken.append(offer.need)
    full = [r.why for r in desk.quote(same, book).refusals if r.what == first.point_id]
    assert (["nothing is left of it tonight"], True) == (full, (book.left >= -1e-9).all())
    book.strike(taken[-1])
    assert first.point_id in {a.point_id for a in desk.quote(same, book).alternatives}


def test_a_network_without_returns_quotes_too(desk, city, asked):
    """The returns table may be empty: prices of limits and an expected number of returns are all it needs."""
    empty = city.replace(returns=city.returns.iloc[:0])
    bare = Desk(empty, planned=900, pickup=estimate_pickup(city))
    some = [a for a in asked[:50] if a.point_id is None]
    assert [desk.quote(a).state for a in some] == [bare.quote(a).state for a in some]


def test_prices_of_unknown_limits_are_ignored(tiny):
    """Prices that name another night's limits change nothing; those of known limits are paid."""
    desk = Desk(tiny, prices=SOME_PRICES)
    by_name = desk.shelf.names.assign(price=desk.prices[:-1])
    assert {"keep share": 0.4} == by_name[by_name["limit"] == "keep share"].set_index("limit")["price"].to_dict()
