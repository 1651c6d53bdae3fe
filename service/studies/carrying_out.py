"""From a design network and STUDY.toml to a stored study with its designs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from network_design.study.budget import most_designs
from network_design.study.reading import load_study, study_of_books
from network_design.study.settings import Study
from retour.design import DesignInstance
from retour.errors import InputError, Issue
from retour.gate.design import load_design
from retour.progress import Listener, Progress, silent
from service.stopwatch import Stopwatch
from service.writable import require_writable

if TYPE_CHECKING:
    from service.studies.run import StudyRun

log = structlog.get_logger()


@dataclass(frozen=True)
class AskedStudy:
    """What was asked for: everything needed to ask for it again. `budget_s` seconds.

    Without a `study` the network as it is is held against `actuals`, with the flows `observed` where there are any.
    """

    network: Path
    study: Path | None
    seed: int
    budget_s: float
    actuals: Path | None = None
    observed: Path | None = None


def study_to_run(asked: AskedStudy, *, root: Path, already_s: float = 0.0, listener: Listener = silent) -> StudyRun:
    """Carry out a study, check every design, store all under `root`.

    `asked.budget_s` is for all of it and counts from `already_s` seconds before the call. Raises InputError, and
    InfeasibleError or BackendError where nothing at all has a design, with nothing stored.
    """
    watch = Stopwatch(already_s)
    require_writable(root)
    listener(Progress("load", 0.0, f"reading {asked.network}"))
    with watch.step("load"):
        instance = load_design(asked.network)
        study, folder = _study_of(asked, instance)

    from network_design.studying import carry_out  # solvers load slowly: bad input is told first
    from service.studies.store import publish_study

    with watch.step("study"):
        answer = carry_out(
            study, instance, folder=folder, seed=asked.seed,
            budget_s=watch.left_s(asked.budget_s, plans=most_designs(study)) or asked.budget_s, listener=listener,
        )  # fmt: skip
    listener(Progress("store", 0.0, "checking and writing every design"))
    run = publish_study(
        root, instance, answer, network=asked.network, seed=asked.seed, budget_s=asked.budget_s, seconds=watch.seconds
    )
    log.info("study stored", run=run.id, designs=len(answer.members), feasible=run.manifest.feasible)
    return run


def _study_of(asked: AskedStudy, instance: DesignInstance) -> tuple[Study, Path]:
    """Return the study with the folder of its files; InputError with every defect, or where there is nothing to do."""
    if asked.study is not None:
        return load_study(asked.study, instance), asked.study.parent
    if asked.actuals is None:
        raise InputError([Issue("study", None, None, "nothing is asked; give a study, or books as actuals")])
    return study_of_books(instance, actuals=asked.actuals, observed=asked.observed), asked.actuals.parent
