"""The same returns decided as the market does: by fixed rules, or one at a time by best margin.

Same options, same prices, same limits as the joint model. A return that finds no room left waits a day at the
customer's and is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import GRADES, OUTCOMES, Indexed
from retour.instance import Instance
from retour.plan import shaped
from retour.vocabulary import Grade, Outcome, Wish
from routing.decide.placing import Scores, place_all
from routing.decide.problem import Choice, Problem, each_co2e, objective_eur

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FIXED_RULES, GREEDY, JOINT, BOUND = "fixed rules", "greedy best margin", "joint optimum", "bound"
FALL_BACK = (
    Outcome.RESTOCK, Outcome.OUTLET, Outcome.REFURBISH, Outcome.REPAIR, Outcome.EXCHANGE, Outcome.REMANUFACTURE,
    Outcome.VENDOR, Outcome.LIQUIDATE, Outcome.PARTS, Outcome.INTERNAL_USE, Outcome.DONATE, Outcome.RECYCLE,
    Outcome.DISPOSE,
)  # fmt: skip
FIRST_CHOICE = {
    Grade.A: (Outcome.RESTOCK,),
    Grade.B: (Outcome.RESTOCK,),
    Grade.C: (Outcome.OUTLET, Outcome.REFURBISH),
    Grade.D: (Outcome.PARTS,),
    Grade.E: (Outcome.RECYCLE,),
}


@dataclass(frozen=True)
class Compared:
    """A method and its choice."""

    method: str
    choice: Choice


def compare(instance: Instance, problem: Problem) -> list[Compared]:
    """Return what fixed rules and greedy best margin make of the same problem."""
    return [Compared(method, rule(instance, problem)) for method, rule in _DECIDE_BY.items()]


def comparator_table(problem: Problem, compared: Sequence[Compared], bound_eur: float) -> pd.DataFrame:
    """Return the `comparators` table: a row per method, and the bound."""
    rows: list[tuple[str, float, float, int | None]] = [
        (c.method, objective_eur(problem, c.choice), each_co2e(problem, c.choice).sum(), int(c.choice.unplaced.sum()))
        for c in compared
    ]
    rows.append((BOUND, bound_eur, np.nan, None))
    table = pd.DataFrame(rows, columns=["method", "cost_eur", "co2e_kg", "unplaced"])
    return shaped("comparators", table.astype({"unplaced": "Int64"}))


def fixed_rules(instance: Instance, problem: Problem) -> Choice:
    """Decide in table order: keep below the policy's value, else the nearest point with room, the outcome of the most
    likely grade (falling back along a fixed list), the nearest site, the first free day."""
    options = problem.options
    scores = Scores(
        x=_rank_in_return(options.x_road_m, options.link_return[options.x_link]),
        z=_tie_breaker(rule_order(instance, problem)),
        keep=np.where(options.can_keep, -1.0, np.inf),
    )
    return place_all(problem, scores, range(len(options))).choice


def greedy_best_margin(instance: Instance, problem: Problem) -> Choice:
    """Decide in order of value, the dearest first: each return takes its cheapest option that still fits."""
    priced, options = problem.priced, problem.options
    value_eur = instance.indexed.returns.value_eur[options.return_idx]
    order = np.lexsort((np.arange(len(options)), -value_eur))
    keep = np.where(options.can_keep, priced.keep.cost_eur, np.inf)
    return place_all(problem, Scores(priced.x.cost_eur, priced.z.cost_eur, keep), order.tolist()).choice


def rule_order(instance: Instance, problem: Problem) -> IntArray:
    """Return the rank (k,) of every recovery option under fixed rules: outcome, nearest site, own hub, first day.

    Who asks for another piece gets one where the rules of law and policy allow it.
    """
    ix, options, ways = instance.indexed, problem.options, problem.options.ways
    profile = ix.returns.profile[options.return_idx]
    grade, asks = ix.profiles.grade_odds.argmax(axis=1)[profile], asks_for_another(ix)[profile]
    z_return = options.link_return[options.z_link]
    outcome = ix.processes.outcome[ways.process_idx][options.z_way]
    lane = ix.lanes.hub_site[ways.hub_idx, ix.processes.site_idx[ways.process_idx]]
    away_m = instance.lane_distance_m[lane][options.z_way]
    moved = (options.entries.hub_idx[ways.entry] != ways.hub_idx)[options.z_way]
    granted = asks[z_return] & (outcome == OUTCOMES.index(Outcome.EXCHANGE))
    place = np.where(granted, -1, preference()[grade[z_return], outcome])
    order = np.lexsort((ways.day[options.z_way], moved, away_m, place))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def asks_for_another(ix: Indexed) -> NDArray[np.bool_]:
    """Return which profiles want another piece instead of their money, shape (profiles,)."""
    return (ix.profiles.table["wants"] == Wish.EXCHANGE).to_numpy(bool)


def preference() -> IntArray:
    """Return the place of each outcome for each grade, shape (5, 14)."""
    place = np.full((len(GRADES), len(OUTCOMES)), len(FALL_BACK) + len(OUTCOMES), dtype=np.int64)
    for g, grade in enumerate(GRADES):
        for position, outcome in enumerate(dict.fromkeys([*FIRST_CHOICE[grade], *FALL_BACK])):
            place[g, OUTCOMES.index(outcome)] = position
    return place


def _rank_in_return(road_m: FloatArray, owner: IntArray) -> FloatArray:
    order = np.lexsort((road_m, owner))
    begins = np.searchsorted(owner, owner, side="left")
    rank = np.empty(len(order))
    rank[order] = np.arange(len(order)) - begins
    return rank


def _tie_breaker(rank: IntArray) -> FloatArray:
    """Return ranks as numbers from 0 to below 1: the nearest point comes first, whatever happens next."""
    return rank / (len(rank) + 1.0)


_DECIDE_BY = {FIXED_RULES: fixed_rules, GREEDY: greedy_best_margin}
