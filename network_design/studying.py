"""Carry out a study of a design network: the whole story on one screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from network_design.baseline.asked import AS_IT_IS, Books, books_of, held_against, priced_as_it_is
from network_design.futures.attempt import Attempt, nothing_found
from network_design.futures.designed import design_for_all, design_futures, design_options, members_of_futures
from network_design.futures.outcomes import Outcome, outcome_table, require_a_design, without_design
from network_design.futures.regret import regret_table, summary
from network_design.futures.two_stage import Hedged
from network_design.pareto.asked import trade_offs
from network_design.sensitivity import sensitivity
from network_design.study.answer import Asked, Found, Member
from network_design.study.budget import Shares
from network_design.study.cases import BASELINE, baseline
from network_design.study.settings import Front, Greenfield, Sensitivity, Study
from retour.design import DesignInstance
from retour.errors import BackendError, InfeasibleError
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

NO_OPTION = "there is no option with a design to move levers around"
PRICED_S = 30.0
"""Seconds at most to price the network as it is in every future."""


@dataclass(frozen=True)
class StudyAnswer:
    """Designs of a study and its tables, by the names of STUDY_TABLES; `members` is made when they are stored.

    `shortfalls` says in plain words what was asked and has no design; empty where everything has one.
    """

    study: Study
    members: tuple[Member, ...]
    tables: dict[str, pd.DataFrame]
    hedged: Hedged | None
    shortfalls: tuple[str, ...] = ()


def carry_out(
    study: Study, instance: DesignInstance, *, folder: Path, seed: int, budget_s: float, listener: Listener = silent
) -> StudyAnswer:
    """Hold the network against its books, design every future and option, price each in each, and what else is asked.

    Files of the study lie in `folder`. A future or option without a design is told and ends nothing else; raises
    InfeasibleError or BackendError where nothing at all has one.
    """
    asked, found = Asked(study, instance, folder, seed, Shares(study, budget_s=budget_s), listener), Found()
    books = None if study.baseline is None else books_of(study.baseline, instance, folder=folder)
    if books is not None:
        _hold_against(books, asked, found)
    only = books is not None and books.asked.only
    proof = None if only else _design_everything(_grown(asked, study.greenfield, found), found)
    require_a_design(found.outcomes)
    found.tables["outcomes"] = outcome_table(found.outcomes)
    members = sorted(found.members, key=lambda m: m.design_id == AS_IT_IS)  # what is designed comes first
    return StudyAnswer(study, tuple(members), found.tables, proof, without_design(found.outcomes))


def _design_everything(asked: Asked, found: Found) -> Hedged | None:
    """Find what the study asks of designs; return what is proven of the one for all futures."""
    study = asked.study
    cases = design_options(asked, design_futures(asked, found), found)
    require_a_design(found.outcomes)
    first = next((member for member in found.members if member.role == "option"), None)
    risk, proof, cases = design_for_all(asked, cases, found)
    if AS_IT_IS in (member.design_id for member in found.members):
        cases = priced_as_it_is(cases, seed=asked.seed, budget_s=PRICED_S)
    found.members += members_of_futures(study, cases)
    found.tables |= {"summary": summary(cases, risk), "regret": regret_table(cases)}
    if study.front is not None:
        _trade(asked, study.front, found)
    if study.sensitivity is not None:
        _sensitivity(asked, study.sensitivity, first, found)
    return proof


def _hold_against(books: Books, asked: Asked, found: Found) -> None:
    """Compare the network as it is with its books; where nothing fits it, that is told."""
    budget_s = asked.shares.take("baseline")
    try:
        told = held_against(
            books, asked.study, asked.instance, seed=asked.seed, budget_s=budget_s, listener=asked.listener
        )  # fmt: skip
    except (InfeasibleError, BackendError) as error:
        found.outcomes.append(Outcome(AS_IT_IS, AS_IT_IS, "Baseline", nothing_found(error)))
        return
    found.outcomes.append(Outcome(AS_IT_IS, AS_IT_IS, "Baseline", Attempt(told.design, told.design.status)))
    found.members.append(Member(AS_IT_IS, BASELINE, AS_IT_IS, told.instance, told.design))
    found.tables |= told.tables


def _grown(asked: Asked, wanted: Greenfield | None, found: Found) -> Asked:
    """Return what is asked of the network with new candidates where demand wants them, if the study asks for any."""
    if wanted is None:
        return asked
    from network_design.greenfield.starting import green_start  # its searches load slowly, and few studies need them

    budget_s = asked.shares.take("greenfield")
    asked.listener(Progress("greenfield", 0.0, "places near demand"))
    try:
        start = green_start(asked.instance, wanted, seed=asked.seed, budget_s=budget_s)
    except BackendError as error:
        found.outcomes.append(Outcome("greenfield", "greenfield", "Greenfield", nothing_found(error)))
        return asked
    found.tables |= start.tables
    return replace(asked, instance=start.instance)


def _trade(asked: Asked, wanted: Front, found: Found) -> None:
    """Add the designs of the front and the alternatives with their tables, or why there are none."""
    base, budget_s = baseline(asked.study, asked.instance), asked.shares.take("front")
    try:
        traded = trade_offs(base, wanted, seed=asked.seed, budget_s=budget_s, listener=asked.listener)
    except BackendError as error:
        found.outcomes.append(Outcome("front", "front", "Trade-offs", nothing_found(error)))
        return
    found.tables |= {"front": traded.front, "front_bounds": traded.bounds, "alternatives": traded.alternatives}
    found.members += [Member(name, BASELINE, "trade-off", base, design) for name, design in traded.designs.items()]
    if traded.cut_short:
        says = f"{len(traded.alternatives)} of {wanted.alternatives} were found in time; give a longer time budget"
        found.outcomes.append(_came_to_nothing("alternatives", "Other designs that cost nearly as little", says))


def _sensitivity(asked: Asked, wanted: Sensitivity, first: Member | None, found: Found) -> None:
    """Add the table of levers, or why there is none; levers that were not designed for in time are told."""
    if first is None:
        found.outcomes.append(_came_to_nothing("sensitivity", "One lever at a time", NO_OPTION))
        return
    moved = sensitivity(
        first.instance, first.design, wanted, seed=asked.seed, budget_s=asked.shares.take("sensitivity"),
        listener=asked.listener,
    )  # fmt: skip
    found.tables["sensitivity"] = moved
    late = moved.loc[(moved[["low_status", "high_status"]] == Status.FAILED).any(axis=1), "lever"]
    if len(late):
        says = f"no design was found in time with {' or '.join(late)} moved; give a longer time budget"
        found.outcomes.append(_came_to_nothing("sensitivity", "One lever at a time", says))


def _came_to_nothing(what: str, name: str, why: str) -> Outcome:
    return Outcome(what, what, name, Attempt(None, Status.FAILED, (why,)))
