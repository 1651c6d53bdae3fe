"""Whether to look before choosing: what it is worth to know the grade at the sorting hub.

The value of perfect information (Raiffa and Schlaifer 1961): the mean over the grades of the best recovery given the
grade, less the best recovery when only the odds are known; law and policy are asked for each grade anew. Early grading
pays most where value fades or grades lead to different outcomes (Blackburn, Guide, Souza and Van Wassenhove 2004).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.graded import graded_profiles
from retour.indexed import GRADES, OUTCOMES, positions
from retour.instance import Instance
from retour.pricing import HOURS_PER_DAY, entry
from routing.decide.onward import Batches, Onward, onward_ways
from routing.decide.outcome_rules import admissible
from routing.decide.tolls import Tolls, tolls

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
ROWS_AT_ONCE = 8192
CENT_EUR = 0.005
DIGITS = 6


@dataclass(frozen=True)
class AtHub:
    """Returns on their way to the hub that sorts them, (n,) each: position, hub, days from tonight until there."""

    return_idx: IntArray
    hub_idx: IntArray
    hub_days: FloatArray


@dataclass(frozen=True)
class Inspection:
    """Per return (n,): `gain_eur` of inspecting first, its cost paid (negative: not worth it); NaN where the grade is
    known or no way leads on. `process_idx` (n, 5) is the best process for each grade, -1 where it cannot have it."""

    gain_eur: FloatArray
    process_idx: IntArray


def inspection_gains(instance: Instance, at_hub: AtHub, tolls: Tolls) -> Inspection:
    """Return what inspecting each return of unknown grade at its sorting hub gains at these prices of shared limits.

    A grade that law or condition leaves no way is treated as if it had not been looked at.
    """
    ix, n = instance.indexed, len(at_hub.return_idx)
    gain, process = np.full(n, np.nan), np.full((n, len(GRADES)), -1, dtype=np.int64)
    unknown = ix.profiles.table["grade"].isna().to_numpy(bool)[ix.returns.profile[at_hub.return_idx]]
    rows = np.flatnonzero(unknown)
    if len(rows):
        books = _Books(instance, ix.returns.profile[at_hub.return_idx[rows]])
        batches, of_row = _batches(instance, at_hub, rows)
        ways = onward_ways(instance, batches, tolls)
        for b, part in _parts(of_row):
            if len(of_batch := ways.of(b)):
                mine = rows[part]
                gain[mine], process[mine] = books.gains(of_batch, at_hub.return_idx[mine])
    return Inspection(gain, process)


def with_inspection(instance: Instance, decisions: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Return the `decisions` table with `inspect_first_eur` filled from a `prices` table, and said where it pays."""
    return with_tolls(instance, decisions, tolls(instance, prices))


def with_tolls(instance: Instance, decisions: pd.DataFrame, tolls: Tolls) -> pd.DataFrame:
    """Return the same from the tolls of a `prices` table."""
    moved = np.flatnonzero(decisions["hub_id"].notna().to_numpy(bool))
    found = inspection_gains(instance, at_hub(instance, decisions.take(moved)), tolls)
    gain_eur, why = np.full(len(decisions), np.nan), decisions["why"].to_numpy(object, copy=True)
    gain_eur[moved] = np.round(found.gain_eur, DIGITS)
    for i in np.flatnonzero(found.gain_eur >= CENT_EUR).tolist():
        why[moved[i]] = f"{why[moved[i]]}; {sentence(instance, found, i)}"
    return decisions.assign(inspect_first_eur=gain_eur, why=pd.Series(why, index=decisions.index, dtype=object))


def sentence(instance: Instance, found: Inspection, i: int) -> str:
    """Return what inspecting return i first is worth, and what each grade would then become."""
    outcome = instance.indexed.processes.outcome
    grades: dict[str, list[str]] = {}
    for grade, process in zip(GRADES, found.process_idx[i], strict=True):
        if process >= 0:
            grades.setdefault(str(OUTCOMES[outcome[process]]).lower().replace("_", " "), []).append(str(grade))
    then = ", ".join(f"{name} if {' or '.join(letters)}" for name, letters in grades.items())
    return f"inspecting it first would be worth {found.gain_eur[i]:.2f} EUR: {then}"


def at_hub(instance: Instance, moved: pd.DataFrame) -> AtHub:
    """Return where decisions that move goods (`return_id`, `point_id`, `hub_id`) are sorted, and when."""
    ix, t = instance.indexed, instance.tables
    point, hub = (positions(moved[f"{name}_id"], t[f"{name}s"][f"{name}_id"]) for name in ("point", "hub"))
    first, lead_days = entry(ix)
    over = ix.lanes.hub_hub[first[point], hub]
    crossing_h = np.where(first[point] != hub, np.append(ix.lanes.lead_h, 0.0)[over], 0.0)
    return AtHub(
        return_idx=positions(moved["return_id"], t["returns"]["return_id"]),
        hub_idx=hub,
        hub_days=lead_days[point] + crossing_h / HOURS_PER_DAY,
    )


