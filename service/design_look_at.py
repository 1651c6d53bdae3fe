"""What a planner should look at in a sound design network before designing it."""

from __future__ import annotations

import pandas as pd

from retour.design import DesignInstance
from retour.vocabulary import Role

NEAR_ONE = 1e-6


def look_at(instance: DesignInstance) -> list[str]:
    """Return a sentence for every process that gives more than it takes, each with the most that it gives.

    Yields are shares of what goes in: water or packaging may be added, but mostly figures were misread.
    """
    recipes = instance.series("recipes")
    outputs = recipes[recipes["role"] == Role.OUTPUT].groupby(["process_id", "period"])["t_per_t"].sum()
    most: pd.Series = outputs.groupby("process_id").max()
    return [
        f"Process {process} gives {t_per_t:.4g} t of outputs per tonne that goes in; correct t_per_t in recipes, "
        "unless the process adds material."
        for process, t_per_t in most[most > 1 + NEAR_ONE].items()
    ]
