"""Rounds: a design that believes wrong rates is corrected and replayed, the cheaper one kept, every promise checked."""

from dataclasses import replace

import pytest

from network_design.compare import different_places
from network_design.design import design_network
from network_design.replay.check import check_replay
from network_design.replay.check.claimed import Claimed
from network_design.replay.nights import Asked
from network_design.replay.replaying import Sample
from network_design.replay.rounds import replay_rounds, stored_candidate
from network_design.replay.rounds_told import rounds_table
from network_design.replay.settings import Vans
from network_design.replay.tables import REPLAY_TABLES
from network_design.replay.touring import AIR
from network_design.surrogate.tours import tours_of
from retour.errors import BackendError
from retour.travel import Travel
from retour.vocabulary import Status
from tests.network_design.conftest import loaded, rows
from tests.network_design.replay.conftest import meridian_tables, north, plain_vans

NIGHTS = 6
NO_LEGS = rows("from_id to_id distance_m duration_s")


def play(instance, vans, *, rounds, travel=AIR, design=None):
    """Replay a design of an instance, else the best."""
    design = design or design_network(instance, seed=1)
    tours = tours_of(instance, design.flows)
    first = stored_candidate(instance, opened=design.opened, flows=design.flows, total=design.ledger_total, tours=tours)
    return replay_rounds(
        instance, first, tours=tours, sample=Sample(NIGHTS, 1, vans, travel), asked=Asked(1, "pyvrp", 10),
        rounds=rounds, tolerance=0.05, budget_s=None,
    )  # fmt: skip


def check(instance, vans, replay, *, legs=NO_LEGS, **altered):
    """The violations of a replay, some of whose tables are altered, on roads of which `legs` are given."""
    tables = {**replay.tables, "rounds": rounds_table(replay, [str(r.number) for r in replay.rounds]), **altered}
    flows = {r.number: r.candidate.flows for r in replay.rounds}
    return check_replay(Claimed(instance, vans, NIGHTS, replay.tours.modes, replay.tours.to_hubs, tables, flows, legs))


@pytest.fixture(scope="module")
def far_and_cheap(tmp_path_factory):
    """Hub G, now 200 km away, saves 4,000 a year; the rates (0.1 a kilometre and tonne) make it look near."""
    tables = meridian_tables()
    tables["places"].loc[tables["places"]["place_id"] == "G", "lat"] = north(200)
    tables["transport"] = rows(
        "product_id mode cost_per_km_t cost_per_t", ("returns", "CUSTOMER", 0, 0), ("returns", "VAN", 0.1, 0)
    )
    return loaded(tables, tmp_path_factory.mktemp("far"), circuity=1.0)


@pytest.fixture(scope="module")
def settled(far_and_cheap):
    """Its design, and those with corrected rates until these agree with their routes."""
    return play(far_and_cheap, plain_vans(), rounds=9)


def test_a_design_that_believed_too_little_is_corrected(far_and_cheap, settled):
    """By its rates G is cheapest; vans cost some 600 a night to there and 106 to H, so that H is cheaper by far."""
    first, second = settled.rounds[:2]
    is_open = [set(r.candidate.opened.query("is_open")["place_id"]) for r in (first, second)]
    assert ["G", "H"] == [next(iter(opened & {"G", "H"})) for opened in is_open]
    assert second.cost < first.cost / 2
    told = rounds_table(settled, [str(r.number) for r in settled.rounds])
    assert (0.0, 0.0) == tuple(told.loc[0, ["dearer", "dearer_half_width"]])
    assert told.loc[1, "dearer"] == pytest.approx(second.cost - first.cost)
    assert 0 < told.loc[1, "dearer_half_width"] < -told.loc[1, "dearer"]
    assert settled.kept.number > 1
    assert 0 == len(check(far_and_cheap, plain_vans(), settled))


def test_rounds_end_when_rates_and_routes_agree(settled):
    """The rates of the last design are within the tolerance of its routes, before all rounds are played."""
    assert settled.settled
    assert len(settled.rounds) < 9
    assert abs(settled.rounds[-1].off) <= 0.05


def test_a_design_whose_rates_agree_is_played_once(meridian, vans):
    """Rates times the factor that a first replay finds are right for the same design."""
    design = design_network(meridian, seed=1)
    factor = play(meridian, vans, rounds=1, design=design).tables["factors"].iloc[0]["factor"]
    found = play(loaded_with(meridian, factor), vans, rounds=5, design=design)
    assert (1, True) == (len(found.rounds), found.settled)
    assert pytest.approx(0, abs=1e-9) == found.rounds[0].off


def loaded_with(instance, factor):
    """The network with its van rates times a factor."""
    transport = instance.tables["transport"]
    of_vans = (transport["mode"] == "VAN").to_numpy()
    scaled = {c: transport[c].where(~of_vans, transport[c] * factor) for c in ("cost_per_km_t", "cost_per_t")}
    return instance.replace(transport=transport.assign(**scaled))


def no_time(*_args, **_options):
    """A search for a design that comes to nothing."""
    raise BackendError("No design was found in time; give a longer time budget.")


def test_without_a_new_design_the_one_before_adapts(far_and_cheap, vans, monkeypatch):
    """What is open stays, priced at the corrected rates."""
    design = design_network(far_and_cheap, seed=1)
    monkeypatch.setattr("network_design.replay.redesigning.design_network", no_time)
    first, second = play(far_and_cheap, vans, rounds=2, design=design).rounds
    assert 0 == different_places(first.candidate.opened, second.candidate.opened)
    assert second.candidate.believed > first.candidate.believed


