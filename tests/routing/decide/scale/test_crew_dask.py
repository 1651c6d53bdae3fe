"""A Dask cluster gives the answer of one process; also where one of its workers is killed midway."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

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
from routing.decide.scale.crew import Crew, crew_of
from routing.decide.scale.large import Large, decide_large

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install 'retour[cluster]'")
RETURNS, MOST = 1200, 300


@pytest.fixture(scope="module")
def country(tmp_path_factory) -> Instance:
    """A small country whose night falls into several partitions that share points."""
    return load_network(write_network(*sample_network("country", returns=RETURNS, seed=5),
                                      tmp_path_factory.mktemp("country") / "net"))  # fmt: skip


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes of a Dask cluster on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as cluster:
        yield cluster


def decided(instance: Instance, cluster: str | None = None) -> Large:
    """The night decided in small partitions."""
    return decide_large(
        instance, estimate_pickup(instance), processes=1, cluster=cluster, most=MOST, deadline=Deadline(None),
        listener=silent,
    )  # fmt: skip


def assert_same_answer(expected: Large, actual: Large) -> None:
    """Cost, bound, prices and every decision are the same."""
    assert (expected.solved.cost_eur, expected.solved.bound_eur) == (actual.solved.cost_eur, actual.solved.bound_eur)
    assert_frame_equal(expected.prices, actual.prices)
    assert_frame_equal(expected.decisions, actual.decisions)


class KillsOne:
    """A crew on a cluster that loses a worker just before its second round of bids."""

    def __init__(self, crew: Crew, address: str) -> None:
        self._crew, self._address, self._rounds = crew, address, 0
        self.killed: list[int] = []

    def each(self, method: str, *same: Any) -> list[Any]:
        return self._crew.each(method, *same)

    def some(self, method: str, args: Mapping[int, tuple[Any, ...]]) -> dict[int, Any]:
        self._rounds += method == "bid"
        if self._rounds == 2 and not self.killed:
            self.killed.append(kill_a_worker(self._address))
        return self._crew.some(method, args)

    def __len__(self) -> int:
        return len(self._crew)


def kill_a_worker(address: str) -> int:
    """Kill the first worker process of a cluster outright."""
    with distributed.Client(address, set_as_default=False) as client:
        pid = client.run(os.getpid)[sorted(client.nthreads())[0]]
    os.kill(pid, signal.SIGKILL)
    return int(pid)


@pytest.mark.slow
def test_a_cluster_decides_the_same_also_when_a_worker_is_killed(country, cluster, monkeypatch):
    """Cost, bound, prices and decisions of a cluster are those of one process, with and without a loss midway."""
    alone, address = decided(country), cluster.scheduler_address
    assert_same_answer(alone, decided(country, address))
    opened: list[KillsOne] = []

    @contextmanager
    def crew_that_loses_one(*args: Any, **named: Any) -> Iterator[Crew]:
        with crew_of(*args, **named) as crew:
            opened.append(KillsOne(crew, address))
            yield opened[-1]

    monkeypatch.setattr(large, "crew_of", crew_that_loses_one)
    after_the_loss = decided(country, address)
    assert 1 == len(opened[0].killed)
    assert_same_answer(alone, after_the_loss)


@pytest.mark.slow
def test_no_night_stays_on_the_cluster(country, cluster):
    """When the night is decided, workers hold nothing of it."""
    decided(country, cluster.scheduler_address)
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        assert {0} == set(client.run(held_here).values())


def held_here() -> int:
    """How many nights and partitions this process holds."""
    from routing.decide.scale import held

    return len(held._NIGHTS) + len(held._HELD)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch, country):
    """A wrong address ends in a sentence that says which, and what to do."""
    monkeypatch.setattr("routing.decide.scale.crew_dask.PATIENCE_S", 0.5)
    with pytest.raises(BackendError, match="No Dask scheduler answers at tcp://127.0.0.1:9"):
        decided(country, "tcp://127.0.0.1:9")
