"""From a design network to a stored, checked design: the one function behind `retour design`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from retour.design import DesignInstance
from retour.gate.design import load_design
from retour.progress import Listener, Progress, silent
from service.designing_store import DesignRun, publish_design_run
from service.stopwatch import Stopwatch
from service.writable import require_writable

log = structlog.get_logger()


@dataclass(frozen=True)
class AskedDesign:
    """What a design was asked for: everything needed to ask for it again. `budget_s` seconds."""

    network: Path
    seed: int
    budget_s: float


def design_to_run(asked: AskedDesign, *, root: Path, already_s: float = 0.0, listener: Listener = silent) -> DesignRun:
    """Design a network, check the design, store it under `root`.

    `asked.budget_s` is for all of it and counts from `already_s` seconds before the call. Raises InputError,
    InfeasibleError or BackendError with nothing stored.
    """
    watch = Stopwatch(already_s)
    require_writable(root)
    listener(Progress("load", 0.0, f"reading {asked.network}"))
    with watch.step("load"):
        instance = load_design(asked.network)
    return design_instance_to_run(instance, asked, root=root, watch=watch, listener=listener)


def design_instance_to_run(
    instance: DesignInstance, asked: AskedDesign, *, root: Path, watch: Stopwatch, listener: Listener = silent
) -> DesignRun:
    """Design an instance that is loaded already, check the design, store it under `root`."""
    from network_design.check import check_design  # solvers load slowly: bad input is told first
    from network_design.design import design_network

    with watch.step("design"):
        design = design_network(
            instance, seed=asked.seed, budget_s=watch.left_s(asked.budget_s), listener=listener
        )  # fmt: skip
    listener(Progress("check", 0.0, "checking every promise"))
    with watch.step("check"):
        checked = check_design(instance, design)
    listener(Progress("store", 0.0, "writing tables"))
    run = publish_design_run(
        root, instance, design, violations=checked.violations, network=asked.network, seed=asked.seed,
        budget_s=asked.budget_s, seconds=watch.seconds,
    )  # fmt: skip
    log.info("design stored", run=run.id, status=str(design.status), feasible=checked.feasible)
    return run
