"""Draw nights of a design: which places are emptied, and how many parcels lie there.

Every place has random numbers of its own, drawn from the seed and its name: the same nights meet every design, so that
designs differ by what they decide and not by chance (common random numbers). A place's numbers are spread evenly over
each batch of nights (`network_design.surrogate.batches`): of twenty nights, a place emptied every other night is
emptied in ten, and means are closer to the truth than those of independent nights.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from network_design.replay.settings import Vans
from network_design.surrogate.batches import spread_evenly
from retour.errors import InputError, Issue

KM_PER_DEGREE = 111.2
COMES, LIES, DOORS = 1, 2, 3
MOST_STOPS = 4_000  # of a hub in a night: its distances take 0.3 GB
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Visit:
    """One stop of a night: `stop_id` is the place's, with #2 and so on for further van loads or doors of a zone.

    The road legs of a `door` are not those of its zone.
    """

    stop_id: str
    place_id: str
    lat: float
    lon: float
    parcels: int
    door: bool = False


@dataclass(frozen=True)
class HubNight:
    """What the vans of one hub collect in one night of one period; nights are numbered from 1."""

    period: int
    night: int
    hub_id: str
    lat: float
    lon: float
    visits: tuple[Visit, ...]


def draw_nights(streams: pd.DataFrame, vans: Vans, *, nights: int, seed: int) -> list[HubNight]:
    """Return `nights` nights of every hub and period of the streams, by period, hub and night; some may be empty.

    Raises InputError where a hub has more than MOST_STOPS in a night.
    """
    _require_few_stops(streams, vans)
    found = []
    for (period, hub_id), mine in streams.groupby(["period", "to_id"], sort=True):
        drawn = [list(_visits(stream, vans, nights=nights, seed=seed)) for stream in mine.itertuples()]
        lat, lon = float(mine["hub_lat"].iloc[0]), float(mine["hub_lon"].iloc[0])
        for night in range(nights):
            visits = tuple(visit for each in drawn for visit in each[night])
            found.append(HubNight(int(period), night + 1, str(hub_id), lat, lon, visits))
    return found


def parcels_drawn(*, chance: float, mean: float, nights: int, seed: int, place_id: str) -> NDArray[np.int64]:
    """Return the parcels found at a place in each night, 0 where it is not emptied; their mean is chance x mean.

    `mean` is that of a Poisson number, for the nights in which it is emptied.
    """
    comes = spread_evenly(_rng(seed, place_id, COMES), nights) < chance
    return np.where(comes, poisson_quantile(spread_evenly(_rng(seed, place_id, LIES), nights), mean), 0)


def poisson_quantile(share: FloatArray, mean: float) -> NDArray[np.int64]:
    """Return the least number whose Poisson distribution function reaches each share."""
    if mean <= 0:
        return np.zeros(len(share), dtype=np.int64)
    above = np.ceil(special.pdtrik(share, mean))
    below = np.maximum(above - 1, 0)
    return np.where(special.pdtr(below, mean) >= share, below, above).astype(np.int64)


def _rng(seed: int, place_id: str, *purpose: int) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(place_id.encode()), *purpose])


def _require_few_stops(streams: pd.DataFrame, vans: Vans) -> None:
    """A zone has a stop per parcel, a place one per van load."""
    loads = np.ceil(streams["parcels_per_night"] * streams["nights_between"] / vans.room) / streams["nights_between"]
    stops = pd.Series(np.where(streams["is_zone"], streams["parcels_per_night"], loads), index=streams.index)
    of_hub = stops.groupby([streams["to_id"], streams["period"]]).sum()
    many = of_hub[of_hub > MOST_STOPS]
    if len(many):
        raise InputError(
            Issue(
                "vans.toml", None, "parcel_kg",
                f"hub {hub!r} would have about {found:,.0f} stops a night in period {period}; "
                f"at most {MOST_STOPS:,} are routed: make parcels larger, or nights more",
            )
            for (hub, period), found in many.items()
        )  # fmt: skip


def _visits(stream: Any, vans: Vans, *, nights: int, seed: int) -> Iterator[list[Visit]]:
    """Yield a place's visits of each night."""
    place_id, between = str(stream.from_id), float(stream.nights_between)
    lat, lon = float(stream.lat), float(stream.lon)
    mean = between * float(stream.parcels_per_night)
    found = parcels_drawn(chance=1 / between, mean=mean, nights=nights, seed=seed, place_id=place_id)
    for night, parcels in enumerate(found.tolist()):
        if stream.is_zone:
            yield _doors(place_id, lat, lon, parcels, vans, _rng(seed, place_id, DOORS, night))
        else:
            yield _loads(place_id, lat, lon, parcels, vans)


def _loads(place_id: str, lat: float, lon: float, parcels: int, vans: Vans) -> list[Visit]:
    """Return the parcels of a place as even van loads."""
    loads = -(-parcels // vans.room)
    sizes = [parcels // loads + (i < parcels % loads) for i in range(loads)]
    return [Visit(_named(place_id, i), place_id, lat, lon, size) for i, size in enumerate(sizes)]


def _doors(place_id: str, lat: float, lon: float, parcels: int, vans: Vans, rng: np.random.Generator) -> list[Visit]:
    """Return a door per parcel around the middle of a zone; more parcels find the same first doors."""
    km = rng.normal(0.0, vans.zone_spread_km, (parcels, 2))
    north, east = km[:, 0] / KM_PER_DEGREE, km[:, 1] / KM_PER_DEGREE / max(0.1, float(np.cos(np.radians(lat))))
    return [
        Visit(_named(place_id, i), place_id, lat + float(north[i]), lon + float(east[i]), 1, door=True)
        for i in range(parcels)
    ]


def _named(place_id: str, number: int) -> str:
    return place_id if number == 0 else f"{place_id}#{number + 1}"
