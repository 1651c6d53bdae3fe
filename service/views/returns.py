"""Returns: find one, see where it goes, what that costs, what else was possible and why not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from service import session
from service.reading.returns import matching
from service.reading.words import OUTCOMES, STATES, reason_words
from service.settings import settings
from service.views import loaded, pages
from service.views.marks import eur, plain, text
from service.views.return_card import card

HEIGHT = 640
FILTERS = ("returns.text", "returns.states", "returns.outcomes", "returns.classes", "returns.reasons")


def page() -> None:
    """Draw the page."""
    run = session.opened(settings().runs)
    if run is None:
        pages.ask_for_a_plan("There is no plan yet, so no return is decided.")
        return
    manifest, board = loaded.manifest(run.path), loaded.returns(run.path)
    st.header(f"Returns of {plain(manifest.network.name)}, {manifest.night:%A %-d %B %Y}", anchor=False)
    shown = _filtered(board)
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        _table(run.path, shown, of=len(board))
    with right:
        _story(run.path, board)


def _filtered(board: pd.DataFrame) -> pd.DataFrame:
    reasons = reason_words(board["reason"])
    a, b, c, d, e = st.columns([1.6, 1, 1, 1, 1])
    sought = a.text_input(
        "Find", key="returns.text", persist_state="session", placeholder="Return, order, class, reason, point or site"
    )
    states = b.multiselect(
        "State",
        list(STATES),
        key="returns.states",
        persist_state="session",
        format_func=lambda s: STATES[s],
        placeholder="All",
    )
    becomes = c.multiselect(
        "Becomes",
        sorted(board["outcome"].dropna().unique()),
        key="returns.outcomes",
        persist_state="session",
        format_func=lambda o: OUTCOMES[o],
        placeholder="All",
    )
    classes = d.multiselect(
        "Class",
        sorted(board["class"].dropna().unique()),
        key="returns.classes",
        persist_state="session",
        placeholder="All",
    )
    chosen = e.multiselect(
        "Reason",
        sorted(reasons, key=lambda r: reasons[r]),
        key="returns.reasons",
        persist_state="session",
        format_func=lambda r: reasons[r],
        placeholder="All",
    )
    return matching(board, text=sought, states=states, outcomes=becomes, classes=classes, reasons=chosen)


def _table(folder: Path, shown: pd.DataFrame, *, of: int) -> None:
    words = shown.assign(
        outcome=shown["outcome"].map(OUTCOMES).fillna(shown["state"].map(STATES)),
        reason=shown["reason"].map(reason_words(shown["reason"])),
    )
    event = st.dataframe(
        words,
        key=f"returns.table.{folder.name}.{_filters_now()}",
        hide_index=True,
        placeholder="–",
        height=HEIGHT,
        on_select="rerun",
        selection_mode="single-row",
        column_order=["return_id", "class", "reason", "outcome", "point", "site", "value_eur", "cost_eur", "order_id"],
        column_config={
            "return_id": text("Return"),
            "order_id": text("Order"),
            "class": text("Class"),
            "reason": text("Reason"),
            "outcome": text("Becomes"),
            "point": text("Handed over at"),
            "site": text("Goes to"),
            "value_eur": eur("Value"),
            "cost_eur": eur("Cost", "Planned net cost, carbon priced in; negative: a gain"),
        },
    )
    if event.selection.rows:
        session.select_return(str(words.iloc[event.selection.rows[0]]["return_id"]))
    st.caption(f"{len(shown):,} of {of:,} returns" if len(shown) < of else f"{of:,} returns")


def _filters_now() -> str:
    """Name the present filters: another search is another table, so that no old selection points at a new row."""
    chosen = repr([st.session_state.get(key) for key in FILTERS])
    return hashlib.sha256(chosen.encode()).hexdigest()[:8]


def _story(folder: Path, board: pd.DataFrame) -> None:
    chosen = session.selected_return()
    if chosen is None or chosen not in set(board["return_id"]):
        with st.container(border=True, height=HEIGHT):
            st.markdown(
                ":gray[Select a return in the table to see its way, its priced parts and what else was possible.]"
            )
        return
    card(loaded.story(folder, chosen), loaded.explanation(folder, chosen))
