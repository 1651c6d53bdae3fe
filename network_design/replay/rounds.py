"""Replay, correct, design again: until the corrected rates say what the routes cost, or the rounds are over."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from network_design.compare import decision_diff
from network_design.replay.nights import Asked, Router
from network_design.replay.redesigning import design_again
from network_design.replay.replaying import Replayed, Sample, replay_design
from network_design.replay.tables import shaped
from network_design.replay.told import factors_table
from network_design.surrogate.collected import collected_pairs
from network_design.surrogate.corrected import Corrected, corrected
from network_design.surrogate.factors import Factors, remembered
from network_design.surrogate.tours import Tours
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.errors import BackendError
from retour.progress import Listener, Progress, silent

DESIGN_UNITS, ROUTE_UNITS = 1, 2
"""How the time that is left is shared between a design and its nights."""
NIGHT_TABLES = ("nights", "stops", "hubs", "places", "zones")
NOTHING = "No factor can be told: these nights hold no stop that the network charges for; give rates, or more nights."


@dataclass(frozen=True)
class Candidate:
    """A design to be replayed; `flows` in the network's own modes, `believed` and `total` discounted.

    `believed` is what its own rates charge for collection, `total` for everything. `design` and `network` are those of
    corrected rates, None for the stored design.
    """

    opened: pd.DataFrame = field(repr=False)
    flows: pd.DataFrame = field(repr=False)
    believed: float
    total: float
    design: Design | None = None
    network: DesignInstance | None = None


@dataclass(frozen=True)
class Round:
    """A design and its nights; rounds are numbered from 1."""

    number: int
    candidate: Candidate
    replayed: Replayed

    @property
    def cost(self) -> float:
        """The whole design with collection by its routes, discounted."""
        return self.candidate.total - self.candidate.believed + self.replayed.routed.mean

    @property
    def off(self) -> float | None:
        """How far the rates it was designed with are from its routes, as a share of these; None without routes."""
        routed = self.replayed.routed.mean
        return self.candidate.believed / routed - 1 if routed else None


@dataclass(frozen=True)
class Replay:
    """All rounds, and the network with the rates that follow from them (None where nothing can be corrected).

    `settled`: the rates of the last design agree with its routes. `note` says what a reader must know of the rates,
    `troubles` what went wrong: a design not found in time, an engine that broke down.
    """

    rounds: tuple[Round, ...]
    tours: Tours
    corrected: Corrected | None
    tables: dict[str, pd.DataFrame] = field(repr=False)
    settled: bool
    note: str = ""
    troubles: tuple[str, ...] = ()

    @property
    def kept(self) -> Round:
        """The round whose design is cheapest with its routes; the earlier of two alike."""
        return min(self.rounds, key=lambda r: (r.cost, r.number))


def stored_candidate(
    instance: DesignInstance, *, opened: pd.DataFrame, flows: pd.DataFrame, total: float, tours: Tours
) -> Candidate:
    """Return a stored design as the first to be replayed."""
    return Candidate(opened, flows, _charged(instance, flows, tours), total)


def replay_rounds(
    instance: DesignInstance, first: Candidate, *, tours: Tours, sample: Sample, asked: Asked, rounds: int,
    tolerance: float, budget_s: float | None, listener: Listener = silent,
) -> Replay:  # fmt: skip
    """Replay a design; with `rounds` above 1 correct the rates, design again and replay that, and so on.

    It ends when the rates a design was made with are within `tolerance` (a share) of its routes, when a design comes
    out as the one before, or after `rounds`. `budget_s` is for all of it. Raises as `replay_design` does.
    """
    course = _Course(instance, tours, sample, asked, rounds, tolerance, budget_s, listener)
    course.play(first)
    while course.goes_on():
        course.design_and_play()
    return course.replay()


class _Course:
    """Rounds as they are played."""

    def __init__(
        self, instance: DesignInstance, tours: Tours, sample: Sample, asked: Asked, rounds: int, tolerance: float,
        budget_s: float | None, listener: Listener,
    ) -> None:  # fmt: skip
        self._instance, self._tours, self._sample, self._asked = instance, tours, sample, asked
        self._rounds, self._tolerance, self._listener = rounds, tolerance, listener
        self._deadline = None if budget_s is None else time.perf_counter() + budget_s
        circuity = sample.vans.circuity or instance.settings.circuity
        self._router = Router(sample.vans, asked, circuity=circuity, travel=sample.travel)
        self._played: list[Round] = []
        self._factors: Factors | None = None
        self._corrected: Corrected | None = None
        self._tables: dict[str, list[pd.DataFrame]] = {name: [] for name in ("factors", "changes", *NIGHT_TABLES)}
        self._note, self._over = "", False
        self._troubles: list[str] = []

    def play(self, candidate: Candidate) -> None:
        """Replay one design and learn from it."""
        number = len(self._played) + 1
        replayed = replay_design(
            self._instance, opened=candidate.opened, flows=candidate.flows, tours=self._tours, sample=self._sample,
            router=self._router, budget_s=self._time_for(ROUTE_UNITS, number), round_no=number,
            listener=self._listener,
        )  # fmt: skip
        self._played.append(Round(number, candidate, replayed))
        self._troubles += replayed.troubles
        for name in NIGHT_TABLES:
            self._tables[name].append(replayed.tables[name])
        self._learn(replayed, number)

    def goes_on(self) -> bool:
        """Say whether another design can tell more."""
        over = self._over or len(self._played) >= self._rounds or self._settled()
        return not over and self._corrected is not None

    def design_and_play(self) -> None:
        """Design with the corrected rates and replay that; where time or an engine fails, say so and end."""
        number, last = len(self._played) + 1, self._played[-1].candidate
        self._listener(Progress("design", number / self._rounds, f"round {number}: designing with corrected rates"))
        try:
            candidate = self._designed(number)
            self.play(candidate)
        except BackendError as error:
            self._troubles.append(f"Round {number} was left out: {error}")
            self._over = True
            return
        changes = decision_diff(
            opened_before=last.opened, opened_after=candidate.opened,
            flows_before=last.flows, flows_after=candidate.flows,
        )  # fmt: skip
        self._over = changes.empty  # the same design again teaches nothing new
        self._tables["changes"].append(shaped("changes", changes.assign(round=number)))

    def replay(self) -> Replay:
        """Return what was found."""
        tables = {name: pd.concat(frames, ignore_index=True) if frames else shaped(name, pd.DataFrame())
                  for name, frames in self._tables.items()}  # fmt: skip
        troubles = tuple(dict.fromkeys(self._troubles))
        return Replay(tuple(self._played), self._tours, self._corrected, tables, self._settled(), self._note, troubles)

    def _designed(self, number: int) -> Candidate:
        variant = self._corrected
        assert variant is not None  # noqa: S101 - goes_on asks
        design = design_again(
            variant.instance, self._played[-1].candidate.opened, seed=self._asked.seed,
            budget_s=self._time_for(DESIGN_UNITS, number, designing=True), listener=self._listener,
        )  # fmt: skip
        believed = _charged(variant.instance, design.flows, variant.tours)
        own_flows = variant.as_asked(design.flows)
        return Candidate(design.opened, own_flows, believed, design.ledger_total, design, variant.instance)

    def _learn(self, replayed: Replayed, number: int) -> None:
        if replayed.measured.empty:
            self._note = NOTHING
            return
        bands_km = self._sample.vans.bands_km
        self._factors = remembered(self._factors, replayed.measured, bands_km=bands_km)
        self._corrected = corrected(self._instance, self._tours, self._factors)
        self._tables["factors"].append(factors_table(self._factors, replayed.measured, round_no=number))

    def _settled(self) -> bool:
        off = self._played[-1].off
        return off is not None and abs(off) <= self._tolerance

    def _time_for(self, units: int, number: int, *, designing: bool = False) -> float | None:
        """Return a piece of work's share of the time left; `number` is the round it belongs to."""
        if self._deadline is None:
            return None
        left = (self._rounds - number) * (DESIGN_UNITS + ROUTE_UNITS) + ROUTE_UNITS + (DESIGN_UNITS if designing else 0)
        return max(1.0, (self._deadline - time.perf_counter()) * units / left)


def _charged(instance: DesignInstance, flows: pd.DataFrame, tours: Tours) -> float:
    """Return what a network's rates charge for collection, discounted."""
    pairs = collected_pairs(instance, flows, tours)
    discount = instance.discount[pairs["period"].to_numpy(np.int64) - 1]
    return float((pairs["surrogate"] * discount).sum())
