"""Deciding a night whose returns stay in files: what is remembered of each is what its price depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from retour.errors import BackendError, InfeasibleError
from retour.pickup_estimate import estimate_pickup
from retour.plan import Answer, shaped
from retour.pricing import PickupEstimate
from retour.progress import Listener, Progress
from retour.vocabulary import Status
from routing.decide.deadline import Deadline
from routing.decide.options import admissible_options
from routing.decide.scale.crew import crew_of
from routing.decide.scale.engine import Layout, Solved, open_night, solve
from routing.decide.scale.large import dearest_eur, price_rows, what_is_short
from routing.decide.scale.night import night_of
from routing.decide.scale.rivals import comparator_rows
from routing.decide.scale.scatter import Scattered
from routing.decide.scale.source import Report
from routing.decide.tables import prices_worth_showing
from routing.decide.tolls import tolls
from routing.decide.why_not import no_way_out

STAGE, METHOD = "decide", "prices"
SHARE_FOR_SOLVING = 0.5
AT_ONCE = 2
"""Partitions whose decisions are written at a time, per worker process."""


@dataclass(frozen=True)
class StreamDecided:
    """What is proven about a night's decisions, which were handed over partition by partition."""

    answer: Answer
    prices: pd.DataFrame = field(repr=False)
    comparators: pd.DataFrame = field(repr=False)
    pickup: PickupEstimate = field(repr=False)


def decide_streamed(
    night: Scattered, *, report: Report, take: Callable[[Any], None], pickup: PickupEstimate | None = None,
    processes: int = 1, cluster: str | None = None, budget_s: float | None = None, listener: Listener,
) -> StreamDecided:  # fmt: skip
    """Decide a night by prices; `report` sees each partition's decisions where they are, `take` what it made of them.

    Partitions are taken in order. The same processes, cluster and errors as `routing.decide.decide`.
    """
    clock = Deadline(budget_s)
    pickup = pickup or estimate_pickup(night.instance)
    shared = night_of(night.instance, pickup)
    listener(Progress(STAGE, 0.05, f"{night.rows} returns in {len(night.sources)} parts"))
    with crew_of(shared, night.sources, processes=processes, cluster=cluster) as crew:
        layout = open_night(shared, crew)
        if layout.stranded:
            raise InfeasibleError(_no_way_out(night, layout.stranded))
        solved = solve(layout, deadline=clock.share(SHARE_FOR_SOLVING), listener=listener)
        if not solved.feasible:
            raise _no_plan(layout, solved)
        every = price_rows(layout, solved)
        prices = shaped("prices", every[prices_worth_showing(every)])
        listener(Progress(STAGE, 0.8, "writing decisions", best_eur=solved.cost_eur))
        co2e_kg = _handed_over(layout, (solved.prices, tolls(shared.instance, prices), report), take, processes)
        comparators = comparator_rows(layout, solved, co2e_kg=co2e_kg)
    bound_eur = min(solved.cost_eur, solved.bound_eur)
    answer = Answer(STAGE, Status.FEASIBLE, solved.cost_eur, bound_eur, clock.spent_s, METHOD)
    return StreamDecided(answer, prices, comparators, pickup)


def _handed_over(layout: Layout, asked: tuple[Any, ...], take: Callable[[Any], None], processes: int) -> float:
    """Let partitions write their decisions, a few at a time, and hand them over; return their emissions, kg CO2e."""
    co2e_kg, many = 0.0, AT_ONCE * max(1, processes)
    for first in range(0, len(layout.crew), many):
        parts = range(first, min(first + many, len(layout.crew)))
        for emitted, made in layout.crew.some("report", dict.fromkeys(parts, asked)).values():
            co2e_kg += emitted
            take(made)
    return co2e_kg


def _no_way_out(night: Scattered, stranded: tuple[str, ...]) -> list[str]:
    """Return why returns have no option at all."""
    rows = [frame[frame["return_id"].isin(stranded)] for frame in (source() for source in night.sources)]
    some = night.instance.with_returns(pd.concat(rows, ignore_index=True))
    return no_way_out(some, admissible_options(some))


def _no_plan(layout: Layout, solved: Solved) -> InfeasibleError | BackendError:
    short = what_is_short(layout, solved)
    if solved.bound_eur > dearest_eur(layout):
        return InfeasibleError(short)
    return BackendError(" ".join(["No plan within every limit was found, nor a proof that there is none.", *short]))
