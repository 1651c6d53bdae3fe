"""How often a place is emptied, what lies there then, and that the same nights meet every design."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_design.replay.drawing import draw_nights, parcels_drawn, poisson_quantile
from network_design.replay.settings import Vans
from network_design.replay.streams import collection_streams
from network_design.surrogate.collected import collected_pairs
from network_design.surrogate.tours import Tours
from retour.errors import InputError
from tests.network_design.conftest import loaded, rows
from tests.network_design.replay.conftest import meridian_tables

VAN = Tours(("VAN",), to_hubs=True)


@pytest.fixture
def streams(meridian, opened, flows, vans):
    """What A and B send to H."""
    return collection_streams(meridian, collected_pairs(meridian, flows, VAN), opened, vans)


def test_a_place_is_emptied_when_it_is_full_or_at_the_latest(streams):
    """A is used to its full 40 t and full after 1 night, B half and full after 2; 40 t are 20 parcels a night."""
    first = streams[streams["period"] == 1].set_index("from_id")
    assert {"A": 1.0, "B": 2.0} == first["nights_between"].to_dict()
    assert pytest.approx({"A": 20.0, "B": 10.0}) == first["parcels_per_night"].to_dict()


def test_a_van_load_is_not_left_to_wait(meridian, opened, flows, vans):
    """Where places fill slowly, A is emptied after the 100 / 20 = 5 nights of a van load, if it may wait so long."""
    slow = vans.model_copy(update={"fills_in_nights": 50.0, "longest_wait_nights": 8.0})
    found = collection_streams(meridian, collected_pairs(meridian, flows, VAN), opened, slow)
    assert [5.0, 8.0] == found.loc[found["period"] == 1, "nights_between"].tolist()


def test_means_are_those_of_the_design(streams, vans):
    """Over many nights A and B yield the 20 and 10 parcels a night that they send."""
    drawn = draw_nights(streams, vans, nights=400, seed=1)
    parcels = Counter()
    for night in drawn:
        if night.period == 1:
            parcels.update({v.place_id: v.parcels for v in night.visits})
    assert pytest.approx({"A": 20.0, "B": 10.0}, rel=0.01) == {p: n / 400 for p, n in parcels.items()}


def test_a_place_is_emptied_as_often_as_its_chance_says():
    """Spread evenly, a chance of one in four means 10 of 40 nights, give or take one."""
    for name in ("A", "B", "C"):
        found = parcels_drawn(chance=0.25, mean=50.0, nights=40, seed=7, place_id=name)
        assert 9 <= np.count_nonzero(found) <= 11


def test_the_same_nights_meet_every_design(streams, vans):
    """What is drawn at A does not depend on B, nor on the hub it goes to."""
    both = draw_nights(streams, vans, nights=6, seed=3)
    alone = draw_nights(streams[streams["from_id"] == "A"].assign(to_id="G"), vans, nights=6, seed=3)
    of_a = [tuple(v for v in night.visits if v.place_id == "A") for night in both]
    assert of_a == [night.visits for night in alone]
    other = draw_nights(streams, vans, nights=6, seed=4)
    assert [night.visits for night in both] != [night.visits for night in other]


def test_more_than_a_van_holds_comes_in_even_loads(streams, vans):
    """Vans for 7 parcels take what lies at A in loads that differ by one parcel at most."""
    few = vans.model_copy(update={"capacity_parcels": 7})
    for night in draw_nights(streams, few, nights=5, seed=1):
        loads = [v.parcels for v in night.visits if v.place_id == "A"]
        assert max(loads) <= 7
        assert max(loads) - min(loads) <= 1
        assert len(loads) == math.ceil(sum(loads) / 7)


def test_zones_are_collected_door_by_door(streams, vans):
    """Of a zone every parcel is a door; more parcels find the same first doors."""
    zone = streams.assign(is_zone=True, nights_between=1.0)
    fewer = draw_nights(zone, vans, nights=4, seed=1)
    more = draw_nights(zone.assign(parcels_per_night=zone["parcels_per_night"] * 2), vans, nights=4, seed=1)
    for one, two in zip(fewer, more, strict=True):
        assert {1} == {v.parcels for v in one.visits}
        assert set(one.visits) < set(two.visits)


@given(mean=st.floats(0.01, 60), share=st.floats(0.0001, 0.9999))
def test_quantiles_are_those_of_poisson(mean, share):
    """The least number whose distribution function, added up term by term, reaches the share."""
    below, term, number = math.exp(-mean), math.exp(-mean), 0
    while below < share - 1e-12:
        number += 1
        term *= mean / number
        below += term
    found = int(poisson_quantile(np.array([share]), mean)[0])
    assert found == number or abs(below - share) < 1e-9


def test_places_without_coordinates_are_named(tmp_path, opened, flows, vans):
    """Every one with its row in places.csv, at once."""
    tables = meridian_tables()
    ways = [("A", "H"), ("B", "H"), ("A", "G"), ("B", "G")]
    tables["lanes"] = rows(
        "from_id to_id mode distance_km", *((a, b, "VAN", 20) for a, b in ways), ("Z", "A", "CUSTOMER", 5),
        ("Z", "B", "CUSTOMER", 5),
    )  # fmt: skip
    tables["links"] = tables["links"].iloc[:0]
    blank = tables["places"]["place_id"].isin(["A", "H"])
    tables["places"].loc[blank, "lat"] = None
    instance = loaded(tables, tmp_path)
    with pytest.raises(InputError) as error:
        collection_streams(instance, collected_pairs(instance, flows, VAN), opened, vans)
    assert [("places.csv", 3, "lat"), ("places.csv", 5, "lat")] == [
        (i.table, i.row, i.column) for i in error.value.issues
    ]


def test_more_stops_than_can_be_routed_are_refused(streams, vans):
    """A zone with 5,000 doors a night, at its hub and period, with what to change."""
    zone = streams[streams["from_id"] == "A"].assign(is_zone=True, nights_between=1.0, parcels_per_night=5000.0)
    with pytest.raises(InputError, match="hub 'H' would have about 5,000 stops a night in period 2.*at most 4,000"):
        draw_nights(zone, vans, nights=2, seed=1)


def test_a_van_that_holds_no_parcel_is_refused():
    """The sentence names both figures."""
    with pytest.raises(ValueError, match="capacity_kg is 1, but one parcel of parcel_kg weighs 2"):
        Vans(capacity_kg=1, parcel_kg=2)
