"""Promises of `retour drivers`: files for any stored run, as words or as JSON."""

import json
import shutil

from typer.testing import CliRunner

from service import cli


def retour(*words: object):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


def test_an_older_run_gets_its_folder(run):
    """A run stored without drivers' files is given them, beside its own."""
    shutil.rmtree(run.path / "drivers")
    found = retour("drivers", run.id, "--runs", run.path.parent)
    assert (0, True) == (found.exit_code, f"{run.path / 'drivers'} holds manifests.html" in found.stdout)
    assert (run.path / "drivers" / "V1.gpx").is_file()


def test_files_go_where_they_are_wanted(run, tmp_path):
    """--out names a new folder; --json names what is in it; a second time ends in 3."""
    words = ("drivers", run.path, "--out", tmp_path / "tonight", "--json")
    told = json.loads(retour(*words).stdout)
    assert (run.id, str(tmp_path / "tonight")) == (told["run_id"], told["folder"])
    assert sorted(told["files"]) == sorted(p.name for p in (tmp_path / "tonight").iterdir())
    assert 3 == retour(*words).exit_code
