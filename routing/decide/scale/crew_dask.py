"""Partitions on the workers of a Dask cluster (extra `cluster`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError
from typing import Any

import dask
from distributed import Client, Future, Worker, WorkerPlugin
from distributed.scheduler import KilledWorker

from retour.errors import BackendError
from routing.decide.scale.elsewhere import Elsewhere
from routing.decide.scale.held import NotHereError, arrive, leave
from routing.decide.scale.night import Night
from routing.decide.scale.source import Source

PATIENCE_S = 60
QUIET = {"distributed.admin.large-graph-warning-threshold": "1GiB"}


class Arrival(WorkerPlugin):
    """Hands the night to every worker, to those that join later too, and takes it back at the end."""

    def __init__(self, name: str, night: Night) -> None:
        self.name, self._night = f"night-{name}", night
        self._of = name

    def setup(self, worker: Worker) -> None:
        """Take in the night."""
        arrive(self._of, self._night)

    def teardown(self, worker: Worker) -> None:
        """Let the night go."""
        leave(self._of)


class Cluster(Elsewhere):
    """Partitions pinned to the workers of a cluster; those of a worker that is lost move to others."""

    lost = (NotHereError, KilledWorker, CancelledError)

    def __init__(self, night: Night, sources: Sequence[Source], *, address: str) -> None:
        super().__init__(sources)
        self._client = _client(address)
        self._plugin = Arrival(self.name, night)
        self._client.register_plugin(self._plugin)
        self._home: dict[int, str] = {}
        self.restore(range(len(self)))

    def submit(self, part: int, task: Any, *args: Any) -> Future[Any]:
        """Start a task at the partition's worker; where that one is gone another answers that it is not there."""
        with dask.config.set(QUIET):
            return self._client.submit(
                task, *args, workers=[self._home[part]], allow_other_workers=True, pure=False, retries=0
            )

    def rehome(self, parts: Iterable[int]) -> None:
        """Share these partitions out over the workers there are, one by one; those whose worker lives stay."""
        alive = _workers(self._client)
        for part in parts:
            if self._home.get(part) not in alive:
                self._home[part] = alive[part % len(alive)]

    def close(self) -> None:
        """Take the night back from the workers, and leave the cluster running."""
        self._client.unregister_worker_plugin(self._plugin.name)
        self._client.close()


def _client(address: str) -> Client:
    try:
        return Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise BackendError(f"No Dask scheduler answers at {address} ({reason}). Start one with `dask scheduler` and "
                           "its workers with `dask worker`, or leave --cluster out.") from None  # fmt: skip


def _workers(client: Client) -> list[str]:
    """Return the addresses of all workers, waiting a while for the first."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        raise BackendError(f"The Dask cluster at {client.scheduler.address} has no worker. Start some with "
                           f"`dask worker {client.scheduler.address}`.") from None  # fmt: skip
    return sorted(client.nthreads())
