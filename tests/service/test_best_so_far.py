"""Promises of the kept progress: every new best with its second, by round and stage, and never too many."""

import pytest

from retour.progress import Progress
from service.best_so_far import MOST_STEPS, BestSoFar, read_steps, step_table
from service.status_file import StatusFile, read_status
from service.store import publish
from service.time_charts import progress_chart


def told(*news):
    """What is kept of news given as (stage, best)."""
    best = BestSoFar()
    for stage, eur in news:
        best.listen(Progress(stage, 0.5, best_eur=eur))
    return [(s.round, s.stage, s.best_eur) for s in best.steps]


def test_every_new_best_is_kept_once():
    """News without a cost, or with the last one again, add nothing."""
    assert [(1, "route", 9.5), (1, "route", 8.0)] == told(
        ("route", None), ("route", 9.5), ("route", 9.5), ("route", 8.0)
    )


def test_deciding_again_begins_a_round():
    """Each round and stage is a series of its own; adding up is none."""
    news = (("load", None), ("decide", -5.0), ("route", 9.0), ("decide", -4.0), ("route", 8.0), ("report", 4.0))
    assert [(1, "decide", -5.0), (1, "route", 9.0), (2, "decide", -4.0), (2, "route", 8.0)] == told(*news)


def test_long_searches_stay_small():
    """However often a search improves, a few hundred steps are kept, the first and the last among them."""
    kept = told(*(("route", 10_000.0 - i) for i in range(5_000)))
    assert len(kept) <= MOST_STEPS
    assert (10_000.0, 5_001.0) == (kept[0][2], kept[-1][2])


def test_the_clock_counts_from_the_start_of_the_process():
    """Seconds already spent are on the clock."""
    best = BestSoFar(already_s=100.0)
    best.listen(Progress("route", 0.5, best_eur=1.0))
    assert 100.0 <= best.steps[0].seconds < 200.0


def test_whoever_watches_sees_the_steps(tmp_path):
    """The status file of a job holds them while the plan is made."""
    status = StatusFile(tmp_path / "status.json")
    status.listen(Progress("route", 0.25, "routing", best_eur=99.5))
    status.end(run_id="r1")
    assert [("route", 99.5)] == [(s.stage, s.best_eur) for s in read_status(tmp_path / "status.json").steps]


def test_a_run_keeps_its_steps(tmp_path, plan, asked, tiny, sound):
    """What was told comes back from the run; a run without has none."""
    best = BestSoFar()
    for eur in (9.5, 8.0):
        best.listen(Progress("route", 0.5, best_eur=eur))
    run = publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound, steps=best.steps)
    assert step_table(best.steps).equals(read_steps(run.progress))
    bare = publish(tmp_path, plan, asked=asked, instance=tiny, violations=sound)
    assert (False, True) == (bare.progress.exists(), read_steps(bare.progress).empty)


@pytest.mark.parametrize(("news", "panels"), [((("decide", -5.0), ("route", 9.0)), 2), ((("route", 9.0),), 1)])
def test_planning_again_draws_no_empty_panel(news, panels):
    """Where nothing was decided, the routes' cost has the chart for itself."""
    best = BestSoFar()
    for stage, eur in news:
        best.listen(Progress(stage, 0.5, best_eur=eur))
    assert panels == len(progress_chart(step_table(best.steps)).layout.annotations)
