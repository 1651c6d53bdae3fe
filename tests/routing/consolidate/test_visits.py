"""Tonight's visits: loads, duties, prizes, closed points, more than one van load."""

from __future__ import annotations

import pandas as pd
import pytest

from retour.ledger import visit_ledger
from retour.tables import RESULT_TABLES
from routing.check.visits import visits_are_complete
from routing.consolidate import forecast_visits

RESTOCK, RECYCLE, DONATE = "Q1-restock", "Q6-recycle", "Q7-donate"
ALL = {
    "R01": f"P1 {RESTOCK}", "R02": f"P1 {RESTOCK}", "R03": f"P3 {DONATE}", "R04": "P5 Q3-refurbish",
    "R05": "P2 Q3-refurbish", "R06": f"P6 {RECYCLE}", "R07": "KEEP", "R08": "P4 Q4-repair", "R09": f"P6 {RESTOCK}",
    "R10": f"P2 {RESTOCK}", "R11": "DENIED", "R12": "LATER",
}  # fmt: skip


def visits_of(instance, decisions):
    """The visits by id."""
    return forecast_visits(instance, decisions).set_index("visit_id")


def service(instance, **changes):
    """The instance with other service rules."""
    rules = instance.policy.service.model_copy(update=changes)
    return instance.replace(policy=instance.policy.model_copy(update={"service": rules}))


def with_cells(instance, table, key, **cells):
    """The instance with other cells in the rows of a table whose first column is `key`."""
    frame = instance.table(table)
    rows = frame.iloc[:, 0] == key
    return instance.replace(**{table: frame.assign(**{c: frame[c].mask(rows, v) for c, v in cells.items()})})


def test_every_point_with_parcels_and_every_home_pickup_has_a_row(tiny, decided):
    """Van points in table order, then homes; P4 goes by carrier, KEEP, DENIED and LATER lie nowhere."""
    visits = forecast_visits(tiny, decided(**ALL))
    assert ["P1", "P2", "P3", "P5", "home:R06", "home:R09"] == list(visits["visit_id"])
    assert [12, 2, 3, 4, 1, 1] == list(visits["parcels"])
    assert RESULT_TABLES["visits"].column_names == list(visits.columns)
    assert [] == visits_are_complete(tiny, decided(**ALL), visits)
    assert not visits["visited"].any()


def test_loads_are_worked_by_hand(tiny, decided):
    """P1: fill of 5 + 8 + 4 kg and two shirts of 0.5 kg; home R06: half a kilo of damaged battery."""
    visits = visits_of(tiny, decided(**ALL))
    assert 18.0 == visits.at["P1", "weight_kg"]
    assert (0.5, 0.5) == (visits.at["home:R06", "weight_kg"], visits.at["home:R06", "hazard_kg"])
    assert (12.0, 1.0) == (visits.at["P1", "capacity_parcels"], visits.at["P1", "fill_share"])


def test_prize_is_what_the_ledger_charges_for_leaving(tiny, decided):
    """Nobody visited: the ledger charges every row exactly its prize."""
    visits = forecast_visits(tiny, decided(**ALL))
    charged = visit_ledger(tiny, visits).groupby("subject_id")["cost_eur"].sum()
    assert list(visits["prize_eur"]) == pytest.approx(list(charged.reindex(visits["visit_id"]).fillna(0.0)))
    p1 = visits.iloc[0]
    assert p1["prize_eur"] == pytest.approx(p1["expected_refused"] * 6.0 + p1["waiting_eur"])


def test_locker_sure_to_overflow_is_required_whatever_its_prize(tiny, decided):
    """P1 is full and 9 parcels come tomorrow: required, even when a refused drop-off costs nothing."""
    free = pd.DataFrame(
        [("overflow_refused_dropoff_eur", 0.0, "EUR/drop-off", "test", "2026", "assumption")],
        columns=tiny.table("rates").columns,
    )
    careless = service(tiny.replace(rates=pd.concat([tiny.table("rates"), free])), max_wait_days=30)
    row = visits_of(careless, decided(**ALL)).loc["P1"]
    assert (True, row["waiting_eur"]) == (row["required"], row["prize_eur"])
    assert "chance of overflow" in row["why"]


def test_risk_below_the_limit_is_a_matter_of_price(tiny, decided):
    """The same locker with room left is optional, and its sentence gives the price."""
    emptied = tiny.replace(fill=tiny.table("fill").iloc[:0])
    row = visits_of(emptied, decided(**ALL)).loc["P1"]
    assert not row["required"]
    assert row["why"].startswith(f"leaving it costs {row['prize_eur']:.2f} EUR")


def test_parcel_that_waited_too_long_makes_the_visit_required(tiny, decided):
    """P5's oldest parcel is of 21 November: two days on the 23rd."""
    rows = [visits_of(service(tiny, max_wait_days=d), decided(**ALL)).loc["P5"] for d in (2, 3)]
    assert [True, False] == [row["required"] for row in rows]
    assert "must be emptied: a parcel waits since 2026-11-21" == rows[0]["why"]


