"""Recovery options, enumerated once per kind of return and entry: sorting hub, process and working day.

Returns are of one kind when they have the same class and the same admissible processes. A process without limits
never waits, so it is offered on its first day only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.indexed import Indexed
from retour.instance import Instance
from retour.pricing import entry
from routing.decide.rules import OUTCOME_RULES, PROCESS_RULES, removed

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Entries:
    """Distinct ways into the hubs, shape (e,): first hub, days until then; `of_point` (p,) is -1 without a way."""

    hub_idx: IntArray
    lead_days: FloatArray
    of_point: IntArray

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.hub_idx)


@dataclass(frozen=True)
class Kinds:
    """Kinds of returns, shape (g,): class and admissible processes (g, q); `of_profile` gives each profile's kind."""

    class_idx: IntArray
    takes: BoolArray
    of_profile: IntArray


@dataclass(frozen=True)
class Ways:
    """Recovery options of a class from an entry, shape (t,): sorted at `hub_idx`, treated by `process_idx` on `day`.

    The ways of kind g from entry e are `start[i]:start[i + 1]` where `keys[i]` is g * entries + e.
    """

    keys: IntArray
    start: IntArray
    class_idx: IntArray
    entry: IntArray
    hub_idx: IntArray
    process_idx: IntArray
    day: IntArray


def all_entries(ix: Indexed) -> Entries:
    """Return the distinct (first hub, days until then) of all points."""
    hub_idx, lead_days = entry(ix)
    known = hub_idx >= 0
    distinct, position = np.unique(np.column_stack([hub_idx, lead_days])[known], axis=0, return_inverse=True)
    of_point = np.full(len(hub_idx), -1, dtype=np.int64)
    of_point[known] = position.ravel()
    return Entries(distinct[:, 0].astype(np.int64), distinct[:, 1], of_point)


def kinds_of_returns(instance: Instance) -> Kinds:
    """Return the distinct (class, admissible processes) of all profiles, after the outcome and process rules."""
    ix = instance.indexed
    outcome_ok = ~removed(OUTCOME_RULES, instance)
    takes = outcome_ok[:, ix.processes.outcome] & ~removed(PROCESS_RULES, instance)
    rows, of_profile = np.unique(np.column_stack([ix.profiles.class_idx, takes]), axis=0, return_inverse=True)
    return Kinds(rows[:, 0].astype(np.int64), rows[:, 1:].astype(bool), of_profile.ravel().astype(np.int64))


def all_ways(instance: Instance, entries: Entries, kinds: Kinds, keys: IntArray) -> Ways:
    """Return the ways of every (kind, entry) in `keys` (ascending kind * entries + entry)."""
    kind, at = np.divmod(keys, max(1, len(entries)))
    offered = {e: _offered(instance, int(entries.hub_idx[e])) for e in np.unique(at)}
    blocks = [offered[e][kinds.takes[g, offered[e][:, 1]]] for g, e in zip(kind, at, strict=True)]
    length = np.array([len(b) for b in blocks], dtype=np.int64)
    flat = np.concatenate([np.empty((0, 3), np.int64), *blocks])
    return Ways(
        keys=keys,
        start=np.concatenate([[0], np.cumsum(length)]).astype(np.int64),
        class_idx=np.repeat(kinds.class_idx[kind], length),
        entry=np.repeat(at, length),
        hub_idx=flat[:, 0],
        process_idx=flat[:, 1],
        day=flat[:, 2],
    )


def _offered(instance: Instance, first_hub: int) -> IntArray:
    """Return rows (sorting hub, process, day) that lanes allow from a first hub; sorting there comes first."""
    ix = instance.indexed
    onward = np.flatnonzero(ix.lanes.hub_hub[first_hub] >= 0)
    hubs = np.concatenate([[first_hub], onward[onward != first_hub]])
    days = np.where(_limited(ix), instance.policy.service.process_days, 1)
    row, process = np.nonzero(ix.lanes.hub_site[np.ix_(hubs, ix.processes.site_idx)] >= 0)
    repeats = days[process]
    day = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return np.column_stack([np.repeat(hubs[row], repeats), np.repeat(process, repeats), day]).astype(np.int64)


def _limited(ix: Indexed) -> BoolArray:
    return np.isfinite(ix.processes.capacity_h) | np.isfinite(ix.processes.capacity_items)
