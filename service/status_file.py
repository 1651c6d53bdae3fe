"""What a running plan says about itself: one small JSON file, replaced whole at every piece of news."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from retour.progress import Progress
from service.best_so_far import BestSoFar, Step

QUIET_S = 0.2


class JobState(StrEnum):
    """How a job stands."""

    STARTING = "STARTING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class JobStatus(BaseModel):
    """The last news of a job: `done` is the stage's share from 0 to 1, `best_eur` the best objective so far.

    `steps` tell how it came down. At the end `run_id` names the stored run, or `error` says what went wrong and
    `exit_code` which kind it is.
    """

    model_config = ConfigDict(frozen=True)

    state: JobState
    started_at: datetime
    updated_at: datetime
    stage: str = ""
    done: float = 0.0
    message: str = ""
    best_eur: float | None = None
    steps: tuple[Step, ...] = ()
    run_id: str | None = None
    error: str | None = None
    exit_code: int | None = None


class StatusFile:
    """Writes the status of one job, as a `Listener` and at its end."""

    def __init__(self, path: Path) -> None:
        """Say that the job is running."""
        now = datetime.now(UTC)
        self._path, self._told_at, self._best = path, 0.0, BestSoFar()
        self._status = JobStatus(state=JobState.RUNNING, started_at=now, updated_at=now)
        self._write()

    def listen(self, news: Progress) -> None:
        """Keep a piece of news; news of the same stage is written five times a second at most."""
        self._best.listen(news)
        new_stage = news.stage != self._status.stage
        best = news.best_eur if news.best_eur is not None else self._status.best_eur
        changes = {"stage": news.stage, "done": news.done, "message": news.message, "best_eur": best}
        self._status = self._status.model_copy(update=changes)
        if new_stage or time.monotonic() - self._told_at >= QUIET_S:
            self._write()

    def end(self, *, run_id: str | None = None, error: str | None = None, exit_code: int = 0) -> None:
        """Say how it ended: a run is stored, or an error."""
        changes = {
            "state": JobState.DONE if error is None else JobState.FAILED,
            "done": 1.0, "run_id": run_id, "error": error, "exit_code": exit_code,
        }  # fmt: skip
        self._status = self._status.model_copy(update=changes)
        self._write()

    def _write(self) -> None:
        self._told_at = time.monotonic()
        status = self._status.model_copy(update={"updated_at": datetime.now(UTC), "steps": self._best.steps})
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        beside.write_text(status.model_dump_json(), encoding="utf-8")
        beside.replace(self._path)


def read_status(path: Path) -> JobStatus | None:
    """Return the last status written, None when there is none yet."""
    try:
        return JobStatus.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None


@contextmanager
def told_to(path: Path | None, exit_code_of: Callable[[Exception], int]) -> Iterator[StatusFile | None]:
    """Keep a status file while the block runs (none without a path); what the block raises is told and raised on."""
    if path is None:
        yield None
        return
    status = StatusFile(path)
    try:
        yield status
    except Exception as error:
        status.end(error=str(error) or type(error).__name__, exit_code=exit_code_of(error))
        raise
