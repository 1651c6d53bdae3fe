"""The sample networks: reproducible, sound, and binding where their stories say so."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from retour.eligibility import eligibility
from retour.gate import check_network, load_network
from retour.indexed import HOME_IDX, OUTCOMES
from retour.instance import Instance
from retour.policy import Policy
from retour.pricing import carbon_eur_per_kg, keep_parts, recovery_parts, total
from retour.samples import country as country_sample
from retour.samples import network as samples_network
from retour.samples import sample_network, write_sample
from retour.samples.comments import commented
from retour.samples.history import split_by_size
from retour.samples.typed_in import block
from retour.vocabulary import Outcome

DATA = Path(__file__).parents[2] / "data"
SEED = 1


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """A small France: 6,000 returns at some 300 points."""
    return load_network(write_sample("country", tmp_path_factory.mktemp("fr") / "country", returns=6000, seed=SEED))


@pytest.mark.parametrize("kind", ["tiny", "city"])
def test_committed_samples_are_what_the_generator_makes(kind, tmp_path):
    """Every table and setting under data/ is generated, byte for byte."""
    made = write_sample(kind, tmp_path / kind, seed=SEED)
    names = {f.name for f in made.iterdir()}
    assert names == {f.name for f in (DATA / kind).iterdir()} - {"README.md"}
    stale = [n for n in sorted(names) if (made / n).read_bytes() != (DATA / kind / n).read_bytes()]
    assert [] == stale, f"write_sample('{kind}', ..., seed={SEED}) gives other files: copy them to data/{kind}"


def test_every_outcome_has_a_process_in_the_city(city):
    """All outcomes but KEEP, which needs none, are carried out somewhere; customers ask for exchanges."""
    assert set(Outcome) - {Outcome.KEEP} == set(city.table("processes")["outcome"])
    asked = city.returns[city.returns["wants"] == "EXCHANGE"]
    assert 100 <= len(asked)
    assert {"CUSTOMER_RETURN"} == set(asked["flow"])


@pytest.mark.parametrize("kind", ["tiny", "city"])
def test_committed_samples_pass_the_gate(kind):
    """A sample has no defect."""
    assert [] == check_network(DATA / kind)


def test_seed_decides_everything():
    """The same seed gives the same tables, another seed other ones; returns are sorted by their names."""
    (first, *_), (same, *_), (other, *_) = (sample_network("country", returns=500, seed=s) for s in (7, 7, 8))
    assert first.keys() == same.keys()
    for name, frame in first.items():
        pd.testing.assert_frame_equal(frame, same[name])
    assert not first["returns"].equals(other["returns"])
    assert first["returns"]["return_id"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("kind", "returns", "word"),
    [("tiny", 5, "typed in"), ("moon", None, "unknown kind"), ("country", 0, "between 1"), ("city", 0, "at least 1")],
)
def test_samples_that_cannot_be(kind, returns, word):
    """What cannot be made is refused with a sentence."""
    with pytest.raises(ValueError, match=word):
        sample_network(kind, returns=returns, seed=SEED)


def test_large_samples_are_parquet(tmp_path, monkeypatch):
    """From PARQUET_FROM_RETURNS on, tables are Parquet; the gate reads them alike."""
    monkeypatch.setattr("retour.samples.network.PARQUET_FROM_RETURNS", 300)
    folder = write_sample("country", tmp_path / "country", returns=300, seed=SEED)
    assert {".parquet", ".toml"} == {f.suffix for f in folder.iterdir()}
    assert [] == check_network(folder)


def test_comments_change_no_setting():
    """The commented policy reads back as the policy and shows what could be set besides."""
    text = (DATA / "city" / "policy.toml").read_text(encoding="utf-8")
    plain = "\n".join(line.split("  # ")[0] for line in text.splitlines() if not line.startswith("#"))
    assert tomllib.loads(plain) == tomllib.loads(text)
    assert "# max_spend_eur" in text
    assert "\n# max_co2e_kg" not in commented("[budgets]\nmax_co2e_kg = 5.0\n", Policy)


def test_crooked_blocks_are_refused():
    """A row that lacks a cell is an error, not a shifted table."""
    with pytest.raises(ValueError, match="2 cells, this row 1"):
        block("size  volume_l\nS")


def test_parcels_split_by_size_fit():
    """Parcels are split over sizes without a loss and never beyond the room: 9 of (2, 3, 5) leave one place."""
    parcels = split_by_size(np.random.default_rng(0), total=np.array([9, 0]), room=np.array([[2, 3, 5], [1, 1, 1]]))
    assert [9, 0] == parcels.sum(axis=1).tolist()
    assert (parcels[0] <= [2, 3, 5]).all()


def test_tiny_states(tiny):
    """Of twelve returns ten are planned, one came too late for its window, one is ready after the cutoff."""
    states = eligibility(tiny).set_index("return_id")["state"]
    assert {"PLANNED": 10, "DENIED": 1, "LATER": 1} == states.value_counts().to_dict()
    assert ("DENIED", "LATER") == (states["R11"], states["R12"])


def test_tiny_grid_distances(tiny):
    """Distances are the triangles of the map: 3-4-5, 6-8-10, 8-15-17 kilometres."""
    hubs, points = tiny.places("hubs"), tiny.places("points")
    km = tiny.travel.matrix(hubs, points.plus(hubs)).distance_m / 1000
    # from H1 to P1 (3, 4), P2 (6, 8), P3 (0, 8), P5 (0, 4), H2 (15, 8)
    assert [5, 10, 8, 4, 17] == pytest.approx(km[0, [0, 1, 2, 4, 7]], abs=0.02)


def test_tiny_locker_room(tiny):
    """P1 holds 12, 10 lie there, and its Tuesdays bring 9: two places left, overflow nearly sure."""
    assert 2 == tiny.indexed.points.free[0, 0]
    assert _overflow_risk(tiny)["P1"] > tiny.policy.service.must_empty_risk


def test_tiny_workshop_takes_two_phones(tiny):
    """90 minutes take the laptop (60) or two phones (40 each): alone the laptop gains most, together the phones.

    Refurbishing instead of the outlet, from hub H1 (days: 1 of lane + 5 against 1 + 2, decay 1 % a day):
    laptop 300 x 0.94 - 11 - (250 x 0.97 - 2.5) = 31.00; phones 78 x 0.94 - 11 - (48 x 0.97 - 2.5) = 18.26
    and 91 x 0.94 - 11 - (56 x 0.97 - 2.5) = 22.72.
    """
    cost = _recovery_cost(tiny)
    gain = cost["Q2-outlet"] - cost["Q3-refurbish"]
    assert [31.00, 18.26, 22.72] == pytest.approx(gain[["R04", "R05", "R07"]], abs=0.02)
    assert 1.5 == tiny.table("processes").set_index("process_id")["capacity_h"]["Q3-refurbish"]


def test_city_lockers_overflow(city):
    """A handful of lockers is sure to overflow before tomorrow's vans, most points are quiet."""
    risk = _overflow_risk(city)
    assert 5 <= (risk >= city.policy.service.must_empty_risk).sum() <= 10
    assert 90 <= (risk < 0.01).sum()


