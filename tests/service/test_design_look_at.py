"""What `retour check` says of a sound design network that should be looked at."""

import json

from typer.testing import CliRunner

from service import cli
from tests.network_design.conftest import loaded, small_tables


def retour(*words: object):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


def test_a_process_that_gives_more_than_it_takes_is_looked_at(tmp_path):
    """1.5 and 1.5 t of outputs per tonne are no defect, but to be looked at; yields that add up to one are not."""
    tables = small_tables()
    loaded(tables, tmp_path / "sound")
    tables["recipes"] = tables["recipes"].assign(t_per_t=[1.0, 1.5, 1.5])
    loaded(tables, tmp_path / "more")
    sound, more = (json.loads(retour("check", tmp_path / n / "network", "--json").stdout) for n in ("sound", "more"))
    assert ([], "VALID", 1) == (sound["look_at"], more["status"], len(more["look_at"]))
    assert more["look_at"][0].startswith("Process treat gives 3 t of outputs per tonne that goes in;")
    assert "Process treat gives 3 t" in retour("check", tmp_path / "more" / "network").stdout
