"""Places of the design samples: where they lie, what they may be, what they cost, and the ways between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour import facts
from retour.samples.places import nearest, numbered, scatter

if TYPE_CHECKING:
    from retour.samples.design import Scale

FloatArray = NDArray[np.float64]
OUT_OF_TOWN_KM = {"ZONE": 5.0, "POINT": 5.0, "HUB": 12.0, "SITE": 20.0, "MARKET": 10.0}
LOCKER_SHARE = 0.4
EXISTING_SHARE = {"POINT": 0.15, "HUB": 0.2, "SITE": 0.2}
COLUMN_T = 3.5  # a column of 24 compartments, each used every other day by a parcel of 1.2 kg
LOCKER_COLUMNS, RELAY_T = (1, 2, 3, 4), (4.0, 8.0)
HUB_T, SITE_T = np.array([0.02, 0.05, 0.12]), np.array([0.03, 0.35])  # of all returns
THIRD_PARTY_SHARE = 0.4
HOME = "HOME"


@dataclass(frozen=True)
class DrawnPlaces:
    """Every place: place_id, kind, lat, lon, town (line of the towns), group_id of points (LOCKERS or RELAYS)."""

    frame: pd.DataFrame
    population: FloatArray

    def of(self, kind: str) -> pd.DataFrame:
        """Return the places of a kind."""
        return self.frame[self.frame["kind"] == kind].reset_index(drop=True)


def drawn_places(rng: np.random.Generator, scale: Scale) -> DrawnPlaces:
    """Return places scattered around the largest towns, the more the larger the town; homes are picked up from at
    points that are always there, beside the markets."""
    towns = facts.towns_fr().head(scale.towns)
    population = towns["population"].to_numpy(float)
    parts = []
    for kind, count, prefix in (
        ("ZONE", scale.zones, "Z"), ("POINT", scale.points, "P"), ("HUB", scale.hubs, "H"), ("SITE", scale.sites, "S"),
        ("MARKET", scale.markets, "M"),
    ):  # fmt: skip
        town = _towns(rng, population, count, everywhere=kind in ("ZONE", "POINT"))
        lat, lon = (towns[axis].to_numpy(float)[town] for axis in ("lat", "lon"))
        lat, lon = scatter(rng, lat=lat, lon=lon, sigma_km=np.full(count, OUT_OF_TOWN_KM[kind]))
        names = numbered(prefix, count, digits=len(str(count)))
        parts.append(pd.DataFrame({"place_id": names, "kind": kind, "lat": lat, "lon": lon, "town": town}))
    homes = parts[-1].assign(place_id=numbered("HOME", scale.markets, digits=1), kind="POINT")
    frame = pd.concat([*parts, homes], ignore_index=True)
    group = np.where(rng.random(len(frame)) < LOCKER_SHARE, "LOCKERS", "RELAYS")
    group = pd.Series(group).where(frame["kind"] == "POINT", None).mask(frame["place_id"].isin(homes["place_id"]), HOME)
    return DrawnPlaces(frame.assign(group_id=group), population)


def place_tables(rng: np.random.Generator, places: DrawnPlaces, scale: Scale) -> dict[str, pd.DataFrame]:
    """Return places, capacities, place_costs, contracts, contract_tiers, group_limits, links and lanes."""
    points, hubs, sites = _points(rng, places), _hubs(rng, places, scale), _sites(rng, places, scale)
    home = places.frame["group_id"] == HOME
    always = places.frame[places.frame["kind"].isin(["ZONE", "MARKET"]) | home].assign(status="ALWAYS")
    decided = pd.concat([points[0], hubs[0], sites[0]], ignore_index=True)
    frame = pd.concat([always, decided], ignore_index=True).drop(columns="town")
    closing = {"POINT": 200.0, "HUB": 40_000.0, "SITE": 90_000.0}
    costs = decided[["place_id"]].assign(closing_cost=decided["kind"].map(closing))
    third = sites[0].loc[sites[0]["operator"] == "THIRD_PARTY", "place_id"]
    return {
        "places": frame, "capacities": pd.concat([points[1], hubs[1], sites[1]], ignore_index=True),
        "place_costs": costs, "contract_tiers": _tiers(third, scale),
        "contracts": pd.DataFrame({"place_id": third, "minimum_t": 0.02 * scale.tonnes, "shortfall_cost_per_t": 60.0}),
        "group_limits": pd.DataFrame({"group_id": ["HUB"], "least": [1], "most": [max(3, scale.hubs // 2)]}),
        "links": _links(), "lanes": _home_lanes(places),
    }  # fmt: skip


def _towns(rng: np.random.Generator, population: FloatArray, count: int, *, everywhere: bool) -> NDArray[np.int64]:
    """Return the town of each place; with `everywhere` every town has one before any has two."""
    weight = population / population.sum()
    first = np.arange(len(population))[:count] if everywhere else np.zeros(0, dtype=np.int64)
    more = rng.choice(len(population), size=count - len(first), p=weight)
    return np.sort(np.concatenate([first, more]))


def _status(rng: np.random.Generator, kind: str, count: int) -> NDArray[np.object_]:
    there = rng.random(count) < EXISTING_SHARE[kind]
    return np.where(there, "EXISTING", "CANDIDATE").astype(object)


def _points(rng: np.random.Generator, places: DrawnPlaces) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return points and their sizes: relays of two sizes, lockers of one to four columns."""
    frame = places.of("POINT").query("group_id != @HOME").reset_index(drop=True)
    locker = (frame["group_id"] == "LOCKERS").to_numpy()
    status = _status(rng, "POINT", len(frame))
    frame = frame.assign(status=status, operator=np.where(locker, "OWN", "THIRD_PARTY"))
    rent = rng.uniform(0.7, 1.5, len(frame))
    sizes: list[tuple[str, float, float, float]] = []
    for i, place in enumerate(frame["place_id"]):
        if locker[i]:
            sizes += [(place, n * COLUMN_T, 2500 + 3500 * n, round((350 + 220 * n) * rent[i])) for n in LOCKER_COLUMNS]
        else:
            sizes += [(place, t, 150 + 20 * t, round((60 + 25 * t) * rent[i])) for t in RELAY_T]
    return frame, pd.DataFrame(sizes, columns=["place_id", "size_t", "opening_cost", "fixed_cost"])


