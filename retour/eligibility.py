"""Which returns the policy accepts tonight: windows by reason tree, class and country, and the cutoff."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from retour.instance import Instance
from retour.policy import Policy
from retour.vocabulary import Flow, ReasonTree

PLANNED, DENIED, LATER = "PLANNED", "DENIED", "LATER"
CUSTOMER_FLOWS = (Flow.CUSTOMER_RETURN, Flow.DAMAGED)


@dataclass(frozen=True)
class AppliedWindow:
    """The window that applies to a return: its reason tree, how many days from delivery, and whose rule it is."""

    tree: ReasonTree
    days: int
    source: str

    def denies(self, asked_after_days: float) -> str:
        """Return the sentence that denies a return asked for so many days after delivery."""
        return (
            f"asked {asked_after_days:.0f} days after delivery, the {self.tree} window is {self.days} days "
            f"({self.source})"
        )


def window(policy: Policy, *, reason: str, class_id: str, country: str) -> AppliedWindow | None:
    """Return the window that applies, None for a reason that the policy does not know."""
    tree = policy.reasons.tree(reason)
    if tree is None:
        return None
    days, source = policy.window_days(tree=tree, class_id=class_id, country=country)
    return AppliedWindow(tree, days, source)


def eligibility(instance: Instance) -> pd.DataFrame:
    """Return one row per return, in table order: `state` (PLANNED, DENIED, LATER) and `why` (None when planned).

    A customer's return is denied when it was asked for later than its window allows, counted from delivery
    (or purchase). Returns that lie at a point already are never denied: the goods are ours to move.
    """
    returns, policy = instance.returns, instance.policy
    state = pd.Series(PLANNED, index=returns.index, dtype=object)
    why = pd.Series(None, index=returns.index, dtype=object)
    later = ~pd.Series(instance.indexed.returns.tonight, index=returns.index)
    state[later] = LATER
    why[later] = [
        f"ready at {m:%Y-%m-%d %H:%M}, after tonight's cutoff {policy.service.cutoff}"
        for m in returns.loc[later, "ready_at"]
    ]
    late = _late_requests(returns, policy)
    state[list(late)], why[list(late)] = DENIED, list(late.values())
    return pd.DataFrame({"return_id": returns["return_id"], "state": state, "why": why})


def _late_requests(returns: pd.DataFrame, policy: Policy) -> dict[int, str]:
    start = returns["delivered_on"].fillna(returns["purchased_on"])
    asked_after = (returns["requested_on"] - start).dt.days
    open_to_denial = returns["flow"].isin(CUSTOMER_FLOWS) & returns["point_id"].isna() & asked_after.notna()
    groups = returns.loc[open_to_denial, ["reason", "class_id", "country"]].groupby(["reason", "class_id", "country"])
    out: dict[int, str] = {}
    for (reason, class_id, country), rows in groups.groups.items():
        rule = window(policy, reason=reason, class_id=class_id, country=country)
        if rule is None:
            continue
        asked = asked_after[rows]
        out |= {i: rule.denies(days) for i, days in asked[asked > rule.days].items()}
    return out
