"""What a design costs by part, in the words of whoever asks: ours, or those of the tool an instance comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from retour.design import DesignInstance
from retour.vocabulary import PlaceKind

AT_SITES, ELSEWHERE = "at sites", "elsewhere"


@dataclass(frozen=True)
class Part:
    """A part by its name, the ledger's activities in it, where they are counted, and its sign."""

    name: str
    activities: tuple[str, ...]
    where: str | None = None
    sign: int = 1


RETOUR = tuple(
    Part(activity, (activity,))
    for activity in (
        "transport", "loading", "collection", "opening", "expansion", "closing", "fixed", "operating", "variable",
        "contract", "shortfall", "storage", "disposal", "emissions", "effort", "lost", "decay", "sale",
    )
)  # fmt: skip
RELOG_CIRCULAR = (
    Part("transportation cost", ("transport", "loading")),
    Part("centre revenue (subtract)", ("sale",), sign=-1),
    Part("centre collection cost", ("collection",)),
    Part("centre disposal cost", ("disposal",), ELSEWHERE),
    Part("centre operating cost", ("operating",)),
    Part("plant disposal cost", ("disposal",), AT_SITES),
    Part("plant opening cost", ("opening",)),
    Part("plant fixed operating cost", ("fixed",)),
    Part("plant expansion cost", ("expansion",)),
    Part("plant variable operating cost", ("variable",)),
    Part("plant storage cost", ("storage",)),
    Part("emissions penalty cost", ("emissions",)),
)
RELOG_CLASSIC = (
    Part("transportation", ("transport", "loading")),
    Part("opening", ("opening",)),
    Part("fixed operating", ("fixed",)),
    Part("expansion", ("expansion",)),
    Part("variable operating", ("variable",)),
    Part("storage", ("storage",)),
    Part("disposal", ("disposal",), AT_SITES),
    Part("centre acquisition", ("collection",)),
    Part("centre disposal", ("disposal",), ELSEWHERE),
)
WORDINGS = {"retour": RETOUR, "relog-circular": RELOG_CIRCULAR, "relog-classic": RELOG_CLASSIC}


def cost_by_part(instance: DesignInstance, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return undiscounted cost, a row per part of the instance's wording and a column per period.

    A part whose name ends in "(subtract)" is a revenue and counts against the others.
    """
    places = instance.tables["places"].set_index("place_id")["kind"]
    at_sites = (ledger["place_id"].map(places) == PlaceKind.SITE).to_numpy(bool)
    periods = list(range(1, instance.periods + 1))
    rows = {}
    for part in WORDINGS[instance.settings.wording]:
        mine = ledger["activity"].isin(part.activities).to_numpy(bool)
        if part.where is not None:
            mine = mine & (at_sites if part.where == AT_SITES else ~at_sites)
        cost = ledger[mine].groupby("period")["cost"].sum().reindex(periods, fill_value=0.0)
        rows[part.name] = part.sign * cost.to_numpy(float) + 0.0
    return pd.DataFrame.from_dict(rows, orient="index", columns=periods, dtype=np.float64)
