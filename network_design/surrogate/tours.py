"""Which ways of a network are driven as tours, from place to place, rather than each there and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.design import DesignInstance
from retour.errors import InputError, Issue
from retour.gate.text import did_you_mean
from retour.travel import great_circle_m
from retour.vocabulary import PlaceKind

FloatArray = NDArray[np.float64]
GATHERED = (PlaceKind.POINT, PlaceKind.ZONE)


@dataclass(frozen=True)
class Tours:
    """Tours are the ways from points and zones by these means; with `to_hubs`, only those that end at a hub."""

    modes: tuple[str, ...]
    to_hubs: bool

    def among(self, instance: DesignInstance, ways: pd.DataFrame) -> NDArray[np.bool_]:
        """Say which rows of `ways` (from_id, to_id, mode) are tours."""
        kind = instance.tables["places"].set_index("place_id")["kind"]
        return self.among_kinds(ways["from_id"].map(kind), ways["to_id"].map(kind), ways["mode"])

    def among_kinds(self, from_kind: pd.Series, to_kind: pd.Series, mode: pd.Series) -> NDArray[np.bool_]:
        """Say which rows are tours, by the kinds of their ends."""
        mine = from_kind.isin(GATHERED) & mode.isin(self.modes)
        return (mine & (to_kind == PlaceKind.HUB) if self.to_hubs else mine).to_numpy(bool)


def straight_km(instance: DesignInstance, ways: pd.DataFrame) -> FloatArray:
    """Return how far the ends of `ways` (from_id, to_id) are apart by great circle x circuity; NaN without coordinates.

    Vans drive that, whatever length a lane is priced by.
    """
    at = instance.tables["places"].set_index("place_id")[["lat", "lon"]]
    a, b = (at.loc[ways[end]].to_numpy(float) for end in ("from_id", "to_id"))
    km: FloatArray = great_circle_m(a[:, 0], a[:, 1], b[:, 0], b[:, 1]) / 1000 * instance.settings.circuity
    return km


def tours_of(instance: DesignInstance, flows: pd.DataFrame, asked: Sequence[str] = ()) -> Tours:
    """Return the tours of a design's flows: by the means asked for, else all by which points and zones reach hubs.

    Raises InputError where nothing goes from points or zones by a mode asked for, or none reaches a hub.
    """
    found = Tours(tuple(dict.fromkeys(asked)), to_hubs=False) if asked else _to_hubs(instance, flows)
    used = sorted(set(flows["mode"]))
    driven = set(flows.loc[found.among(instance, flows), "mode"])
    if unknown := [mode for mode in found.modes if mode not in driven]:
        raise InputError(
            Issue("flows", None, "mode", f"nothing goes by {m!r} from a point or zone; flows of this design go by "
                  f"{', '.join(used)}{did_you_mean(m, used)}")
            for m in unknown
        )  # fmt: skip
    if not found.modes:
        message = f"nothing goes from a point or zone to a hub; name what is a tour: --mode {' or '.join(used)}"
        raise InputError([Issue("flows", None, "mode", message)])
    return found


def _to_hubs(instance: DesignInstance, flows: pd.DataFrame) -> Tours:
    every = Tours(tuple(sorted(set(flows["mode"]))), to_hubs=True)
    return Tours(tuple(sorted(set(flows.loc[every.among(instance, flows), "mode"]))), to_hubs=True)
