"""What the gate says of service and time, and how networks stored before there were such tables are read."""

import pandas as pd
import pytest

from retour.design import DesignSettings
from retour.gate.design import as_declared, check_design, write_design
from tests.network_design.conftest import loaded, rows, small_tables

BANDS = "group_id product_id within_km least_share"
RESPONSE = "group_id within_km share"
QUEUES = "place_id from_share days"
BAD = [
    ("service_bands", rows(BANDS, ("ZONES", "ALL", 60, 1)), "no place is called 'ZONES', nor a group or kind"),
    ("service_bands", rows(BANDS, ("ZONE", "return", 60, 1)), "unknown product 'return'"),
    ("service_bands", rows(BANDS, ("SITE", "ALL", 60, 1)), "nothing arises there (SITE, ALL)"),
    ("service_bands", rows(BANDS, ("Z", "metal", 60, 1)), "nothing arises there (Z, metal)"),
    ("service_bands", rows(BANDS, ("Z", "ALL", 60, 1.2)), "found 1.2; must be from 0 to 1 (share)"),
    ("response", rows(RESPONSE, ("ZONE", 60, 0.5), ("ZONE", 90, 0.6)), "but only 0.5 come where a place is nearer"),
    ("response", rows(f"{RESPONSE} period", ("ZONE", 60, 0.5, 1)), "holds 1 of 2 periods"),
    ("handling_emissions", rows("group_id gas t_per_t", ("HUBS", "CO2e", 1)), "no place is called 'HUBS'"),
    ("modes", rows("mode days", ("ROADS", 1)), "nothing goes by 'ROADS'"),
    ("queues", rows(QUEUES, ("Z", 0, 1)), "'Z' has no size; add it to capacities"),
    ("queues", rows(QUEUES, ("Z", 0, 1)), "'Z' has no process; add it to processes"),
    ("queues", rows(QUEUES, ("N", 0.5, 1)), "the first step of 'N' begins at 0.5; add one that begins at 0"),
    ("queues", rows(QUEUES, ("N", 0, 3), ("N", 0.5, 1)), "found 1 days from 0.5 of the size on, but 3 before"),
    ("queues", rows(f"{QUEUES} period", ("N", 0, 2, 0), ("N", 0.5, 4, 0), ("N", 0.5, 1, 2)), "found 1 days from 0.5"),
    (
        "response",
        rows(f"{RESPONSE} period", ("ZONE", 60, 0.5, 0), ("ZONE", 90, 0.4, 0), ("ZONE", 60, 0.3, 2)),
        "found 0.4 within 90 km, but only 0.3 come",
    ),
    ("supply", small_tables()["supply"].assign(lost_cost_per_t=5), "found 5, but nothing is ever lost"),
    ("products", small_tables()["products"].assign(decay_per_day=0.1), "'returns' loses 0.1 of its value a day"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "frame", "sentence"), BAD, ids=[sentence[:30] for *_, sentence in BAD])
def test_defects_are_told(table, frame, sentence, tmp_path):
    """Every defect is found and told with what was found and what to do."""
    folder = write_design({**small_tables(), table: frame}, DesignSettings(name="small"), tmp_path / "bad")
    assert sentence in "\n".join(map(str, check_design(folder)))


def test_rows_of_one_period_complete_those_of_all(tmp_path):
    """A queue whose second step is another one in period 2 is as sound as one told period by period."""
    queues = rows(f"{QUEUES} period", ("N", 0, 1, 0), ("N", 0.5, 4, 0), ("N", 0.5, 6, 2))
    network = loaded({**small_tables(), "queues": queues}, tmp_path)
    assert [1.0, 1.0, 4.0, 6.0] == network.series("queues")["days"].tolist()


def test_networks_stored_earlier_are_read_as_they_were(tmp_path):
    """Tables and columns declared since are empty, or at their defaults: the network is the same as read anew."""
    now = loaded(small_tables(), tmp_path)
    earlier = {name: frame for name, frame in now.tables.items() if name not in ("service_bands", "queues", "modes")}
    earlier["products"] = earlier["products"].drop(columns=["value_per_t", "decay_per_day"])
    earlier["lanes"] = earlier["lanes"].drop(columns="days")
    for name, frame in as_declared(earlier).items():
        pd.testing.assert_frame_equal(now.tables[name], frame)
