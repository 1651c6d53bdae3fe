"""Promises of re-planning a stored run: overrides hold, prices are kept, names stay, nothing is overwritten."""

import json

import pytest
from typer.testing import CliRunner

from retour import InputError
from service import cli
from service.describe import Asked
from service.override_words import ADD, DROP, LOCK, LOSE, MOVE, AskedReplan, OverrideWord, as_options, together
from service.planning import plan_to_run
from service.replanning import replan_to_run
from service.store import list_runs

ITERATIONS = 40


@pytest.fixture(scope="module")
def root(tmp_path_factory, request):
    """A store with one plan of data/tiny."""
    folder = tmp_path_factory.mktemp("runs")
    network = request.config.rootpath / "data" / "tiny"
    plan_to_run(Asked("plan", network, 1, None, ITERATIONS), root=folder)
    return folder


@pytest.fixture(scope="module")
def first(root):
    """The id of that plan."""
    return str(list_runs(root)["id"].iloc[-1])


def again(root, run, *words, **given):
    """Plan a run again for a few iterations."""
    asked = {"seed": 1, "iterations": ITERATIONS, "engine": "pyvrp", **given}
    return replan_to_run(AskedReplan(run, words, **asked), root=root)


def served(run):
    """The route of every visit that is made."""
    return run.table("stops").set_index("visit_id")["route_id"].to_dict()


def test_a_plan_made_again_is_a_sound_run_of_its_own(root, first):
    """Nothing is overwritten; the ledger adds up; the checker finds nothing; the report tells the price."""
    stop, van = next(iter(served(again(root, first)).items()))
    made = again(root, first, OverrideWord(LOCK, stop))
    m = made.manifest
    assert (True, True) == (m.id != first, m.feasible)
    assert round(m.objective_eur, 2) == round(m.ledger_total_eur, 2)
    assert (first, van) == (m.replanned.run_id, served(made)[stop])
    assert ["lock"] == [o.kind for o in m.replanned.overrides]
    assert "What the planner changed" in made.report.read_text(encoding="utf-8")
    assert f"stop {stop} stays on its van" in made.report.read_text(encoding="utf-8")


def test_a_dropped_duty_is_told(root, first):
    """It saves its way; its visit keeps its duty and says who dropped it, and the checker tells of it."""
    visits = again(root, first).table("visits").set_index("visit_id")
    stop = str(visits.index[visits["visited"].astype(bool) & visits["required"].astype(bool)][0])
    made = again(root, first, OverrideWord(DROP, stop))
    told = made.table("visits").set_index("visit_id")
    assert f"{visits.at[stop, 'why']}; left although required: dropped by the planner" == told.at[stop, "why"]
    (override,) = made.manifest.replanned.overrides
    assert override.price_eur < 0
    assert ["required visit"] == list(made.table("violations")["rule"])
    restored = again(root, made.id, anew=True).table("visits").set_index("visit_id")
    assert visits.at[stop, "why"] == restored.at[stop, "why"]


def test_an_option_left_is_added_at_its_price(root, first):
    """A visit that is not worth its way is made all the same."""
    visits = again(root, first).table("visits")
    stop = str(visits.loc[~visits["visited"].astype(bool), "visit_id"].iloc[0])
    made = again(root, first, OverrideWord(ADD, stop))
    assert stop in served(made)
    assert made.manifest.replanned.overrides[0].price_eur > 0


def test_visits_say_the_same_when_nothing_changes(root, first):
    """A plan made again without overrides gives every visit the reason it had."""
    once, twice = again(root, first), again(root, again(root, first).id)
    assert list(once.table("visits")["why"]) == list(twice.table("visits")["why"])


def test_overrides_stay_in_force_until_forgotten(root, first):
    """A plan made again from one under overrides keeps them; what is said anew of the stop replaces it."""
    stop = next(iter(served(again(root, first))))
    locked = again(root, first, OverrideWord(LOCK, stop))
    assert [LOCK] == [o.kind for o in again(root, locked.id).manifest.replanned.overrides]
    assert () == again(root, locked.id, anew=True).manifest.replanned.overrides
    assert (OverrideWord(DROP, "P1"),) == together([OverrideWord(LOCK, "P1")], [OverrideWord(DROP, "P1")])
    assert 2 == len(together([OverrideWord(MOVE, "P1", "R1")], [OverrideWord(LOSE, van="R2")]))


def test_unknown_names_are_told_at_once(root, first):
    """Stops and vans that do not exist, in one error; nothing is stored."""
    count = len(list_runs(root))
    with pytest.raises(InputError) as caught:
        again(root, first, OverrideWord(DROP, "P99"), OverrideWord(LOSE, van="R999"))
    assert ["P99", "R999"] == [next(w for w in ("P99", "R999") if w in i.message) for i in caught.value.issues]
    assert count == len(list_runs(root))


def test_the_command_answers_in_json(root, first):
    """One object with the overrides and their prices, and the run's own record."""
    stop = next(iter(served(again(root, first))))
    words = ["replan", first, "--lock", stop, "--iterations", ITERATIONS, "--engine", "pyvrp", "--out", root, "--json"]
    found = CliRunner().invoke(cli.app, [str(word) for word in words], prog_name="retour")
    told = json.loads(found.stdout)
    assert (0, "lock", stop) == (
        found.exit_code, told["replanned"]["overrides"][0]["kind"], told["replanned"]["overrides"][0]["stop"],
    )  # fmt: skip


def test_words_are_the_options_of_the_command():
    """What the screen asks for is what a person would type."""
    words = [OverrideWord(MOVE, "home:R1", "R002"), OverrideWord(LOSE, van="R001"), OverrideWord(LOCK, "P1")]
    assert ["--move=home:R1=R002", "--lose=R001", "--lock=P1"] == as_options(words)


@pytest.mark.parametrize("words", [["--move", "P1"], ["--forbid", "=R001"], ["--engine", "magic"]])
def test_wrong_usage_ends_in_2(words):
    """Pairs are STOP=VAN, engines are known."""
    assert 2 == CliRunner().invoke(cli.app, ["replan", "latest", *words], prog_name="retour").exit_code
