"""The towns of mainland France: any number of returns up to a million, drawn column by column.

Points are about 87 % used in all, workshops lack hours, some hubs must pass parcels on; every customer lives in
reach of a home zone that takes any number, so a plan exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour import facts
from retour.policy import NetworkSettings, TravelSettings
from retour.samples import country_sites
from retour.samples.country_points import Demand, country_points
from retour.samples.goods import draw_goods, grade_odds, item_classes, recovery_values
from retour.samples.places import nearest, numbered, scatter, spread_out
from retour.samples.placing import lay_at_points
from retour.samples.typed_in import typed_in

NIGHT = "2026-11-23"
RETURNS = 20_000
MAX_RETURNS = 1_000_000
MAX_PIECEWISE, PIECE_RETURNS = 100_000_000, 250_000
FEWEST_POINTS, MOST_POINTS, RETURNS_PER_POINT = 300, 5000, 20
HUBS, HUB_GAP_KM = 20, 95.0
OUT_OF_TOWN_DEG = 0.03
LARGE_HUB = 1.5  # times the mean of what comes in
DENSE_TOWN, MIDDLE_TOWN = 150_000, 50_000
PARIS_DEPARTMENTS = ("75", "92", "93", "94")
CARRIER_FROM_KM = 90.0  # farther from its hub a town is served by carriers

SETTINGS = NetworkSettings(
    name="country",
    tonight=NIGHT,
    travel=TravelSettings(circuity=1.3, speed_kmh=50, source="between towns; regions have their own"),
    description="Mainland France, Monday 23 November 2026: 20 hubs, 30 recovery sites, points by population.",
    attribution="Towns and populations: INSEE; points, customers and returns are invented.",
)

IntArray = NDArray[np.int64]


def country_tables(rng: np.random.Generator, *, returns: int = RETURNS) -> dict[str, pd.DataFrame]:
    """Return every table of the country for 1 to a million returns; the same generator state, the same tables."""
    if not 1 <= returns <= MAX_RETURNS:
        raise ValueError(f"returns is {returns}; must be between 1 and {MAX_RETURNS}")
    land = Land.of(rng, returns)
    drawn = land.returns(rng, 0, returns)
    return land.tables(rng, odds=grade_odds(drawn)) | {"returns": drawn}


def long_country(rng: np.random.Generator, *, returns: int) -> tuple[dict[str, pd.DataFrame], Iterator[pd.DataFrame]]:
    """Return every table of the country but its returns, up to a hundred million, and these piece by piece."""
    if not 1 <= returns <= MAX_PIECEWISE:
        raise ValueError(f"returns is {returns}; must be between 1 and {MAX_PIECEWISE}")
    land = Land.of(rng, returns)
    pieces = (
        land.returns(own, first, min(first + PIECE_RETURNS, returns))
        for first, own in zip(range(0, returns, PIECE_RETURNS), rng.spawn(-(-returns // PIECE_RETURNS)), strict=True)
    )
    return land.tables(rng, odds=facts.grade_odds()), pieces


@dataclass(frozen=True)
class Land:
    """The country before its returns are drawn: `town_of` (n,) is the town of each, `places` tables of points."""

    towns: pd.DataFrame
    hubs: pd.DataFrame
    town_of: IntArray
    demand: Demand
    places: dict[str, pd.DataFrame]

    @classmethod
    def of(cls, rng: np.random.Generator, returns: int) -> Land:
        """Draw where so many returns come from and what stands there to take them."""
        towns = _towns()
        hubs = _hubs(towns)
        towns = _served(towns, hubs)
        town_of = rng.choice(len(towns), size=returns, p=towns["population"] / towns["population"].sum())
        demand = Demand(towns=towns, returns=np.bincount(town_of, minlength=len(towns)))
        count = int(np.clip(returns // RETURNS_PER_POINT, FEWEST_POINTS, MOST_POINTS))
        places = country_points(rng, demand, hubs, count=count, night=pd.Timestamp(NIGHT))
        return cls(towns, hubs, town_of, demand, places)

    def returns(self, rng: np.random.Generator, first: int, end: int) -> pd.DataFrame:
        """Draw the returns from position `first` to before `end`."""
        return _returns(rng, self.towns, self.town_of, self.places["points"], first=first, end=end)

    def tables(self, rng: np.random.Generator, *, odds: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Return every table but the returns."""
        return _network(rng, self.hubs, self.demand, self.places, odds)


