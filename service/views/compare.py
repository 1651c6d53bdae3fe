"""Compare: two or more stored designs side by side: figures, cost by line, decisions that differ, where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pydeck
import streamlit as st

from service import colours
from service.designing_compare import letter
from service.designing_store import DesignRun
from service.map_frame import box_around, grid_lines, scale_label, town_names, view
from service.night_map import TOOLTIP_STYLE
from service.settings import settings
from service.views import design_loaded as loaded
from service.views import pages
from service.views.compare_tables import LOOKS, NEITHER, compared_figures, decision_differences, difference_records
from service.views.design_charts import lines_chart
from service.views.design_map import line_layer, place_layer, word_layer
from service.views.marks import legend, plain, text

MOST_COMPARED = 4
HEIGHT = 460


def page() -> None:
    """Draw the page."""
    stored = loaded.stored_designs(settings().runs)
    st.header("Compare designs", anchor=False)
    if len(stored) < 2:
        _ask_for_more(len(stored))
        return
    chosen = st.multiselect(
        "Designs", stored, default=_two(stored), format_func=loaded.label, max_selections=MOST_COMPARED,
        key=f"compare.runs.{stored[0].name}", help="The first is what the others are compared with.",
    )  # fmt: skip
    if len(chosen) < 2:
        st.caption("Choose at least two designs.")
        return
    named = {_name(i, folder): folder for i, folder in enumerate(chosen)}
    _studies(named)
    _figures(named)
    _lines(named)
    _decisions(named)
    _map(named)


def _two(stored: list[Path]) -> list[Path]:
    """Return the newest design and the one before it, of the same network where there is one: the older first."""
    newest = stored[0]
    name = loaded.manifest(newest).network.name
    like = [folder for folder in stored[1:] if loaded.manifest(folder).network.name == name]
    return [(like or stored[1:])[0], newest]


def _name(position: int, folder: Path) -> str:
    """Return letter and name as `retour compare` has them; the end of the id where no study names the design."""
    m, member = loaded.manifest(folder), loaded.membership(folder)
    return f"{letter(position)} " + (f"{m.network.name} {m.id[-8:]}" if member is None else member.called)


def _ask_for_more(count: int) -> None:
    with st.container(border=True, width=560):
        st.markdown("Only one design is stored." if count else "No design is stored yet.")
        st.markdown("Design a network twice, with other candidates, limits or budgets, and compare what changes.")
        st.page_link(pages.design(), label="Design a network", icon=":material/hub:")


def _studies(named: Mapping[str, Path]) -> None:
    """Say which studies the designs were made for, with the ids of their runs."""
    members = [(name, loaded.membership(folder), folder.name) for name, folder in named.items()]
    told = [f"{plain(name)}: study {plain(m.study)}, run {run_id}" for name, m, run_id in members if m is not None]
    if told:
        st.caption(" · ".join(told))


def _figures(named: Mapping[str, Path]) -> None:
    manifests = [loaded.manifest(folder) for folder in named.values()]
    if len({m.network.hash for m in manifests}) > 1:
        st.caption("These designs read different inputs, so figures differ for more reasons than the decisions.")
    if len({m.network.currency for m in manifests}) > 1:
        st.warning("These designs are in different currencies; their costs cannot be compared.")
    table = compared_figures({name: DesignRun(folder) for name, folder in named.items()})
    st.dataframe(
        table, key="compare.figures", hide_index=True, height="content",
        column_config={"figure": text("", width="medium"), "change": text("B against A")},
    )  # fmt: skip


def _lines(named: Mapping[str, Path]) -> None:
    st.markdown("##### Cost by line")
    currency = loaded.manifest(next(iter(named.values()))).network.currency
    chart = lines_chart({name: loaded.lines(folder) for name, folder in named.items()}, currency=currency)
    st.plotly_chart(chart, key="compare.lines", config={"displayModeBar": False})


def _decisions(named: Mapping[str, Path]) -> None:
    differ = decision_differences({name: loaded.places(folder) for name, folder in named.items()})
    st.markdown(f"##### Decisions that differ ({len(differ):,})")
    if differ.empty:
        st.caption("None: the same places are open at the same sizes in every period.")
        return
    st.dataframe(
        differ, key="compare.decisions", hide_index=True, height=min(HEIGHT, 38 + 35 * len(differ)),
        column_config={"place_id": text("Id"), "name": text("Place"), "kind": text("Kind")},
    )  # fmt: skip


def _map(named: Mapping[str, Path]) -> None:
    first, second = list(named)[:2]
    records = difference_records(loaded.places(named[first]), loaded.places(named[second]))
    st.markdown(f"##### Where {plain(first)} and {plain(second)} differ at the end")
    if not records:
        st.caption("No place that is decided in both has coordinates.")
        return
    with st.container(border=True, key="compare.map-frame"):
        key = f"compare.map.{named[first].name}.{named[second].name}"
        st.pydeck_chart(_deck(records), height=HEIGHT, key=key, alt="Map of the decisions that differ")
    legend([("ring" if when == NEITHER else "dot", colour, when) for when, colour in LOOKS.items()])


def _deck(records: list[dict[str, object]]) -> pydeck.Deck:
    box = box_around(pd.DataFrame([r["at"] for r in records], columns=["lon", "lat"]))
    layers = [
        line_layer("grid", grid_lines(box), width=1),
        word_layer("scale", [scale_label(box)], size=11, colour=colours.MUTED, anchor="start"),
        word_layer("towns", town_names(box), size=12, colour="#94a1aa"),
        place_layer("places", records),
    ]
    return pydeck.Deck(
        layers=layers, map_provider=None, initial_view_state=pydeck.ViewState(**view(box)),
        tooltip={"html": "<b>{name}</b><br>{says}", "style": TOOLTIP_STYLE},
    )  # fmt: skip
