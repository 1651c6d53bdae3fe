"""The page of the command: every setting of vans.toml with its value, every table of a run."""

import re
import tomllib
from pathlib import Path

from network_design.replay.settings import Vans
from network_design.replay.tables import REPLAY_TABLES

PAGE = (Path(__file__).parents[3] / "docs" / "replay.md").read_text(encoding="utf-8")


def test_the_page_shows_every_setting_with_its_value():
    """Its example of vans.toml is what is taken where nothing is told; roads are those of most samples."""
    lines = PAGE.split("## vans.toml")[1].splitlines()
    shown = tomllib.loads("\n".join(line.strip() for line in lines if line.startswith("    ")))
    assert {**Vans().model_dump(mode="json"), "circuity": 1.3} == shown


def test_the_page_names_every_table():
    """Under what a run consists of."""
    run = PAGE.split("## The run")[1].split("## vans.toml")[0]
    assert set(REPLAY_TABLES) <= set(re.findall(r"`(\w+)`", run))


def test_declarations_hold_together():
    """A table names each column once, has its key among them, and ends every meaning with a full stop."""
    for table in REPLAY_TABLES.values():
        assert len(table.column_names) == len(set(table.column_names))
        assert set(table.key) <= set(table.column_names)
        assert [] == [column.name for column in table.columns if not column.doc.endswith(".")]
