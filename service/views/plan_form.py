"""Plan a night from the screen: what to plan, the job that plans it, and its progress."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from service import session
from service.best_so_far import DECIDE, ROUTE, step_table
from service.describe import Asked
from service.jobs import Job, list_jobs, read_job, start_plan
from service.reading.networks import known_networks
from service.settings import settings
from service.status_file import JobState, JobStatus
from service.text import NONE, euros
from service.time_charts import progress_chart
from service.views.marks import plain

POLL_S = 1.0
STAGES = {
    "load": "Reading",
    "decide": "Deciding",
    "route": "Routing",
    "report": "Adding up",
    "check": "Checking",
    "store": "Storing",
}
BEST_OF = {DECIDE: "Best decisions", ROUTE: "Best routes"}


def plan_button(root: Path) -> None:
    """Show the button that opens the form."""
    key = f"plan.popover.{session.watched_job()}"  # a new one once planning begins: closed, off the progress
    with st.popover("Plan tonight", type="primary", icon=":material/nightlight:", width="stretch", key=key):
        plan_form(root)


def plan_form(root: Path) -> None:
    """Ask for network, time and seed; the button starts the job in a process of its own."""
    networks = known_networks(Path("data"), root)
    network = st.selectbox(
        "Network",
        networks,
        key="plan.network",
        persist_state="session",
        accept_new_options=True,
        placeholder="A network folder, such as data/city",
        help="A folder of tables with network.toml and policy.toml, or one Excel workbook. Type any path.",
    )
    left, right = st.columns(2)
    budget_s = left.number_input(
        "Time budget, seconds",
        min_value=5,
        max_value=7200,
        value=int(settings().time_budget_s),
        step=5,
        key="plan.budget",
        persist_state="session",
        help="Longer searches find shorter routes. The whole plan takes no longer than this.",
    )
    seed = right.number_input(
        "Seed",
        min_value=0,
        max_value=10**9,
        value=1,
        step=1,
        key="plan.seed",
        persist_state="session",
        help="Same seed, same random choices.",
    )
    busy = running_job(root) is not None
    if st.button("Plan", key="plan.go", type="primary", width="stretch", disabled=busy or not network):
        job = start_plan(Asked("plan", Path(network), int(seed), float(budget_s)), root=root)
        session.watch_job(job.id)
        session.note_failure(None)
        st.rerun()
    if busy:
        st.caption("A plan is being made; stop it or wait for its end.")


def running_job(root: Path) -> Job | None:
    """Return the job to watch: the one started here, else the newest that has not ended; None when all is quiet."""
    watched = session.watched_job()
    if watched:
        return read_job(root, watched)
    newest = next(iter(list_jobs(root)), None)
    return newest if newest is not None and not newest.has_ended else None


def progress_strip(root: Path) -> None:
    """Show the running job, or the error of the one that ended badly; nothing when all is quiet."""
    job = running_job(root)
    if job is not None:
        session.watch_job(job.id)
        _follow(root, job.id)
    elif session.failed_job():
        _failure(read_job(root, str(session.failed_job())))


@st.fragment(run_every=POLL_S)
def _follow(root: Path, job_id: str) -> None:
    job = read_job(root, job_id)
    status = job.status
    if status.state in (JobState.STARTING, JobState.RUNNING):
        _news(job, status)
        return
    session.watch_job(None)
    if status.state == JobState.DONE and status.run_id:
        session.open_next(status.run_id)
    elif status.state == JobState.CANCELLED:
        st.toast("Stopped. Nothing was stored.", icon=":material/stop_circle:")
    elif status.state == JobState.FAILED:
        session.note_failure(job_id)
    st.rerun()


def _news(job: Job, status: JobStatus) -> None:
    elapsed_s = (datetime.now(UTC) - job.record.started_at).total_seconds()
    with st.container(border=True, key="plan.progress"):
        _bar(job, status, elapsed_s)
        if status.steps:
            chart = progress_chart(step_table(status.steps))
            st.plotly_chart(chart, key="plan.chart", config={"displayModeBar": False})


def _bar(job: Job, status: JobStatus, elapsed_s: float) -> None:
    last = status.steps[-1] if status.steps else None
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(_stage_words(status.stage) + f"&ensp;:gray[{plain(status.message)}]")
            st.progress(min(max(status.done, 0.0), 1.0))
        st.metric(BEST_OF[last.stage] if last else "Best so far", euros(last.best_eur) if last else NONE, width=130)
        st.metric("Elapsed", f"{elapsed_s:.0f} s", width=80)
        if st.button("Stop", key="plan.stop", icon=":material/stop_circle:"):
            job.cancel()


def _stage_words(stage: str) -> str:
    known = list(STAGES)
    at = known.index(stage) if stage in known else -1
    words = [f"**{name}**" if i == at else f":gray[{name}]" for i, name in enumerate(STAGES.values())]
    return " → ".join(words)


def _failure(job: Job) -> None:
    status = job.status
    kinds = {
        2: "The request was wrong.",
        3: "The network's data must be corrected.",
        4: "No plan fits the limits.",
        5: "A solver failed.",
    }
    with st.container(border=True, key="plan.failure"):
        kind = kinds.get(status.exit_code or 0, "")
        st.error(f"**{plain(job.record.network)} was not planned.** {kind} Nothing was stored.")
        st.code(status.error or "no message", language=None, wrap_lines=True)
        if st.button("Dismiss", key="plan.dismiss"):
            session.note_failure(None)
            st.rerun()
