"""Carry out a study of a design network: the whole story on one screen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from network_design.futures.across import Across, across, design_alone, price_everywhere
from network_design.futures.attempt import Attempt, attempt_design, nothing_found
from network_design.futures.outcomes import Outcome, outcome_table, require_a_design, without_design
from network_design.futures.regret import regret_table, summary
from network_design.futures.risk import Risk
from network_design.futures.standing import standing_of
from network_design.futures.two_stage import EXPECTED, HEDGED, Hedged, hedge
from network_design.model.build import build_model
from network_design.pareto.asked import trade_offs
from network_design.sensitivity import sensitivity
from network_design.study.budget import Shares
from network_design.study.cases import BASELINE, baseline, futures, option_instance, options
from network_design.study.settings import Front, Sensitivity, Study
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.errors import BackendError, InfeasibleError
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

NO_FUTURE = "There is no design for all futures where none of them has one."


@dataclass(frozen=True)
class Member:
    """A design of a study in one future; `role` says why it was made."""

    design_id: str
    scenario_id: str
    role: str
    instance: DesignInstance = field(repr=False)
    design: Design = field(repr=False)


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


@dataclass(frozen=True)
class Asked:
    """A study, its network, the folder of its files, the seed of every search, and what is left of the time."""

    study: Study
    instance: DesignInstance
    folder: Path
    seed: int
    shares: Shares
    listener: Listener


def carry_out(
    study: Study, instance: DesignInstance, *, folder: Path, seed: int, budget_s: float, listener: Listener = silent
) -> StudyAnswer:
    """Design every future and option, price each design in each future, and find what else the study asks.

    Tables of scenarios lie in `folder`. A future or option without a design is told and ends nothing else; raises
    InfeasibleError or BackendError where nothing at all has one.
    """
    asked = Asked(study, instance, folder, seed, Shares(study, budget_s=budget_s), listener)
    every = futures(study, instance, folder=folder)
    cases = across(every, design_alone(every, seed=seed, budget_s=asked.shares.take("alone"), listener=listener))
    optional, tried, cases = _options(asked, cases)
    outcomes = [*_of_futures(study, cases), *tried]
    require_a_design(outcomes)
    risk, proof, cases = _hedged(asked, cases, outcomes)
    members = [*optional, *_alone_members(study, cases), *_hedged_members(cases)]
    tables = {"summary": summary(cases, risk), "regret": regret_table(cases)}
    if study.front is not None:
        members += _trade_offs(asked, study.front, tables, outcomes)
    if study.sensitivity is not None and optional:
        tables["sensitivity"] = _sensitivity(asked, study.sensitivity, optional[0])
    tables["outcomes"] = outcome_table(outcomes)
    return StudyAnswer(study, tuple(members), tables, proof, without_design(outcomes))


def _options(asked: Asked, cases: Across) -> tuple[list[Member], list[Outcome], Across]:
    """Design every option as things stand and price it in every future; each future's own design too."""
    deadline = time.perf_counter() + asked.shares.take("options")
    members, tried, every = list[Member](), list[Outcome](), options(asked.study)
    base = baseline(asked.study, asked.instance)
    for i, option in enumerate(every):
        asked.listener(Progress("options", i / len(every), f"designing {option.name or option.id}"))
        left_s = max(1.0, deadline - time.perf_counter()) / (len(every) - i + len(cases.futures))
        own = option_instance(option, base)
        found = cases.alone[0] if asked.study.is_plain else attempt_design(own, seed=asked.seed, budget_s=left_s)
        tried.append(Outcome("option", option.id, option.name or option.id, found))
        if found.design is not None:
            members.append(Member(option.id, BASELINE, "option", own, found.design))
            standing = standing_of(build_model(own, strong=False).sets, found.design)
            cases = price_everywhere(cases, option.id, standing, seed=asked.seed, budget_s=left_s)
    return members, tried, _own_priced(asked, cases, deadline) if asked.study.scenarios else cases


def _own_priced(asked: Asked, cases: Across, deadline: float) -> Across:
    """Price each future's own design in every other."""
    for future, own, model in zip(cases.futures, cases.alone, cases.models, strict=True):
        if own.design is not None:
            left_s = max(1.0, deadline - time.perf_counter()) / len(cases.futures)
            standing = standing_of(model.sets, own.design)
            cases = price_everywhere(cases, future.id, standing, seed=asked.seed, budget_s=left_s)
    return cases


def _of_futures(study: Study, cases: Across) -> list[Outcome]:
    """Return what became of each future's own search; of the only one, without scenarios, its option tells."""
    if study.is_plain:
        return []
    return [Outcome("future", f.id, f.name, own) for f, own in zip(cases.futures, cases.alone, strict=True)]


def _hedged(asked: Asked, cases: Across, outcomes: list[Outcome]) -> tuple[Risk, Hedged | None, Across]:
    """Find one design for all futures that have any, where the study asks for it; add what became of that."""
    wanted = asked.study.uncertainty
    if wanted is None:
        return Risk(), None, cases
    risk, found, proof = Risk(wanted.alpha, wanted.weight), Attempt(None, Status.INFEASIBLE, (NO_FUTURE,)), None
    budget_s = asked.shares.take("hedge")
    if cases.is_possible.any():
        try:
            few, proof = hedge(
                cases.only_possible(), risk, seed=asked.seed, budget_s=budget_s, listener=asked.listener
            )  # fmt: skip
            cases, found = cases.with_kept(few), Attempt(few.designs(HEDGED)[0], proof.status)
        except (InfeasibleError, BackendError) as error:
            found = nothing_found(error)
    outcomes.append(Outcome(HEDGED, HEDGED, "One design for all futures", found))
    return risk, proof, cases


def _alone_members(study: Study, cases: Across) -> list[Member]:
    if not study.scenarios:
        return []
    return [
        Member(f.id, f.id, "future", f.instance, own.design)
        for f, own in zip(cases.futures, cases.alone, strict=True) if own.design is not None
    ]  # fmt: skip


def _hedged_members(cases: Across) -> list[Member]:
    """Return the design for all futures and that for mean figures, in each future they fit."""
    return [
        Member(name, future.id, name, future.instance, kept.design)
        for name in (HEDGED, EXPECTED) if name in cases.kept
        for future, kept in zip(cases.futures, cases.kept[name], strict=True) if kept is not None
    ]  # fmt: skip


def _trade_offs(asked: Asked, wanted: Front, tables: dict[str, pd.DataFrame], outcomes: list[Outcome]) -> list[Member]:
    """Return the designs of the front and the alternatives; add their tables, or why there are none."""
    base = baseline(asked.study, asked.instance)
    try:
        found = trade_offs(
            base, wanted, seed=asked.seed, budget_s=asked.shares.take("front"), listener=asked.listener
        )  # fmt: skip
    except BackendError as error:
        outcomes.append(Outcome("front", "front", "Trade-offs", nothing_found(error)))
        return []
    tables |= {"front": found.front, "front_bounds": found.bounds, "alternatives": found.alternatives}
    return [Member(name, BASELINE, "trade-off", base, design) for name, design in found.designs.items()]


def _sensitivity(asked: Asked, wanted: Sensitivity, first: Member) -> pd.DataFrame:
    budget_s = asked.shares.take("sensitivity")
    return sensitivity(
        first.instance, first.design, wanted, seed=asked.seed, budget_s=budget_s, listener=asked.listener
    )  # fmt: skip
