"""The network as it is against its books: every cause by hand, and that what is proposed settles what was put in."""


import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network_design.baseline.as_it_is import as_it_is, design_as_it_is
from network_design.baseline.calibrating import calibrate
from network_design.baseline.comparing import compare
from network_design.baseline.reading import read_actuals, read_observed
from network_design.baseline.volumes import mix_causes, volume_causes
from network_design.check import check_design
from network_design.study.changes import changed
from network_design.study.settings import Change
from retour.errors import InfeasibleError
from tests.network_design.baseline.conftest import HEAD
from tests.network_design.conftest import loaded, rows, small_tables

SEEN = "from_id,to_id,product_id,amount_t,distance_km\n"


@pytest.fixture
def told(existing, tmp_path):
    """Return a function from books, and flows that were seen, to the table of causes by their names and the totals."""

    def table(books, *, seen="", hold=True, instance=existing):
        (tmp_path / "books.csv").write_text(HEAD + books)
        (tmp_path / "seen.csv").write_text(SEEN + seen)
        flows = read_observed(tmp_path / "seen.csv", instance) if seen else None
        found = calibrate(
            instance, read_actuals(tmp_path / "books.csv", instance), seen=flows, hold=hold, seed=1, budget_s=60
        )
        assert check_design(found.instance, found.design).violations.empty
        return found.tables["causes"].set_index("cause"), found.tables["calibration"].set_index(["line", "measure"])

    return table


def test_books_that_agree_have_no_cause(told):
    """Every total of the network as it is, told by the books to the cent."""
    causes, totals = told(
        "transport,Z,N,,,,100,20,1000\ntransport;loading,N,,,,,20,10,100\nfixed,N,,,,,40,,\nfixed,F,,,,,20,,\n"
        "variable,N,,,,,40,20,\nsale,M,,,,,-1000,10,\ndisposal,N,,,waste,,100,10,\ncollection,,,,,2,10,10,\n"
        "supply,Z,,,,1,,10,\nemissions,,,,CO2e,,,1,\ntransport,,,,,,120,,\n"
    )  # fmt: skip
    assert (True, 0) == (totals["fits"].all(), len(causes))


@pytest.mark.slow
def test_two_means_of_transport_on_one_way_are_told_apart(tmp_path, told):
    """4 of 10 t a year go the 60 km by rail at 0.05, all that it takes; 6 go the 50 km by road at 0.1."""
    tables = small_tables()
    tables["places"] = tables["places"].assign(status=["ALWAYS", "EXISTING", "CANDIDATE", "ALWAYS"])
    rail = rows("from_id to_id mode distance_km capacity_t", ("Z", "N", "RAIL", 60, 4))
    tables["lanes"] = pd.concat([tables["lanes"], rail])
    tables["transport"] = pd.concat(
        [tables["transport"], rows("product_id mode cost_per_km_t", ("returns", "RAIL", 0.05))]
    )
    instance = loaded(tables, tmp_path / "rail")
    causes, totals = told(
        "transport,Z,N,RAIL,,,24,8,480\ntransport,Z,,ROAD,,,60,12,600\ntransport,N,,,,,20,10,100\n", instance=instance
    )
    assert (True, 0) == (totals["fits"].all(), len(causes))


def test_longer_roads_are_one_ratio_on_all_ways(told):
    """Both ways are 1.2 times as long in the books: one change, which leaves nothing."""
    causes, totals = told("transport,Z,N,,,,120,20,1200\ntransport,N,M,,,,24,10,120\n")
    assert '{ table = "distances", factor = 1.2 }' == causes.at["DISTANCE", "changes"]
    assert (4, 0) == (causes.at["DISTANCE", "outside_before"], causes.at["DISTANCE", "outside_after"])
    assert pytest.approx((24, 0)) == (
        causes.at["DISTANCE", "deviation_before"],
        causes.at["DISTANCE", "deviation_after"],
    )
    assert pytest.approx((0, -20, 0)) == tuple(totals.loc[(2, "cost"), ["of_volume", "of_distance", "of_rate"]])
    assert "RATE" not in causes.index


