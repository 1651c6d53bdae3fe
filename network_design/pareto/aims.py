"""Aims of a design as linear figures of its program's columns; less is better of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from network_design.model.build import DesignModel
from network_design.model.objective import flow_emissions, run_emissions
from network_design.model.program import FloatArray
from network_design.model.sets import PAIR
from network_design.study.settings import Aim, Front
from retour.design.lines import lines_of


@dataclass(frozen=True)
class Figure:
    """A figure: `factor` x columns + `offset`."""

    name: Aim
    factor: FloatArray
    offset: float = 0.0

    def of(self, values: FloatArray) -> float:
        """Return the figure of a program's values."""
        return float(self.factor @ values + self.offset)


def figure_of(aim: Aim, model: DesignModel, asked: Front) -> Figure:
    """Return an aim as a figure: cost (discounted), tonnes emitted, share beyond the band, or mean distance in km."""
    return FIGURES[aim](model, asked)


def cost(model: DesignModel, asked: Front) -> Figure:
    """Discounted cost, a price of emissions included where the network has one."""
    return Figure("cost", model.program.cost.copy(), model.program.offset)


def emissions(model: DesignModel, asked: Front) -> Figure:
    """Tonnes of a gas over all periods."""
    factor, v = np.zeros(model.program.columns), model.variables
    for columns, by_gas in ((v.flow, flow_emissions(model.sets)), (v.processed, run_emissions(model.sets))):
        if asked.gas in by_gas:
            factor[columns] += np.broadcast_to(by_gas[asked.gas], columns.shape)
    return Figure("emissions", factor)


def service(model: DesignModel, asked: Front) -> Figure:
    """Share of what arises that is not sent on within the band."""
    factor, arises_t = np.zeros(model.program.columns), _arises_t(model)
    near = _first_ways(model) & (model.sets.arcs["distance_km"] <= asked.band_km).to_numpy()
    factor[model.variables.flow[near]] = -1.0 / arises_t
    return Figure("service", factor, 1.0)


def distance(model: DesignModel, asked: Front) -> Figure:
    """Kilometres of first ways per tonne that arises."""
    factor, first = np.zeros(model.program.columns), _first_ways(model)
    km = model.sets.arcs["distance_km"].to_numpy(float)[first][:, None]
    factor[model.variables.flow[first]] = km / _arises_t(model)
    return Figure("distance", factor)


FIGURES: dict[Aim, Callable[[DesignModel, Front], Figure]] = {
    "cost": cost, "emissions": emissions, "service": service, "distance": distance,
}  # fmt: skip
UNITS: dict[Aim, str] = {"cost": "money", "emissions": "t", "service": "share", "distance": "km"}


def _first_ways(model: DesignModel) -> np.ndarray:
    """Say which arcs begin where their product arises, shape (arcs,)."""
    return lines_of(model.sets.origins, model.sets.instance.tables["supply"][PAIR].drop_duplicates()) >= 0


def _arises_t(model: DesignModel) -> float:
    return float(model.sets.instance.series("supply")["amount_t"].sum()) or 1.0
