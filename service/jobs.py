"""Long solves outside the process that asks for them: the screen starts a job, watches its status, may stop it.

A job is a folder `<runs>/jobs/<id>`: `job.json` written once by whoever starts it, `status.json` replaced by the job
itself at every piece of news, `cancelled` when someone stopped it, and `log` with what the process said.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

from retour.errors import InputError, Issue
from service.describe import Asked
from service.override_words import AskedReplan, as_options
from service.status_file import JobState, JobStatus, read_status

JOBS = "jobs"
RECORD, STATUS, CANCELLED, LOG = "job.json", "status.json", "cancelled", "log"
LAST_WORDS = 5
CLOCK_SLACK_S = 2.0
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobRecord(BaseModel):
    """Who was started, when and what for."""

    model_config = ConfigDict(frozen=True)

    pid: int
    process_started: float
    started_at: datetime
    network: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """One job: its record never changes, its status is read anew each time."""

    folder: Path

    @property
    def id(self) -> str:
        """Name of the job."""
        return self.folder.name

    @cached_property
    def record(self) -> JobRecord:
        """Who was started, when and what for."""
        return JobRecord.model_validate_json((self.folder / RECORD).read_bytes())

    @property
    def status(self) -> JobStatus:
        """Return the last news; a process that died without a word has FAILED, with the end of its log."""
        alive = self._is_alive()  # before the status is read: what ends in between has written its end
        at = self.record.started_at
        told = read_status(self.folder / STATUS) or JobStatus(state=JobState.STARTING, started_at=at, updated_at=at)
        if told.state in ENDED or alive:
            return told
        if (self.folder / CANCELLED).exists():
            return told.model_copy(update={"state": JobState.CANCELLED, "message": "stopped"})
        error = f"The process ended early. {self._last_words()}"
        return told.model_copy(update={"state": JobState.FAILED, "error": error})

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status.state in ENDED

    def cancel(self) -> None:
        """Stop the job and everything it started; nothing is stored. A job that has ended stays as it is."""
        if self.has_ended:
            return
        (self.folder / CANCELLED).touch()
        with suppress(ProcessLookupError):
            os.killpg(self.record.pid, signal.SIGTERM)

    def _is_alive(self) -> bool:
        try:
            process = psutil.Process(self.record.pid)
            same = abs(process.create_time() - self.record.process_started) < CLOCK_SLACK_S
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def _last_words(self) -> str:
        log = (self.folder / LOG).read_text(encoding="utf-8", errors="replace")
        return " ".join(log.strip().splitlines()[-LAST_WORDS:])


def start_plan(asked: Asked, *, root: Path, night: date | None = None) -> Job:
    """Start planning in a process of its own and return at once; the run will be stored under `root`.

    The process outlives the caller. Errors of the plan are in the job's status, with the command's exit code.
    """
    return _start(_arguments(asked, root, night), network=str(asked.network), root=root)


def start_replan(asked: AskedReplan, *, network: str, root: Path) -> Job:
    """Start planning a run's vans again, as `start_plan` does; `network` is what the job is called."""
    options = {"--out": root, "--seed": asked.seed, "--engine": asked.engine, "--time-budget": asked.budget_s,
               "--stability": asked.stability_per_stop_eur}  # fmt: skip
    given = [str(word) for option, value in options.items() if value is not None for word in (option, value)]
    anew = ["--anew"] if asked.anew else []
    return _start(["replan", asked.run, *as_options(asked.words), *anew, *given], network=network, root=root)


def _start(words: Sequence[str], *, network: str, root: Path) -> Job:
    folder = root / JOBS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "service.cli", *words, "--status", str(folder / STATUS)]
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    record = JobRecord(
        pid=process.pid, process_started=_created(process.pid), started_at=datetime.now(UTC),
        network=network, command=tuple(command),
    )  # fmt: skip
    beside = folder / f".{RECORD}"
    beside.write_text(record.model_dump_json(indent=2), encoding="utf-8")
    beside.replace(folder / RECORD)
    return Job(folder)


def read_job(root: Path, job_id: str) -> Job:
    """Return a job of the store at `root`; InputError when there is none of that name."""
    folder = root / JOBS / job_id
    if not (folder / RECORD).is_file():
        raise InputError([Issue("jobs", None, None, f"no job {job_id!r} in {root}; start one from the Tonight page.")])
    return Job(folder)


def list_jobs(root: Path) -> Sequence[Job]:
    """Return all jobs of the store at `root`, the newest first."""
    return [Job(record.parent) for record in sorted((root / JOBS).glob(f"*/{RECORD}"), reverse=True)]


def _created(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def _arguments(asked: Asked, root: Path, night: date | None) -> list[str]:
    options = {
        "--out": root, "--seed": asked.seed, "--engine": asked.engine, "--method": asked.method,
        "--processes": asked.processes, "--time-budget": asked.budget_s, "--iterations": asked.iterations,
        "--date": night,
    }  # fmt: skip
    given = [str(word) for option, value in options.items() if value is not None for word in (option, value)]
    return ["plan", str(asked.network), *given]
