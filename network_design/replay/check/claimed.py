"""What is checked: a replay's tables beside the network and the vans they are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from network_design.replay.settings import Vans
from retour.design import DesignInstance


@dataclass(frozen=True)
class Claimed:
    """A replay of `nights` nights. `flows` are each round's design's, by its number, in the network's own modes.

    `roads` are legs (from_id, to_id, distance_m, duration_s) that go before great circle x circuity, not at the doors
    of zones. Tours are the flows from points and zones by `modes`; with `to_hubs`, only those that end at a hub.
    """

    instance: DesignInstance
    vans: Vans
    nights: int
    modes: tuple[str, ...]
    to_hubs: bool
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    flows: Mapping[int, pd.DataFrame] = field(repr=False)
    roads: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def circuity(self) -> float:
        """Road over great circle."""
        return self.vans.circuity or self.instance.settings.circuity
