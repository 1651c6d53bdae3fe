"""Why each return goes where it goes, in one sentence, and its runner-up in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.indexed import HOME_IDX, KINDS, OUTCOMES
from retour.instance import Instance
from routing.decide.ascent import answer
from routing.decide.options import Options
from routing.decide.problem import Choice, Problem, each_cost
from routing.decide.runner_up import runner_up

FloatArray = NDArray[np.float64]
CENT_EUR = 0.005
DIGITS = 6


@dataclass(frozen=True)
class Explained:
    """Per planned return: the runner-up in words (None: it has no other option), what it costs more, and why.

    A runner-up may cost less: prices of limits are those of divisible goods, and whole parcels do not always divide.
    """

    runner_up: list[str | None]
    extra_eur: FloatArray
    why: list[str]


def explain(instance: Instance, problem: Problem, choice: Choice, prices: FloatArray) -> Explained:
    """Return runner-up and reason of every planned return, the shared limits at their `prices` (rows,)."""
    second, extra_eur = runner_up(problem, choice, prices)
    words = Words(instance, problem.options)
    said = [
        None if none else words.option(x, z) for none, x, z in zip(second.unplaced, second.x, second.z, strict=True)
    ]
    extra_eur = np.where(second.unplaced, np.nan, np.round(extra_eur, DIGITS))
    reasons = Reasons(instance, problem, choice, prices, words)
    why = [reasons.sentence(i) + _whole_parcels(said[i], extra_eur[i]) for i in range(len(problem.options))]
    return Explained(said, extra_eur, why)


def _whole_parcels(runner_up: str | None, extra_eur: float) -> str:
    """Say so where a return gives way to others though its runner-up looks cheaper."""
    if not extra_eur <= -CENT_EUR:
        return ""
    return f"; for all returns together this is best, alone {runner_up} would cost {-extra_eur:.2f} EUR less"


class Words:
    """Names of options for people."""

    def __init__(self, instance: Instance, options: Options) -> None:
        ix, self._options = instance.indexed, options
        kinds = ["home pickup" if k == HOME_IDX else str(KINDS[k]).lower() for k in ix.points.kind]
        self._points = [f"{kind} {point}" for kind, point in zip(kinds, ix.points.ids, strict=True)]
        sites = instance.sites["name"].fillna(instance.sites["site_id"]).to_numpy(object)
        outcomes = [str(OUTCOMES[o]).lower().replace("_", " ") for o in ix.processes.outcome]
        self._processes = [f"{o} at {sites[s]}" for o, s in zip(outcomes, ix.processes.site_idx, strict=True)]
        self._hubs = ix.hub_ids

    def option(self, x: int, z: int) -> str:
        """Return an option as words: the point, then the recovery; KEEP for -1."""
        return "the customer keeps it" if x < 0 else f"{self.point(x)}, then {self.recovery(z)}"

    def point(self, x: int) -> str:
        """Return the point of a collection option."""
        return self.place(self._options.x_point[x])

    def place(self, point: int) -> str:
        """Return a point by its position in the points table."""
        return self._points[point]

    def recovery(self, z: int) -> str:
        """Return hub (where it is not the first), process and day (where it waits) of a recovery option."""
        ways, way = self._options.ways, self._options.z_way[z]
        first = self._options.entries.hub_idx[ways.entry[way]]
        hub = "" if first == ways.hub_idx[way] else f"hub {self._hubs[ways.hub_idx[way]]} and "
        day = f" on working day {ways.day[way] + 1}" if ways.day[way] else ""
        return f"{hub}{self._processes[ways.process_idx[way]]}{day}"


class Reasons:
    """Why the options chosen were chosen."""

    def __init__(self, instance: Instance, problem: Problem, choice: Choice, prices: FloatArray, words: Words) -> None:
        self._instance, self._options, self._priced = instance, problem.options, problem.priced
        self._choice, self._words = choice, words
        self._count = problem.options.count()
        self._alone, _ = answer(problem, np.zeros(len(prices)))
        self._dearer_eur = each_cost(problem, choice) - each_cost(problem, self._alone)
        self._x_toll, self._z_toll = prices @ problem.limits.x, prices @ problem.limits.z
        self._x_return_start = problem.options.x_start[problem.options.link_start]

    def sentence(self, i: int) -> str:
        """Return why planned return i goes where it goes."""
        if self._choice.keeps[i]:
            return f"{self._among(i)}: nothing moves (policy keep)"
        parts = [self._nearer_point(i), self._cheaper_recovery(i)]
        parts = [self._among(i), *(parts if any(parts) else [self._cheaper_alone(i)]), self._hazard(i)]
        return "; ".join(part for part in parts if part)

    def _among(self, i: int) -> str:
        if self._count[i] == 1:
            return "the only admissible option"
        if self._dearer_eur[i] < CENT_EUR:
            return f"cheapest of {self._count[i]} options"
        return f"best of {self._count[i]} options at tonight's prices of room and time"

    def _nearer_point(self, i: int) -> str:
        if self._instance.indexed.returns.point_idx[self._options.return_idx[i]] >= 0:
            return "it lies there already"
        x = int(self._choice.x[i])
        mine = slice(self._x_return_start[i], self._x_return_start[i + 1])
        nearest = mine.start + int(self._options.x_road_m[mine].argmin())
        if self._options.x_road_m[nearest] >= self._options.x_road_m[x]:
            return ""
        price_eur = self._x_toll[nearest] - self._x_toll[x]
        shortage = f"full tonight (price {price_eur:.2f} EUR)" if price_eur >= CENT_EUR else "dearer in all"
        return f"{self._words.point(nearest)} was nearer but {shortage}"

    def _cheaper_recovery(self, i: int) -> str:
        z, link = int(self._choice.z[i]), int(self._options.x_link[self._choice.x[i]])
        mine = slice(self._options.z_start[link], self._options.z_start[link + 1])
        best = mine.start + int(self._priced.z.cost_eur[mine].argmin())
        saved = self._priced.z.cost_eur[z] - self._priced.z.cost_eur[best]
        if saved < CENT_EUR:
            return ""
        price_eur = self._z_toll[best] - self._z_toll[z]
        shortage = f"short tonight (price {price_eur:.2f} EUR)" if price_eur >= CENT_EUR else "full of whole items"
        return f"{self._words.recovery(best)} is worth {saved:.2f} EUR more but {shortage}"

    def _cheaper_alone(self, i: int) -> str:
        if self._dearer_eur[i] < CENT_EUR:
            return ""
        alone = self._words.option(self._alone.x[i], self._alone.z[i])
        return f"{alone} would cost {self._dearer_eur[i]:.2f} EUR less but others need that room or time more"

    def _hazard(self, i: int) -> str:
        damaged = self._instance.indexed.returns.damaged_battery[self._options.return_idx[i]]
        return f"damaged battery ({self._instance.policy.hazard.source})" if damaged else ""
