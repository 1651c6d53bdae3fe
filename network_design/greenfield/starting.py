"""Start on a green field: candidates where demand alone wants them, designed with the rest of the network."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from network_design.greenfield.copies import with_copies
from network_design.greenfield.defects import counts
from network_design.greenfield.demand import Demand, demand_of
from network_design.greenfield.locating import Located, located_tables, nearest_places
from network_design.greenfield.reaching import fewest_places
from network_design.study.settings import Greenfield
from retour.design import DesignInstance


@dataclass(frozen=True)
class GreenStart:
    """The network with its new candidates, and the tables GREENFIELD and GREENFIELD_PLACES by name."""

    instance: DesignInstance = field(repr=False)
    tables: dict[str, pd.DataFrame]


def green_start(instance: DesignInstance, asked: Greenfield, *, seed: int, budget_s: float) -> GreenStart:
    """Return the network with candidates like the template where the study's number of places is nearest to demand.

    Of several numbers all places are candidates. Raises BackendError where none is found in time.
    """
    demand = demand_of(instance)
    found = _located(demand, asked, seed=seed, budget_s=budget_s)
    sites = sorted({int(site) for each in found for site in each.sites})
    names = dict(zip(sites, _names(instance, asked, len(sites)), strict=True))
    tables = located_tables(demand, found, names)
    grown = with_copies(instance, asked, demand, names)
    return GreenStart(grown, dict(zip(("greenfield", "greenfield_places"), tables, strict=True)))


def _located(demand: Demand, asked: Greenfield, *, seed: int, budget_s: float) -> tuple[Located, ...]:
    if asked.farthest_km is not None:
        return (fewest_places(demand, farthest_km=asked.farthest_km, seed=seed, budget_s=budget_s),)
    return nearest_places(demand, counts(asked), seed=seed, budget_s=budget_s)


def _names(instance: DesignInstance, asked: Greenfield, many: int) -> list[str]:
    """Return ids that no place of the network has."""
    known, prefix = set(instance.tables["places"]["place_id"]), f"NEW_{asked.kind}_"
    while any(str(i).startswith(prefix) for i in known):
        prefix = f"NEW_{prefix}"
    return [f"{prefix}{i}" for i in range(1, many + 1)]
