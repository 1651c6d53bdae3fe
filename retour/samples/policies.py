"""The policy of the city and country samples: the law as it is, plus what a shop would choose."""

from __future__ import annotations

from retour.policy import Fee, Policy, Window
from retour.vocabulary import PointKind, ReasonTree

OWN_CHOICE = "shop policy"


def retail_policy(name: str) -> Policy:
    """Return the default law with fees by kind of point and 30 days to withdraw from clothing and shoes."""
    law = Policy().windows
    longer = (
        Window(tree=ReasonTree.WITHDRAWAL, days=30, class_id=c, source=OWN_CHOICE)
        for c in ("apparel", "shoes")
    )
    return Policy(
        name=name,
        windows=(*law, *longer),
        fees=(
            Fee(kind=PointKind.RELAY, eur=1.0),
            Fee(kind=PointKind.LOCKER, eur=1.0),
            Fee(kind=PointKind.STORE, eur=0.0),
            Fee(kind=PointKind.HOME, eur=4.0),
        ),
    )