@pytest.mark.slow
def test_one_way_alone_is_changed_alone(told):
    """Only the way from N is longer: the change names where it begins, and says one row."""
    causes, _ = told("transport,Z,N,,,,100,20,1000\ntransport,N,M,,,,24,10,120\n")
    row = causes.loc["DISTANCE"]
    assert ('{ table = "distances", factor = 1.2, place = "N", mode = "ROAD" }', 1, 0) == (
        row["changes"], row["rows"], row["outside_after"]
    )  # fmt: skip


def test_a_rate_is_the_products(told):
    """Metal costs 0.25 by the tonne-kilometre in the books, returns what they should."""
    causes, totals = told("transport,Z,N,,,,100,20,1000\ntransport,N,M,,,,25,10,100\n")
    expected = '{ table = "transport", column = "cost_per_km_t", factor = 1.25, product = "metal", mode = "ROAD" }'
    assert (expected, 0) == (causes.at["RATE", "changes"], causes.at["RATE", "outside_after"])
    assert pytest.approx((0, 0, -5)) == tuple(totals.loc[(3, "cost"), ["of_volume", "of_distance", "of_rate"]])


def test_without_kilometres_rate_and_distance_cannot_be_told_apart(told):
    """A tonne costs 1.2 times as much on both ways: the cause is UNTOLD and nothing is proposed."""
    causes, _ = told("transport,Z,N,,,,120,20,\ntransport,N,M,,,,24,10,\n")
    assert ["UNTOLD"] == [name for name in causes.index if name != "PLACE"]
    assert "Rate or distance: give distance_t_km" in causes.at["UNTOLD", "evidence"]
    assert "" == causes.at["UNTOLD", "changes"]


def test_one_total_of_all_is_no_reason_to_scale(told):
    """That all transport costs a quarter more says nothing about where: no change is proposed."""
    causes, _ = told("transport,,,,,,150,30,1100\n")
    assert "made of 2 prices" in causes.at["RATE", "evidence"]
    assert {""} == set(causes["changes"])


def test_another_volume_explains_what_follows_from_it(told):
    """8 t a year arise in the books: supply is the cause, and the costs that are off by the same ratio are its too."""
    causes, totals = told("supply,Z,,,returns,,,16,\nvariable,N,,,,,32,16,\nsale,M,,,,,-800,8,\n")
    row = causes.loc["VOLUME"]
    assert ('{ table = "supply", column = "amount_t", factor = 0.8, product = "returns", place = "Z" }', "2-4") == (
        row["changes"], row["lines"]
    )  # fmt: skip
    assert {"1 VOLUME"} == set(totals["why"])
    assert pytest.approx((8, 0)) == (totals.at[(3, "cost"), "of_volume"], totals.at[(3, "cost"), "of_rate"])


@pytest.mark.slow
def test_what_two_zones_say_is_not_said_of_a_third(tmp_path, told):
    """Two of three zones give a fifth less than the model has: theirs change, not the third's, which no book names."""
    tables = small_tables()
    zones = pd.concat(
        [tables["places"], rows("place_id kind status", ("Y", "ZONE", "ALWAYS"), ("X", "ZONE", "ALWAYS"))]
    )
    status = zones["status"].mask(zones["kind"] == "SITE", "EXISTING")
    tables["places"] = zones.assign(status=status, initial_size_t=zones["place_id"].map({"N": 10, "F": 20}))
    tables["supply"] = rows("place_id product_id amount_t", *((z, "returns", 5) for z in "XYZ"))
    lanes = rows("from_id to_id distance_km", ("Y", "N", 40), ("X", "N", 30), ("Y", "F", 40), ("X", "F", 40))
    tables["lanes"] = pd.concat([tables["lanes"], lanes])
    instance = loaded(tables, tmp_path / "three")
    causes, _ = told("supply,Y,,,,,,8,\nsupply,Z,,,,,,8,\n", instance=instance)
    assert {f'{{ table = "supply", column = "amount_t", factor = 0.8, place = "{z}" }}' for z in "YZ"} == set(
        causes.loc["VOLUME", "changes"]
    )  # fmt: skip
    causes, _ = told("supply,X,,,,,,8,\nsupply,Y,,,,,,8,\nsupply,Z,,,,,,8,\n", instance=instance)
    assert '{ table = "supply", column = "amount_t", factor = 0.8 }' == causes.at["VOLUME", "changes"]


