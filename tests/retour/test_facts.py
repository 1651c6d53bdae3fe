"""The built-in facts keep what they promise: sources, units, bounds and sums."""

from __future__ import annotations

import pytest

from retour import facts
from retour.policy import Policy
from retour.tables import INPUT_TABLES
from retour.vocabulary import Flow, Grade, Outcome, Tag

CONFIDENCES = {"H", "M", "L", "assumption"}
DATE = r"(read )?\d{4}(-\d{2})?"
EVERY_TABLE = (
    facts.rates, facts.emission_lines, facts.towns_fr, facts.reasons, facts.grades, facts.outcomes, facts.classes,
    facts.recovery, facts.grade_odds, facts.seasonality,
)  # fmt: skip


@pytest.mark.parametrize("read", [facts.rates, facts.emission_lines], ids=["rates", "emissions"])
def test_every_figure_says_where_it_comes_from(read):
    """Unit, source, date and confidence are part of a figure."""
    table = read()
    words = ["source", "date", "confidence"] + (["unit"] if "unit" in table else [])
    assert [] == [name for name in words if table[name].str.strip().eq("").any()]
    assert set() == set(table["confidence"]) - CONFIDENCES
    assert table["date"].str.fullmatch(DATE).all()


@pytest.mark.parametrize("read", [r for r in EVERY_TABLE if r().index.name is not None], ids=lambda read: read.__name__)
def test_names_are_unique(read):
    """A name means one row."""
    assert [] == read().index[read().index.duplicated()].tolist()


def test_assumptions_say_so_in_source_and_confidence():
    """A value of our own making is never presented as a finding."""
    rates = facts.rates()
    ours = rates["source"].str.startswith("planning assumption")
    assert {"assumption"} == set(rates.loc[ours, "confidence"])
    assert rates.loc[rates["confidence"] == "assumption", "note"].ne("").all()


@pytest.mark.parametrize(("word", "unit"), [("eur", "EUR"), ("kmh", "km/h"), ("share", "share"), ("co2e", "kg/")])
def test_names_tell_units(word, unit):
    """A rate with the word in its name carries the unit, and no other rate does."""
    units = facts.rates()["unit"]
    named = units.index.str.split("_").map(lambda words: word in words)
    starts = units.str.startswith(unit)
    if word == "co2e":
        starts &= ~units.index.str.startswith("adr_")
    assert units.index[named].tolist() == units.index[starts].tolist()


def test_derived_rates_follow_from_their_parts():
    """The derivations in the notes can be redone."""
    rate = facts.rate
    sold_on = 1 - rate("customer_chained_trip_share")
    time_eur = rate("customer_value_of_time_eur_per_h")
    walk = time_eur / rate("customer_walk_speed_kmh") * sold_on
    drive = (time_eur / rate("van_speed_urban_kmh") + rate("customer_car_running_eur_per_km")) * sold_on
    compartments = sum(rate(f"locker_compartments_{size}") for size in "sml")
    locker_eur = rate("locker_purchase_eur") + rate("locker_life_years") * rate("locker_running_eur_per_year")
    uses = rate("locker_life_years") * 365 * compartments * rate("locker_turns_per_day")
    assert rate("customer_effort_walk_eur_per_km") == pytest.approx(walk, abs=0.01)
    assert rate("customer_effort_drive_eur_per_km") == pytest.approx(drive, abs=0.01)
    assert compartments == 79
    assert rate("locker_use_eur") == pytest.approx(locker_eur / uses, abs=0.006)


def test_label_price_is_the_published_tariff():
    """Base and price per kg give Colissimo's 2017 relay price within two per cent from 1 to 30 kg."""
    published = {1: 6.21, 2: 7.01, 5: 9.43, 10: 13.47, 20: 21.55, 30: 29.63}
    price = {kg: facts.rate("parcel_label_base_eur") + kg * facts.rate("parcel_label_eur_per_kg") for kg in published}
    assert price == pytest.approx(published, rel=0.02)