def test_a_new_design_that_is_dearer_is_not_taken(far_and_cheap, vans, monkeypatch):
    """Where time allows no good search, the one before is kept and keeps the bound that was proven."""

    def dear(network, **_options):
        best = design_network(network, seed=1)
        ledger = best.ledger.assign(present_cost=best.ledger["present_cost"] + 1e6)
        return replace(best, status=Status.FEASIBLE, ledger=ledger, bound=-5.0)

    design = design_network(far_and_cheap, seed=1)
    monkeypatch.setattr("network_design.replay.redesigning.design_network", dear)
    second = play(far_and_cheap, vans, rounds=2, design=design).rounds[1].candidate
    assert 0 == different_places(design.opened, second.opened)
    assert -5.0 == second.design.bound


def test_a_round_without_a_design_is_left_out(far_and_cheap, vans, monkeypatch):
    """What was found before is told, and that something is missing."""
    design = design_network(far_and_cheap, seed=1)
    monkeypatch.setattr("network_design.replay.redesigning.design_network", no_time)
    monkeypatch.setattr("network_design.replay.redesigning.keep", lambda *_args, **_options: None)
    found = play(far_and_cheap, vans, rounds=3, design=design)
    assert (1, 1) == (len(found.rounds), len(found.troubles))
    assert found.troubles[0].startswith("Round 2 was left out: No design was found in time")


def test_rates_of_nothing_cannot_be_corrected(meridian, vans):
    """The replay says so, and what the routes cost."""
    found = play(loaded_with(meridian, 0.0), vans, rounds=3)
    assert (1, None, False) == (len(found.rounds), found.corrected, found.settled)
    assert "No factor can be told" in found.note
    assert found.rounds[0].replayed.routed.mean > 0


def test_nights_without_a_parcel_correct_nothing(meridian, vans):
    """Parcels of 100 t hardly ever come: routes cost nothing, and that is no reason to believe they always do."""
    heavy = vans.model_copy(update={"parcel_kg": 1e8, "capacity_kg": 1e8})
    found = play(meridian, heavy, rounds=3)
    assert (1, None, 0.0) == (len(found.rounds), found.corrected, found.rounds[0].replayed.routed.mean)
    assert 0 == len(check(meridian, heavy, found))


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """The network of `meridian_tables`, for tests that change nothing."""
    return loaded(meridian_tables(), tmp_path_factory.mktemp("meridian"), circuity=1.0, discount_rate=0.1)


@pytest.fixture(scope="module")
def played(network):
    """A design and one with corrected rates, replayed by `slow_vans`."""
    return play(network, slow_vans(), rounds=2)


def slow_vans():
    """Vans of 60 km/h that stand at stops, too."""
    return Vans(nights_per_period=200, parcel_kg=10, speed_kmh=60, capacity_parcels=100, capacity_kg=1000)


def test_tables_have_their_declared_columns(played):
    """As they are stored."""
    assert set(REPLAY_TABLES) - {"rounds", "violations"} == set(played.tables)
    for name in played.tables:
        assert REPLAY_TABLES[name].column_names == list(played.tables[name].columns)


def test_a_sound_replay_breaks_no_promise(network, played):
    """Stops that take time, wages and discounting included."""
    assert 0 == len(check(network, slow_vans(), played))


@pytest.mark.parametrize(
    ("table", "column", "rule"),
    [
        ("stops", "parcels", "van room"), ("stops", "cost", "charges"), ("nights", "cost", "night"),
        ("nights", "distance_km", "night"), ("hubs", "routed", "hub"), ("hubs", "co2e_t", "hub"),
        ("places", "surrogate", "place"),
        ("places", "amount_t", "place"), ("rounds", "cost", "round"), ("rounds", "routed", "round"),
    ],
)  # fmt: skip
def test_the_checker_finds_what_is_wrong(network, played, table, column, rule):
    """The largest figure of a column made ten times as large is found."""
    wrong = {**played.tables, "rounds": rounds_table(played, ["one", "two"])}[table].copy()
    wrong[column] = wrong[column].astype(float)
    wrong.loc[wrong[column].idxmax(), column] *= 10
    assert rule in set(check(network, slow_vans(), played, **{table: wrong})["rule"])


def test_roads_are_driven_again_by_the_checker(network):
    """With legs given the replay breaks no promise, and a replay of other legs does."""
    ways = [(point, hub) for point in "AB" for hub in "GH"]
    legs = rows("from_id to_id distance_m duration_s", *((*way, 55_000, 3300) for way in ways))
    found = play(network, slow_vans(), rounds=1, travel=Travel.from_table(legs))
    assert 0 == len(check(network, slow_vans(), found, legs=legs))
    assert "night" in set(check(network, slow_vans(), found)["rule"])


def test_the_checker_finds_a_stop_that_was_forgotten(network, played):
    """Without a stop, its night and its place no longer add up."""
    broken = check(network, slow_vans(), played, stops=played.tables["stops"].iloc[1:])
    assert {"night", "place"} <= set(broken["rule"])


def test_the_checker_finds_a_tour_that_is_too_long(network, played):
    """Tours longer than the shift of the vans it is told of."""
    assert "shift" in set(check(network, slow_vans().model_copy(update={"shift_h": 0.5}), played)["rule"])


def test_the_checker_finds_what_is_not_far(network, played):
    """A stop called far that a van brings home within its shift."""
    called = played.tables["stops"].assign(far=True)
    assert "far stop" in set(check(network, slow_vans(), played, stops=called)["rule"])