def test_what_is_wrong_upstream_is_settled_first(told):
    """8 t a year arise and metal sells at 90: without the wrong volume nothing but the price is left to tell.

    Sales are 1,000 against 720: 10 against 8 t makes 1,000 / 720 = 1.25 x 1.111.
    """
    causes, totals = told("supply,Z,,,,,,16,\nsale,M,,,,,-720,8,\ntransport,Z,,,,,80,16,800\nfixed,,,,,,60,,\n")
    assert ["VOLUME", "RATE", "ALL"] == [name for name in causes.index if name not in ("PLACE", "LANE")]
    assert (0, pytest.approx(0, abs=1e-6)) == tuple(causes.loc["ALL", ["outside_after", "deviation_after"]])
    assert pytest.approx(-280) == totals.loc[(3, "cost"), ["of_volume", "of_rate"]].sum()


def test_flows_that_go_elsewhere_are_a_mix(told):
    """The books have 12 of 20 t at F: as much moves, on other ways; nothing but the flows can say so."""
    causes, _ = told("supply,Z,,,,,,20,\ntransport,Z,N,,,,40,8,400\ntransport,Z,F,,,,120,12,1200\n")
    assert (
        "as much moves in all (20 t), but elsewhere: transport Z to N 20 t against 8 t" in causes.at["MIX", "evidence"]
    )
    assert "3, 4" == causes.at["MIX", "lines"]
    causes, totals = told(
        "transport,Z,N,,,,40,8,400\ntransport,Z,F,,,,120,12,1200\n", seen="Z,N,returns,4,50\nZ,F,returns,6,100\n"
    )
    assert (True, 0) == (totals["fits"].all(), "MIX" in causes.index)


def test_free_flows_are_told_against_those_seen(told):
    """Left free, 12 t a way flow otherwise than seen."""
    causes, _ = told("transport,Z,N,,,,40,,\n", seen="Z,N,returns,4,\nZ,F,returns,6,\n", hold=False)
    assert causes.at["MIX", "evidence"].startswith("12 of 20 t flow otherwise than seen: ")
    assert "2" == causes.at["MIX", "lines"]


def test_what_was_seen_completes_the_books(told):
    """The books have money only; with tonnes and kilometres seen, 55 for 50 and 110 for 100 km are told as distance."""
    causes, totals = told(
        "transport,Z,N,,,,44,,\ntransport,Z,F,,,,132,,\n", seen="Z,N,returns,4,55\nZ,F,returns,6,110\n"
    )
    assert '{ table = "distances", factor = 1.1 }' == causes.at["DISTANCE", "changes"]
    assert 0 == causes.at["DISTANCE", "outside_after"]
    assert pytest.approx((-4, 0), abs=1e-4) == tuple(totals.loc[(2, "cost"), ["of_distance", "of_rate"]])


def test_flows_that_do_not_balance_are_held_as_near_as_can_be(existing, tmp_path):
    """4 and 5 t of 10 were seen, and 1 t on no way: 1 t more goes where it is cheapest, N."""
    (tmp_path / "seen.csv").write_text(SEEN + "Z,N,returns,4,\nZ,F,returns,5,\nZ,M,returns,1,\n")
    seen = read_observed(tmp_path / "seen.csv", existing)
    flows = design_as_it_is(as_it_is(existing), seen=seen, seed=1, budget_s=30).flows
    sent = flows[flows["from_id"] == "Z"].groupby("to_id")["amount_t"].sum()
    assert pytest.approx({"N": 10, "F": 10}, abs=1e-4) == sent.to_dict()


