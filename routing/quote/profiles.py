"""Every profile a return may have, not only tonight's: what may become of it, and which rule forbids the rest."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import GRADES, OUTCOMES, Profiles
from retour.instance import Instance
from retour.refund_clock import refund_days
from retour.tables import INPUT_TABLES
from retour.vocabulary import Flow, MoneyState, Outcome, Wish
from routing.decide.rules import OUTCOME_RULES, PROCESS_RULES, first_removal

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Key = tuple[Hashable, ...]


@dataclass(frozen=True)
class ProfileShelf:
    """All m profiles of a network: `instance` has them in `indexed.profiles`, `position` finds one by its cells.

    `takes` (m, q) says which processes law, policy and condition leave, `kind` (m,) numbers its distinct rows;
    `outcome_rule` (m, 14) and `process_rule` (m, q) are positions of the first rule that removes, -1 where none does.
    `due_days` gives by money state the days from the request to the refund (m,), inf where nobody waits.
    """

    instance: Instance
    position: Mapping[Key, int]
    columns: tuple[str, ...]
    takes: NDArray[np.bool_]
    kind: IntArray
    outcome_rule: IntArray
    process_rule: IntArray
    due_days: Mapping[str, FloatArray]


def all_profiles(instance: Instance) -> ProfileShelf:
    """Return every profile that the network's classes and the policy's reasons allow.

    An unknown grade is allowed where its class and reason have odds.
    """
    full = instance.replace(returns=_one_return_each(instance))
    table = full.indexed.profiles.table
    outcome_rule, process_rule = first_removal(OUTCOME_RULES, full), first_removal(PROCESS_RULES, full)
    offered = (outcome_rule < 0) & (np.array(OUTCOMES) != Outcome.KEEP)
    takes = offered[:, full.indexed.processes.outcome] & (process_rule < 0)
    return ProfileShelf(
        instance=full,
        position={key: i for i, key in enumerate(zip(*(_cells(table[c]) for c in table.columns), strict=True))},
        columns=tuple(table.columns),
        takes=takes,
        kind=np.unique(np.packbits(takes, axis=1), axis=0, return_inverse=True)[1].ravel().astype(np.int64),
        outcome_rule=outcome_rule.astype(np.int64),
        process_rule=process_rule.astype(np.int8),
        due_days={str(m): refund_days(table.assign(money_state=m), instance.policy) for m in MoneyState},
    )


def one_profile(profiles: Profiles, p: int) -> Profiles:
    """Return one of the profiles alone."""
    rest = {f.name: getattr(profiles, f.name)[p : p + 1] for f in fields(profiles) if f.name != "table"}
    alone = profiles.table.iloc[p : p + 1].reset_index(drop=True).astype(object)  # much faster to ask than text columns
    return Profiles(table=alone, **rest)


def _cells(values: pd.Series) -> list[Hashable]:
    return list(values.astype(object).where(values.notna(), None))


def _one_return_each(instance: Instance) -> pd.DataFrame:
    classes, reasons = instance.tables["item_classes"]["class_id"], instance.policy.reasons
    odds = instance.tables["grade_odds"]
    known = set(zip(odds["class_id"], odds["reason"], strict=True))
    cases = [
        case
        for case in product(
            classes, (*reasons.withdrawal, *reasons.claim), (*GRADES, None), tuple(Flow), (False, True), tuple(Wish)
        )
        if case[2] is not None or case[:2] in known
    ]
    names = ("class_id", "reason", "grade", "flow", "damaged_battery", "wants")
    cells = dict(zip(names, zip(*cases, strict=True), strict=True))
    frame = pd.DataFrame(
        {name: [str(c) if isinstance(c, str) else c for c in column] for name, column in cells.items()}
    )
    frame = frame.assign(
        return_id=np.arange(len(frame)).astype(str), volume_l=1.0, weight_kg=1.0, value_eur=1.0, lat=0.0, lon=0.0,
        requested_on=pd.Timestamp(instance.night), ready_at=pd.NaT, money_state=str(MoneyState.PENDING),
    )  # fmt: skip
    return frame.reindex(columns=INPUT_TABLES["returns"].column_names)
