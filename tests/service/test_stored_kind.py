"""What is stored is what a command asked for: a design is no night, a night no design, and damage is told."""

import json
import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from network_design.replay.tables import REPLAY_TABLES
from retour.errors import InputError
from service import cli
from service.describe import Asked
from service.designing_store import DESIGNS
from service.replaying_asked import LATEST, open_design
from service.replaying_store import REPLAYS
from service.run import MANIFEST
from service.store import publish
from service.stored_kind import DESIGN, FOLDERS, REPLAY, STUDY
from service.studies.run import STUDIES
from service.tablefiles import write_table
from tests.service.designs import small_design

NIGHT_COMMANDS = (("explain", "R01"), ("drivers",), ("replan", "--drop", "P3"), ("quote", "--return", "R01"))


def retour(*words: object):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    """A stored design; the store is two folders up."""
    return small_design(tmp_path_factory.mktemp("kinds"))


@pytest.fixture
def store(tmp_path, design, plan, tiny, sound):
    """A store with a design, a night, a study and a replay, as far as their kind is read; and their ids."""
    root = tmp_path / "runs"
    shutil.copytree(design.path, root / DESIGNS / design.id)
    night = publish(root, plan, asked=Asked("plan", tmp_path, 1), instance=tiny, violations=sound)
    for kind, folder in ((STUDY, STUDIES), (REPLAY, REPLAYS)):
        (root / folder / f"a-{kind}").mkdir(parents=True)
        (root / folder / f"a-{kind}" / MANIFEST).write_text(json.dumps({"kind": kind}))
    return root, {"design": design.id, "night": night.id, "study": "a-study", "replay": "a-replay"}


@pytest.mark.parametrize("kind", ["design", "study", "replay"])
@pytest.mark.parametrize("words", NIGHT_COMMANDS, ids=lambda words: words[0])
def test_commands_for_nights_refuse_what_is_none(store, words, kind):
    """By its id and by its folder: exit code 3 and one sentence with what it is and what to use."""
    root, ids = store
    out = "--runs" if words[0] == "drivers" else "--out"
    for which in (ids[kind], root / FOLDERS[kind] / ids[kind]):
        found = retour(words[0], which, *words[1:], out, root)
        told = [line for line in found.stderr.splitlines() if line.strip()]
        assert (3, 2) == (found.exit_code, len(told))
        assert f"{ids[kind]} is a {kind}, not a night; use `retour " in told[1]


@pytest.mark.parametrize("kind", ["night", "study", "replay"])
def test_only_designs_are_replayed(store, kind):
    """A night, a study and a replay are told as what they are."""
    root, ids = store
    for which in (ids[kind], (root / FOLDERS[kind] / ids[kind]).resolve()):
        found = retour("replay", which, "--out", root)
        assert (3, True) == (found.exit_code, f"{ids[kind]} is a {kind}, not a design" in found.stderr)


def test_a_replay_is_not_compared(store):
    """It says that its designs can be."""
    root, ids = store
    found = retour("compare", ids["design"], ids["replay"], "--out", root)
    assert (3, True) == (found.exit_code, "use `retour compare` with the designs of its rounds.csv" in found.stderr)


@pytest.mark.parametrize(
    ("text", "why"),
    [("{", "it is no JSON"), ("[]", "its kind is None"), ('{"kind": "plan"}', "id is missing or wrong")],
)
def test_a_damaged_night_is_told(store, text, why):
    """Exit code 3, with the file and what is wrong with it."""
    root, ids = store
    (root / ids["night"] / MANIFEST).write_text(text)
    found = retour("explain", ids["night"], "R01", "--out", root)
    assert (3, True) == (found.exit_code, f"{ids['night']}/run.json is damaged ({why}" in found.stderr)


@pytest.mark.parametrize("text", ["{", '{"kind": "design"}'])
def test_a_damaged_design_is_told(store, text):
    """Whoever reads it: replay of the latest, compare and the list."""
    root, ids = store
    (root / DESIGNS / ids["design"] / MANIFEST).write_text(text)
    shutil.rmtree(root / STUDIES), shutil.rmtree(root / REPLAYS)
    for words in (("replay",), ("compare", ids["design"], ids["design"]), ("runs",)):
        found = retour(*words, "--out", root)
        assert (3, True) == (found.exit_code, "run.json is damaged" in found.stderr)


def test_the_latest_design_is_none_that_a_replay_made(store, design):
    """Of two rounds the second design is newer; replaying the latest begins with the first again."""
    root, ids = store
    shutil.copytree(design.path, root / DESIGNS / "made")
    told = json.loads((design.path / MANIFEST).read_bytes())
    (root / DESIGNS / "made" / MANIFEST).write_text(json.dumps({**told, "created_at": "2100-01-01T00:00:00Z"}))
    assert "made" == open_design(root, LATEST).id
    rounds = pd.DataFrame({"round": [1, 2], "run_id": [ids["design"], "made"]})
    declared = REPLAY_TABLES["rounds"]
    frame = rounds.reindex(columns=declared.column_names)
    write_table(declared, frame, parquet=root / REPLAYS / "a-replay" / f"{declared.name}.parquet")
    assert ids["design"] == open_design(root, LATEST).id
    with pytest.raises(InputError, match="did you mean made"):
        open_design(root, "mad")


def test_folders_are_those_of_the_stores():
    """What is looked for lies where it is published."""
    assert (DESIGNS, STUDIES, REPLAYS) == (FOLDERS[DESIGN], FOLDERS[STUDY], FOLDERS[REPLAY])