def test_city_workshop_lacks_hours(city):
    """More hours of repair than the workshop has would pay, device by device and appliance by appliance."""
    best = _recovery_cost(city).idxmin(axis=1)
    processes = city.table("processes").set_index("process_id")
    hours = best.map(processes["minutes_per_item"]).groupby(best).sum() / 60
    capacity = processes["capacity_h"] * city.policy.service.process_days
    short = hours[hours > capacity.reindex(hours.index)]
    assert {"refurbish-devices", "refurbish-appliances"} <= set(short.index)


def test_city_damaged_batteries(city):
    """At least three returns hold a damaged battery that the nearest points may not take."""
    ix, forbidden = city.indexed, city.policy.hazard.forbidden_kinds
    customers = city.locate(city.returns["return_id"], city.returns["lat"], city.returns["lon"])
    away_m = city.travel.matrix(customers, city.places("points")).distance_m
    nearest = city.points["kind"].to_numpy()[np.where(ix.points.kind == HOME_IDX, np.inf, away_m).argmin(axis=1)]
    assert 3 <= (ix.returns.damaged_battery & np.isin(nearest, forbidden)).sum()


def test_city_goods_for_home_pickup(city):
    """Some goods are too heavy, or too bulky, for every other point."""
    points, returns = city.indexed.points, city.indexed.returns
    tags = city.indexed.class_tags[returns.class_idx]
    fixed = points.kind != HOME_IDX
    fits = (returns.weight_kg[:, None] <= points.max_weight_kg) & ((tags[:, None] & points.refuses) == 0)
    assert 10 <= (~fits[:, fixed].any(axis=1) & fits[:, ~fixed].any(axis=1)).sum()


def test_city_keep_it_pays_for_some(city):
    """Letting the customer keep it is cheaper than any recovery for some cheap goods, though not for all."""
    keep = city.policy.keep
    returns = city.returns
    tags = returns["class_id"].map(city.table("item_classes").set_index("class_id")["tags"])
    harmless = tags.map(set(keep.forbidden_tags).isdisjoint)
    allowed = returns["value_eur"].le(keep.max_value_eur) & harmless & returns["flow"].isin(keep.flows)
    keep_cost, _ = total(keep_parts(city, np.arange(len(returns))), carbon_eur_per_kg=carbon_eur_per_kg(city))
    pays = allowed.to_numpy() & (keep_cost < _recovery_cost(city).min(axis=1).to_numpy())
    assert 5 <= pays.sum() < allowed.sum()


