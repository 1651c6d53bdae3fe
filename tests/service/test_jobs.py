"""Promises of jobs: planning in a process of its own, watched and stopped through files."""

import json
import time
from dataclasses import replace

import pytest

from retour import InfeasibleError, InputError
from retour.progress import Progress
from service import jobs
from service.door import exit_code_of
from service.jobs import list_jobs, read_job, start_plan
from service.status_file import JobState, StatusFile, read_status, told_to

PATIENCE_S = 60.0


def wait(job):
    """Wait until a job has ended and return its status."""
    until = time.monotonic() + PATIENCE_S
    while not job.has_ended and time.monotonic() < until:
        time.sleep(0.05)
    return job.status


@pytest.fixture
def sleeper(monkeypatch):
    """Let jobs run a process that says what it is told and then sleeps, instead of planning."""

    def use(code):
        real = jobs.subprocess.Popen
        monkeypatch.setattr(
            jobs.subprocess, "Popen", lambda command, **how: real([command[0], "-c", code, command[-1]], **how)
        )

    return use


def test_news_replace_the_status_whole(tmp_path):
    """A status file holds the last stage, how far it is and the best so far; at the end the run."""
    path = tmp_path / "status.json"
    status = StatusFile(path)
    status.listen(Progress("decide", 0.0, "deciding"))
    status.listen(Progress("route", 0.25, "routing", best_eur=99.5))
    found = read_status(path)
    assert (JobState.RUNNING, "route", 0.25, 99.5) == (found.state, found.stage, found.done, found.best_eur)
    status.end(run_id="r1")
    assert (JobState.DONE, "r1", 0) == tuple(getattr(read_status(path), k) for k in ("state", "run_id", "exit_code"))
    assert ["status.json"] == [p.name for p in tmp_path.iterdir()]


def test_errors_end_in_the_status_too(tmp_path):
    """What the plan raises is told with its exit code, and raised on."""
    with pytest.raises(InfeasibleError), told_to(tmp_path / "s.json", exit_code_of):
        raise InfeasibleError("no van fits")
    found = read_status(tmp_path / "s.json")
    assert (JobState.FAILED, "no van fits", 4) == (found.state, found.error, found.exit_code)


def test_a_job_that_fails_says_why(tmp_path, asked):
    """A plan of a network that does not exist ends FAILED with the gate's sentence and exit code 3."""
    job = start_plan(replace(asked, network=tmp_path / "none"), root=tmp_path)
    status = wait(job)
    assert (JobState.FAILED, 3) == (status.state, status.exit_code)
    assert "no such folder" in status.error


def test_jobs_are_found_again(tmp_path, asked, sleeper):
    """A job can be read by its id, and all are listed, the newest first."""
    sleeper("pass")
    job = start_plan(asked, root=tmp_path)
    assert job == read_job(tmp_path, job.id)
    assert [job] == list_jobs(tmp_path)
    assert str(asked.network) == job.record.network
    with pytest.raises(InputError, match="no job"):
        read_job(tmp_path, "none")
    wait(job)


def test_a_job_is_asked_for_what_was_asked(tmp_path, asked, sleeper):
    """Seed, budget, engine and the store reach the command."""
    sleeper("pass")
    job = start_plan(replace(asked, iterations=50), root=tmp_path)
    words = job.record.command
    for option, value in {"--seed": "1", "--time-budget": "10.0", "--iterations": "50", "--engine": "pyvrp"}.items():
        assert value == words[words.index(option) + 1]
    wait(job)


def test_a_process_that_dies_is_noticed(tmp_path, asked, sleeper):
    """A job whose process dies without a word has FAILED, with the end of its log."""
    sleeper("import sys; sys.stderr.write('Killed by the machine'); sys.exit(9)")
    status = wait(start_plan(asked, root=tmp_path))
    assert (JobState.FAILED, True) == (status.state, "Killed by the machine" in status.error)


def test_a_job_can_be_stopped(tmp_path, asked, sleeper):
    """Cancelling ends the process and all it started; the job stays CANCELLED."""
    sleeper("import time; time.sleep(600)")
    job = start_plan(asked, root=tmp_path)
    assert not job.has_ended
    job.cancel()
    assert JobState.CANCELLED == wait(job).state
    assert JobState.CANCELLED == read_job(tmp_path, job.id).status.state


def test_stopping_a_finished_job_changes_nothing(tmp_path, asked, sleeper):
    """A job that is done stays done."""
    done = {"state": "DONE", "started_at": "2026-11-23T18:00:00Z", "updated_at": "2026-11-23T18:01:00Z", "run_id": "r1"}
    sleeper(f"import sys, pathlib; pathlib.Path(sys.argv[1]).write_text({json.dumps(done)!r})")
    job = start_plan(asked, root=tmp_path)
    wait(job)
    job.cancel()
    assert (JobState.DONE, "r1") == (job.status.state, job.status.run_id)