def test_unknown_rate_names_the_closest():
    """A typing error is answered with the right name."""
    with pytest.raises(KeyError, match="relay_commission_eur"):
        facts.rate("relay_comission_eur")


def test_facts_are_copies():
    """Whoever changes a table changes their own."""
    mine = facts.rates()
    mine.loc["relay_commission_eur", "value"] = 99.0
    assert facts.rate("relay_commission_eur") == 0.30
    assert facts.rates().at["relay_commission_eur", "value"] == 0.30


def test_a_full_vehicle_emits_no_less_than_an_empty_one():
    """Empty <= mean <= full, with a payload to divide by."""
    lines = facts.emission_lines()
    assert (lines["kg_per_km_empty"] <= lines["kg_per_km_mean"]).all()
    assert (lines["kg_per_km_mean"] <= lines["kg_per_km_full"]).all()
    assert lines["payload_kg"].gt(0).all()


def test_emission_lines_agree_with_their_tonne_km_factor():
    """At the mean load behind the tonne-km factor, the empty-full line gives the published mean per km."""
    lines = facts.emission_lines().dropna(subset="kg_per_tonne_km_mean")
    load_kg = 1000 * lines["kg_per_km_mean"] / lines["kg_per_tonne_km_mean"]
    slope = (lines["kg_per_km_full"] - lines["kg_per_km_empty"]) / lines["payload_kg"]
    found = (lines["kg_per_km_empty"] + slope * load_kg).to_dict()
    assert found == pytest.approx(lines["kg_per_km_mean"].to_dict(), rel=0.01)


def test_default_vehicle_lines_exist():
    """The emission lines that tables fall back to are known."""
    defaults = {INPUT_TABLES[name].column("emission_line").default for name in ("vehicles", "lanes")}
    assert defaults <= set(facts.emission_lines().index)


def test_towns_lie_in_metropolitan_france():
    """At least 150 towns, all 96 prefectures of 13 regions, each inside France's box."""
    towns = facts.towns_fr()
    assert len(towns) >= 150
    assert towns["lat"].between(41.3, 51.2).all()
    assert towns["lon"].between(-5.2, 9.6).all()
    assert towns.loc[towns["prefecture"], "department"].nunique() == 96
    assert towns["region"].nunique() == 13
    assert "06" == towns.at["FR-NICE", "department"]


def test_reasons_are_those_of_the_policy():
    """Codes and trees equal the default policy's; what customers give sums to one."""
    reasons, policy = facts.reasons(), Policy()
    found = {tree: set(reasons.index[reasons["tree"] == tree]) for tree in ("withdrawal", "claim")}
    assert {"withdrawal": set(policy.reasons.withdrawal), "claim": set(policy.reasons.claim)} == found
    assert {"customer", "seller", "carrier"} == set(reasons["default_fault"])
    assert set(reasons["flow"]) <= set(Flow)
    assert reasons[["share_fashion", "share_other"]].sum().tolist() == pytest.approx([1, 1])


def test_outcomes_are_the_fourteen():
    """Every outcome of the vocabulary, no other; what the policy forbids for resaleable goods is what destroys."""
    outcomes = facts.outcomes()
    assert set(Outcome) == set(outcomes.index)
    assert set(Policy().outcomes.not_for_resaleable) == set(outcomes.index[outcomes["destroys"]])
    assert outcomes["hierarchy_rank"].is_monotonic_increasing
    assert {1, 2, 3, 4} == set(outcomes["hierarchy_rank"])


def test_grades_fall_from_a_to_e():
    """The five grades, best first, with falling bands; the resaleable ones are the policy's."""
    grades = facts.grades()
    assert list(Grade) == grades.index.tolist()
    assert grades["recovered_low"].is_monotonic_decreasing
    assert grades["recovered_high"].is_monotonic_decreasing
    assert list(Policy().outcomes.resaleable_grades) == grades.index[grades["resaleable"]].tolist()


