"""Lyon and its suburbs on a Monday after the sales week: tuned so that choices bind.

What binds tonight, and a test computes each: a handful of lockers overflow before tomorrow's vans while most are
quiet, the workshop lacks hours, damaged batteries must stay out of lockers and relays, heavy goods need a pickup.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.policy import NetworkSettings, TravelSettings
from retour.samples.class_groups import with_classes
from retour.samples.goods import draw_goods, grade_odds, item_classes, recovery_values
from retour.samples.history import draw_arrivals, fill_table, split_by_size
from retour.samples.opening import draw_hours, open_weekdays
from retour.samples.places import air_m, nearest, numbered, scatter
from retour.samples.placing import lay_at_points
from retour.samples.typed_in import typed_in

NIGHT = "2026-11-23"
RETURNS = 900
LOCKERS_BY_SORT = {"hot": 7, "warm": 8, "forgotten": 4, "quiet": 41}
LOCKERS, RELAYS, STORES = sum(LOCKERS_BY_SORT.values()), 45, 12
BUSINESS = {  # (lowest share of room taken, lowest daily parcels over room), then the highest of both
    "hot": ((0.90, 0.30), (1.00, 0.40)),
    "warm": ((0.55, 0.25), (0.80, 0.38)),
    "forgotten": ((0.03, 0.02), (0.15, 0.07)),  # nobody came for days
    "quiet": ((0.03, 0.02), (0.15, 0.07)),
    "shop": ((0.05, 0.08), (0.35, 0.25)),  # relays and stores
}
SORTS = tuple(BUSINESS)
FORGOTTEN_DAYS = 4
COMPARTMENT_MIX = (32, 29, 18)  # S, M, L of a locker of 79 (Rudy 2025)
LOCKER_COMPARTMENTS = (19, 36, 36, 55, 79)
CARRIER_RELAYS_FROM_KM = 10.0
CENTRE = pd.DataFrame({"lat": [45.757], "lon": [4.85]})
LABEL_EUR, LABEL_EUR_PER_KG = 4.2, 0.3  # contract, under the list price (rates: parcel_label_base_eur)
POINT_SPREAD, CUSTOMER_SPREAD = 0.5, 0.6  # sigma over the radius of a district

SETTINGS = NetworkSettings(
    name="city",
    tonight=NIGHT,
    travel=TravelSettings(
        circuity=1.4, speed_kmh=28, source="built-in rates road_circuity, van_speed_urban_kmh"
    ),
    description="Lyon and its suburbs, Monday 23 November 2026: 120 collection points, 2 hubs, 6 recovery sites.",
    attribution="Districts: INSEE and La Poste, Licence Ouverte 2.0; points, customers and returns are invented.",
)

IntArray = NDArray[np.int64]


def city_tables(rng: np.random.Generator, *, returns: int = RETURNS) -> dict[str, pd.DataFrame]:
    """Return every table of the city, ValueError for no returns; the same generator state, the same tables."""
    if returns < 1:
        raise ValueError(f"returns is {returns}; must be at least 1")
    night = pd.Timestamp(NIGHT)
    fixed = {name: _numbers(frame) for name, frame in typed_in("city").items()}
    districts = _districts()
    points = _points(rng, districts, hubs=fixed["hubs"], homes=fixed.pop("homes"))
    compartments = _compartments(rng, points)
    hours = draw_hours(rng, points)
    arrivals, fill = _history(rng, points, compartments, hours, night)
    drawn = _returns(rng, districts, points, n=returns, night=night)
    return fixed | {
        "returns": drawn,
        "item_classes": item_classes(),
        "recovery_values": recovery_values(),
        "grade_odds": grade_odds(drawn),
        "points": points.drop(columns="district"),
        "compartments": compartments,
        "hours": hours,
        "arrivals": arrivals,
        "fill": fill,
        "processes": with_classes(fixed["processes"]),
        "lanes": _lanes(fixed["hubs"], fixed["sites"], points),
    }


def _districts() -> pd.DataFrame:
    with (files("retour.samples") / "lyon.csv").open(encoding="utf-8") as lines:
        districts = pd.read_csv(lines)
    return districts.assign(radius_km=np.sqrt(districts["area_km2"] / np.pi))


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({axis: float for axis in ("lat", "lon") if axis in frame})


def _around(rng: np.random.Generator, districts: pd.DataFrame, *, n: int, spread: float) -> pd.DataFrame:
    """Return n places in districts drawn by population."""
    share = districts["population"] / districts["population"].sum()
    home = districts.iloc[rng.choice(len(districts), size=n, p=share)]
    lat, lon = scatter(
        rng,
        lat=home["lat"].to_numpy(),
        lon=home["lon"].to_numpy(),
        sigma_km=spread * home["radius_km"].to_numpy(),
    )
    return pd.DataFrame({"district": home["district"].to_numpy(), "lat": lat, "lon": lon})


def _points(
    rng: np.random.Generator, districts: pd.DataFrame, *, hubs: pd.DataFrame, homes: pd.DataFrame
) -> pd.DataFrame:
    kinds = (("LOCKER", "LK", LOCKERS), ("RELAY", "RL", RELAYS), ("STORE", "ST", STORES))
    frames = [_points_of_kind(rng, districts, kind, prefix, count) for kind, prefix, count in kinds]
    points = pd.concat([*frames, homes], ignore_index=True)
    far = nearest(points, CENTRE)[1] / 1000 > CARRIER_RELAYS_FROM_KM
    carried = (points["kind"] == "RELAY") & far
    hub_idx, _ = nearest(points, hubs)
    own_hub = points["hub_id"].fillna(pd.Series(hubs["hub_id"].to_numpy()[hub_idx]))
    return points.assign(
        emptied_by=np.where(carried, "CARRIER", "VAN"),
        hub_id=own_hub.mask(carried),
        capacity_parcels=_capacities(rng, points),
        refuses=points["kind"].map(
            {"RELAY": "BULKY;HAZARDOUS", "LOCKER": "BULKY;HAZARDOUS", "STORE": "BULKY"}
        ),
    )


def _points_of_kind(
    rng: np.random.Generator, districts: pd.DataFrame, kind: str, prefix: str, count: int
) -> pd.DataFrame:
    spots = _around(rng, districts, n=count, spread=POINT_SPREAD)
    nth = spots.groupby("district").cumcount() + 1
    return spots.assign(
        point_id=numbered(prefix, count, digits=2),
        name=kind.capitalize() + " " + spots["district"] + " " + nth.astype(str),
        kind=kind,
    )


def _capacities(rng: np.random.Generator, points: pd.DataFrame) -> pd.Series:
    """Return what relays and stores can hold; lockers hold their compartments, home zones what was typed in."""
    drawn = points["kind"].map({"RELAY": 1, "STORE": 3}) * rng.integers(14, 31, size=len(points))
    return drawn.fillna(pd.to_numeric(points["capacity_parcels"]))


def _compartments(rng: np.random.Generator, points: pd.DataFrame) -> pd.DataFrame:
    lockers = points.loc[points["kind"] == "LOCKER", "point_id"]
    total = rng.choice(LOCKER_COMPARTMENTS, size=len(lockers))
    small, medium, _ = (
        (total[:, None] * np.array(COMPARTMENT_MIX) / sum(COMPARTMENT_MIX)).round().astype(int).T
    )
    count = np.column_stack([small, medium, total - small - medium])
    return pd.DataFrame({
        "point_id": lockers.repeat(3).to_numpy(),
        "size": ["S", "M", "L"] * len(lockers),
        "count": count.ravel(),
    })  # fmt: skip


def _history(
    rng: np.random.Generator,
    points: pd.DataFrame,
    compartments: pd.DataFrame,
    hours: pd.DataFrame,
    night: pd.Timestamp,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    served = points[points["kind"] != "HOME"].reset_index(drop=True)
    room = _room(served, compartments)
    held = room.sum(axis=1)
    full_share, daily, waited = _business(rng, served, held)
    total = np.minimum(np.round(full_share * held).astype(np.int64), held)
    parcels = split_by_size(rng, total=total, room=room)
    open_days = open_weekdays(served["point_id"], hours)
    arrivals = draw_arrivals(rng, point_ids=served["point_id"], daily=daily, open_days=open_days, night=night)
    sizes = pd.Series(["S", "M", "L"])
    fill = fill_table(
        rng, point_ids=served["point_id"], sizes=sizes, parcels=parcels, waited_days=waited, night=night
    )
    return arrivals, fill


def _room(points: pd.DataFrame, compartments: pd.DataFrame) -> IntArray:
    """Return what each point holds by size (p, 3); relays and stores, without compartments, in the usual mix."""
    mix = np.array(COMPARTMENT_MIX) / sum(COMPARTMENT_MIX)
    shelf = np.floor(points["capacity_parcels"].fillna(0).to_numpy(float)[:, None] * mix)
    boxes = compartments.pivot(index="point_id", columns="size", values="count")[["S", "M", "L"]]
    return (
        boxes.reindex(points["point_id"])
        .fillna(pd.DataFrame(shelf, points["point_id"], boxes.columns))
        .to_numpy(int)
    )


def _business(
    rng: np.random.Generator, points: pd.DataFrame, held: IntArray
) -> tuple[NDArray[np.float64], NDArray[np.float64], IntArray]:
    """Return per point: share of room taken, parcels a day, days the oldest parcel has waited."""
    locker = (points["kind"] == "LOCKER").to_numpy()
    sort = np.full(len(points), SORTS.index("shop"))
    sort[locker] = np.repeat(np.arange(len(LOCKERS_BY_SORT)), list(LOCKERS_BY_SORT.values()))
    low, high = np.array([BUSINESS[name] for name in SORTS]).transpose(1, 2, 0)[:, :, sort]
    full_share, turnover = rng.uniform(low, high)
    usual = np.where(sort <= SORTS.index("warm"), 1, rng.integers(1, 3, len(points)))
    waited = np.where(sort == SORTS.index("forgotten"), FORGOTTEN_DAYS, usual)
    return full_share, turnover * held, waited.astype(np.int64)


def _returns(
    rng: np.random.Generator, districts: pd.DataFrame, points: pd.DataFrame, *, n: int, night: pd.Timestamp
) -> pd.DataFrame:
    customers = _around(rng, districts, n=n, spread=CUSTOMER_SPREAD)
    drawn = pd.concat([draw_goods(rng, n=n, night=night), customers[["lat", "lon"]]], axis=1)
    drawn = lay_at_points(rng, drawn, points)
    return drawn.assign(
        return_id=numbered("R", n, digits=4), order_id=[f"CO-{k}" for k in 70000 + rng.permutation(n)]
    )


def _lanes(hubs: pd.DataFrame, sites: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Return shuttles from every hub to the other and to every site, and the carrier's lanes."""
    ends = pd.concat([hubs.rename(columns={"hub_id": "to_id"}), sites.rename(columns={"site_id": "to_id"})])
    km = (air_m(hubs, ends) * SETTINGS.travel.circuity / 1000).ravel()
    shuttles = pd.DataFrame({
        "from_id": np.repeat(hubs["hub_id"].to_numpy(), len(ends)),
        "to_id": np.tile(ends["to_id"].to_numpy(), len(hubs)),
        "cost_eur_per_parcel": (0.25 + 0.012 * km).round(2),
        "cost_eur_per_kg": (0.02 + 0.001 * km).round(3),
        "lead_time_h": 12.0,
        "emission_line": "rigid_17t",
        "distance_m": (1000 * km).round(-2),
    })  # fmt: skip
    own = shuttles["from_id"] != shuttles["to_id"]
    return pd.concat([shuttles[own], _labels(hubs, points)], ignore_index=True)


def _labels(hubs: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    carried = points[points["emptied_by"] == "CARRIER"]
    hub_idx, away_m = nearest(carried, hubs)
    return pd.DataFrame({
        "from_id": carried["point_id"].to_numpy(),
        "to_id": hubs["hub_id"].to_numpy()[hub_idx],
        "cost_eur_per_parcel": LABEL_EUR,
        "cost_eur_per_kg": LABEL_EUR_PER_KG,
        "lead_time_h": 36.0,
        "emission_line": "fr_van_parcels",
        "distance_m": (away_m * SETTINGS.travel.circuity).round(-2),
    })  # fmt: skip
