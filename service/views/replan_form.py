"""Change the plan from the screen: what to insist on, the job that plans the vans again, and what each thing costs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from service import session
from service.jobs import start_replan
from service.manifest import Manifest
from service.override_words import (
    ADD,
    DROP,
    FORBID,
    LOCK,
    LOCK_VAN,
    LOSE,
    MOVE,
    STABILITY_EUR,
    AskedReplan,
    OverrideWord,
    together,
)
from service.reading.points import EMPTIED
from service.run import Run
from service.text import price_words, signed_euros
from service.views import loaded
from service.views.marks import plain
from service.views.plan_form import running_job

BUDGET_S = 20
OF_STOPS = {
    LOCK: "stays on its van",
    MOVE: "goes to a van",
    FORBID: "does not go to a van",
    ADD: "is visited",
    DROP: "is dropped",
}
OF_VANS = {LOSE: "is lost", LOCK_VAN: "keeps its route"}
SAID = {
    LOCK: "{stop} stays on its van",
    MOVE: "{stop} goes to {van}",
    FORBID: "{stop} does not go to {van}",
    ADD: "{stop} is visited",
    DROP: "{stop} is dropped",
    LOSE: "{van} is lost",
    LOCK_VAN: "{van} keeps its route",
}


def change_button(root: Path, run: Run, manifest: Manifest) -> None:
    """Show the button that opens the form, for a plan with routes."""
    if manifest.kind != "plan" or not manifest.tables["routes"].rows:
        return
    key = f"replan.popover.{session.watched_job()}"  # a new one once planning begins: closed, off the progress
    with st.popover("Change the plan", icon=":material/edit_road:", width="stretch", key=key):
        _form(root, run, manifest)


def prices(manifest: Manifest) -> None:
    """Show what each override of a plan made again costs; nothing for other plans."""
    told = manifest.replanned
    if told is None:
        return
    with st.container(border=True, key="replan.prices", gap="xsmall"):
        st.markdown(
            "##### What you changed, and what it costs",
            help="Against the best plan found without the change: an estimate, and at most where that is proven.",
        )
        lines = [f"{plain(o.words)}: **{plain(price_words(o))}**" for o in told.overrides]
        if len(told.overrides) > 1 and told.price_eur is not None:
            lines.append(f"all together: **about {plain(signed_euros(told.price_eur))}**")
        st.markdown("\n".join(f"- {line}" for line in lines))
        moved = f"{told.changed_van} stops changed vans, {told.reordered} were reordered, {told.retimed} moved in time"
        st.caption(f"{moved} · from run {plain(told.run_id)}")
        if told.changes:
            with st.expander("The changes, the weightiest first"):
                st.markdown("\n".join(f"- {plain(change)}" for change in told.changes))


def _form(root: Path, run: Run, manifest: Manifest) -> None:
    board, vans = loaded.points(run.path), loaded.routes(run.path)["route_id"].tolist()
    _ask_stop(run, board[board["parcels"] > 0], vans)
    _ask_van(run, vans)
    pending = session.changes(run.id)
    for word in pending:
        said = SAID[word.kind].format(stop=word.stop, van=word.van)
        if st.button(said, key=f"replan.undo.{'.'.join(word)}", icon=":material/close:", help="Take it back"):
            session.set_changes(run.id, tuple(other for other in pending if other != word))
            st.rerun()
    left, right = st.columns(2)
    budget_s = left.number_input("Seconds", min_value=5, max_value=600, value=BUDGET_S, step=5, key="replan.budget")
    seed = right.number_input("Seed", min_value=0, max_value=10**9, value=manifest.seed, step=1, key="replan.seed")
    busy = running_job(root) is not None
    if st.button("Plan again", key="replan.go", type="primary", width="stretch", disabled=busy or not pending):
        asked = AskedReplan(
            run.id, pending, int(seed), float(budget_s), stability_per_stop_eur=STABILITY_EUR,
        )  # fmt: skip
        session.watch_job(start_replan(asked, network=manifest.network.path, root=root).id)
        session.note_failure(None)
        st.rerun()
    st.caption("The decisions stay; the vans are planned again, and the new plan says what each change costs.")


def _ask_stop(run: Run, board: pd.DataFrame, vans: list[str]) -> None:
    names = {p.visit_id: _named(p) for p in board.itertuples()}
    stop = st.selectbox("Stop", list(names), format_func=names.__getitem__, key="replan.stop")
    left, right = st.columns(2)
    kind = left.selectbox("It", list(OF_STOPS), format_func=OF_STOPS.__getitem__, key="replan.kind")
    van = right.selectbox("Van", vans, key="replan.van", disabled=kind not in (MOVE, FORBID))
    if st.button("Add this", key="replan.add_stop", width="stretch", disabled=not stop):
        _note(run, OverrideWord(kind, stop, van if kind in (MOVE, FORBID) else ""))


def _ask_van(run: Run, vans: list[str]) -> None:
    left, right = st.columns(2)
    van = left.selectbox("Van as a whole", vans, key="replan.whole_van")
    kind = right.selectbox("It ", list(OF_VANS), format_func=OF_VANS.__getitem__, key="replan.van_kind")
    if st.button("Add this van", key="replan.add_van", width="stretch", disabled=not van):
        _note(run, OverrideWord(kind, van=van))


def _note(run: Run, word: OverrideWord) -> None:
    session.set_changes(run.id, together(session.changes(run.id), [word]))
    st.rerun()


def _named(point: object) -> str:
    where = f"van {point.route_id}" if point.status == EMPTIED else "left"  # type: ignore[attr-defined]
    return f"{point.name} ({point.visit_id}), {where}"  # type: ignore[attr-defined]
