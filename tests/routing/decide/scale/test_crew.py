"""Whoever works on the partitions, the answer is the same; also where a worker is killed midway."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from retour.errors import BackendError
from retour.gate import load_network, write_network
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from retour.progress import silent
from retour.samples import sample_network
from routing.decide.deadline import Deadline
from routing.decide.scale import large
from routing.decide.scale.crew import Crew, Processes, crew_of
from routing.decide.scale.engine import open_night, solve
from routing.decide.scale.held import NotHereError, arrive, build, call, leave
from routing.decide.scale.large import Large, Rows, decide_large, partitions
from routing.decide.scale.night import night_of

RETURNS, MOST = 1200, 300


@pytest.fixture(scope="module")
def country(tmp_path_factory) -> Instance:
    """A small country whose night falls into several partitions that share points."""
    return load_network(write_network(*sample_network("country", returns=RETURNS, seed=5),
                                      tmp_path_factory.mktemp("country") / "net"))  # fmt: skip


def everything(returns: pd.DataFrame) -> Rows:
    """All rows as one partition."""
    return Rows(returns, np.arange(len(returns)))


def decided(instance: Instance, *, processes: int = 1, cluster: str | None = None) -> Large:
    """The night decided in small partitions."""
    return decide_large(
        instance, estimate_pickup(instance), processes=processes, cluster=cluster, most=MOST,
        deadline=Deadline(None), listener=silent,
    )  # fmt: skip


@pytest.fixture(scope="module")
def alone(country) -> Large:
    """What one process decides."""
    return decided(country)


def assert_same_answer(expected: Large, actual: Large) -> None:
    """Cost, bound, prices and every decision are the same."""
    assert (expected.solved.cost_eur, expected.solved.bound_eur) == (actual.solved.cost_eur, actual.solved.bound_eur)
    assert_frame_equal(expected.prices, actual.prices)
    assert_frame_equal(expected.decisions, actual.decisions)
    assert_frame_equal(expected.comparators, actual.comparators)


class KillsOne:
    """A crew that loses a worker just before the given call of a method, and goes on."""

    def __init__(self, crew: Crew, kill: Callable[[], int], *, before: str, turn: int) -> None:
        self._crew, self._kill, self._before, self._left = crew, kill, before, turn
        self.killed: list[int] = []

    def each(self, method: str, *same: Any) -> list[Any]:
        self._pass(method)
        return self._crew.each(method, *same)

    def some(self, method: str, args: Mapping[int, tuple[Any, ...]]) -> dict[int, Any]:
        self._pass(method)
        return self._crew.some(method, args)

    def __len__(self) -> int:
        return len(self._crew)

    def _pass(self, method: str) -> None:
        self._left -= method == self._before
        if method == self._before and self._left == 0:
            self.killed.append(self._kill())


def losing_one(monkeypatch, kill: Callable[[Crew], int], *, before: str, turn: int) -> list[KillsOne]:
    """Let the large-scale engine work with crews that lose a worker; return those crews."""
    opened: list[KillsOne] = []

    @contextmanager
    def crew_that_loses_one(*args: Any, **named: Any) -> Iterator[Crew]:
        with crew_of(*args, **named) as crew:
            opened.append(KillsOne(crew, lambda: kill(crew), before=before, turn=turn))
            yield opened[-1]

    monkeypatch.setattr(large, "crew_of", crew_that_loses_one)
    return opened


def kill_first_process(crew: Crew) -> int:
    """Kill a process of this machine that holds partitions, as the system does when memory runs out."""
    assert isinstance(crew, Processes)
    pid = next(iter(crew._pools[0]._processes))
    os.kill(pid, signal.SIGKILL)
    return pid


def test_the_night_falls_into_partitions(country):
    """The tests below are about several partitions, which want the same points."""
    groups = partitions(country, most=MOST)
    assert len(groups) >= 4
    assert list(range(RETURNS)) == sorted(row for group in groups for row in group)


@pytest.mark.slow
def test_two_processes_decide_the_same(country, alone):
    """Two processes give the answer of one, to the last bit."""
    assert_same_answer(alone, decided(country, processes=2))


@pytest.mark.parametrize(("before", "turn"), [("bid", 2), pytest.param("settle", 1, marks=pytest.mark.slow)])
def test_a_killed_process_changes_nothing(country, alone, monkeypatch, before, turn):
    """A process killed while returns bid for room, or before recoveries are picked, is replaced; same answer."""
    crews = losing_one(monkeypatch, kill_first_process, before=before, turn=turn)
    actual = decided(country, processes=2)
    assert 1 == len(crews[0].killed)
    assert_same_answer(alone, actual)


def test_a_partition_is_not_changed_twice_by_one_call(country):
    """A cluster may run a call again whose answer was lost on the way; the partition then says it is not there."""
    returns = country.tables["returns"]
    arrive("tonight", night_of(country.with_returns(returns.iloc[:0]), estimate_pickup(country)))
    token = ("tonight", 0, 1)
    build(token, everything(returns), [], 0)
    try:
        census = call(token, 0, "census", ())
        room = open_night_room(country, returns)
        call(token, 0, "furnish", (room,))
        with pytest.raises(NotHereError):
            call(token, 0, "furnish", (room,))
        assert census.planned == call(token, 1, "census", ()).planned
    finally:
        leave("tonight")


def open_night_room(instance: Instance, returns: pd.DataFrame):
    """The room at points when all returns are in one partition."""
    night = night_of(instance.with_returns(returns.iloc[:0]), estimate_pickup(instance))
    with crew_of(night, [everything(returns)], processes=1) as crew:
        return open_night(night, crew).room


def test_a_night_that_is_not_here_is_said_so(country):
    """A worker that joined without the night cannot build a partition, and says so."""
    with pytest.raises(NotHereError):
        build(("unheard of", 0, 1), everything(country.tables["returns"]), [], 0)


class Broken:
    """A source whose process ends while it is read."""

    read_again = False

    def __call__(self) -> pd.DataFrame:
        os.kill(os.getpid(), signal.SIGKILL)
        return pd.DataFrame()


@pytest.mark.slow
def test_a_partition_lost_again_and_again_is_given_up(country):
    """When a partition kills every process that takes it, the run ends with what to do about it."""
    returns = country.tables["returns"]
    night = night_of(country.with_returns(returns.iloc[:0]), estimate_pickup(country))
    with (
        crew_of(night, [everything(returns), Broken()], processes=2) as crew,
        pytest.raises(BackendError, match="memory"),
    ):
        crew.each("census")


def test_the_answer_is_the_instances_own(country, alone):
    """Cut in partitions or in one piece, the night costs about the same: within a thousandth."""
    night = night_of(country.with_returns(country.tables["returns"].iloc[:0]), estimate_pickup(country))
    with crew_of(night, [everything(country.tables["returns"])], processes=1) as crew:
        whole = solve(open_night(night, crew), deadline=Deadline(None), listener=silent)
    assert whole.cost_eur == pytest.approx(alone.solved.cost_eur, rel=1e-3)
    assert max(whole.bound_eur, alone.solved.bound_eur) <= min(whole.cost_eur, alone.solved.cost_eur)
