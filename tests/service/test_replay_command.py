"""`retour replay`: from a stored design to nights, factors and a corrected network, in three commands."""

import json

import pytest
from typer.testing import CliRunner

from network_design.replay.tables import REPLAY_TABLES
from service import cli
from service.designing_store import DesignRun
from service.replaying_store import ReplayRun

CHEAPEST = ("--engine", "pyvrp", "--iterations", 20, "--nights", 4)


def retour(*words: object):
    """Run a command in this process, on a console as wide as a pipe's."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(cli.app, [str(w) for w in words], prog_name="retour")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with a design of the small sample."""
    folder = tmp_path_factory.mktemp("replay")
    retour("sample", "design", folder / "mynet", "--size", "small")
    assert 0 == retour("design", folder / "mynet", "--out", folder / "runs").exit_code
    return folder / "runs"


@pytest.fixture(scope="module")
def told(store):
    """What --json tells of two rounds of the latest design, and the exit code."""
    found = retour("replay", "latest", "--json", "--rounds", 2, "--out", store, *CHEAPEST)
    return found.exit_code, json.loads(found.stdout)


def test_a_newcomer_needs_three_commands(told):
    """Sample, design, replay: the rates are found to be far off, and a design with corrected rates is cheaper."""
    code, found = told
    assert (0, "FEASIBLE", True, [], None, None) == (
        code, *(found[name] for name in ("status", "feasible", "violations", "bound", "gap")),
    )  # fmt: skip
    assert found["factor"] > 2
    assert [1, 2] == [row["round"] for row in found["rounds"]]
    assert found["cost"] == min(row["cost"] for row in found["rounds"])
    assert found["surrogate"] == pytest.approx(found["rounds"][0]["believed"])


def test_a_replay_is_stored(told, store):
    """Every table as Parquet and CSV, the corrected network as a folder, and each round's design as a run."""
    run = ReplayRun(store / "replays" / told[1]["run_id"])
    files = {path.name for path in run.path.iterdir()}
    assert {f"{name}.{kind}" for name in REPLAY_TABLES for kind in ("csv", "parquet")} <= files
    designs = [DesignRun(store / "designs" / row["run_id"]) for row in told[1]["rounds"]]
    assert [run.manifest.design_id, run.manifest.kept_id] == [designs[0].id, designs[run.manifest.kept_round - 1].id]
    assert all(design.manifest.feasible for design in designs)
    assert {"nights": 4, "tours": ["VAN"], "kind": "replay"} == {
        "nights": run.manifest.nights, "tours": run.manifest.modes, "kind": run.manifest.kind,
    }  # fmt: skip


def test_the_corrected_network_can_be_checked_and_designed(told):
    """It is a network like any other."""
    found = json.loads(retour("check", told[1]["corrected"], "--json").stdout)
    assert ("VALID", "design-small corrected") == (found["status"], found["network"])


def test_the_same_seed_gives_the_same_nights(told, store):
    """With iterations instead of a budget everything comes out again."""
    again = json.loads(retour("replay", told[1]["design_id"], "--json", "--out", store, *CHEAPEST).stdout)
    first, same = (ReplayRun(store / "replays" / run["run_id"]).table("nights") for run in (told[1], again))
    assert first[first["round"] == 1].reset_index(drop=True).equals(same)


def test_a_replay_is_shown(store, told):
    """A person reads what rates and routes say, which ways are too far, and what to do next."""
    shown = retour("replay", told[1]["design_id"], "--out", store, *CHEAPEST).stdout
    for part in ("times as much", "rates charge", "within a shift of 8 h", "no broken promise", "--rounds"):
        assert part in shown


def test_figures_are_whole_in_80_columns(store, told):
    """Every figure of rounds and hubs stands on one line, and no line of the tables is wider than a pipe."""
    found = json.loads(retour("replay", told[1]["design_id"], "--json", "--out", store, *CHEAPEST).stdout)
    shown = retour("replay", told[1]["design_id"], "--out", store, *CHEAPEST).stdout
    lines = shown.split("Rounds, ")[1].split("Routes over rates")[0].split("\n")
    assert max(map(len, lines)) <= 80
    for row in [*found["rounds"], *found["hubs"]]:
        assert any(f" {row['routed']:,.0f} " in line for line in lines)


def test_vans_are_told_by_a_file(store, told, tmp_path):
    """Vans that cost nothing have routes that cost nothing."""
    (tmp_path / "vans.toml").write_text("fixed_cost = 0\ncost_per_km = 0\ncost_per_h = 0\n")
    found = json.loads(
        retour(
            "replay", told[1]["design_id"], "--vans", tmp_path / "vans.toml", "--json", "--out", store, *CHEAPEST
        ).stdout
    )
    assert (0.0, 0.0) == (found["routed"], found["factor"])


def test_defects_of_the_vans_are_told_at_once(store, told, tmp_path):
    """Exit code 3, each with its name and limit, and nothing stored."""
    (tmp_path / "vans.toml").write_text('speed_kmh = 0\nshift_h = 30\nfixed_cots = 4\nbands_km = [5, "far"]\n')
    before = len(list((store / "replays").iterdir()))
    found = retour(
        "replay", told[1]["design_id"], "--vans", tmp_path / "vans.toml", "--json", "--out", store, *CHEAPEST
    )
    issues = json.loads(found.stdout)["issues"]
    assert 3 == found.exit_code
    assert {"speed_kmh", "shift_h", "fixed_cots", "bands_km, 2nd entry"} == {i["column"] for i in issues}
    assert before == len(list((store / "replays").iterdir()))


def test_defects_of_road_legs_are_told_at_once(store, told, tmp_path):
    """Each with its line: a place misspelt, a length that is none, a leg given twice."""
    legs = "from_id,to_id,distance_m,duration_s\nP01,H99,10,1\nP01,H1,far,1\nP01,H1,10,-1\n"
    (tmp_path / "legs.csv").write_text(legs)
    found = retour(
        "replay", told[1]["design_id"], "--travel", tmp_path / "legs.csv", "--json", "--out", store, *CHEAPEST
    )
    issues = {(i["row"], i["column"]) for i in json.loads(found.stdout)["issues"]}
    assert (3, {(2, "to_id"), (3, "distance_m"), (4, "duration_s"), (4, "to_id")}) == (found.exit_code, issues)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "no stored design 'nothing'"), (["latest", "--mode", "VANS"], "nothing goes by 'VANS'"),
        (["latest", "--vans", "missing.toml"], "there is no such file"),
        (["latest", "--travel", "missing.csv"], "there is no such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_ends_in_3(store, words, said):
    """With a sentence that says what there is, or what to do."""
    found = retour("replay", *words, "--out", store, *CHEAPEST)
    assert (3, True) == (found.exit_code, said in found.stderr)


def test_an_empty_store_says_how_to_begin(tmp_path):
    """There is no latest design yet."""
    found = retour("replay", "--out", tmp_path / "runs")
    assert (3, True) == (found.exit_code, "retour design NETWORK" in found.stderr)


def test_unknown_engines_are_wrong_usage(store):
    """As for every command that takes one."""
    assert 2 == retour("replay", "latest", "--engine", "warp", "--out", store).exit_code
