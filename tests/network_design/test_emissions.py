"""Emissions by element of the chain: legs by means of transport, handling by kind of place, processes."""

import pytest

from tests.network_design.conftest import rows, small_tables
from tests.network_design.test_design import designed, parts


def handled(**more):
    """Return the small network whose sites emit 0.02 t a tonne received, N but 0.01, and 0.03 t a tonne treated."""
    return small_tables() | {
        "handling_emissions": rows(
            "group_id product_id gas t_per_t", ("SITE", "ALL", "CO2e", 0.02), ("N", "returns", "CO2e", 0.01),
            ("N", "ALL", "CO2e", 0.5),
        ),
        "process_emissions": rows("process_id gas t_per_t", ("treat", "CO2e", 0.03)),
        **more,
    }  # fmt: skip


def elements(design):
    """Return activity, tonnes and intensity of the first period by source and element."""
    told = design.emissions.query("period == 1").set_index(["source", "element"])
    return {key: tuple(row) for key, row in told[["activity", "amount_t", "intensity"]].round(9).iterrows()}


def test_every_element_is_told(tmp_path):
    """Far F: 10 t over 100 km at 0.001, 10 t received at 0.02, 10 t treated at 0.03."""
    expected = {
        ("TRANSPORT", "ZONE to SITE by ROAD"): (1000.0, 1.0, 0.001),
        ("HANDLING", "handling at SITE"): (10.0, 0.2, 0.02),
        ("PROCESSES", "treat"): (10.0, 0.3, 0.03),
    }
    assert expected == elements(designed(handled(), tmp_path))


def test_handling_is_priced_with_the_rest(tmp_path):
    """A price of 10 a tonne on 1.5 t a year makes F dearer by 30, and N by 18 on 0.9 t: F stays."""
    design = designed(handled(gases=rows("gas price_per_t", ("CO2e", 10))), tmp_path)
    assert (30.0, -390.0) == (parts(design)["emissions"], round(design.cost, 6))


def test_handling_counts_in_the_cap(tmp_path):
    """0.9 t a year are what near N emits: 0.5 on the way, 0.1 in handling by its own row, 0.3 in treatment."""
    design = designed(handled(gases=rows("gas limit_t", ("CO2e", 0.9))), tmp_path)
    assert {"N"} == set(design.opened.loc[design.opened["is_open"], "place_id"])
    assert (10.0, 0.1, 0.01) == pytest.approx(elements(design)["HANDLING", "handling at SITE"])
