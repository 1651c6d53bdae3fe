"""A point list of five rows and the smallest mapping that makes a network of it."""

from __future__ import annotations

from pathlib import Path

import pytest

POINTS = """\
code,label,y,x,sort,monday,tuesday
A,Station,52.41,16.92,box,08:00-20:00,08:00-20:00
B,Bakery,52.42,16.93,shop,,"09:00-12:00,14:00-18:00"
C,Kiosk,52.40,16.90,shop,06:00-22:00,06:00-22:00
D,Mall,52.39,16.95,box,,
E,Campus,52.44,16.94,box,00:00-24:00,00:00-24:00
"""

MAPPING = """\
[network]
name = "five"
night = 2026-11-24
country = "PL"

[source]
on_bad_row = "fail"

[points]
id = "code"
name = "label"
lat = "y"
lon = "x"
kind_from = { column = "sort", values = { box = "LOCKER", shop = "RELAY" } }
capacity = { RELAY = 30 }
compartments = { S = 8, M = 6, L = 4 }

[hubs]
place = 2

[[sites]]
template = "warehouse"
id = "W"

[[sites]]
template = "charity"
id = "C1"

[[sites]]
template = "recycler"
id = "R1"

[demand]
returns = 60
"""


@pytest.fixture
def five(tmp_path) -> Path:
    """A folder with points.csv and mapping.toml."""
    (tmp_path / "points.csv").write_text(POINTS, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


@pytest.fixture
def said():
    """The text of the mapping, to write variants from."""
    return MAPPING
