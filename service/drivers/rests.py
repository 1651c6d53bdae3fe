"""Breaks of a run's vans as a driver reads them: when, how long, at which stop or where else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pandas as pd

from service.geojson import end_places
from service.run import Run
from service.text import clock


@dataclass(frozen=True)
class Rest:
    """One break; `place` is empty at a stop, else what people call the hub or garage."""

    start_s: int
    end_s: int
    place: str

    @property
    def minutes(self) -> int:
        """How long it takes, in whole minutes."""
        return round((self.end_s - self.start_s) / 60)

    def __str__(self) -> str:
        """Say it in a few words: `18:30–18:50 at Hub Gerland`."""
        return f"{clock(self.start_s)}–{clock(self.end_s)} {f'at {self.place}' if self.place else 'here'}"


def rests_at_stops(run: Run) -> dict[tuple[str, int], list[Rest]]:
    """Return by route and position the breaks taken at stops, in order."""
    found: dict[tuple[str, int], list[Rest]] = defaultdict(list)
    rests = run.table("rests")
    for rest in rests[rests["position"].notna()].itertuples():
        found[rest.route_id, int(rest.position)].append(_rest(rest, ""))
    return found


def rests_after_trips(run: Run) -> dict[tuple[str, int], list[Rest]]:
    """Return by route and trip the breaks taken at the hub (or where the van ends) after its last stop, in order."""
    found: dict[tuple[str, int], list[Rest]] = defaultdict(list)
    rests, names = run.table("rests"), place_names(run)
    for rest in rests[rests["position"].isna()].itertuples():
        found[rest.route_id, rest.trip].append(_rest(rest, names.get(rest.place_id, rest.place_id)))
    return found


def rested_s(stops: pd.DataFrame, rests: dict[tuple[str, int], list[Rest]], *, before: bool) -> pd.Series:
    """Return per stop the seconds of its breaks before the work there, or after it."""
    own = zip(stops["route_id"], stops["position"], stops["start_s"], strict=True)
    return pd.Series(
        [
            sum(rest.end_s - rest.start_s for rest in rests.get((r, p), ()) if (rest.start_s < start_s) == before)
            for r, p, start_s in own
        ],
        index=stops.index, dtype="int64",
    )  # fmt: skip


def place_names(run: Run) -> dict[str, str]:
    """Return what people call hubs and garages, by id."""
    return {str(place_id): str(name) for place_id, name in end_places(run)["name"].items()}


def _rest(row: Any, place: str) -> Rest:
    return Rest(int(row.start_s), int(row.end_s), place)
