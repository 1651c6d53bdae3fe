"""The papers of the house hold together: their links lead somewhere, and what there is stands in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from service.cli import app

ROOT = Path(__file__).resolve().parents[1]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"])
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(paper):
    """Every link to a file of the project finds it, from where it stands."""
    links = [link.partition("#")[0] for link in LINK.findall(paper.read_text(encoding="utf-8"))]
    inside = [link for link in links if link and "://" not in link]
    assert [] == [link for link in inside if not (paper.parent / link).exists()]


def test_every_command_stands_in_the_readme():
    """A command that nobody can find does not exist."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [] == [name for name in sorted(get_command(app).commands) if f"`retour {name}" not in text]


def test_every_page_stands_in_the_list_of_pages():
    """docs/README.md leads to every page and every decision."""
    text = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md")]
    listed = {page.relative_to(ROOT / "docs").as_posix() for page in pages} - {"README.md"}
    assert [] == sorted(page for page in listed if f"({page})" not in text)