def test_classes_can_be_drawn_from():
    """Shares sum to one, medians are positive, tags are known, nothing loses value faster than 1 % a day."""
    classes = facts.classes()
    assert classes["share"].sum() == pytest.approx(1)
    assert (classes[["value_eur_median", "volume_l_median", "weight_kg_median", "handling_min"]] > 0).all(axis=None)
    assert set(classes["tags"].str.split(";").explode()) - {""} <= set(Tag)
    assert classes["decay_per_day"].between(0, 0.01).all()
    assert (classes["resale_share"] + classes["refurb_share"] <= 1).all()


def test_recovery_is_a_share_that_falls_with_the_grade():
    """Within [0, 1], once per combination, and a worse grade never recovers more."""
    recovery = facts.recovery()
    assert recovery["recovered_share"].between(0, 1).all()
    assert not recovery.duplicated(["class_id", "grade", "outcome"]).any()
    by_grade = recovery.sort_values("grade").groupby(["class_id", "outcome"])["recovered_share"]
    rising = by_grade.apply(lambda shares: not shares.is_monotonic_decreasing)
    assert [] == rising.index[rising].tolist()


def test_recovery_as_new_stays_in_the_grade_band():
    """Goods put back on the shelf recover what the grade's published band says."""
    shelf = facts.recovery().query("outcome == 'RESTOCK'").merge(facts.grades(), on="grade")
    assert shelf["recovered_share"].between(shelf["recovered_low"], shelf["recovered_high"]).all()


def test_every_class_and_grade_has_a_way_out():
    """No item is stuck: each class and grade has at least two outcomes; electrical waste is never just disposed of."""
    recovery, tags = facts.recovery(), facts.classes()["tags"]
    ways = recovery.groupby(["class_id", "grade"])["outcome"].nunique()
    assert len(ways) == len(tags) * len(Grade)
    assert ways.min() >= 2
    electrical = tags.index[tags.str.contains("WEEE|BATTERY")]
    assert not recovery.loc[recovery["class_id"].isin(electrical), "outcome"].isin(["DISPOSE", "KEEP"]).any()


def test_grade_odds_sum_to_one():
    """A probability for every class, reason and grade; each pair of class and reason sums to one."""
    odds = facts.grade_odds()
    sums = odds.groupby(["class_id", "reason"])["probability"].sum()
    assert len(odds) == len(facts.classes()) * len(facts.reasons()) * len(Grade)
    assert sums.tolist() == pytest.approx([1.0] * len(sums))
    assert odds["probability"].between(0, 1).all()


def test_fashion_comes_back_as_new():
    """With the reasons customers give for clothing, about 85-95 % is graded A or B (93 % sold as new in Germany)."""
    odds = facts.grade_odds().query("class_id == 'apparel' and grade in ['A', 'B']")
    shares = facts.reasons()["share_fashion"].rename_axis("reason").reset_index()
    weighted = odds.merge(shares, on="reason")
    assert 0.85 <= (weighted["probability"] * weighted["share_fashion"]).sum() <= 0.97


def test_seasonal_factors_average_one():
    """Seven weekdays with a Monday peak, twelve months with a January peak, each cycle of mean one."""
    cycles = {name: rows.set_index("position")["factor"] for name, rows in facts.seasonality().groupby("cycle")}
    assert list(range(7)) == cycles["weekday"].index.tolist()
    assert list(range(1, 13)) == cycles["month"].index.tolist()
    assert dict.fromkeys(cycles, 1.0) == pytest.approx({name: f.mean() for name, f in cycles.items()})
    assert (0, 1) == (cycles["weekday"].idxmax(), cycles["month"].idxmax())


@pytest.mark.parametrize("read", EVERY_TABLE, ids=lambda read: read.__name__)
def test_no_number_is_missing(read):
    """Numbers are there, apart from the tonne-km of a car, which carries no freight."""
    numbers = read().select_dtypes("number")
    empty = [(str(i), name) for name in numbers for i in numbers.index[numbers[name].isna()]]
    assert empty == ([("customer_car", "kg_per_tonne_km_mean")] if read is facts.emission_lines else [])
