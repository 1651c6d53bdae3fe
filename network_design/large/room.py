"""How large places are and how much of that is used, in values of a program."""

from __future__ import annotations

import numpy as np

from network_design.model.build import DesignModel
from network_design.model.linking import use_of_size
from network_design.model.program import FloatArray


def size_of(model: DesignModel, values: FloatArray) -> FloatArray:
    """Return the size of each place, (places, periods); 0 of closed ones and of those that have none."""
    sets, v = model.sets, model.variables
    size = np.zeros((len(sets.places), sets.periods))
    step = sets.levels["step_t"].to_numpy(float)[:, None]
    np.add.at(size, sets.place_line(sets.levels["place_id"]), values[v.level] * step)
    np.add.at(size, sets.place_line(sets.extras["place_id"]), values[v.extra])
    return size


def used_of(model: DesignModel, values: FloatArray) -> FloatArray:
    """Return how much of each place's size is used, (places, periods)."""
    sets, v = model.sets, model.variables
    used = np.zeros((len(sets.places), sets.periods))
    np.add.at(used, sets.place_line(sets.runs["place_id"]), values[v.processed] * use_of_size(sets))
    np.add.at(used, sets.place_line(sets.sales["place_id"]), values[v.sold])
    return used
