"""A small sound network, written out by hand, that the tests of the language start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from retour.gate import write_network
from retour.policy import NetworkSettings, Policy

TABLES = {
    "returns": """
        return_id class_id reason lat lon point_id volume_l weight_kg value_eur grade requested_on purchased_on ready_at
        R1  shoes poor_fit     48.86  2.35  -   6   1.2  80   A  2026-11-20  2026-11-02  -
        R2  phone defective    48.87  2.36  -   1   0.4  300  -  2026-11-21  2026-10-01  2026-11-23T09:00
        R3  shoes changed_mind -      -     P1  12  2    60   -  2026-11-19  2026-11-10  -
        R4  phone changed_mind 48.85  2.34  -   1   0.4  500  B  2026-11-22  -           -
    """,
    "item_classes": """
        class_id tags         decay_per_day handling_min
        shoes    TEXTILE      0.01          4
        phone    BATTERY;WEEE 0.02          12
    """,
    "recovery_values": """
        class_id grade outcome recovered_share
        shoes    A     RESTOCK 0.9
        shoes    B     OUTLET  0.5
        phone    A     RESTOCK 0.8
        phone    B     REPAIR  0.4
        phone    E     RECYCLE -0.02
    """,
    "grade_odds": """
        class_id reason       grade probability
        shoes    changed_mind A     0.75
        shoes    changed_mind B     0.25
        phone    defective    B     0.6
        phone    defective    E     0.4
    """,
    "points": """
        point_id kind   lat    lon   region_id emptied_by hub_id capacity_parcels refuses opens closes
        P1       LOCKER 48.861 2.351 paris     VAN        H1     -                -       -     -
        P2       RELAY  48.872 2.362 paris     VAN        H1     40               BATTERY 09:00 19:00
        P3       STORE  48.851 2.341 -         CARRIER    -      -                -       -     -
        P4       HOME   48.86  2.35  paris     VAN        H1     5                -       -     -
    """,
    "sizes": """
        size volume_l max_weight_kg
        S    5        5
        M    15       10
        L    60       25
    """,
    "compartments": """
        point_id size count
        P1       S    4
        P1       M    3
        P1       L    2
    """,
    "hours": """
        point_id weekday opens closes
        P2       0       09:00 12:00
        P2       0       14:00 19:00
    """,
    "fill": """
        point_id size parcels
        P1       S    1
        P1       M    2
        P2       M    10
    """,
    "arrivals": """
        point_id date       parcels
        P1       2026-11-20 3
        P1       2026-11-21 5
    """,
    "hubs": """
        hub_id lat   lon  opens closes
        H1     48.9  2.4  06:00 26:00
        H2     48.7  2.3  -     -
    """,
    "sites": """
        site_id lat  lon certificates
        S1      48.6 2.5 BATTERY;WEEE
        S2      48.5 2.2 -
    """,
    "processes": """
        process_id site_id outcome classes capacity_h cost_eur
        stock      S1      RESTOCK -       -          1.5
        repair     S1      REPAIR  phone   8          20
        recycle    S1      RECYCLE phone   -          1
        outlet     S2      OUTLET  shoes   -          2
    """,
    "lanes": """
        from_id to_id cost_eur_per_parcel
        P3      H2    4.5
        H1      S1    0.8
        H1      S2    0.9
        H2      H1    0.4
    """,
    "vehicles": """
        vehicle_type_id hub_id count capacity_parcels shift_start shift_end max_duration_h
        V1              H1     2     120              08:00       16:00     7.5
    """,
    "regions": """
        region_id circuity speed_kmh
        paris     1.5      18
    """,
    "travel": """
        from_id to_id distance_m duration_s
        H1      P1    7000       900
        P1      H1    7100       -
    """,
    "rates": """
        rate_id     value unit source        date    confidence
        stop_park_s 150   s    own_stopwatch 2026-11 M
    """,
}


def table(text: str) -> pd.DataFrame:
    """Return a table written in columns apart by spaces, a dash for a missing cell."""
    header, *rows = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame(rows, columns=header, dtype="str").replace("-", pd.NA)


def small() -> dict[str, pd.DataFrame]:
    """Four returns, four points (one of every kind), two hubs, two sites: sound in every respect."""
    return {name: table(text) for name, text in TABLES.items()}


SETTINGS = NetworkSettings(name="small", tonight="2026-11-23", attribution='drawn "by hand"')


@pytest.fixture
def small_tables() -> dict[str, pd.DataFrame]:
    """Tables of the small network, as text."""
    return small()


@pytest.fixture
def small_settings() -> NetworkSettings:
    """Settings of the small network."""
    return SETTINGS


@pytest.fixture(scope="session")
def small_original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of CSV files with the small network, to be read only."""
    return write_network(small(), SETTINGS, Policy(), tmp_path_factory.mktemp("networks") / "small")


@pytest.fixture
def small_network(tmp_path: Path, small_original: Path) -> Path:
    """A folder of CSV files with the small network, to be changed at will."""
    return shutil.copytree(small_original, tmp_path / "small")
