"""One design for several futures: by hand, and against trying everything that may stand."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from network_design.check import check_design
from network_design.futures import across as across_module
from network_design.futures import two_stage
from network_design.futures.across import across, design_alone, design_with_room, lead, price_everywhere
from network_design.futures.attempt import Attempt, in_one_line
from network_design.futures.fullest import fullest_instance
from network_design.futures.regret import regret_table, summary
from network_design.futures.risk import Risk, conditional_value_at_risk
from network_design.futures.standing import Standing, bounds_of, standing_of
from network_design.futures.two_stage import EXPECTED, HEDGED, hedge
from network_design.highs import solve_linear
from network_design.model.build import build_model
from network_design.study.cases import Future
from network_design.study.changes import changed
from network_design.study.settings import Change
from retour.errors import InputError
from retour.vocabulary import Status
from tests.network_design.conftest import loaded, rows, small_tables


def one_year(folder):
    """Return the small network in one year, in which returns may also be disposed of where they arise, at 40."""
    tables = small_tables() | {"periods": rows("period", (1,))}
    disposal = pd.concat([tables["disposal"], rows("place_id product_id cost_per_t", ("Z", "returns", 40))])
    return loaded({**tables, "disposal": disposal}, folder)


def with_returns(instance, **amounts):
    """Return futures named after the arguments, each (probability, tonnes that arise)."""
    return [
        Future(name, name, p, changed(instance, [Change(table="supply", column="amount_t", set=amount)]))
        for name, (p, amount) in amounts.items()
    ]


def hedged(futures, risk=None):
    """Return cases and proof, every member design sound by the checker."""
    cases, proof = hedge(
        across(futures, design_alone(futures, seed=1, budget_s=60)), risk or Risk(), seed=1, budget_s=60
    )
    for future, kept in zip(cases.futures, cases.kept[HEDGED], strict=True):
        assert check_design(future.instance, kept.design).violations.empty
    return cases, proof


def test_few_returns_nearly_always_and_many_once(tmp_path):
    """2 t with 0.9 and 20 t with 0.1: mean figures open F at 5 t, but F at 20 t is better over all futures.

    A tonne treated at F brings 30, one disposed of costs 40. F at 20 t costs 170 - 30 q: 110 and -430; at 5 t
    105 - 30 min(q, 5) + 40 (q - 5)+: 45 and 555; nothing: 80 and 800; N: 248 and 360.
    """
    cases, proof = hedged(with_returns(one_year(tmp_path), few=(0.9, 2), many=(0.1, 20)))
    assert pytest.approx([110, -430]) == cases.cost(HEDGED)
    assert pytest.approx([45, 555]) == cases.cost(EXPECTED)
    assert pytest.approx((56, 56, -2.5)) == (proof.value, proof.bound, proof.perfect_information)
    assert pytest.approx((40, 58.5)) == (proof.value_of_hedging, proof.value_of_perfect_information)
    assert (Status.OPTIMAL, 0.0) == (proof.status, pytest.approx(proof.gap, abs=1e-9))
    regret = regret_table(cases).set_index(["design_id", "scenario_id"])["regret"]
    assert pytest.approx([65, 0, 0, 985]) == [
        regret[HEDGED, "few"], regret[HEDGED, "many"], regret["few", "few"], regret["few", "many"]
    ]  # fmt: skip
    assert pytest.approx(65) == summary(cases, Risk()).set_index("design_id").at[HEDGED, "largest_regret"]


def test_a_large_network_is_first_designed_with_room_for_all_futures(tmp_path, monkeypatch):
    """20 t arise; F at 20 t is paid for in both futures, but filled in one of ten only: it weighs 20 / 3.8 as much.

    What stands there is the start of every other design, and the one for all futures.
    """
    futures = with_returns(one_year(tmp_path), few=(0.9, 2), many=(0.1, 20))
    fullest = fullest_instance(futures)
    assert fullest.tables["supply"]["amount_t"].tolist() == [20.0]
    sizes, heavier = futures[0].instance.tables["capacities"], fullest.tables["capacities"]
    for column in ("opening_cost", "fixed_cost"):
        assert np.allclose(sorted(heavier[column]), sorted(sizes[column] * 20 / 3.8))
    assert not lead(futures)
    monkeypatch.setattr(across_module, "MOST_COLUMNS", 0)
    assert lead(futures)
    roomy = design_with_room(futures, seed=1, budget_s=20)
    monkeypatch.setattr(two_stage, "MOST_TOGETHER", 0)
    alone = design_alone(futures, seed=1, budget_s=20, roomy=roomy)
    assert pytest.approx([45, -430]) == [a.design.cost for a in alone]
    cases, proof = hedge(across(futures, alone, roomy), Risk(), seed=1, budget_s=4)
    assert pytest.approx([110, -430]) == cases.cost(HEDGED)
    assert proof.value == pytest.approx(56)


def test_no_fullest_future_where_goods_arise_elsewhere(tmp_path):
    """Futures with rows of their own have no figures in common."""
    few, many = with_returns(one_year(tmp_path), few=(0.5, 2), many=(0.5, 20))
    supply = many.instance.tables["supply"]
    other = replace(many, instance=many.instance.replace(supply=supply.assign(product_id="other")))
    assert fullest_instance([few, other]) is None
    nothing = replace(few, instance=few.instance.replace(supply=supply.assign(amount_t=0.0)))
    assert fullest_instance([nothing, nothing]) is None


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_too_large_together_is_bounded_by_prices(tmp_path, monkeypatch, weight):
    """Without the extensive form the best of the designs stands, F at 20 t, and the bound is below it."""
    monkeypatch.setattr(two_stage, "MOST_TOGETHER", 0)
    futures, risk = with_returns(one_year(tmp_path), few=(0.9, 2), many=(0.1, 20)), Risk(alpha=0.8, weight=weight)
    cases = across(futures, design_alone(futures, seed=1, budget_s=20))
    cases, proof = hedge(cases, risk, seed=1, budget_s=4)
    assert pytest.approx([110, -430]) == cases.cost(HEDGED)
    assert proof.perfect_information - 1e-6 <= proof.bound <= 56 + 1e-6 <= proof.value + 2e-6
    assert pytest.approx((1 - weight) * 56 + weight * 110) == proof.value


def test_the_tail_counts(tmp_path):
    """With half the weight on the worst fifth, few returns count: 0.5 x 56 + 0.5 x 110 for F at 20 t."""
    _, proof = hedged(with_returns(one_year(tmp_path), few=(0.9, 2), many=(0.1, 20)), Risk(alpha=0.8, weight=0.5))
    assert pytest.approx((83, 83)) == (proof.value, proof.bound)


def test_mean_of_the_worst():
    """The worst quarter of 1, 2, 3, 10 with 0.4, 0.3, 0.2, 0.1 is 10 and three quarters of 3: (1 + 0.45) / 0.25."""
    cost, chance = np.array([2.0, 10.0, 1.0, 3.0]), np.array([0.3, 0.1, 0.4, 0.2])
    assert pytest.approx(1.45 / 0.25) == conditional_value_at_risk(cost, chance, alpha=0.75)
    assert pytest.approx(cost @ chance) == conditional_value_at_risk(cost, chance, alpha=0)


def cheapest(model, standing):
    """Return what a standing costs at least in a future, infinite where nothing fits."""
    found = solve_linear(model.program, seed=1, budget_s=10, instead=bounds_of(model, standing))
    fits = found.status is Status.OPTIMAL
    return float(model.program.cost @ found.values + model.program.offset) if fits else np.inf


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("seed", "weight"), [(2, 0.5), *(pytest.param(*p, marks=SLOW) for p in ((1, 0.0), (3, 1.0), (4, 0.3), (5, 0.7)))]
)
def test_as_good_as_trying_everything(tmp_path, seed, weight):
    """No choice of levels over two years is better than what is found, whatever the futures change."""
    rng, instance = np.random.default_rng(seed), one_year(tmp_path)
    futures = [
        Future(str(i), str(i), p, changed(instance, [
            Change(table="supply", column="amount_t", factor=float(rng.uniform(0.2, 2.5))),
            Change(table="transport", column="cost_per_km_t", factor=float(rng.uniform(0.5, 3))),
            Change(table="capacities", column="size_t", factor=float(rng.uniform(0.5, 1.2))),
            Change(table="capacities", column="opening_cost", factor=float(rng.uniform(0.3, 1.5))),
            Change(table="distances", factor=float(rng.uniform(0.8, 1.4))),
        ]))
        for i, p in enumerate((0.5, 0.3, 0.2))
    ]  # fmt: skip
    risk = Risk(alpha=0.6, weight=weight)
    _, proof = hedged(futures, risk)
    models, chance = [build_model(f.instance) for f in futures], np.array([0.5, 0.3, 0.2])
    values = []
    for levels in product((0.0, 1.0), repeat=3):
        standing = Standing(np.array(levels)[:, None], np.zeros((0, 1)))
        values.append(risk.value(np.array([cheapest(m, standing) for m in models]), chance))
    assert pytest.approx(min(values)) == proof.value == pytest.approx(proof.bound)


def test_a_range_means_the_same_share_of_other_sizes(tmp_path):
    """A range between sizes that are half as large in a future is the same share of it there."""
    tables = small_tables()
    tables["places"] = tables["places"].assign(sizing="RANGE")
    instance = loaded(tables, tmp_path)
    half = changed(instance, [Change(table="capacities", column="size_t", factor=0.5)])
    futures = [Future("whole", "whole", 0.5, instance), Future("half", "half", 0.5, half)]
    cases, proof = hedged(futures)
    sizes = [k.design.opened.query("place_id == 'F'")["size_t"].to_numpy() for k in cases.kept[HEDGED]]
    assert pytest.approx(sizes[0] / 2) == sizes[1]
    assert proof.bound == pytest.approx(proof.value)


def test_a_design_that_does_not_fit_has_no_regret(tmp_path):
    """What is too small for a future where nothing may be disposed of does not fit, and says so."""
    instance = loaded(small_tables(), tmp_path)
    futures = with_returns(instance, few=(0.5, 4), many=(0.5, 20))
    cases = across(futures, design_alone(futures, seed=1, budget_s=60))
    standing = standing_of(cases.models[0].sets, cases.alone[0].design)
    table = regret_table(price_everywhere(cases, "few", standing, seed=1, budget_s=10))
    assert [True, False] == table["fits"].tolist()
    assert np.isnan(table["regret"].iloc[1])


def test_a_future_without_a_design_ends_nothing(tmp_path):
    """31 t fit nowhere: that future says what conflicts, and the other goes on alone, as if it were certain.

    4 t a year at F with 5 t cost 110 of opening and fixed costs and gain 30 each: -130.
    """
    futures = with_returns(loaded(small_tables(), tmp_path), few=(0.25, 4), flood=(0.75, 31))
    cases = across(futures, design_alone(futures, seed=1, budget_s=60))
    assert [Status.OPTIMAL, Status.INFEASIBLE] == [own.status for own in cases.alone]
    assert "room for 1 t more (period 1, 2)." in in_one_line(cases.alone[1].why)
    few, proof = hedge(cases.only_possible(), Risk(), seed=1, budget_s=60)
    assert pytest.approx((-130, -130, -130)) == (proof.value, proof.bound, proof.perfect_information)
    both = cases.with_kept(few)
    told = summary(both, Risk()).set_index("design_id").loc[HEDGED]
    assert (1, 1, pytest.approx(-130), 0) == (
        told["futures_it_fits"], told["futures_counted"], told["expected_cost"], told["largest_regret"]
    )  # fmt: skip
    regret = regret_table(both).set_index(["design_id", "scenario_id"])
    assert not regret.at[(HEDGED, "flood"), "fits"]
    assert regret.loc[[(HEDGED, "flood")], ["cost", "best_cost", "regret"]].isna().all(axis=None)


def test_a_future_in_which_nothing_was_found_counts_all_the_same(tmp_path):
    """Without a design of its own for many returns, one for all futures is found, by the solver's own bound.

    F at 20 t costs 110 and -430, as in the first test; knowing the future is worth what is known of it: 45 and -430.
    """
    futures = with_returns(one_year(tmp_path), few=(0.9, 2), many=(0.1, 20))
    few = design_alone(futures[:1], seed=1, budget_s=60)[0]
    cases = across(futures, (few, Attempt(None, Status.FAILED, ("No design was found in time.",))))
    assert cases.is_possible.all()
    found, proof = hedge(cases.only_possible(), Risk(), seed=1, budget_s=60)
    assert pytest.approx((56, 56, -2.5)) == (proof.value, proof.bound, proof.perfect_information)
    told = summary(found, Risk()).set_index("design_id")
    assert (2, pytest.approx(65)) == tuple(told.loc[HEDGED, ["futures_counted", "largest_regret"]])


def test_futures_differ_in_figures_only(tmp_path):
    """A future with one size less is refused."""
    instance = loaded(small_tables(), tmp_path)
    fewer = instance.replace(capacities=instance.tables["capacities"].query("size_t != 20"))
    futures = [Future("a", "a", 0.5, instance), Future("b", "b", 0.5, fewer)]
    with pytest.raises(InputError, match="other numbers of sizes"):
        across(futures, ())