def test_fixed_costs_that_are_missing(told):
    """N's books have 70 for two years: 15 a year more; of F's operation the network knows nothing: a row is needed."""
    causes, _ = told("fixed,N,,,,,70,,\noperating,F,,,,,8,,\nfixed,F,,,,,20,,\n")
    first, second = causes.loc["FIXED"].to_dict("records")
    assert ('{ table = "capacities", column = "fixed_cost", add = 15, place = "N" }', 1) == (
        first["changes"], first["outside_after"]
    )  # fmt: skip
    assert ("", True) == (
        second["changes"], second["evidence"].endswith("add a row to place_costs of F with operating_cost = 4")
    )  # fmt: skip


@pytest.fixture
def in_sizes(existing, tmp_path):
    """The network in which N could be smaller or larger, at 5 or 60 a year; it costs 20 as it is."""
    sizes = rows("place_id size_t opening_cost fixed_cost", ("N", 2, 100, 5), ("N", 40, 900, 60))
    tables = {**small_tables(), "places": existing.tables["places"]}
    tables["capacities"] = pd.concat([tables["capacities"], sizes])
    return loaded(tables, tmp_path / "sizes")


def test_no_size_becomes_negative(told, in_sizes):
    """N's books have 30 for two years, 15 for 20: 5 less would leave nothing at 5, 8 less a negative cost."""
    enough, _ = told("fixed,N,,,,,30,,\nfixed,F,,,,,20,,\n", instance=in_sizes)
    assert '{ table = "capacities", column = "fixed_cost", add = -5, place = "N" }' == enough.at["FIXED", "changes"]
    causes, _ = told("fixed,N,,,,,24,,\nfixed,F,,,,,20,,\n", instance=in_sizes)
    row = causes.loc["FIXED"]
    assert ('{ table = "capacities", column = "fixed_cost", factor = 0.6, place = "N" }', 0) == (
        row["changes"], row["outside_after"]
    )  # fmt: skip
    assert row["evidence"].endswith("for -8 on capacities.fixed_cost would change the sign of 1 of 3 rows")


def test_where_no_factor_settles_a_cost_nothing_is_proposed(told, in_sizes):
    """A place that earns 10 in the books costs 40 in the network: no figure keeps its sign."""
    causes, _ = told("fixed,N,,,,,-10,,\nfixed,F,,,,,20,,\n", instance=in_sizes)
    row = causes.loc["FIXED"]
    assert ("", True) == (row["changes"], "and no factor settles it; correct the rows one by one" in row["evidence"])


@pytest.fixture
def held(existing, tmp_path):
    """Return a function from flows seen in the first year to the network as it is beside them, its flows free."""

    def compared(seen):
        (tmp_path / "books.csv").write_text(HEAD + "transport,Z,N,,,,100,,\n")
        (tmp_path / "seen.csv").write_text("from_id,to_id,product_id,period,amount_t\n" + seen)
        books, flows = read_actuals(tmp_path / "books.csv", existing), read_observed(tmp_path / "seen.csv", existing)
        now = as_it_is(existing)
        return compare(now, design_as_it_is(now, seed=1, budget_s=30), books=books, seen=flows, held=False)

    return compared


def test_only_the_period_that_was_seen_is_compared(held):
    """6 of the first year's 10 t were seen to go to N, which takes all of it: the second year is left out."""
    compared = held("Z,N,returns,1,6\nZ,F,returns,1,4\n")
    (mix,) = mix_causes(compared)
    assert mix.evidence.startswith("4 of 10 t flow otherwise than seen: ")
    assert "Z to N by ROAD 10 t against 6 t" in mix.evidence
    assert ((), {}) == (mix.lines, compared.totals[0].seen)  # both years' tonnes are not known: one was not seen


def test_more_than_was_seen_is_no_other_way(held):
    """7 of 10 t were seen on their way: none of them goes elsewhere, and 3 t more arise, in that year alone."""
    compared = held("Z,N,returns,1,7\n")
    (mix,), (volume,) = mix_causes(compared), volume_causes(compared)
    assert mix.evidence.startswith("0 of 7 t flow otherwise than seen, 3 t more than were seen: ")
    expected = {"table": "supply", "column": "amount_t", "place": "Z", "product": "returns", "period": 1, "factor": 0.7}
    assert expected == volume.changes[0].model_dump(exclude_none=True)


