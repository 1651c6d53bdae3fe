"""Standing choices of plants and satellites: mended flows against linear programs, prices, exchanges, the search."""

from dataclasses import replace

import numpy as np
import pytest

from network_design.locate.two_stage.exchange import improve, search
from network_design.locate.two_stage.planner import TwoStagePlanner
from network_design.locate.two_stage.relaxation import TwoStageRelaxation
from network_design.locate.two_stage.standing import (
    open_flags,
    opening_costs,
    standing_of,
    with_site,
    without_site,
)
from tests.network_design.locate.two_stage_oracle import choices, cost_of, draw_problem, optimum


def neighbours(opened):
    """Each site flipped."""
    for site in range(len(opened)):
        other = opened.copy()
        other[site] = not opened[site]
        yield site, other


@pytest.mark.parametrize("seed", range(12))
def test_mended_flows_cost_what_new_ones_do(seed):
    """Opening or closing any site of any choice costs what the linear program of the new choice says."""
    problem = draw_problem(seed)
    sites = TwoStageRelaxation.of(problem).sites
    known = {tuple(opened): cost_of(problem, opened) for opened in choices(problem)}
    for opened, cost in known.items():
        standing = standing_of(np.array(opened), sites)
        assert pytest.approx(cost) == standing.cost
        for site, other in neighbours(np.array(opened)):
            if np.isfinite(cost) and tuple(other) in known:
                change = without_site if opened[site] else with_site
                mended = change(site, standing, sites)
                assert pytest.approx(known[tuple(other)]) == mended.cost
                assert other.tolist() == open_flags(mended, sites).tolist()


@pytest.mark.parametrize("seed", range(12))
def test_prices_of_a_flow_bound_every_other_choice(seed):
    """At a standing's prices no choice costs less than what the openings and closings that lead there say."""
    problem = draw_problem(seed)
    relaxation = TwoStageRelaxation.of(problem)
    sites = relaxation.sites
    known = [(opened, cost_of(problem, opened)) for opened in choices(problem)]
    for opened, cost in known:
        if np.isfinite(cost):
            opening = np.empty(len(opened))
            bound = opening_costs(standing_of(opened, sites), np.zeros(len(opened), dtype=np.int8), opening, sites)
            for other, other_cost in known:
                assert bound - opening[opened].sum() + opening[other].sum() <= other_cost + 1e-6
            roomy = all(
                sites.capacity[part][opened[part]].sum() > problem.demand.sum() + 1e-6 for part in relaxation.echelons
            )
            assert pytest.approx(cost) == bound or not roomy


def test_chains_of_changes_lose_nothing():
    """With demands that are no whole numbers, flows mended again and again still cost what new ones do."""
    draw = np.random.default_rng(5)
    whole = draw_problem(3)
    problem = replace(whole, demand=whole.demand / 3.0)
    sites = TwoStageRelaxation.of(problem).sites
    standing = standing_of(np.ones(problem.plants + problem.satellites, dtype=bool), sites)
    for _ in range(60):
        opened = open_flags(standing, sites)
        site = int(draw.integers(len(opened)))
        change = without_site if opened[site] else with_site
        opened[site] = not opened[site]
        if opened[: problem.plants].any() and opened[problem.plants :].any():
            expected = cost_of(problem, opened)
            changed = change(site, standing, sites)
            assert pytest.approx(expected) == changed.cost
            standing = changed if np.isfinite(expected) else standing


@pytest.mark.parametrize("seed", range(10))
def test_nothing_one_exchange_away_is_better(seed):
    """What the exchanges end with is not above any choice with one site opened, closed or exchanged."""
    problem = draw_problem(seed)
    relaxation = TwoStageRelaxation.of(problem)
    planner = TwoStagePlanner(relaxation)
    everything = np.ones(problem.plants + problem.satellites, dtype=bool)
    found = improve(planner, standing_of(everything, relaxation.sites), lambda: False)
    opened = open_flags(found, relaxation.sites)
    near = [other for _, other in neighbours(opened)]
    exchanged = [
        twice for site, other in neighbours(opened) for also, twice in neighbours(other)
        if opened[site] and not opened[also] and also != site
    ]  # fmt: skip
    possible = [o for o in (*near, *exchanged) if o[: problem.plants].any() and o[problem.plants :].any()]
    assert found.cost <= min(cost_of(problem, other) for other in possible) + 1e-6
    assert found.cost == planner.best_cost


@pytest.mark.parametrize("seed", range(6))
def test_rounds_find_the_optimum_of_small_problems(seed):
    """A few rounds from shaken and drawn sites reach what trying every choice finds."""
    problem = draw_problem(seed)
    relaxation = TwoStageRelaxation.of(problem)
    planner = TwoStagePlanner(relaxation)
    planner.try_choice(np.ones(problem.plants + problem.satellites, dtype=bool))
    asked = iter(range(400))
    search(planner, np.full(len(relaxation.fixed), 0.5), seed=1, is_over=lambda: next(asked, None) is None)
    assert pytest.approx(optimum(problem)) == planner.best_cost