def test_damaged_battery_is_fetched_tonight(tiny, decided):
    """R06 handed in at the store makes the store a required visit."""
    row = visits_of(tiny, decided(R06=f"P5 {RECYCLE}")).loc["P5"]
    assert (True, 0.5) == (row["required"], row["hazard_kg"])
    assert "damaged battery" in row["why"]


def test_refund_on_time_tonight_only_makes_the_visit_required(tiny, decided):
    """R04, a claim of 24 October, is due 30 days later: tonight."""
    due = with_cells(tiny, "returns", "R04", requested_on=pd.Timestamp("2026-10-24"))
    row = visits_of(due, decided(R04="P5 Q3-refurbish")).loc["P5"]
    assert (True, "must be emptied: a refund would become late") == (row["required"], row["why"])


def test_home_pickups_are_promised(tiny, decided):
    """A pickup at the customer's door is required, from the zone's hub, one parcel."""
    row = visits_of(tiny, decided(R09=f"P6 {RESTOCK}")).loc["home:R09"]
    assert ("P6", "H1", 1, True) == (row["point_id"], row["hub_id"], row["parcels"], row["required"])


@pytest.mark.parametrize(
    ("closes", "why"),
    [(None, "closed tonight,"), (17, "closed tonight while vans drive,"), (17.1, "closed tonight while vans drive,")],
)
def test_closed_point_is_never_required(tiny, decided, closes, why):
    """P1 is full, but closed on Mondays, or before vans leave at 17:00, or before one can be there at 17:10."""
    tuesday, monday = (1, 28800.0, 79200.0), (0, 28800.0, (closes or 0) * 3600.0)
    rows = [("P1", *day) for day in ([tuesday] if closes is None else [tuesday, monday])]
    hours = pd.DataFrame(rows, columns=["point_id", "weekday", "opens", "closes"])
    row = visits_of(tiny.replace(hours=hours), decided(**ALL)).loc["P1"]
    assert (False, False) == (row["required"], row["visited"])
    assert row["why"].startswith(f"{why} although 100% chance of overflow")


def test_hub_without_vans_leaves_its_points(tiny, decided):
    """H1's vans are all away: nothing of H1 is required, and the sentence says so."""
    away = with_cells(tiny, "vehicles", "van-H1", count=0)
    visits = visits_of(away, decided(**ALL))
    mine = visits[visits["hub_id"] == "H1"]
    assert not mine["required"].any()
    assert mine["why"].str.startswith("no van: hub H1 has none tonight").all()


def test_empty_point_needs_no_van(tiny, decided):
    """One compartment of each size and nothing in them: it will overflow, but a visit would not help."""
    compartments = tiny.table("compartments").assign(count=1)
    bare = tiny.replace(compartments=compartments, fill=tiny.table("fill").iloc[:0])
    row = visits_of(bare, decided()).loc["P1"]
    assert row["overflow_risk"] > 0.95
    assert (0, 0.0, False) == (row["parcels"], row["prize_eur"], row["required"])
    assert "no van needed: nothing waits there" in row["why"]


def test_more_than_a_van_load_is_fetched_in_parts(tiny, decided):
    """80 parcels at P5 and vans for 40, one tour each: two required visits of 40 that share load and prize."""
    fill = tiny.table("fill")
    fill["parcels"] = fill["parcels"].mask(fill["point_id"] == "P5", 80)
    visits = forecast_visits(tiny.replace(fill=fill), decided())
    parts = visits[visits["point_id"] == "P5"].set_index("visit_id")
    assert ["P5", "P5#2"] == list(parts.index)
    assert [40, 40] == list(parts["parcels"])
    assert [True, True] == list(parts["required"])
    assert parts["weight_kg"].sum() == pytest.approx(6.0)
    assert parts.at["P5", "prize_eur"] == pytest.approx(parts.at["P5#2", "prize_eur"])


def test_more_than_all_vans_carry_is_not_split(tiny, decided):
    """200 parcels are five van loads, but two vans make two tours: one optional visit that no van can take."""
    fill = tiny.table("fill")
    fill["parcels"] = fill["parcels"].mask(fill["point_id"] == "P5", 200)
    roomy = with_cells(tiny.replace(fill=fill), "points", "P5", capacity_parcels=1000)
    parts = visits_of(service(roomy, max_wait_days=30), decided())
    assert ["P5"] == [v for v in parts.index if v.startswith("P5")]
    assert not parts.at["P5", "required"]


def test_nothing_anywhere_makes_no_visits(tiny, decided):
    """No fill, no decisions: an empty table with every column."""
    visits = forecast_visits(tiny.replace(fill=tiny.table("fill").iloc[:0]), decided(R07="KEEP"))
    assert set(visits["why"]) <= {"no van needed: nothing waits there"}
    assert 0 == visits["parcels"].sum()
