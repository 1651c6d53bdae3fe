"""Which ways are tours, what the rates charge for them, and networks with corrected rates."""

import numpy as np
import pandas as pd
import pytest

from network_design.surrogate.collected import collected_pairs
from network_design.surrogate.corrected import corrected
from network_design.surrogate.factors import (
    ANY_BAND,
    ANY_HUB,
    band_of,
    drawn_together,
    measured_cells,
    measured_factors,
    remembered,
    spread_beyond_chance,
)
from network_design.surrogate.tours import Tours, tours_of
from retour.design.ledger import design_ledger
from retour.design.plan import shaped
from retour.errors import InputError
from retour.gate.design import load_design, write_design
from tests.network_design.conftest import loaded, rows
from tests.network_design.replay.conftest import meridian_tables

VAN = Tours(("VAN",), to_hubs=True)
BANDS = (10.0, 30.0)


def known(*factors: tuple[str, int, float]):
    """Factors by hub and band, each measured once."""
    return remembered(None, rows("hub_id band factor", *factors), bands_km=BANDS)


def test_tours_are_what_reaches_hubs(meridian, flows):
    """The customers' own way to a point is none; asked for, it is."""
    assert VAN == tours_of(meridian, flows)
    assert Tours(("CUSTOMER",), to_hubs=False) == tours_of(meridian, flows, ["CUSTOMER"])
    with pytest.raises(InputError, match="nothing goes by 'VANS' from a point or zone.*did you mean 'VAN'"):
        tours_of(meridian, flows, ["VANS"])
    with pytest.raises(InputError, match="--mode CUSTOMER"):
        tours_of(meridian, flows[flows["mode"] == "CUSTOMER"])


def test_the_surrogate_is_what_the_ledger_charges(meridian, opened, flows):
    """Kilometres and loading of the vans, and nothing else, to the cent."""
    pairs = collected_pairs(meridian, flows, VAN)
    empty = {name: shaped(name, pd.DataFrame()) for name in ("processed", "handled")}
    ledger = design_ledger(meridian, opened=opened, flows=flows, **empty)
    moved = ledger[ledger["activity"].isin(["transport", "loading"])]["cost"].sum()
    assert (pytest.approx(moved), 4) == (pairs["surrogate"].sum(), len(pairs))


def test_distances_are_those_vans_drive(meridian, flows):
    """A lane that is priced as if it had no length is as long as ever for vans, and its factor is that of its band."""
    lanes = rows("from_id to_id mode distance_km cost_per_t days capacity_t", ("A", "H", "VAN", 0.0, 7.0, 2.0, np.nan))
    instance = meridian.replace(lanes=lanes)
    pairs = collected_pairs(instance, flows, VAN)
    assert pytest.approx([20, 30, 20, 30], abs=1e-6) == pairs["distance_km"].tolist()
    assert pytest.approx(40 * (10 + 7)) == pairs["surrogate"].iloc[0]
    variant = corrected(instance, VAN, known((ANY_HUB, ANY_BAND, 2.0), ("H", 0, 9.0), ("H", 1, 5.0))).instance
    lane = variant.tables["lanes"].query("from_id == 'A' and to_id == 'H'").iloc[0]
    assert (0.0, 35.0, 2.0, "VAN H to 30 km") == tuple(lane[["distance_km", "cost_per_t", "days", "mode"]])


def test_bands_hold_their_ends():
    """10 km is in the first band, what is beyond the last end in one more."""
    assert [0, 0, 1, 2] == band_of(np.array([0.0, 10.0, 10.5, 31.0]), BANDS).tolist()


