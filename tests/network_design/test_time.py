"""Time: value lost on the way, in processes and in queues, and whether goods are graded early or late."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from retour.design.times import handling_days
from tests.network_design.conftest import loaded, rows, small_tables
from tests.network_design.test_design import designed, parts

A_WEEK, A_MONTH = 0.01 / 7, 0.01 / 30
"""One per cent of the value a week, as of a computer, and a month, as of a power drill (Blackburn et al. 2004)."""


def preponement(decay_per_day):
    """Return a network that grades 10 t of returns early at point P, or late at central site C.

    Half is as new and sold for 1,000 a tonne, half is worn and sold for 100; only what is as new loses value. Early:
    40 a tonne and at once, then 3 days to the market. Late: 10 a tonne, 2 days to C, 8 days there, 3 to the market.
    """
    products = rows(
        "product_id value_per_t decay_per_day", ("returns", 500, decay_per_day), ("boxed", 500, decay_per_day),
        ("as new", 1000, decay_per_day), ("worn", 100, 0),
    )  # fmt: skip
    graded = [("grade early", "returns"), ("grade late", "boxed")]
    return {
        "periods": rows("period", (1,)),
        "products": products,
        "places": rows("place_id kind", ("Z", "ZONE"), ("P", "POINT"), ("C", "SITE"), ("M", "MARKET")),
        "processes": rows(
            "process_id place_id variable_cost_per_t days", ("grade early", "P", 40, 0), ("box", "P", 0, 0),
            ("grade late", "C", 10, 8),
        ),
        "recipes": rows(
            "process_id role product_id t_per_t", ("box", "INPUT", "returns", 1), ("box", "OUTPUT", "boxed", 1),
            *[(process, "INPUT", what, 1) for process, what in graded],
            *[(process, "OUTPUT", what, 0.5) for process, _ in graded for what in ("as new", "worn")],
        ),
        "supply": rows("place_id product_id amount_t", ("Z", "returns", 10)),
        "sales": rows("place_id product_id price_per_t", ("M", "as new", 1000), ("M", "worn", 100)),
        "lanes": rows(
            "from_id to_id distance_km days", ("Z", "P", 10, 0), ("P", "C", 200, 2), ("C", "M", 300, 3),
            ("P", "M", 250, None),
        ),
        "modes": rows("mode days km_per_day", ("ROAD", 0.5, 100)),
        "transport": rows("product_id cost_per_km_t", *[(p, 0.1) for p in products["product_id"]]),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("decay", "process", "transport", "variable", "lost_per_t"),
    [(A_WEEK, "grade early", 26, 40, 1500), (A_MONTH, "grade late", 51, 10, 6500)],
    ids=["computers are graded early", "power drills are graded late"],
)
def test_fast_decay_is_graded_early(decay, process, transport, variable, lost_per_t, tmp_path):
    """Grading early costs 5 more a tonne and saves 5,000 euro-days: it pays above a loss of 0.001 a day."""
    # Early: Z-P 1 + P-M 25, 40 to grade; half a tonne of 1,000 for 3 days (0.5 + 250 km at 100 a day) = 1,500.
    # Late: Z-P 1 + P-C 20 + C-M 30, 10 to grade; 500 for 2 days and for 8, and half of 1,000 for 3 days = 6,500.
    design = designed(preponement(decay), tmp_path)
    assert process in set(design.processed["process_id"])
    expected = {
        "transport": 10 * transport, "variable": 10 * variable, "decay": 10 * lost_per_t * decay, "sale": -5500,
    }  # fmt: skip
    assert pytest.approx(expected, abs=1e-5) == parts(design)


@pytest.mark.parametrize(("value", "size"), [(100, 40), (50, 20)])
def test_a_larger_size_shortens_the_queue(value, size, tmp_path):
    """Up to a quarter of the size a tonne waits a day, beyond it four: 10 t wait 25 days at 20 t, but 10 at 40 t."""
    tables = small_tables() | {
        "capacities": rows("place_id size_t opening_cost fixed_cost", ("F", 20, 160, 10), ("F", 40, 180, 10)),
        "queues": rows("place_id from_share days", ("F", 0, 1), ("F", 0.25, 4)),
        "products": rows(
            "product_id value_per_t decay_per_day", ("returns", value, 0.01), ("metal", 0, 0), ("waste", 0, 0)
        ),
    }  # fmt: skip
    tables["places"] = tables["places"].query("place_id != 'N'")
    for name in ("processes", "disposal"):
        tables[name] = tables[name].query("place_id == 'F'")
    tables["lanes"] = tables["lanes"].query("from_id != 'N' and to_id != 'N'")
    design = designed(tables, tmp_path)
    # The larger costs 20 more and saves 15 days a year x 10 t of a value that loses 1 a day (30 in two years), or 0.5.
    assert {float(size)} == set(design.opened["size_t"])
    assert 2 * (10 if size == 40 else 25) * value * 0.01 == pytest.approx(parts(design)["decay"])


@pytest.mark.parametrize("seed", range(5))
def test_what_loses_most_goes_first(seed, tmp_path):
    """Of several processes at one place the queue's quick steps go to what loses most: no order loses less."""
    rng = np.random.default_rng(seed)
    runs, uses, losses = ["a", "b", "c"], rng.integers(0, 3, 3) * 0.5, rng.integers(1, 9, 3)
    starts, days = [0.0, 0.3, 0.6], np.sort(rng.integers(0, 9, 3)).astype(float)
    values = [(f"in {run}", int(loss), 1.0) for run, loss in zip(runs, losses, strict=True)]
    mixes = rows("process_id role product_id t_per_t", *[(run, "INPUT", f"in {run}", 1) for run in runs])
    at_n = [(run, "N", use) for run, use in zip(runs, uses, strict=True)]
    tables = small_tables() | {
        "products": rows(
            "product_id value_per_t decay_per_day", *values, ("returns", 0, 0), ("metal", 0, 0), ("waste", 0, 0)
        ),
        "processes": rows("process_id place_id capacity_per_t", *at_n, ("treat", "F", 1)),
        "recipes": pd.concat([small_tables()["recipes"], mixes]),
        "queues": rows("place_id from_share days", *[("N", s, d) for s, d in zip(starts, days, strict=True)]),
    }  # fmt: skip
    network, amounts = loaded(tables, tmp_path), rng.uniform(1, 5, 3)
    processed = pd.DataFrame({"process_id": runs, "place_id": "N", "period": 1, "amount_t": amounts})
    opened = pd.DataFrame({"place_id": ["N"], "period": [1], "size_t": [10.0]})
    found = handling_days(network, processed, opened).set_index("process_id").loc[runs, "t_days"].to_numpy()
    least = linprog(
        np.outer(losses, days).ravel(), A_eq=np.kron(np.eye(3), np.ones(3)), b_eq=amounts,
        A_ub=np.kron(uses, np.eye(3)).reshape(3, 9), b_ub=[3.0, 3.0, 1e3],
    ).fun  # fmt: skip
    assert least == pytest.approx(found @ losses)


def test_time_alone_costs_nothing(tmp_path):
    """Where no product loses value, days are told of nowhere and cost nothing."""
    tables = {**preponement(0.0), "queues": pd.DataFrame()}
    assert "decay" not in parts(designed(tables, tmp_path))
