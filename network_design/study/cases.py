"""The instances of a study: its baseline in each future, and the options to be designed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from network_design.study.changes import changed
from network_design.study.levers import pulled
from network_design.study.reading import replaced
from network_design.study.settings import Option, Study
from retour.design import DesignInstance

BASELINE = "baseline"


@dataclass(frozen=True)
class Future:
    """A future with its probability; without scenarios there is one, as the tables stand."""

    id: str
    name: str
    probability: float
    instance: DesignInstance


def baseline(study: Study, instance: DesignInstance) -> DesignInstance:
    """Return the network as the whole study sees it."""
    return pulled(changed(instance, study.changes), study.levers)


def options(study: Study) -> tuple[Option, ...]:
    """Return the options that are designed: the study's, or the baseline alone."""
    return study.designs or (Option(id=BASELINE, name="As the network stands"),)


def option_instance(option: Option, base: DesignInstance) -> DesignInstance:
    """Return the baseline with an option's levers pulled."""
    return pulled(base, option.levers)


def futures(study: Study, instance: DesignInstance, *, folder: Path) -> tuple[Future, ...]:
    """Return the baseline in every future; tables that a scenario replaces lie in `folder`."""
    if not study.scenarios:
        return (Future("expected", "As expected", 1.0, baseline(study, instance)),)
    return tuple(
        Future(
            s.id, s.name or s.id, s.probability or 0.0,
            baseline(study, changed(replaced(instance, s, folder), s.changes)),
        )
        for s in study.scenarios
    )  # fmt: skip
