"""Design again with corrected rates: a new design, or the one before with its flows adapted where that is cheaper."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from network_design.design import design_network
from network_design.futures.standing import keep, standing_of
from network_design.model.build import build_model
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.errors import BackendError
from retour.progress import Listener, silent
from retour.vocabulary import Status

NEW_SHARE = 0.75
"""Share of the time for a new design; the rest is for keeping what was open."""


def design_again(
    network: DesignInstance, opened: pd.DataFrame, *, seed: int, budget_s: float | None, listener: Listener = silent
) -> Design:
    """Return the cheaper of a new design of a network and of the best one with everything open as in `opened`.

    A new one that is proven best is taken at once. In little time a new design of a large network may be dearer than
    the one before, which would be told as a fault of the rates. Raises BackendError where neither is found.
    """
    deadline = time.perf_counter() + (np.inf if budget_s is None else budget_s)
    try:
        new = design_network(
            network, seed=seed, budget_s=None if budget_s is None else budget_s * NEW_SHARE, listener=listener
        )
    except BackendError:
        before = _as_before(network, opened, seed=seed, budget_s=deadline - time.perf_counter())
        if before is None:
            raise
        return before
    if new.status is Status.OPTIMAL:
        return new
    before = _as_before(network, opened, seed=seed, budget_s=deadline - time.perf_counter())
    if before is None or new.ledger_total <= before.ledger_total:
        return new
    return replace(before, bound=new.bound)


def _as_before(network: DesignInstance, opened: pd.DataFrame, *, seed: int, budget_s: float) -> Design | None:
    """Return the best design with everything open as before; None where none is found in time."""
    model = build_model(network, strong=False)  # with openings fixed, rows that make it strong say nothing
    standing = standing_of(model.sets, cast(Design, _Opened(opened)))  # it looks at nothing else
    kept = keep(model, standing, seed=seed, budget_s=budget_s)
    return None if kept is None else kept.design


class _Opened:
    """What is open, of a design of which nothing else matters."""

    def __init__(self, opened: pd.DataFrame) -> None:
        self.opened = opened