def test_city_variety(city):
    """The night has returns of every state, points of every kind, carriers, closed shops and eight best outcomes."""
    assert {"PLANNED", "DENIED", "LATER"} == set(eligibility(city)["state"])
    assert {"LOCKER": 60, "RELAY": 45, "STORE": 12, "HOME": 3} == city.points["kind"].value_counts().to_dict()
    assert 5 <= (city.points["emptied_by"] == "CARRIER").sum()
    hours = city.table("hours")
    tonight = hours.loc[hours["weekday"] == city.night.weekday(), "point_id"]
    assert 3 <= len(set(hours["point_id"]) - set(tonight))
    outcome = city.table("processes").set_index("process_id")["outcome"]
    assert 8 <= _recovery_cost(city).idxmin(axis=1).map(outcome).nunique()


def test_country_has_a_place_for_everyone(country):
    """Every customer lives in reach of a home zone of unlimited room, so a plan exists."""
    homes = country.points[country.points["kind"] == "HOME"]
    zones = country.places("points").take(homes.index.to_numpy())
    customers = country.locate(country.returns["return_id"], country.returns["lat"], country.returns["lon"])
    reached = country.travel.matrix(customers, zones).distance_m <= homes["reach_m"].to_numpy()
    assert reached.any(axis=1).all()
    assert homes["capacity_parcels"].isna().all()


def test_country_points_are_tight(country):
    """The free room at lockers, relays and stores is little more than the returns in their reach need."""
    points = country.indexed.points
    shop = points.kind != HOME_IDX
    customers = country.locate(country.returns["return_id"], country.returns["lat"], country.returns["lon"])
    shops = country.places("points").take(np.flatnonzero(shop))
    reached = country.travel.matrix(customers, shops).distance_m <= points.reach_m[shop]
    assert 1.0 <= points.free[shop, 0].sum() / reached.any(axis=1).sum() <= 1.3


def test_country_hubs_pass_on(country):
    """All hubs together sort everything, but some get more than they sort."""
    sorting = country.hubs.set_index("hub_id")["sorting_parcels"]
    hubs = country.places("hubs")
    customers = country.locate(country.returns["return_id"], country.returns["lat"], country.returns["lon"])
    nearest = country.travel.matrix(customers, hubs).distance_m.argmin(axis=1)
    inbound = pd.Series(np.bincount(nearest, minlength=len(sorting)), sorting.index)
    assert sorting.sum() > inbound.sum()
    assert (inbound > sorting).any()


def test_a_country_drawn_piece_by_piece_passes_the_gate(tmp_path, monkeypatch):
    """Beyond a million returns are drawn and written in pieces; the network is as sound as a small one."""
    monkeypatch.setattr(samples_network, "MAX_RETURNS", 500)
    monkeypatch.setattr(country_sample, "PIECE_RETURNS", 200)
    instance = load_network(write_sample("country", tmp_path / "net", returns=700, seed=4))
    assert [f"R{i:03d}" for i in range(1, 701)] == instance.returns["return_id"].tolist()
    assert 700 == len(instance.returns[["lat", "lon", "value_eur", "weight_kg"]].drop_duplicates())
    assert (instance.returns["point_id"].notna()).any()


def _overflow_risk(instance: Instance) -> pd.Series:
    """Return per point the chance of more drop-offs tomorrow than room, Poisson around that weekday's mean."""
    arrivals, ix = instance.table("arrivals"), instance.indexed
    tomorrow = arrivals[arrivals["date"].dt.day_of_week == (instance.night.weekday() + 1) % 7]
    mean = tomorrow.groupby("point_id")["parcels"].mean().reindex(ix.points.ids).fillna(0.0)
    return pd.Series(poisson.sf(ix.points.free[:, 0], mean), ix.points.ids)


def _recovery_cost(instance: Instance) -> pd.DataFrame:
    """Return the recovery cost of every return (rows) by every process (columns) from the first hub, on day 0.

    inf where the outcome is improbable, an exchange that nobody asked for or offered, or the battery is damaged and
    the outcome not one of those it may have.
    """
    ix, policy = instance.indexed, instance.policy
    n, q = len(ix.returns.ids), len(ix.processes.ids)
    r, p = np.divmod(np.arange(n * q), q)
    zero = np.zeros(n * q, dtype=np.int64)
    cost, _ = total(
        recovery_parts(instance, r, zero.astype(float), zero, zero, p, zero),
        carbon_eur_per_kg=carbon_eur_per_kg(instance),
    )
    outcome = ix.processes.outcome[p]
    possible = ix.profiles.odds[ix.returns.profile[r], outcome] >= policy.outcomes.min_feasible_odds
    safe = [OUTCOMES.index(Outcome(o)) for o in policy.hazard.damaged_outcomes]
    lawful = ~ix.returns.damaged_battery[r] | np.isin(outcome, safe)
    wanted = (instance.returns["wants"] == "EXCHANGE") | instance.returns["reason"].isin(policy.exchange.offered_for)
    lawful &= wanted.to_numpy()[r] | (outcome != OUTCOMES.index(Outcome.EXCHANGE))
    kept = possible & lawful & ix.processes.takes[p, ix.returns.class_idx[r]]
    return pd.DataFrame(np.where(kept, cost, np.inf).reshape(n, q), index=ix.returns.ids, columns=ix.processes.ids)
