"""Checking decisions part by part: what a part breaks by itself, and what it takes of the limits all parts share."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from retour.eligibility import PLANNED
from retour.indexed import positions
from retour.instance import Instance
from routing.check.decisions import broken_rules, each_return_once, states_follow_policy
from routing.check.described import described
from routing.check.limits import Used, booked, lying, taken

ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Checked:
    """Promises that some of a night's decisions break, and what they take of the shared limits; parts add up."""

    found: list[dict[str, str]] = field(default_factory=list)
    used: Used = field(default_factory=Used)

    def __add__(self, other: Checked) -> Checked:
        """Return what two parts of a night break and take together."""
        return Checked(self.found + other.found, self.used + other.used)


def check_part(instance: Instance, decisions: pd.DataFrame) -> Checked:
    """Check the decisions of one part of the night, whose returns are those of `instance`.

    What the part takes of shared limits is counted only when every id is known.
    """
    row = positions(decisions["return_id"], instance.tables["returns"]["return_id"])
    checked = Checked(each_return_once(instance, decisions, row), lying(instance))
    if (row < 0).any():
        return checked
    checked += Checked(states_follow_policy(instance, decisions, row))
    planned = np.flatnonzero((decisions["state"] == PLANNED).to_numpy(bool))
    for start in range(0, len(planned), ROWS_AT_ONCE):
        at = planned[start : start + ROWS_AT_ONCE]
        rows = described(instance, decisions.take(at), row[at])
        found = broken_rules(instance, rows)
        checked += Checked(found) if names_unknown(found) else Checked(found, taken(instance, rows))
    return checked if names_unknown(checked.found) else checked + Checked(used=booked(instance, decisions))


def names_unknown(found: list[dict[str, str]]) -> bool:
    """Return True when an id was found that no table knows."""
    return any(f["rule"].startswith("unknown") for f in found)
