"""The designs of a study over its futures: each option's, each future's own, and one for all of them."""

from __future__ import annotations

import time

from network_design.futures.across import Across, across, design_alone, design_with_room, lead, price_everywhere
from network_design.futures.attempt import Attempt, attempt_design, nothing_found
from network_design.futures.outcomes import Outcome
from network_design.futures.risk import Risk
from network_design.futures.standing import standing_of
from network_design.futures.two_stage import EXPECTED, HEDGED, Hedged, hedge
from network_design.model.build import build_model
from network_design.study.answer import Asked, Found, Member
from network_design.study.cases import BASELINE, baseline, futures, option_instance, options
from network_design.study.settings import Study
from retour.errors import BackendError, InfeasibleError
from retour.progress import Progress
from retour.vocabulary import Status

AGAIN = 4
"""An option without a design in its time is tried again where so many times as much is left of the study's."""
NO_FUTURE = "There is no design for all futures where none of them has one."


def design_futures(asked: Asked, found: Found) -> Across:
    """Return every future with the search for its own design; what became of it is added to what was found."""
    every = futures(asked.study, asked.instance, folder=asked.folder)
    roomy = None
    if lead(every):
        room_s = asked.shares.take_to_lead(len(every))
        roomy = design_with_room(every, seed=asked.seed, budget_s=room_s, listener=asked.listener)
    alone_s = asked.shares.take("alone")
    alone = design_alone(every, seed=asked.seed, budget_s=alone_s, listener=asked.listener, roomy=roomy)
    cases = across(every, alone, roomy)
    if not asked.study.is_plain:  # else its only option tells
        found.outcomes += [Outcome("future", f.id, f.name, a) for f, a in zip(cases.futures, cases.alone, strict=True)]
    return cases


def design_options(asked: Asked, cases: Across, found: Found) -> Across:
    """Design every option as things stand and price it in every future; each future's own design too."""
    deadline, every = time.perf_counter() + asked.shares.take("options"), options(asked.study)
    base = baseline(asked.study, asked.instance)
    for i, option in enumerate(every):
        asked.listener(Progress("options", i / len(every), f"designing {option.name or option.id}"))
        left_s = max(1.0, deadline - time.perf_counter()) / (len(every) - i + len(cases.futures))
        own = option_instance(option, base)
        same = [a for f, a in zip(cases.futures, cases.alone, strict=True) if f.instance.hash == own.hash]
        known = same and same[0].status is not Status.FAILED
        tried = same[0] if known else attempt_design(own, seed=asked.seed, budget_s=left_s)
        if tried.status is Status.FAILED and asked.shares.left_s > AGAIN * left_s:  # others took less than their share
            tried = attempt_design(own, seed=asked.seed, budget_s=asked.shares.left_s / 2)
        found.outcomes.append(Outcome("option", option.id, option.name or option.id, tried))
        if tried.design is not None:
            found.members.append(Member(option.id, BASELINE, "option", own, tried.design))
            standing = standing_of(build_model(own, strong=False).sets, tried.design)
            cases = price_everywhere(cases, option.id, standing, seed=asked.seed, budget_s=left_s)
    return _own_priced(asked, cases, deadline) if asked.study.scenarios else cases


def design_for_all(asked: Asked, cases: Across, found: Found) -> tuple[Risk, Hedged | None, Across]:
    """Find one design for all futures that have any, where the study asks for it; return how risk counts, and proof."""
    wanted = asked.study.uncertainty
    if wanted is None:
        return Risk(), None, cases
    risk, budget_s = Risk(wanted.alpha, wanted.weight), asked.shares.take("hedge")
    tried, proof = Attempt(None, Status.INFEASIBLE, (NO_FUTURE,)), None
    if cases.is_possible.any():
        try:
            few, proof = hedge(cases.only_possible(), risk, seed=asked.seed, budget_s=budget_s, listener=asked.listener)
            cases, tried = cases.with_kept(few), Attempt(few.designs(HEDGED)[0], proof.status)
        except (InfeasibleError, BackendError) as error:
            tried = nothing_found(error)
    found.outcomes.append(Outcome(HEDGED, HEDGED, "One design for all futures", tried))
    return risk, proof, cases


def members_of_futures(study: Study, cases: Across) -> list[Member]:
    """Return each future's own design, then the design for all futures and that for mean figures where they fit."""
    alone = [
        Member(f.id, f.id, "future", f.instance, own.design)
        for f, own in zip(cases.futures, cases.alone, strict=True) if study.scenarios and own.design is not None
    ]  # fmt: skip
    return alone + [
        Member(name, future.id, name, future.instance, kept.design)
        for name in (HEDGED, EXPECTED) if name in cases.kept
        for future, kept in zip(cases.futures, cases.kept[name], strict=True) if kept is not None
    ]  # fmt: skip


def _own_priced(asked: Asked, cases: Across, deadline: float) -> Across:
    """Price each future's own design in every other."""
    for future, own, model in zip(cases.futures, cases.alone, cases.models, strict=True):
        if own.design is not None:
            left_s = max(1.0, deadline - time.perf_counter()) / len(cases.futures)
            standing = standing_of(model.sets, own.design)
            cases = price_everywhere(cases, future.id, standing, seed=asked.seed, budget_s=left_s)
    return cases
