"""What a study asks of the network as it is: its books, read and held against it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from network_design.baseline.as_it_is import standing_now
from network_design.baseline.calibrating import Calibration, calibrate
from network_design.baseline.reading import read_actuals, read_observed
from network_design.futures.across import Across, price_everywhere
from network_design.study.changes import changed
from network_design.study.settings import Baseline, Study
from retour.design import DesignInstance
from retour.progress import Listener

AS_IT_IS = "as it is"


@dataclass(frozen=True)
class Books:
    """A study's baseline with the tables ACTUALS and, where flows were seen, OBSERVED."""

    asked: Baseline
    actuals: pd.DataFrame
    seen: pd.DataFrame | None


def books_of(asked: Baseline, instance: DesignInstance, *, folder: Path) -> Books:
    """Return the books of a study, whose files lie in `folder`; InputError with every defect."""
    seen = read_observed(folder / asked.observed, instance) if asked.observed else None
    return Books(asked, read_actuals(folder / asked.actuals, instance), seen)


def held_against(
    books: Books, study: Study, instance: DesignInstance, *, seed: int, budget_s: float, listener: Listener
) -> Calibration:
    """Return the calibration of a network with the changes that the study makes in everything, without its levers."""
    return calibrate(
        changed(instance, study.changes), books.actuals, seen=books.seen, hold=books.asked.hold, seed=seed,
        budget_s=budget_s, listener=listener,
    )  # fmt: skip


def priced_as_it_is(cases: Across, *, seed: int, budget_s: float) -> Across:
    """Return the cases with the network as it is kept in every future, while its flows adapt."""
    return price_everywhere(cases, AS_IT_IS, standing_now(cases.models[0].sets), seed=seed, budget_s=budget_s)
