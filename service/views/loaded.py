"""What pages read of a run, kept in memory: runs never change, so their folder is the key."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pydeck
import streamlit as st

from retour.errors import InputError
from routing.decide.explanation import Explanation
from service.drivers import zipped
from service.drivers.timeline import timeline as van_timeline
from service.explaining import explain_stored
from service.geojson import end_places, located_stops, paths
from service.manifest import Manifest
from service.night_map import night_deck
from service.reading.limits import scarce_limits
from service.reading.points import point_board
from service.reading.returns import return_board
from service.reading.routes import route_board, stop_board
from service.reading.story import Story, tell
from service.run import Run
from service.workbook import workbook

KEPT_RUNS = 6


@st.cache_data(show_spinner=False, max_entries=5000)
def manifest(folder: Path) -> Manifest:
    """Return a run's manifest."""
    return Run(folder).manifest


@st.cache_data(show_spinner=False, max_entries=10 * KEPT_RUNS)
def table(folder: Path, name: str) -> pd.DataFrame:
    """Return one result table."""
    return Run(folder).table(name)


@st.cache_data(show_spinner=False, max_entries=KEPT_RUNS)
def points(folder: Path) -> pd.DataFrame:
    """Return the point board."""
    return point_board(Run(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT_RUNS)
def routes(folder: Path) -> pd.DataFrame:
    """Return the route board."""
    return route_board(Run(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT_RUNS)
def stops(folder: Path) -> pd.DataFrame:
    """Return the stop board."""
    return stop_board(Run(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT_RUNS)
def returns(folder: Path) -> pd.DataFrame:
    """Return the return board."""
    return return_board(Run(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT_RUNS)
def limits(folder: Path) -> pd.DataFrame:
    """Return the scarce limits."""
    return scarce_limits(Run(folder))


@st.cache_data(show_spinner=False, max_entries=100)
def story(folder: Path, return_id: str) -> Story:
    """Return the story of one return."""
    return tell(Run(folder), returns(folder), return_id)


@st.cache_data(show_spinner=False, max_entries=100)
def explanation(folder: Path, return_id: str) -> Explanation | str:
    """Return the explanation of one return, or the sentence that says why there is none."""
    try:
        return explain_stored(Run(folder), return_id)
    except InputError as error:
        return str(error)


@st.cache_resource(show_spinner=False, max_entries=KEPT_RUNS)
def deck(folder: Path) -> pydeck.Deck:
    """Return the night's map."""
    run = Run(folder)
    hubs = run.input("hubs")
    corners = paths(run.table("routes"), located_stops(run), end_places(run))
    return night_deck(points(folder), routes(folder), corners, hubs, run.input("sites"))


@st.cache_data(show_spinner=False, max_entries=KEPT_RUNS)
def timeline(folder: Path) -> pd.DataFrame:
    """Return what every van does when."""
    return van_timeline(Run(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT_RUNS)
def drivers(folder: Path) -> bytes:
    """Return what drivers take along as a zip archive."""
    return zipped(Run(folder))


@st.cache_data(show_spinner=False, max_entries=KEPT_RUNS)
def excel(folder: Path) -> bytes:
    """Return the run as an Excel workbook."""
    return workbook(Run(folder))
