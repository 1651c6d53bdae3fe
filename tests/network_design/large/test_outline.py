"""Large designs begin with an outline: what it leaves out, what it keeps, and what regions of small places add."""

import numpy as np
import pytest

from network_design.check import check_design
from network_design.decomposition.ascent import Climb, begin
from network_design.decomposition.relaxation import Relaxation
from network_design.design import describe, settle
from network_design.followed.ways import small_places
from network_design.highs import Solution
from network_design.large.first import first_design
from network_design.large.outlining import outline_of
from network_design.large.regional import improve_regions
from network_design.large.rough import rough_instance
from network_design.large.together import alone
from network_design.model.build import build_model
from retour.vocabulary import Status


@pytest.fixture(scope="module")
def ascent(middle):
    """Prices that are nearly as good as they get."""
    started = begin(Relaxation([build_model(middle)], [1.0]))
    Climb(started, most_rounds=600).climb()
    return started


def test_the_picture_keeps_amounts_and_large_places(middle, ascent):
    """Groups bring forth what all zones do in a mean year; hubs, sites and markets are all there, points are not."""
    rough = rough_instance(ascent.relaxation.priced[0], ascent.prices, seed=1)
    arising = middle.series("supply").groupby("period")["amount_t"].sum().mean()
    assert rough.tables["supply"]["amount_t"].sum() == pytest.approx(arising)
    kinds = (i.tables["places"]["kind"].value_counts() for i in (rough, middle))
    told, real = (k.reindex(["HUB", "SITE", "MARKET"]).tolist() for k in kinds)
    assert (1, real) == (rough.periods, told)
    assert not (rough.tables["places"]["kind"] == "POINT").any()


def test_no_picture_where_small_places_do_more_than_pass_on(middle, ascent):
    """Points that may dispose of goods decide something that the picture could not show."""
    point = middle.tables["places"].query("kind == 'POINT'")["place_id"].iloc[0]
    row = middle.tables["disposal"].iloc[:1].assign(place_id=point, product_id="returns")
    other = middle.replace(disposal=row)
    priced = Relaxation([build_model(other)], [1.0]).priced[0]
    assert rough_instance(priced, np.zeros(len(priced.rows)), seed=1) is None


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2])
def test_regions_improve_a_design_that_stays_sound(middle, ascent, threads):
    """The first design around the outline is sound; regions make it cheaper, never below what the prices prove."""
    model, weak = build_model(middle), build_model(middle, strong=False)
    outline = outline_of(ascent.relaxation.priced[0], ascent.prices, seed=1, budget_s=20)
    assert small_places(model.sets).sum() == outline.small.sum() > 0
    first = first_design(weak, ascent.average[0], outline=outline, seed=1, deadline=np.inf)
    better = improve_regions(alone(weak), first, seed=1, deadline=np.inf, listener=_nobody, threads=threads)
    settled = settle(model, Solution(Status.FEASIBLE, better, None, np.zeros(0)), seed=1, budget_s=60)
    design_of = describe(model, settled, status=Status.FEASIBLE, bound=None)
    assert [] == check_design(middle, design_of).violations["message"].tolist()
    assert ascent.bound <= design_of.cost <= model.program.cost_of(first)
    assert model.program.cost_of(better) < model.program.cost_of(first)


def _nobody(cost):
    """Hear of a cost."""
