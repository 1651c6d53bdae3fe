"""Tonight's map, and beside it what needs an eye, or the point or van that was clicked."""

from __future__ import annotations

from typing import Any

import streamlit as st

from service import colours
from service.run import Run
from service.views import loaded
from service.views.marks import legend
from service.views.tonight_panels import PANELS, what_needs_an_eye

HEIGHT = 540
LEGEND = [
    ("dot", colours.CALM, "risk below 20%"),
    ("dot", colours.WATCH, "20 to 50%"),
    ("dot", colours.DANGER, "above"),
    ("ring", colours.MUTED, "left tonight"),
    ("ring", colours.INK, "must be emptied"),
    ("dot", colours.HOME, "home pickup"),
    ("dot", colours.QUIET, "nothing waits"),
    ("bar", colours.ROUTES[0], "van"),
    ("square", colours.HUB, "hub"),
    ("diamond", colours.SITE, "site"),
]


@st.fragment
def map_and_panel(run: Run) -> None:
    """Draw the map and its panel; a click reruns these two and nothing else."""
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        picked = _map(run)
        legend(LEGEND)
    with right:
        if picked is None:
            what_needs_an_eye(run)
        else:
            layer, name = picked
            PANELS[layer](run, name)


def _map(run: Run) -> tuple[str, str] | None:
    with st.container(border=True, key="tonight.map-frame"):
        chosen = st.pydeck_chart(
            loaded.deck(run.path),
            height=HEIGHT,
            on_select="rerun",
            selection_mode="single-object",
            key=f"tonight.map.{run.id}",
            alt="Map of tonight's points, hubs and routes",
        )
    return _picked(chosen.selection.get("objects", {}))


def _picked(objects: dict[str, list[dict[str, Any]]]) -> tuple[str, str] | None:
    return next(((layer, objects[layer][0]["id"]) for layer in PANELS if objects.get(layer)), None)
