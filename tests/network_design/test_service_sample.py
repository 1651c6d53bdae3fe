"""The sample of service and time: everything at once, checked, and designed in parts as large networks are."""

import numpy as np
import pytest

from network_design.check import check_design
from network_design.design import describe, design_network, settle
from network_design.large.solve import design_large
from network_design.model.build import build_model
from retour.design import DesignInstance
from retour.gate.design import check_design as defects
from retour.gate.design import load_design
from retour.samples.design import write_design_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> DesignInstance:
    """The sample of service and time."""
    return load_design(write_design_sample("service", tmp_path_factory.mktemp("designs") / "service", seed=1))


@pytest.mark.parametrize("seed", [2, 3])
def test_the_sample_is_sound(seed, tmp_path):
    """Whatever the seed, the gate finds no defect."""
    assert [] == defects(write_design_sample("service", tmp_path / "service", seed=seed))


def test_what_is_sorted_and_graded_adds_up(sample):
    """Of a tonne of returns a tonne comes out, however many classes are graded at once."""
    recipes = sample.tables["recipes"].query("role == 'OUTPUT'")
    made = recipes.groupby("process_id")["t_per_t"].sum()
    assert np.allclose(1.0, made)
    assert {f"sort, grade {n}" for n in range(1, 7)} <= set(made.index)


@pytest.mark.slow
def test_what_loses_most_is_graded_early(sample):
    """Fashion loses half a per cent a day and is graded at hubs; power tools lose 1 % a month and are not."""
    design = design_network(sample, seed=1, budget_s=60)
    checked = check_design(sample, design)
    assert ([], design.ledger_total) == (checked.violations["message"].tolist(), pytest.approx(design.cost, rel=1e-9))
    done = design.processed.groupby("process_id")["amount_t"].sum()
    assert done.get("treat power_tools", 0.0) > done.get("treat power_tools worn", 0.0)
    assert done["treat apparel worn"] > done.get("treat apparel", 0.0)
    nearest = design.served.query("group_id == 'ZONE' and within_km == 15")["share"]
    assert (nearest < 1).all() and design.handled["lost_t"].sum() > 0


@pytest.mark.slow
def test_parts_add_up_to_a_sound_design(sample):
    """Solved as if it were large, near places, what is lost and queues fit together, and the bound is below."""
    model = build_model(sample)
    found = design_large(model, seed=1, budget_s=30)
    design = describe(model, settle(model, found, seed=1, budget_s=10), status=found.status, bound=found.bound)
    assert [] == check_design(sample, design).violations["message"].tolist()
    exact = design_network(sample, seed=1, budget_s=60)
    assert found.bound <= exact.cost and design.cost <= 1.1 * exact.cost