def test_places_and_lanes_that_one_of_the_two_has_not(told):
    """An unknown place with its nearest name, a lane that is none, and a place the books leave out."""
    causes, _ = told("fixed,NN,,,,,5,,\nfixed,N,,,,,40,,\ntransport,Z,M,,,,5,1,\n", seen="Z,M,returns,1,\n")
    places = causes.loc[["PLACE"], "evidence"].tolist()
    assert "the books have NN, the network has no such place; did you mean 'N'?" in places
    assert "fixed: the model has 20 at F; the books have no row of it" in places
    lanes = causes.loc[["LANE"], "evidence"].tolist()
    assert any(line.startswith("transport Z to M: no lane or link") for line in lanes)
    assert any(line.startswith("1 t of returns were seen from Z to M by ROAD") for line in lanes)


def test_a_candidate_in_the_books_is_closed(told, existing):
    """Where N only may be opened the books' money for it says that it is there already."""
    places = existing.tables["places"]
    status = places["status"].mask(places["place_id"] == "N", "CANDIDATE")
    instance = existing.replace(places=places.assign(status=status))
    causes, _ = told("fixed,N,,,,,40,,\nfixed,F,,,,,20,,\n", instance=instance)
    assert "give it the status EXISTING" in causes.at["PLACE", "evidence"]


def test_investment_is_outside(told):
    """Books that hold an opening are told that the network as it is has none."""
    causes, _ = told("opening,N,,,,,300,,\n")
    assert "2" == causes.at["OUTSIDE", "lines"]


def test_coarse_totals_are_told_by_their_parts(told):
    """The total of all is off by what its part is off, and by 10 more that no part tells."""
    causes, totals = told("transport,,,,,,155,,\ntransport,N,M,,,,45,10,225\n")
    assert causes.at["UNTOLD", "evidence"].endswith("rows 3 of the books leave -10 of it untold")
    assert "1 DISTANCE" == totals.at[(3, "cost"), "why"]


def test_a_network_that_cannot_run_as_it_is_says_why(small):
    """Nothing is there: the returns have no way out, and the limits are named."""
    with pytest.raises(InfeasibleError, match="^The network as it is: no design keeps all of these limits together:"):
        design_as_it_is(as_it_is(small), seed=1, budget_s=30)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
@given(far=st.sampled_from((0.8, 1.0, 1.25)), dear=st.sampled_from((0.9, 1.0, 1.4)), more=st.sampled_from((0.5, 1.0)))
def test_what_was_put_in_is_found_again(existing, tmp_path, far, dear, more):
    """Books of a network with other distances, another metal rate and volume: all changes together settle them."""
    was = [
        Change(table="distances", factor=far), Change(table="supply", column="amount_t", factor=more),
        Change(table="transport", column="cost_per_km_t", factor=dear, product="metal"),
    ]  # fmt: skip
    truth = as_it_is(changed(existing, was))
    design = design_as_it_is(truth, seed=1, budget_s=30)
    lines = ["activity,place_id,to_id,cost,quantity_t,distance_t_km"]
    km = truth.arcs.set_index(["from_id", "to_id", "product_id"])["distance_km"]
    for (a, b, p), t in design.flows.groupby(["from_id", "to_id", "product_id"])["amount_t"].sum().items():
        cost = design.ledger.query("activity == 'transport' and place_id == @a and to_id == @b")["cost"].sum()
        lines.append(f"transport,{a},{b},{cost},{t},{t * km[a, b, p]}")
    lines.append(f"supply,Z,,,{truth.series('supply')['amount_t'].sum()},")
    (tmp_path / "books.csv").write_text("\n".join(lines))
    found = calibrate(existing, read_actuals(tmp_path / "books.csv", existing), seed=1, budget_s=60).tables["causes"]
    asked = found[found["changes"] != ""]
    assert (far == dear == more == 1) == asked.empty
    if not asked.empty:
        assert (0, pytest.approx(0, abs=1e-2)) == tuple(asked.iloc[-1][["outside_after", "deviation_after"]])
