"""Routes of nights, what each stop is charged of them, and what they cost per period, worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_design.replay.drawing import HubNight, Visit
from network_design.replay.estimate import estimate
from network_design.replay.nights import Asked, Router
from network_design.replay.replaying import Sample, replay_design
from network_design.replay.sharing import charged
from network_design.replay.touring import LONG_VAN, night_problem
from network_design.surrogate.tours import Tours
from retour.travel import Travel
from tests.network_design.conftest import rows
from tests.network_design.replay.conftest import north

VAN = Tours(("VAN",), to_hubs=True)


def visit(name: str, km: float, parcels: int) -> Visit:
    """A stop so many kilometres north of hub H."""
    return Visit(name, name, north(km), 2.0, parcels)


def night(*visits: Visit) -> HubNight:
    """A night of hub H."""
    return HubNight(1, 1, "H", north(0), 2.0, visits)


def routed(vans, *visits: Visit):
    """The routes of a night of hub H, proven best: there are few stops."""
    return Router(vans, Asked(1, "pyvrp", 10), circuity=1.0).route([night(*visits)], budget_s=None)[0]


def test_a_route_is_charged_to_its_stops(vans):
    """A (20 km) and B (30 km) on one tour of 60 km and an hour: 10 + 60 + 36 = 106.

    Leaving A out saves nothing, leaving B out 20 km of way: 20 + 12 = 32. Alone they cost 10 + 40 + 24 = 74 and 106.
    The 74 left are shared by what each is spared, 74 and 74: 37 for A and 32 + 37 = 69 for B.
    """
    found = routed(vans, visit("A", 20, 30), visit("B", 30, 30))
    assert pytest.approx(106, abs=0.02) == found.cost
    assert pytest.approx({"A": 37, "B": 69}, abs=0.02) == found.stop_cost
    assert pytest.approx(found.cost) == found.bound


def test_what_does_not_fit_into_one_van_takes_two(vans):
    """60 and 70 parcels are more than the 100 a van holds: 74 for A and 106 for B."""
    found = routed(vans, visit("A", 20, 60), visit("B", 30, 70))
    assert pytest.approx(180, abs=0.03) == found.cost
    assert pytest.approx({"A": 74, "B": 106}, abs=0.02) == found.stop_cost


def test_what_no_van_brings_home_in_a_shift_is_driven_in_days(vans):
    """With shifts of 50 minutes B (an hour there and back) is far; A is not, and no far van fetches it on the way."""
    short = vans.model_copy(update={"shift_h": 5 / 6})
    problem = night_problem(night(visit("A", 20, 1), visit("B", 30, 1)), short, circuity=1.0)
    assert [{"van"}, {LONG_VAN}] == [set(stop.vehicle_type_ids) for stop in problem.stops]
    found = routed(short, visit("A", 20, 1), visit("B", 30, 1))
    assert (1, True) == (found.far_stops, math.isclose(180, found.cost, abs_tol=0.05))


def test_there_are_vans_enough(vans):
    """Forty stops of 20 parcels 20 km off: 40 minutes each alone, 27 hours in all, and 8 loads: at most 25 vans.

    Eight suffice, for a van holds 100 parcels and 5 stops take no longer than one.
    """
    stops = [visit(f"A{i}", 20, 20) for i in range(40)]
    problem = night_problem(night(*stops), vans, circuity=1.0)
    assert [2 * math.ceil(40 * (2 / 3) / 8 + 8) + 1] == [kind.count for kind in problem.vehicle_types]
    assert pytest.approx(8 * 74, abs=0.2) == routed(vans, *stops).cost


def test_road_legs_go_before_great_circles(vans):
    """A is 5 km off by road both ways; B, of whose legs none is given, stays 30 km off, and 10 from A."""
    legs = rows("from_id to_id distance_m duration_s", ("H", "A", 5000, 300), ("A", "H", 5000, 300))
    router = Router(vans, Asked(1, "pyvrp", 10), circuity=1.0, travel=Travel.from_table(legs))
    found = router.route([night(visit("A", 20, 3)), night(visit("A", 20, 3), visit("B", 30, 3))], budget_s=None)
    # 10 + 10 km + 10 min; and 10 + 45 km + 45 min round by A, which is cheaper than 60 km and an hour for B alone.
    assert pytest.approx([26, 82], abs=0.05) == [each.cost for each in found]


def test_doors_have_no_road_legs_of_their_zone(vans):
    """A leg given for a zone is not one of its doors, wherever they are."""
    door = Visit("Z", "Z", north(20), 2.0, 1, door=True)
    legs = rows("from_id to_id distance_m duration_s", ("H", "Z", 1, 1), ("Z", "H", 1, 1))
    router = Router(vans, Asked(1, "pyvrp", 10), circuity=1.0, travel=Travel.from_table(legs))
    assert pytest.approx(74, abs=0.05) == router.route([night(door)], budget_s=None)[0].cost


def test_a_night_that_comes_again_is_routed_once(vans):
    """Two nights of the same visits share their answer; an empty one costs nothing."""
    router = Router(vans, Asked(1, "pyvrp", 10), circuity=1.0)
    first, again, empty = router.route([night(visit("A", 20, 3)), night(visit("A", 20, 3)), night()], budget_s=None)
    assert first.answer is again.answer
    assert (0.0, 0.0, {}) == (empty.cost, empty.bound, empty.stop_cost)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=6), st.floats(0, 500)
)  # fmt: skip
def test_charges_add_up_to_the_route(savings, cost):
    """Whatever stops save, alone or together, and nothing is lost or charged twice."""
    own, more = np.array(savings).T
    assert pytest.approx(cost, abs=1e-6) == charged(cost, own=own, alone=own + more).sum()


def test_the_interval_is_students():
    """1 and 3: mean 2, standard error 1, and with one degree of freedom 12.706 of them; over 10 nights a period."""
    found = estimate(np.array([1.0, 3.0]), nights_per_period=10)
    assert pytest.approx((20.0, 127.062), abs=1e-3) == (found.mean, found.half_width)
    assert estimate(np.array([5.0]), nights_per_period=10).half_width is None


def test_a_design_is_confronted_with_its_routes(meridian, opened, flows, vans):
    """A, 20 km off, is charged 40 t x 30 = 1,200 a year and B 20 t x 40 = 800; its routes are priced stop by stop.

    Nights with B cost 106, and nights with A alone 74: no van is ever full (25 and 30 parcels a night on average).
    """
    found = replay_design(
        meridian, opened=opened, flows=flows, tours=VAN, sample=Sample(8, 1, vans),
        router=Router(vans, Asked(1, "pyvrp", 10), circuity=1.0), budget_s=None,
    )  # fmt: skip
    assert pytest.approx(4000) == found.surrogate
    nights, stops, hubs = (found.tables[name] for name in ("nights", "stops", "hubs"))
    of_b = {(s.period, s.night) for s in stops.itertuples() if s.place_id == "B"}
    expected = [106 if (n.period, n.night) in of_b else 74 for n in nights.itertuples()]
    assert pytest.approx(expected, abs=0.05) == nights["cost"].tolist()
    year = hubs[(hubs["period"] == 1) & (hubs["hub_id"] == "all")].iloc[0]
    assert pytest.approx((np.mean(expected[:8]) * 200, 2000.0), rel=1e-3) == (year["routed"], year["surrogate"])
    assert pytest.approx(year["routed"] / 2000) == year["factor"]
    # The factors say 40 t x 20 km + 20 t x 30 km at 1 kg; vans drive 40 or 60 km a night at half a kilogram.
    driven = sum(60 if (1, night) in of_b else 40 for night in range(1, 9)) / 8 * 200
    assert pytest.approx((1.4, driven * vans.co2e_kg_per_km / 1000), rel=1e-4) == (
        year["surrogate_co2e_t"], year["co2e_t"],
    )  # fmt: skip


def test_zones_bear_what_their_places_cost(meridian, opened, flows, vans):
    """All of it comes from Z, so Z bears every place's cost; places add up to the hub."""
    tables = replay_design(
        meridian, opened=opened, flows=flows, tours=VAN, sample=Sample(4, 1, vans),
        router=Router(vans, Asked(1, "pyvrp", 10), circuity=1.0), budget_s=None,
    ).tables  # fmt: skip
    total = tables["hubs"].query("hub_id == 'all'").set_index("period")["routed"]
    for name in ("places", "zones"):
        pd.testing.assert_series_equal(total, tables[name].groupby("period")["routed"].sum(), atol=0.5)
    assert {"Z"} == set(tables["zones"]["zone_id"])
