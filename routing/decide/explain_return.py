"""Why one return of a planned night goes where it goes: what it costs, what binds it, what would change it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.eligibility import PLANNED
from retour.instance import Instance
from retour.ledger import decision_ledger
from retour.pricing import PickupEstimate, carbon_eur_per_kg
from routing.decide.alternatives import Alternatives, alternatives, chosen_of, outcome_of
from routing.decide.explanation import Binding, Change, Explanation, PricedPart, Removed, RunnerUp
from routing.decide.levers import levers
from routing.decide.limit_rows import KEEP_SHARE, ROUNDING
from routing.decide.open_options import FREE
from routing.decide.turn_words import TurnWords
from routing.decide.turning import cheapest_turns
from routing.decide.why_not import Removal, removals

FloatArray = NDArray[np.float64]
NEGLIGIBLE_EUR = 0.0005
TIE_EUR = 1e-6
MOST_CHANGES = 3
CARBON_PART = "carbon"
RULE = "rule"
LIMIT_KIND = "limits"


def explain_return(
    instance: Instance, prices: pd.DataFrame, decision: pd.Series, pickup: PickupEstimate
) -> Explanation:
    """Explain the only return of `instance`, decided as its row of `decisions` says, at the `prices` and `pickup` of
    its night. Raises KeyError when the decision is not among the options of the instance."""
    gone = removals(instance, 0)
    if decision["state"] != PLANNED:
        told = tuple(Removed(g.kind, g.names, g.says, g.source, 0.0) for g in gone)
        return Explanation(decision["return_id"], decision["state"], str(decision["why"]), removed=told)
    found = alternatives(instance, prices, pickup)
    mine = chosen_of(instance, found, decision)
    words = TurnWords(instance, found, mine)
    second = _second(found, mine)
    parts = priced_parts(instance, decision, pickup)
    cost_eur = float(found.cost_eur[mine])
    limits = _bindings(found, mine, words, prices)
    changes = _changes(instance, found, pickup, mine, second, words)
    waived = _waivers(found, mine)
    return Explanation(
        return_id=decision["return_id"],
        state=decision["state"],
        why=_why(found, mine, second, words),
        decision=words.alternative(mine),
        outcome=str(outcome_of(instance, found, mine)),
        cost_eur=cost_eur,
        price_eur=float(found.price_eur[mine]),
        co2e_kg=float(found.co2e_kg[mine]),
        parts=parts,
        limits=limits,
        runner_up=None if second is None else _runner_up(instance, found, mine, second, words),
        changes=changes + _rule_changes(found, mine, waived, gone, words),
        removed=_removed(found, words, gone, waived),
        options=int(found.available.sum()),
    )


def priced_parts(instance: Instance, decision: pd.Series, pickup: PickupEstimate) -> tuple[PricedPart, ...]:
    """Return the ledger rows of one planned decision, the pickup estimate and carbon included, the gain first."""
    rows = decision_ledger(instance, decision.to_frame().T, pickup)
    rows = rows[rows["subject"] == "return"].sort_values("cost_eur", key=lambda c: c >= 0, kind="stable")
    kg, per_kg = float(rows["co2e_kg"].sum()), carbon_eur_per_kg(instance)
    carbon = (PricedPart(CARBON_PART, "kg", kg, per_kg, kg * per_kg, 0.0),) if kg * per_kg else ()
    fields = ["activity", "unit", "quantity", "rate_eur", "cost_eur", "co2e_kg"]
    return tuple(PricedPart(*row) for row in rows[fields].itertuples(index=False, name=None)) + carbon


def _second(found: Alternatives, mine: int) -> int | None:
    """Return the best available alternative but the decision's own; None when there is no other."""
    price = np.where(found.available, found.price_eur, np.inf)
    price[mine] = np.inf
    return int(price.argmin()) if np.isfinite(price.min()) else None


def _why(found: Alternatives, mine: int, second: int | None, words: TurnWords) -> str:
    if second is None:
        return "It is the only way that rules and limits leave."
    extra_eur = float(found.price_eur[second] - found.price_eur[mine])
    options = int(found.available.sum())
    if extra_eur < -NEGLIGIBLE_EUR:
        return (
            f"Whole items do not divide: for all returns together this is best, though at tonight's prices "
            f"{words.alternative(second)} would cost {-extra_eur:.2f} EUR less for this one alone."
        )
    alone_eur = float(np.where(found.available, found.cost_eur, np.inf).min())
    if found.cost_eur[mine] - alone_eur < NEGLIGIBLE_EUR:
        return f"It is the cheapest of {options} ways, with or without others wanting the same room and time."
    toll_eur = float(found.price_eur[mine] - found.cost_eur[mine])
    paid = f", {toll_eur:.2f} EUR for what it uses itself" if toll_eur > NEGLIGIBLE_EUR else ""
    return (
        f"Alone it could cost {found.cost_eur[mine] - alone_eur:.2f} EUR less, but that room or time is taken or worth "
        f"more to others: of {options} ways it is best at tonight's prices{paid}."
    )


