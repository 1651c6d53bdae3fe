"""Where an outline comes from: the rough picture of the network, solved."""

from __future__ import annotations

import numpy as np

from network_design.decomposition.priced import Priced
from network_design.followed.ways import small_places
from network_design.large.medium import solve_medium
from network_design.large.outline import Outline
from network_design.large.rough import rough_instance
from network_design.model.build import build_model
from network_design.model.program import FloatArray
from retour.design.lines import lines_of


def outline_of(priced: Priced, prices: FloatArray, *, seed: int, budget_s: float) -> Outline | None:
    """Return the outline that the rough picture gives; None where there is no such picture, or no design of it."""
    rough = rough_instance(priced, prices, seed=seed)
    if rough is None:
        return None
    model = build_model(rough)
    found = solve_medium(model, seed=seed, budget_s=budget_s)
    if not len(found.values):
        return None
    sets, picture = priced.model.sets, model.sets
    line = lines_of(sets.levels[["place_id", "step"]], picture.levels)
    stands = np.round(found.values[model.variables.level[:, 0]])
    return Outline(small_places(sets), np.where(line >= 0, stands[line], 0.0))
