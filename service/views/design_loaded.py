"""What the Design and Compare pages read, kept in memory: stored designs never change, so their folder is the key."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pydeck
import streamlit as st

from service import design_report_tables as tables
from service.design_report_sankey import Bands, bands
from service.designing_manifest import DesignManifest
from service.designing_store import DESIGNS, DesignRun
from service.run import MANIFEST
from service.studies.membership import Membership, members_of, study_folders
from service.views.design_map import design_deck

KEPT = 8


def stored_designs(root: Path) -> list[Path]:
    """Return the folders of the stored designs, the newest first."""
    folders = [file.parent for file in (root / DESIGNS).glob(f"[!.]*/{MANIFEST}")]
    return sorted(folders, key=lambda folder: manifest(folder).created_at, reverse=True)


def design_networks(samples: Path, root: Path) -> list[str]:
    """Return the design networks under `samples` and those designed before, the latest designed first."""
    designed = [manifest(folder).network.path for folder in stored_designs(root)]
    here = sorted(str(file.parent) for file in samples.glob("*/design.toml"))
    return [path for path in dict.fromkeys([*designed, *here]) if Path(path).exists()]


@st.cache_data(show_spinner=False, max_entries=1000)
def manifest(folder: Path) -> DesignManifest:
    """Return a design's manifest."""
    return DesignRun(folder).manifest


def membership(folder: Path) -> Membership | None:
    """Return the study a design was made for and its name there; None where it was made for none."""
    studies = reversed(study_folders(folder.parent.parent))  # the newest counts
    return next((own[folder.name] for own in map(_members, studies) if folder.name in own), None)


@st.cache_data(show_spinner=False, max_entries=1000)
def _members(study: Path) -> dict[str, Membership]:
    return dict(members_of(study))


def label(folder: Path) -> str:
    """Return what a design is called in a list: network, when it was made, the end of its id."""
    m = manifest(folder)
    return f"{m.network.name} · {m.created_at:%-d %b %H:%M} · {m.id[-8:]}"


@st.cache_data(show_spinner=False, max_entries=KEPT)
def places(folder: Path) -> pd.DataFrame:
    """Return the place board."""
    return tables.place_board(DesignRun(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT)
def lines(folder: Path) -> pd.DataFrame:
    """Return cost by ledger line."""
    return tables.cost_by_line(DesignRun(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT)
def worth(folder: Path) -> pd.DataFrame:
    """Return what one more unit of each limit is worth."""
    return tables.worth_of_limits(DesignRun(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT)
def names(folder: Path) -> list[str]:
    """Return the names of the periods."""
    return tables.period_names(DesignRun(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT)
def open_by_kind(folder: Path) -> pd.DataFrame:
    """Return how many places of each kind are open."""
    return tables.open_by_kind(DesignRun(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT)
def near(folder: Path) -> pd.DataFrame:
    """Return how far what arises goes first, shares from 0 to 100."""
    board = tables.nearness(DesignRun(folder))
    shares = [name for name in board if name.startswith("share_")]
    return board.assign(**{name: board[name] * 100 for name in shares})


@st.cache_data(show_spinner=False, max_entries=KEPT)
def violations(folder: Path) -> pd.DataFrame:
    """Return the broken promises."""
    return DesignRun(folder).table("violations")


@st.cache_data(show_spinner=False, max_entries=10 * KEPT)
def flows(folder: Path, period: int | None) -> Bands:
    """Return the Sankey of a period, or of all."""
    return bands(DesignRun(folder), period)


@st.cache_resource(show_spinner=False, max_entries=10 * KEPT)
def deck(folder: Path, period: int | None) -> pydeck.Deck | None:
    """Return the map of a period, or of all; None where no place has coordinates."""
    ways = tables.located_ways(DesignRun(folder), period)
    return design_deck(places(folder), ways, period=period)