def test_factors_are_measured_by_hub_and_band():
    """Two nights of a near and a far place: near costs 4 and 6 a night for 1 charged, far 30 and 30 for 10."""
    streams = rows("period from_id to_id distance_km surrogate", (1, "A", "H", 5.0, 100.0), (1, "B", "H", 25.0, 1000.0))
    stops = rows(
        "period night place_id hub_id cost", (1, 1, "A", "H", 4.0), (1, 2, "A", "H", 6.0), (1, 1, "B", "H", 30.0),
        (1, 2, "B", "H", 30.0),
    )  # fmt: skip
    cells = measured_cells(streams, stops, bands_km=BANDS, nights=2, nights_per_period=100)
    found = measured_factors(cells).set_index(["hub_id", "band"])
    # All: 35 a night for 11. Near: 5, standard error 1. Far: exactly 3 every night, so it keeps that.
    assert pytest.approx(35 / 11) == found.loc[(ANY_HUB, ANY_BAND), "factor"]
    assert pytest.approx((5.0, 1.0)) == tuple(found.loc[("H", 0), ["measured", "error"]])
    assert pytest.approx((3.0, 0.0, 3.0)) == tuple(found.loc[("H", 1), ["measured", "error", "factor"]])


def test_a_place_never_visited_does_not_make_its_band_free():
    """C is charged 100 but has no stop: its cell and band say nothing, and all tours cost 10 for 2 a night."""
    streams = rows("period from_id to_id distance_km surrogate", (1, "A", "H", 5.0, 100.0), (1, "C", "H", 25.0, 100.0))
    stops = rows("period night place_id hub_id cost", (1, 1, "A", "H", 10.0), (1, 2, "A", "H", 10.0))
    found = measured_factors(measured_cells(streams, stops, bands_km=BANDS, nights=2, nights_per_period=100))
    assert {(ANY_HUB, ANY_BAND): 5.0, (ANY_HUB, 0): 10.0, ("H", 0): 10.0} == found.set_index(["hub_id", "band"])[
        "factor"
    ].to_dict()


def test_one_night_says_nothing_of_single_hubs():
    """Without an error that can be told, every factor is the one for all."""
    streams = rows("period from_id to_id distance_km surrogate", (1, "A", "H", 5.0, 100.0), (1, "B", "G", 5.0, 100.0))
    stops = rows("period night place_id hub_id cost", (1, 1, "A", "H", 9.0), (1, 1, "B", "G", 1.0))
    found = measured_factors(measured_cells(streams, stops, bands_km=BANDS, nights=1, nights_per_period=100))
    assert {5.0} == set(found["factor"])


def test_factors_are_drawn_together_by_what_is_not_chance():
    """4 and 8 around 6 with errors of 1: 4 / (1 + 3) + 4 / (1 + 3) = 2, so the spread is 3 and the weight 3 / 4."""
    sixes, every = np.full(3, 6.0), np.ones(3, dtype=bool)
    factor, weight = drawn_together(np.array([4.0, 8.0]), np.array([1.0, 1.0]), sixes[:2], telling=every[:2])
    assert pytest.approx([4.5, 7.5]) == factor.tolist()
    assert pytest.approx([0.75, 0.75]) == weight.tolist()
    # Apart by less than chance: all are the one they are drawn to. Known exactly: as measured.
    close, _ = drawn_together(np.array([5.9, 6.1, 9.0]), np.array([1.0, 1.0, 0.0]), sixes, telling=every)
    assert pytest.approx([6.0, 6.0, 9.0]) == close.tolist()


def test_a_precise_factor_does_not_silence_others():
    """4 and 16 around 6, measured to 1 and 3, differ by more than chance, whatever is known of a third that is 6."""
    measured, error = np.array([4.0, 16.0, 6.0]), np.array([1.0, 3.0, 0.01])
    _, weight = drawn_together(measured, error, np.full(3, 6.0), telling=np.array([True, True, False]))
    spread = spread_beyond_chance(np.array([-2.0, 10.0]), np.array([1.0, 3.0]))
    assert pytest.approx(2) == 4 / (1 + spread) + 100 / (9 + spread)
    assert pytest.approx([spread / (spread + 1), spread / (spread + 9)]) == weight[:2].tolist()