def _bindings(found: Alternatives, mine: int, words: TurnWords, prices: pd.DataFrame) -> tuple[Binding, ...]:
    use = found.use[:, [mine]].toarray().ravel()
    stored = prices.assign(detail=prices["detail"].astype(object).where(prices["detail"].notna(), ""))
    used = stored.set_index(["limit", "place_id", "detail"])["used"].to_dict()
    out = []
    for row in np.flatnonzero((use != 0) & (found.prices > NEGLIGIBLE_EUR)):
        limit, price_eur = found.limits.table.iloc[row], float(found.prices[row])
        key = (limit["limit"], limit["place_id"], limit["detail"])
        out.append(
            Binding(*key, limit["unit"], words.limit(int(row)), abs(float(use[row])), price_eur,
                    float(use[row]) * price_eur, abs(float(found.capacity[row])), float(used[key]))
        )  # fmt: skip
    return tuple(sorted(out, key=lambda b: -abs(b.toll_eur)))


def _runner_up(instance: Instance, found: Alternatives, mine: int, second: int, words: TurnWords) -> RunnerUp:
    ix, way, point = instance.indexed, found.way[second], found.point[second]
    return RunnerUp(
        says=words.alternative(second),
        outcome=str(outcome_of(instance, found, second)),
        point_id=None if point < 0 else str(ix.points.ids[point]),
        process_id=None if way < 0 else str(ix.processes.ids[found.options.ways.process_idx[way]]),
        extra_eur=float(found.price_eur[second] - found.price_eur[mine]),
        extra_alone_eur=float(found.cost_eur[second] - found.cost_eur[mine]),
    )


def _changes(
    instance: Instance, found: Alternatives, pickup: PickupEstimate, mine: int, second: int | None, words: TurnWords
) -> tuple[Change, ...]:
    """Return the least changes of a parameter, none where the decision is not the cheapest at the prices anyway."""
    if second is None or found.price_eur[second] < found.price_eur[mine] - TIE_EUR:
        return ()
    tied = found.price_eur[second] < found.price_eur[mine] + TIE_EUR
    near = np.array([mine, second])
    turns = cheapest_turns(levers(instance, found, pickup, near), mine, most=1 if tied else MOST_CHANGES)
    return tuple(
        Change(t.lever.kind, t.lever.subject, t.lever.unit, t.lever.now, t.at, 0.0, words.turn(t)) for t in turns
    )


def _waivers(found: Alternatives, mine: int) -> dict[int, tuple[int, float]]:
    """Return per rule the best alternative it alone is in the way of, and what that would cost less."""
    price = np.where(found.shut, np.inf, found.price_eur)
    out = {}
    for rule in np.unique(found.rule[found.rule > FREE]):
        best = int(np.where(found.rule == rule, price, np.inf).argmin())
        gain_eur = float(found.price_eur[mine] - price[best])
        if gain_eur > NEGLIGIBLE_EUR:
            out[int(rule)] = (best, gain_eur)
    return out


def _rule_changes(
    found: Alternatives, mine: int, waived: dict[int, tuple[int, float]], gone: list[Removal], words: TurnWords
) -> tuple[Change, ...]:
    told = []
    for removal in gone:
        if removal.rule in waived:
            best, gain_eur = waived[removal.rule]
            rule = f"“{removal.says}” ({removal.source})"
            says = f"Were it not for the rule {rule}, {words.then(best)}, {gain_eur:.2f} EUR better."
            told.append(Change(RULE, removal.says, "", None, None, gain_eur, says))
    return tuple(sorted(told, key=lambda c: -c.gain_eur))


def _removed(
    found: Alternatives, words: TurnWords, gone: list[Removal], waived: dict[int, tuple[int, float]]
) -> tuple[Removed, ...]:
    by_rule = [Removed(g.kind, g.names, g.says, g.source, waived.get(g.rule, (0, 0.0))[1]) for g in gone]
    return (*by_rule, *_shut(found, words))


def _shut(found: Alternatives, words: TurnWords) -> list[Removed]:
    """Return the limits that have no room for some way, all by itself."""
    entries = found.use.tocoo()
    hard = np.isinf(found.limits.excess_eur[entries.row]) & (found.rule[entries.col] == FREE)
    rows = np.unique(entries.row[hard & (entries.data > found.capacity[entries.row] + ROUNDING)])
    keeps = (found.limits.table["limit"] == KEEP_SHARE).to_numpy()
    return [
        Removed(LIMIT_KIND, (words.limit(int(row)),), f"there are {found.capacity[row]:g} left tonight", "prices", 0.0)
        for row in rows
        if not keeps[row]
    ]
