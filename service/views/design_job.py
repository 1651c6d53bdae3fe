"""A design made in a process of its own: the page starts it and watches its status, as the Tonight page does plans.

Run as `python -m service.views.design_job NETWORK --out RUNS --status FILE`, it designs and keeps the status file.
"""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil

from retour.progress import silent
from service.designing import AskedDesign
from service.designing_store import DESIGNS
from service.jobs import LOG, RECORD, STATUS, Job, JobRecord, list_jobs

MODULE = "service.views.design_job"
DISMISSED = "dismissed"


def start_design(asked: AskedDesign, *, root: Path, called: str) -> Job:
    """Start designing in a process of its own and return at once; the run will be stored under `root`.

    `called` is what the job is called. Errors are in the job's status, with the command's exit code.
    """
    folder = root / DESIGNS / "jobs" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    command = [
        sys.executable, "-m", MODULE, str(asked.network), "--seed", str(asked.seed),
        "--time-budget", str(asked.budget_s), "--out", str(root), "--status", str(folder / STATUS),
    ]  # fmt: skip
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    record = JobRecord(
        pid=process.pid, process_started=psutil.Process(process.pid).create_time(), started_at=datetime.now(UTC),
        network=called, command=tuple(command),
    )  # fmt: skip
    beside = folder / f".{RECORD}"
    beside.write_text(record.model_dump_json(indent=2), encoding="utf-8")
    beside.replace(folder / RECORD)
    return Job(folder)


def newest_job(root: Path) -> Job | None:
    """Return the design job started last, whether it runs or has ended; None when it was dismissed or never was."""
    job = next(iter(list_jobs(root / DESIGNS)), None)
    return None if job is None or (job.folder / DISMISSED).exists() else job


def job_id(root: Path) -> str:
    """Return the id of the newest job, or nothing."""
    job = newest_job(root)
    return "" if job is None else job.id


def dismiss(job: Job) -> None:
    """Show a job that has ended no more."""
    (job.folder / DISMISSED).touch()


def run_job(asked: AskedDesign, *, root: Path, status: Path) -> None:
    """Design, store, and tell the status file how it goes and how it ends."""
    from service.designing import design_to_run
    from service.door import DEGRADED, DONE, exit_code_of
    from service.status_file import told_to

    with told_to(status, exit_code_of) as file:
        run = design_to_run(asked, root=root, listener=file.listen if file else silent)
        if file:
            file.end(run_id=run.id, exit_code=DONE if run.manifest.feasible else DEGRADED)


def _main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("network", type=Path)
    words.add_argument("--seed", type=int, required=True)
    words.add_argument("--time-budget", type=float, required=True)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--status", type=Path, required=True)
    given = words.parse_args()
    run_job(AskedDesign(given.network, given.seed, given.time_budget), root=given.out, status=given.status)


if __name__ == "__main__":
    _main()
