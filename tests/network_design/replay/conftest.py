"""Two points and two hubs on a meridian, so that every kilometre can be worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from network_design.replay.settings import Vans
from retour.travel import EARTH_RADIUS_M
from tests.network_design.conftest import loaded, rows

KM_PER_DEGREE = EARTH_RADIUS_M * 3.141592653589793 / 180 / 1000


def north(km: float) -> float:
    """Return the latitude so many kilometres north of 48 degrees."""
    return 48.0 + km / KM_PER_DEGREE


def meridian_tables() -> dict[str, pd.DataFrame]:
    """Return a network: zone Z hands over at A (20 km north of hub H) or B (30 km); hub G lies 60 km north.

    60 t arise a year, two years long; a tonne by VAN costs 1 a kilometre and 10 to load; roads are straight.
    Hub H costs 5,000 a year, G 1,000; what arrives there is sold at 0.
    """
    return {
        "periods": rows("period", (1,), (2,)),
        "products": rows("product_id", ("returns",)),
        "places": rows(
            "place_id kind status lat lon",
            ("Z", "ZONE", "ALWAYS", north(25), 2.0),
            ("A", "POINT", "EXISTING", north(20), 2.0),
            ("B", "POINT", "EXISTING", north(30), 2.0),
            ("H", "HUB", "CANDIDATE", north(0), 2.0),
            ("G", "HUB", "CANDIDATE", north(60), 2.0),
        ),
        "capacities": rows(
            "place_id size_t opening_cost fixed_cost", ("A", 40, 0, 10), ("B", 40, 0, 10), ("H", 90, 0, 5000),
            ("G", 90, 0, 1000),
        ),
        "supply": rows("place_id product_id amount_t", ("Z", "returns", 60)),
        "processes": rows("process_id place_id", ("accept", "A"), ("accept", "B")),
        "recipes": rows(
            "process_id role product_id t_per_t", ("accept", "INPUT", "returns", 1), ("accept", "OUTPUT", "returns", 1)
        ),
        "sales": rows("place_id product_id price_per_t", ("H", "returns", 0), ("G", "returns", 0)),
        "links": rows("from_kind to_kind mode", ("ZONE", "POINT", "CUSTOMER"), ("POINT", "HUB", "VAN")),
        "transport": rows(
            "product_id mode cost_per_km_t cost_per_t", ("returns", "CUSTOMER", 0, 0), ("returns", "VAN", 1, 10)
        ),
        "transport_emissions": rows("product_id mode gas t_per_km_t", ("returns", "VAN", "CO2e", 0.001)),
    }  # fmt: skip


@pytest.fixture
def meridian(tmp_path):
    """The network of `meridian_tables` behind the gate."""
    return loaded(meridian_tables(), tmp_path, circuity=1.0, discount_rate=0.0)


@pytest.fixture
def opened():
    """A, B and H open in both periods."""
    places = [("A", 40.0), ("B", 40.0), ("H", 90.0)]
    each = [(p, t, True, size, 30.0, False, False) for p, size in places for t in (1, 2)]
    return rows("place_id period is_open size_t used_t opens closes", *each)


@pytest.fixture
def flows():
    """A and B send 40 t and 20 t to H in both periods; all of it comes from Z."""
    ways = [
        ("Z", "A", "CUSTOMER", 40.0),
        ("Z", "B", "CUSTOMER", 20.0),
        ("A", "H", "VAN", 40.0),
        ("B", "H", "VAN", 20.0),
    ]
    each = [(a, b, mode, "returns", t, amount) for a, b, mode, amount in ways for t in (1, 2)]
    return rows("from_id to_id mode product_id period amount_t", *each)


@pytest.fixture
def vans():
    """The vans of `plain_vans`."""
    return plain_vans()


def plain_vans() -> Vans:
    """Return vans of 60 km/h at 10 a night, 1 a kilometre and 36 an hour; a parcel weighs 10 kg; 200 nights a period.

    Nothing but driving takes time. A place is full after one night at its full size.
    """
    return Vans(
        nights_per_period=200, parcel_kg=10, fills_in_nights=1, longest_wait_nights=4, capacity_parcels=100,
        capacity_kg=1000, shift_h=8, speed_kmh=60, stop_s=0, parcel_s=0, unload_s=0, fixed_cost=10, cost_per_km=1,
        cost_per_h=36,
    )  # fmt: skip
