"""A search for a design that may come to nothing: what was found, or in plain words why nothing was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from network_design.design import design_network
from network_design.model.program import FloatArray
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.errors import BackendError, InfeasibleError
from retour.progress import Listener, silent
from retour.vocabulary import Status


@dataclass(frozen=True)
class Attempt:
    """A design, or none: INFEASIBLE where limits conflict, FAILED where nothing was found in time; `why` says which.

    `why` names the limits that cannot all be kept and the cheapest repair, a sentence each.
    """

    design: Design | None
    status: Status
    why: tuple[str, ...] = ()


def attempt_design(
    instance: DesignInstance, *, seed: int, budget_s: float, start: FloatArray | None = None,
    listener: Listener = silent, only_design: bool = False,
) -> Attempt:  # fmt: skip
    """Return the best design found within `budget_s` seconds, or why there is none; the rest as of `design_network`."""
    try:
        design = design_network(
            instance, seed=seed, budget_s=budget_s, start=start, listener=listener, only_design=only_design
        )  # fmt: skip
    except (InfeasibleError, BackendError) as error:
        return nothing_found(error)
    return Attempt(design, design.status)


def nothing_found(error: InfeasibleError | BackendError) -> Attempt:
    """Return what an error says as a search that came to nothing."""
    if isinstance(error, InfeasibleError):
        return Attempt(None, Status.INFEASIBLE, error.reasons)
    return Attempt(None, Status.FAILED, tuple(str(error).splitlines()))


def in_one_line(why: Iterable[str]) -> str:
    """Return reasons as running text: each ends like a sentence."""
    return " ".join(line if line.endswith((".", ":", ";", "!", "?")) else f"{line}." for line in why)
