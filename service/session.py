"""What the app remembers of one visitor, and under which keys; results live in the run store, not here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from retour.errors import InputError
from service.override_words import OverrideWord
from service.run import Run
from service.store import LATEST, list_runs, open_run

CHANGES = "session.changes"
OPEN_RUN, WATCHED_JOB, FAILED_JOB, RETURN = "session.run", "session.job", "session.failed_job", "session.return"


def opened(root: Path) -> Run | None:
    """Return the run that is open; None where there is no run yet.

    Unless one was chosen it is the newest plan, or the newest run of any kind where no night was planned with routes.
    """
    for which in (st.session_state.get(OPEN_RUN), _newest_plan(root), LATEST):
        if which is None:
            continue
        try:
            return open_run(root, which)
        except InputError:
            continue
    return None


def _newest_plan(root: Path) -> str | None:
    known = list_runs(root)
    plans = known.loc[known["kind"] == "plan", "id"]
    return None if plans.empty else str(plans.iloc[0])


def open_next(run_id: str) -> None:
    """Make a run the open one; what was selected in the one before is forgotten."""
    st.session_state[OPEN_RUN] = run_id
    st.session_state.pop(RETURN, None)


def watched_job() -> str | None:
    """Return the id of the job whose progress is shown."""
    return st.session_state.get(WATCHED_JOB)


def watch_job(job_id: str | None) -> None:
    """Show the progress of a job from now on, or of none."""
    st.session_state[WATCHED_JOB] = job_id


def failed_job() -> str | None:
    """Return the id of a job that ended badly and whose error was not dismissed yet."""
    return st.session_state.get(FAILED_JOB)


def note_failure(job_id: str | None) -> None:
    """Keep a failed job's error on the screen, or dismiss it."""
    st.session_state[FAILED_JOB] = job_id


def changes(run_id: str) -> tuple[OverrideWord, ...]:
    """Return what the planner wants changed in a run and has not planned again yet."""
    of_run: dict[str, tuple[OverrideWord, ...]] = st.session_state.get(CHANGES, {})
    return of_run.get(run_id, ())


def set_changes(run_id: str, words: tuple[OverrideWord, ...]) -> None:
    """Keep what the planner wants changed in a run; changes of other runs are forgotten."""
    st.session_state[CHANGES] = {run_id: words}


def selected_return() -> str | None:
    """Return the id of the return whose story is shown."""
    return st.session_state.get(RETURN)


def select_return(return_id: str | None) -> None:
    """Show the story of a return."""
    st.session_state[RETURN] = return_id
