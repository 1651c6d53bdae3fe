"""Carry out a study of a design network: the whole story on one screen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from network_design.design import design_network
from network_design.futures.regret import regret_table, summary
from network_design.futures.risk import Risk
from network_design.futures.standing import standing_of
from network_design.futures.two_stage import (
    EXPECTED,
    HEDGED,
    Across,
    Hedged,
    across,
    design_alone,
    hedge,
    price_everywhere,
)
from network_design.model.build import build_model
from network_design.pareto.asked import trade_offs
from network_design.sensitivity import sensitivity
from network_design.study.cases import BASELINE, baseline, futures, option_instance, options
from network_design.study.settings import Option, Study
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.errors import InfeasibleError
from retour.progress import Listener, Progress, silent

FIRST = 4
"""A design that starts from nothing gets so many times the share of a search that starts from another."""


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
    """Designs of a study and its tables, by the names of STUDY_TABLES; `members` is made when they are stored."""

    study: Study
    members: tuple[Member, ...]
    tables: dict[str, pd.DataFrame]
    hedged: Hedged | None


class Shares:
    """A time budget shared by the work that is left, in proportion."""

    def __init__(self, study: Study, *, budget_s: float) -> None:
        """Start the clock for everything that a study asks."""
        self._deadline = time.perf_counter() + budget_s
        many = max(1, len(study.scenarios))
        self.left = {"alone": FIRST * many, "options": (0 if _is_alone(study) else FIRST * len(options(study))) + many}
        if study.uncertainty is not None:
            self.left["hedge"] = 2 + 2 * many
        if study.front is not None:
            many_points = study.front.points ** (len(study.front.aims) - 1)
            self.left["front"] = len(study.front.aims) + many_points + study.front.alternatives
        if study.sensitivity is not None:
            each = FIRST if study.sensitivity.again else 1
            self.left["sensitivity"] = 2 * each * len(study.sensitivity.levers)

    def take(self, work: str) -> float:
        """Return the seconds for a piece of work, at least one."""
        units, every = self.left.pop(work), sum(self.left.values())
        return max(1.0, (self._deadline - time.perf_counter()) * units / (units + every))


def carry_out(
    study: Study, instance: DesignInstance, *, folder: Path, seed: int, budget_s: float, listener: Listener = silent
) -> StudyAnswer:
    """Design every future and option, price each design in each future, and find what else the study asks.

    Tables of scenarios lie in `folder`. Raises InfeasibleError, naming the future or option that has no design.
    """
    shares = Shares(study, budget_s=budget_s)
    every = futures(study, instance, folder=folder)
    alone = design_alone(every, seed=seed, budget_s=shares.take("alone"), listener=listener)
    cases = across(every, alone)
    optional, cases = _options(study, instance, cases, seed=seed, budget_s=shares.take("options"), listener=listener)
    risk, proof = Risk(), None
    if study.uncertainty is not None:
        risk = Risk(study.uncertainty.alpha, study.uncertainty.weight)
        cases, proof = hedge(cases, risk, seed=seed, budget_s=shares.take("hedge"), listener=listener)
    tables = {"summary": summary(cases, risk), "regret": regret_table(cases)}
    members = [*optional, *_alone_members(study, cases), *_hedged_members(cases)]
    if study.front is not None:
        base = baseline(study, instance)
        found = trade_offs(base, study.front, seed=seed, budget_s=shares.take("front"), listener=listener)
        tables |= {"front": found.front, "alternatives": found.alternatives}
        members += [Member(name, BASELINE, "trade-off", base, design) for name, design in found.designs.items()]
    if study.sensitivity is not None:
        first = optional[0]
        tables["sensitivity"] = sensitivity(
            first.instance, first.design, study.sensitivity, seed=seed,
            budget_s=shares.take("sensitivity"), listener=listener,
        )  # fmt: skip
    return StudyAnswer(study, tuple(members), tables, proof)


def _options(
    study: Study, instance: DesignInstance, cases: Across, *, seed: int, budget_s: float, listener: Listener
) -> tuple[list[Member], Across]:
    """Design every option as things stand and price it in every future; each future's own design too."""
    deadline, members = time.perf_counter() + budget_s, []
    base, asked = baseline(study, instance), options(study)
    for i, option in enumerate(asked):
        listener(Progress("options", i / len(asked), f"designing {option.name or option.id}"))
        left_s = max(1.0, deadline - time.perf_counter()) / (len(asked) - i + len(cases.futures))
        own = option_instance(option, base)
        design = cases.alone[0] if _is_alone(study) else _designed(option, own, seed=seed, budget_s=left_s)
        members.append(Member(option.id, BASELINE, "option", own, design))
        standing = standing_of(build_model(own, strong=False).sets, design)
        cases = price_everywhere(cases, option.id, standing, seed=seed, budget_s=left_s)
    if study.scenarios:
        for future, design, model in zip(cases.futures, cases.alone, cases.models, strict=True):
            left_s = max(1.0, deadline - time.perf_counter())
            cases = price_everywhere(
                cases, future.id, standing_of(model.sets, design), seed=seed, budget_s=left_s / len(cases.futures)
            )
    return members, cases


def _is_alone(study: Study) -> bool:
    """Say whether the only option is the only future's own design."""
    return not study.designs and not study.scenarios


def _designed(option: Option, instance: DesignInstance, *, seed: int, budget_s: float) -> Design:
    try:
        return design_network(instance, seed=seed, budget_s=budget_s)
    except InfeasibleError as error:
        raise InfeasibleError([f"{option.name or option.id}: {error.reasons[0]}", *error.reasons[1:]]) from None


def _alone_members(study: Study, cases: Across) -> list[Member]:
    if not study.scenarios:
        return []
    return [Member(f.id, f.id, "future", f.instance, d) for f, d in zip(cases.futures, cases.alone, strict=True)]


def _hedged_members(cases: Across) -> list[Member]:
    """Return the design for all futures and that for mean figures, in each future they fit."""
    return [
        Member(name, future.id, name, future.instance, kept.design)
        for name in (HEDGED, EXPECTED) if name in cases.kept
        for future, kept in zip(cases.futures, cases.kept[name], strict=True) if kept is not None
    ]  # fmt: skip