def _hubs(rng: np.random.Generator, places: DrawnPlaces, scale: Scale) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = places.of("HUB")
    frame = frame.assign(status=_status(rng, "HUB", len(frame)), operator="OWN")
    rent = rng.uniform(0.8, 1.4, len(frame))
    sizes = [
        (place, round(share * scale.tonnes, 1), round((60 + 1800 * share) * 1e3), round((35 + 900 * share) * 1e3 * r))
        for place, r in zip(frame["place_id"], rent, strict=True)
        for share in HUB_T * 60 / max(scale.hubs, 12)
    ]
    return frame, pd.DataFrame(sizes, columns=["place_id", "size_t", "opening_cost", "fixed_cost"])


def _sites(rng: np.random.Generator, places: DrawnPlaces, scale: Scale) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sites, any size between two; third parties ask nothing to open, but by volume."""
    frame = places.of("SITE")
    third = rng.random(len(frame)) < THIRD_PARTY_SHARE
    status = np.where(third, "CANDIDATE", _status(rng, "SITE", len(frame)))
    frame = frame.assign(
        status=status, operator=np.where(third, "THIRD_PARTY", "OWN"), sizing="RANGE", shrinking="FREE"
    )
    small, large = SITE_T * scale.tonnes
    sizes = []
    for i, place in enumerate(frame["place_id"]):
        opening, fixed = (0.0, 4_000.0) if third[i] else (rng.uniform(120_000, 220_000), rng.uniform(60_000, 95_000))
        sizes.append((place, small, round(opening), round(fixed)))
        sizes.append((place, large, round(opening * 4), round(fixed * 3.5)))
    return frame, pd.DataFrame(sizes, columns=["place_id", "size_t", "opening_cost", "fixed_cost"])


def _tiers(third: pd.Series, scale: Scale) -> pd.DataFrame:
    tiers = ((0.0, 480.0), (0.05, 400.0), (0.15, 340.0))
    rows = [(place, round(share * scale.tonnes, 1), price) for place in third for share, price in tiers]
    return pd.DataFrame(rows, columns=["place_id", "from_t", "price_per_t"])


def _links() -> pd.DataFrame:
    rows = [
        ("ZONE", "POINT", "CUSTOMER", 8, 60.0), ("POINT", "HUB", "VAN", 4, np.nan),
        ("HUB", "SITE", "TRUCK", 12, np.nan), ("SITE", "MARKET", "TRUCK", 3, np.nan),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["from_kind", "to_kind", "mode", "nearest", "max_km"])


def _home_lanes(places: DrawnPlaces) -> pd.DataFrame:
    """Return the way from every zone to the nearest home pickup: dear, but always there."""
    zones, homes = places.of("ZONE"), places.of("POINT").query("group_id == @HOME").reset_index(drop=True)
    idx, _ = nearest(zones, homes)
    to_id = homes["place_id"].to_numpy(object)[idx]
    return pd.DataFrame({"from_id": zones["place_id"], "to_id": to_id, "mode": HOME, "distance_km": 0.0})
