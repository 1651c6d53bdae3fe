"""A network whose rates of tours are corrected: a variant that every model, ledger and checker reads as any other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from network_design.surrogate.factors import Factors, band_of
from network_design.surrogate.tours import Tours, straight_km
from retour.design import DesignInstance
from retour.tables.design import DESIGN_TABLES

ENDS = ["from_id", "to_id", "mode"]
WAYS = ("lanes", "links")
SCALED = {"transport": ("cost_per_km_t", "cost_per_t")}


@dataclass(frozen=True)
class Corrected:
    """The corrected network, its tours, and the network's own mode of each of theirs."""

    instance: DesignInstance
    tours: Tours
    mode_of: dict[str, str]

    def as_asked(self, flows: pd.DataFrame) -> pd.DataFrame:
        """Return flows of the corrected network as flows of the network itself."""
        known = flows["mode"].map(self.mode_of)
        return flows.assign(mode=known.where(known.notna(), flows["mode"]))


def corrected(instance: DesignInstance, tours: Tours, factors: Factors) -> Corrected:
    """Return the network with a mode for every hub and band of distance, whose rates are the factor times the old ones.

    Every way driven as a tour becomes a lane of its own: links go on choosing by the map. Emissions, days, capacities
    and lengths stay as they are. Its name says that it is corrected.
    """
    ways = _tour_ways(instance, tours)
    names = _mode_names(ways, factors.bands_km)
    factor = factors.of(ways["to_id"], ways["straight_km"].to_numpy(float))
    lanes = ways.assign(mode=names, cost_per_t=ways["cost_per_t"] * factor)
    modes = pd.DataFrame({"own": ways["mode"], "mode": names, "factor": factor}).drop_duplicates("mode")
    settings = instance.settings
    variant = instance.replace(
        settings=settings.model_copy(update={"name": f"{settings.name} corrected"}),
        lanes=_joined(_other_lanes(instance, tours), lanes),
        links=_other_links(instance, tours),
        **{name: _with_modes(instance.tables[name], modes, scaled=SCALED.get(name, ())) for name in _by_mode()},
    )
    mode_of = dict(zip(modes["mode"], modes["own"], strict=True))
    return Corrected(variant, Tours(tuple(mode_of), tours.to_hubs), mode_of)


def _by_mode() -> list[str]:
    """Return the tables that tell something of each means of transport."""
    return [name for name, table in DESIGN_TABLES.items() if "mode" in table.key and name not in WAYS]


def _tour_ways(instance: DesignInstance, tours: Tours) -> pd.DataFrame:
    """Return every way driven as a tour, with its length, and how far its ends are apart (its length, if unknown)."""
    arcs = instance.arcs
    ways = arcs[tours.among(instance, arcs)].drop_duplicates(ENDS).reset_index(drop=True)
    apart = pd.Series(straight_km(instance, ways), index=ways.index)
    return ways.assign(straight_km=apart.fillna(ways["distance_km"]))


def _mode_names(ways: pd.DataFrame, bands_km: tuple[float, ...]) -> np.ndarray:
    """Return a mode per way: the network's own, the hub, and the band."""
    words = [f"to {end:g} km" for end in bands_km] + [f"beyond {bands_km[-1]:g} km" if bands_km else "at any distance"]
    band = np.array(words, dtype=object)[band_of(ways["straight_km"].to_numpy(float), bands_km)]
    return (ways["mode"].astype(object) + " " + ways["to_id"].astype(object) + " " + band).to_numpy(object)


def _other_lanes(instance: DesignInstance, tours: Tours) -> pd.DataFrame:
    lanes = instance.tables["lanes"]
    return lanes[~tours.among(instance, lanes)]


def _other_links(instance: DesignInstance, tours: Tours) -> pd.DataFrame:
    links = instance.tables["links"]
    return links[~tours.among_kinds(links["from_kind"], links["to_kind"], links["mode"])]


def _with_modes(table: pd.DataFrame, modes: pd.DataFrame, *, scaled: tuple[str, ...]) -> pd.DataFrame:
    """Return a table with the rows of each new mode's own mode again, scaled columns times its factor."""
    again = table.rename(columns={"mode": "own"}).merge(modes, on="own")
    for column in scaled:
        again[column] = again[column] * again["factor"]
    return _joined(table, again)


def _joined(table: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of both, with the columns and kinds of the first."""
    more = more[table.columns].astype(table.dtypes.to_dict())
    return pd.concat([table, more], ignore_index=True)