class _Books:
    """What law and condition allow the profiles at hand, before and after their grade is known."""

    def __init__(self, instance: Instance, profile: IntArray) -> None:
        ix = instance.indexed
        here = np.unique(profile)
        graded = graded_profiles(instance, here)
        self._returns, self._outcome = ix.returns, ix.processes.outcome
        self._row = np.full(len(ix.profiles.class_idx), -1, dtype=np.int64)
        self._row[here] = np.arange(len(here))
        self._odds = ix.profiles.grade_odds[here]
        self._share = ix.profiles.share[here]
        self._graded_share = graded.share.reshape(len(here), len(GRADES), -1)
        self._takes = admissible(instance)[here]
        self._graded_takes = admissible(instance, graded).reshape(len(here), len(GRADES), -1)
        self._inspection_eur = instance.rates["inspection_eur"]

    def gains(self, ways: Onward, r: IntArray) -> tuple[FloatArray, IntArray]:
        """Return gain (n,) and best process per grade (n, 5) of returns r, all with these ways."""
        known, row = np.unique(self._row[self._returns.profile[r]], return_inverse=True)
        lot = _Lot(ways, self._outcome, row, self._returns.value_eur[r], self._returns.weight_kg[r])
        unseen, unseen_eur = lot.best(self._share[known], self._takes[known])
        gain_eur, process = unseen_eur - self._inspection_eur, []
        for g in range(len(GRADES)):
            chance = self._odds[known, g][row]
            seen, seen_eur = lot.best(self._graded_share[known, g], self._graded_takes[known, g], otherwise=unseen)
            gain_eur -= chance * seen_eur
            process.append(np.where(chance > 0, ways.process_idx[seen], -1))
        return np.where(np.isfinite(gain_eur), gain_eur, np.nan), np.column_stack(process)


class _Lot:
    """Returns (n,) of `row` in some profiles, before the same ways (t,): cheapest way by cheapest way."""

    def __init__(
        self, ways: Onward, outcome: IntArray, row: IntArray, value_eur: FloatArray, weight_kg: FloatArray
    ) -> None:
        self._ways, self._outcome, self._row, self._value_eur = ways, outcome[ways.process_idx], row, value_eur[:, None]
        self._plain_eur = ways.base_eur + np.multiply.outer(weight_kg, ways.per_kg_eur)
        self._every = np.arange(len(row))

    def best(
        self, share: FloatArray, takes: NDArray[np.bool_], *, otherwise: IntArray | None = None
    ) -> tuple[IntArray, FloatArray]:
        """Return the cheapest way that each profile takes and its cost, (n,) each.

        Where a profile takes none it is `otherwise`, at its cost; without `otherwise` the cost is inf.
        """
        share = share[:, self._outcome]
        worth = share * np.where(share >= 0, self._ways.per_value_eur, self._ways.per_charge_eur)
        shut = np.where(takes[:, self._ways.process_idx], 0.0, np.inf)[self._row]
        cost_eur = self._plain_eur + self._value_eur * worth[self._row]
        way = (cost_eur + shut).argmin(axis=1)
        lost = np.isinf(shut[self._every, way])
        if otherwise is None:
            return way, np.where(lost, np.inf, cost_eur[self._every, way])
        way = np.where(lost, otherwise, way)
        return way, cost_eur[self._every, way]


def _batches(instance: Instance, at_hub: AtHub, rows: IntArray) -> tuple[Batches, IntArray]:
    class_idx = instance.indexed.returns.class_idx[at_hub.return_idx[rows]]
    keys = np.column_stack([class_idx, at_hub.hub_idx[rows], at_hub.hub_days[rows]])
    alike, of_row = np.unique(keys, axis=0, return_inverse=True)
    return Batches(alike[:, 0].astype(np.int64), alike[:, 1].astype(np.int64), alike[:, 2]), of_row.ravel()


def _parts(of_row: IntArray) -> Iterator[tuple[int, IntArray]]:
    """Yield each batch with positions of its rows, so many at a time."""
    order = np.argsort(of_row, kind="stable")
    start = np.searchsorted(of_row[order], np.arange(of_row.max() + 2))
    for b, (first, last) in enumerate(zip(start[:-1], start[1:], strict=True)):
        for part in range(first, last, ROWS_AT_ONCE):
            yield b, order[part : min(part + ROWS_AT_ONCE, last)]