def test_rounds_are_remembered_as_their_mean():
    """A factor measured twice is the mean; one not measured again stays."""
    first = known((ANY_HUB, ANY_BAND, 2.0), ("H", 0, 4.0), ("G", 0, 9.0))
    again = remembered(first, rows("hub_id band factor", (ANY_HUB, ANY_BAND, 3.0), ("H", 0, 6.0)), bands_km=BANDS)
    assert {("H", 0): 5.0, ("G", 0): 9.0, (ANY_HUB, ANY_BAND): 2.5} == again.known.set_index(["hub_id", "band"])[
        "factor"
    ].to_dict()
    third = remembered(again, rows("hub_id band factor", ("H", 0, 2.0)), bands_km=BANDS)
    assert 4.0 == third.known.set_index(["hub_id", "band"]).loc[("H", 0), "factor"]


def test_a_hub_without_tours_takes_its_bands_factor():
    """Its own factor, else its band's, else the one for all."""
    factors = known((ANY_HUB, ANY_BAND, 2.0), (ANY_HUB, 0, 3.0), ("H", 0, 4.0))
    found = factors.of(pd.Series(["H", "G", "G"]), np.array([5.0, 5.0, 50.0]))
    assert [4.0, 3.0, 2.0] == found.tolist()


def test_a_corrected_network_charges_the_factor_times_as_much(meridian, flows):
    """A (20 km from H) by the factor of its band, B (30 km) too, both to H; to G (40 and 30 km) by that for all."""
    factors = known((ANY_HUB, ANY_BAND, 2.0), ("H", 1, 5.0))
    variant = corrected(meridian, VAN, factors)
    modes = {(a, b): m for a, b, m in variant.instance.arcs[["from_id", "to_id", "mode"]].itertuples(index=False)}
    theirs = flows.assign(mode=[modes[a, b] for a, b in zip(flows["from_id"], flows["to_id"], strict=True)])
    before, after = collected_pairs(meridian, flows, VAN), collected_pairs(variant.instance, theirs, variant.tours)
    assert pytest.approx((before["surrogate"] * 5).tolist()) == after["surrogate"].tolist()
    to_g = theirs.assign(
        to_id="G", mode=[modes.get((a, "G"), m) for a, m in zip(theirs["from_id"], theirs["mode"], strict=True)]
    )
    only = to_g[to_g["from_id"].isin(["A", "B"])]
    own = collected_pairs(meridian, only.assign(mode="VAN"), VAN)
    assert (
        pytest.approx((own["surrogate"] * 2).tolist())
        == collected_pairs(variant.instance, only, variant.tours)["surrogate"].tolist()
    )
    pd.testing.assert_frame_equal(flows, variant.as_asked(theirs), check_dtype=False)


def test_a_corrected_network_is_sound_and_emits_as_before(tmp_path):
    """It passes the gate as files, with the same ways, lengths, emissions and days."""
    tables = meridian_tables() | {"modes": rows("mode days km_per_day", ("VAN", 1.0, 300.0))}
    meridian = loaded(tables, tmp_path, circuity=1.0)
    variant = corrected(meridian, VAN, known((ANY_HUB, ANY_BAND, 3.0))).instance
    again = load_design(write_design(variant.tables, variant.settings, tmp_path / "again"))
    assert variant.hash == again.hash
    columns = ["from_id", "to_id", "product_id", "distance_km"]
    pd.testing.assert_frame_equal(
        meridian.arcs[columns].sort_values(columns, ignore_index=True),
        again.arcs[columns].sort_values(columns, ignore_index=True),
    )
    assert {0.001} == set(again.series("transport_emissions")["t_per_km_t"])
    used = set(again.arcs["mode"]) - {"CUSTOMER"}
    assert {(mode, 1.0, 300.0) for mode in used} <= set(again.tables["modes"].itertuples(index=False, name=None))