def _network(
    rng: np.random.Generator, hubs: pd.DataFrame, demand: Demand, places: dict[str, pd.DataFrame], odds: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    fixed = typed_in("country")
    sites = country_sites.sites(fixed["sorts"], hubs)
    return places | {
        "item_classes": item_classes(),
        "recovery_values": recovery_values(),
        "grade_odds": odds,
        "regions": fixed["regions"],
        "sizes": fixed["sizes"],
        "hubs": _sorting(rng, hubs, demand),
        "sites": sites,
        "processes": country_sites.processes(rng, fixed["process_sorts"], sites, demand),
        "lanes": pd.concat([places["lanes"], country_sites.lanes(hubs, sites)], ignore_index=True),
    }


def _towns() -> pd.DataFrame:
    """Return the mainland towns, largest first, with their road character and the spread of their people."""
    towns = facts.towns_fr().reset_index()
    towns = towns[towns["region"] != "COR"].sort_values(
        "population", ascending=False, kind="stable", ignore_index=True
    )
    dense = (towns["population"] >= DENSE_TOWN) | towns["department"].isin(PARIS_DEPARTMENTS)
    region = np.select([dense, towns["population"] >= MIDDLE_TOWN], ["dense", "middle"], "rural")
    sigma_km = 1.0 + 2.2 * np.sqrt(towns["population"] / 500_000)
    return towns.assign(region_id=region, sigma_km=sigma_km.to_numpy(float))


def _hubs(towns: pd.DataFrame) -> pd.DataFrame:
    """Return hubs beside the largest towns that lie apart."""
    seats = towns.iloc[spread_out(towns, gap_km=HUB_GAP_KM, most=HUBS)].reset_index(drop=True)
    return pd.DataFrame({
        "hub_id": numbered("H", len(seats), digits=2),
        "name": "Hub " + seats["town"],
        "lat": (seats["lat"] + OUT_OF_TOWN_DEG).round(4),
        "lon": (seats["lon"] + OUT_OF_TOWN_DEG).round(4),
        "region_id": "middle",
    })  # fmt: skip


def _served(towns: pd.DataFrame, hubs: pd.DataFrame) -> pd.DataFrame:
    """Return the towns with their hub's position and whether only carriers come that far."""
    hub_idx, away_m = nearest(towns, hubs)
    return towns.assign(hub_idx=hub_idx, carried=away_m / 1000 > CARRIER_FROM_KM)


def _sorting(rng: np.random.Generator, hubs: pd.DataFrame, demand: Demand) -> pd.DataFrame:
    """Return the hubs with what they sort: some less than comes in, all together a tenth more.

    The largest sort what comes in: their neighbours could not take over what they leave.
    """
    inbound = np.bincount(demand.towns["hub_idx"], weights=demand.returns, minlength=len(hubs))
    room = np.maximum(inbound, 1) * rng.uniform(0.9, 1.4, size=len(hubs))
    room *= 1.1 * inbound.sum() / room.sum()
    room = np.where(inbound > LARGE_HUB * inbound.mean(), np.maximum(room, inbound), room)
    return hubs.assign(sorting_parcels=np.ceil(room + 5).astype(np.int64))


def _returns(
    rng: np.random.Generator, towns: pd.DataFrame, town_of: IntArray, points: pd.DataFrame, *, first: int, end: int
) -> pd.DataFrame:
    of_town = town_of[first:end]
    lat, lon, sigma_km = (towns[c].to_numpy(float)[of_town] for c in ("lat", "lon", "sigma_km"))
    lat, lon = scatter(rng, lat=lat, lon=lon, sigma_km=sigma_km)
    drawn = draw_goods(rng, n=end - first, night=pd.Timestamp(NIGHT)).assign(lat=lat, lon=lon)
    drawn = lay_at_points(rng, drawn, points)
    return drawn.assign(return_id=numbered("R", end - first, digits=len(str(len(town_of))), first=first + 1))
