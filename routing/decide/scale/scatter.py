"""Bringing the returns of a long table to their partitions: a Parquet file each, in memory that does not grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyarrow import parquet

from retour.gate.pieces import arrow_rows, arrow_schema, read_piece
from retour.gate.streamed import StreamedNetwork
from retour.indexed import PROFILE_KEYS, positions
from retour.instance import Instance, hash_of, row_hashes
from retour.progress import Listener, Progress
from retour.tables import INPUT_TABLES
from routing.decide.scale.partition import MOST_RETURNS, Cut, cut, nearest_stand, stands

RETURNS = "returns"
PLACE = ["point_id", "lat", "lon"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class PartFile:
    """The returns of a partition in a Parquet file that everyone who may work on it can read."""

    path: Path
    read_again: bool = True

    def __call__(self) -> pd.DataFrame:
        """Return the rows."""
        return read_piece(self.path)


@dataclass(frozen=True)
class Scattered:
    """A night whose returns lie in files, one per partition; `instance` has one return of every profile.

    `hash` is that of the whole instance, and `instance` says so too; `returns` is the file with all returns as the gate
    leaves them, in the order of the network's own.
    """

    instance: Instance
    sources: tuple[PartFile, ...]
    returns: Path
    rows: int
    hash: str


def scatter(network: StreamedNetwork, folder: Path, *, most: int = MOST_RETURNS, listener: Listener) -> Scattered:
    """Validate a network's returns and write those of each partition of about `most` to a file in `folder`.

    Raises InputError with every defect found.
    """
    parts = _cut(network, most)
    listener(Progress("load", 0.2, f"{network.rows} returns in {len(parts)} parts"))
    files = [folder / f"part-{k:05d}.parquet" for k in range(len(parts))]
    whole = folder / f"{RETURNS}.parquet"
    hashes: list[NDArray[np.uint64]] = []
    profiles: list[pd.DataFrame] = []
    seen = 0
    with ExitStack() as opened:
        schema = arrow_schema(INPUT_TABLES[RETURNS])
        outs = [opened.enter_context(parquet.ParquetWriter(f, schema, compression="zstd")) for f in [*files, whole]]
        for batch in network.batches():
            outs[-1].write_table(arrow_rows(batch, schema))
            for k, rows in _by_part(parts.parts(*_where(network.instance, batch))):
                outs[k].write_table(arrow_rows(batch.take(rows), schema))
            hashes.append(row_hashes(batch))
            profiles.append(batch.drop_duplicates(PROFILE_KEYS))
            seen += len(batch)
            listener(Progress("load", 0.2 + 0.8 * seen / network.rows, f"{seen} returns read"))
    instance = _with_profiles(network.instance, profiles)
    used = tuple(PartFile(f) for f in files if parquet.read_metadata(f).num_rows)
    instance.__dict__["hash"] = hash_of(instance, np.concatenate(hashes))
    return Scattered(instance, used, whole, seen, instance.hash)


def _cut(network: StreamedNetwork, most: int) -> Cut:
    """Return the partitions that where returns lie calls for; only that is read of them."""
    tree = stands(network.instance.indexed)
    returns_at = np.zeros(tree.n)
    for piece in network.columns(PLACE):
        returns_at += np.bincount(nearest_stand(tree, *_where(network.instance, piece)), minlength=tree.n)
    return cut(tree, returns_at, most=most)


def _where(instance: Instance, returns: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Return the coordinates of returns: of the point where they lie, else of the customer; 0 where they are none."""
    points = instance.indexed.points
    at = positions(returns["point_id"].astype(object), instance.tables["points"]["point_id"])
    own = (pd.to_numeric(returns[c], errors="coerce").fillna(0.0).to_numpy(float) for c in ("lat", "lon"))
    lat, lon = (np.where(at >= 0, np.append(p, 0.0)[at], o) for p, o in zip((points.lat, points.lon), own, strict=True))
    return lat, lon


def _by_part(part: IntArray) -> Iterator[tuple[int, IntArray]]:
    """Yield each partition that has rows, and which; rows keep their order."""
    order = np.argsort(part, kind="stable")
    found, start = np.unique(part[order], return_index=True)
    yield from zip(found.tolist(), np.split(order, start[1:]), strict=True)


def _with_profiles(instance: Instance, found: Iterable[pd.DataFrame]) -> Instance:
    """Return the instance with one return of every profile."""
    every = pd.concat(found, ignore_index=True).drop_duplicates(PROFILE_KEYS)
    return replace(instance, tables={**instance.tables, RETURNS: every.reset_index(drop=True)})
