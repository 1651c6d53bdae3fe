"""A study being carried out: what it asks with, and what has been found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from network_design.futures.outcomes import Outcome
from network_design.study.budget import Shares
from network_design.study.settings import Study
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.progress import Listener


@dataclass(frozen=True)
class Member:
    """A design of a study in one future; `role` says why it was made."""

    design_id: str
    scenario_id: str
    role: str
    instance: DesignInstance = field(repr=False)
    design: Design = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """A study, its network, the folder of its files, the seed of every search, and what is left of the time."""

    study: Study
    instance: DesignInstance
    folder: Path
    seed: int
    shares: Shares
    listener: Listener


@dataclass
class Found:
    """What a study has found so far: designs, what became of each search, and tables by the names of STUDY_TABLES."""

    members: list[Member] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
