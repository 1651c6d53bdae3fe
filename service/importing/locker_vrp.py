"""`retour import locker-vrp`: an instance of the literature with its real road matrix becomes a network folder."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from retour.errors import InputError, Issue
from retour.facts import rate
from retour.policy import NetworkSettings, Policy, TravelSettings
from retour.samples.goods import draw_goods
from retour.samples.history import draw_arrivals, fill_table
from retour.vocabulary import EmptiedBy, LogisticsState, PointKind
from service.importing.assemble import SIZES, Tables, size_table
from service.importing.demand import goods_tables
from service.importing.lanes import linehaul_lanes
from service.importing.layout import Layout, reconstructed
from service.importing.locker_instance import LockerInstance, read_locker_instance
from service.importing.mapping import SitePart
from service.importing.publishing import ImportSummary, Origin, counts, publish_network
from service.importing.sites import site_tables

NIGHT = "2026-11-24"
COUNTRY = "PL"
SPEED_KMH = 33.0  # middle of the generator's hourly 28 to 41 km/h from 9:00 on
SHIFT_H = 8
MOST_WAITED_DAYS = 3
ROOM_SHARE = (0.25, 0.98)  # drawn volumes stay inside their size's range by this much
HUB = "DEPOT"
SITES = tuple(
    SitePart(template=t, id=t.upper()) for t in ("warehouse", "workshop", "outlet", "trader", "charity", "recycler")
)
ATTRIBUTION = (
    "Instances of Rudy (2025), 'Multi-criteria parcel locker-based vehicle routing with pickup and delivery', "
    "github.com/jaroslaw-rudy/parcel-locker-based-delivery-optimization-2025"
)
LICENCE = "none given by the source: research tests, cite the source"


class City(NamedTuple):
    """A Polish city of the instances, its centre in degrees."""

    name: str
    lat: float
    lon: float


def import_locker_vrp(file: Path | str, out: Path | str, *, seed: int = 0) -> ImportSummary:
    """Turn an instance file named `<seed>_<city>_<orders per inhabitant>.txt[.gz]` into the network folder `out`.

    Pickups become returns lying at their locker, occupied compartments become parcels waiting there, the road matrix
    becomes `travel`; deliveries are left out. Raises InputError with every bad line; nothing is written then.
    """
    file, out = Path(file), Path(out)
    city = city_of(file)
    instance = read_locker_instance(file)
    layout = reconstructed(instance.road_m, centre=(city.lat, city.lon))
    travel = TravelSettings(
        circuity=min(5.0, max(1.0, layout.circuity)), speed_kmh=SPEED_KMH, source="fitted to the road matrix"
    )
    tables = network_tables(instance, layout, travel, seed=seed)
    origin = _origin(file, city, instance, seed)
    settings = NetworkSettings(
        name=f"locker-vrp-{city.name.lower().replace(' ', '-')}", tonight=NIGHT, country=COUNTRY, travel=travel,
        description=f"Lockers of {city.name}: real road matrix, map reconstructed from it. Generated, not observed: "
        + "; ".join(origin.generated), attribution=ATTRIBUTION,
    )  # fmt: skip
    nothing = pd.DataFrame({"row": pd.Series(dtype=int)})
    publish_network(out, tables, settings, Policy(), origin, rejected=nothing)
    left_out = int(instance.orders["delivery"].sum())
    return ImportSummary(
        out=out, source=file.name, rows_read=len(instance.orders), rows_filtered=left_out, rejected=nothing,
        counts=counts(tables), notes=tuple(origin.generated),
    )  # fmt: skip


@cache
def cities() -> pd.DataFrame:
    """Return the cities of the instances by number, centres in degrees."""
    with (files("service.importing") / "polish_cities.csv").open(encoding="utf-8") as lines:
        return pd.read_csv(lines).set_index("number")


def city_of(file: Path) -> City:
    """Return the city an instance file's name tells; InputError when it tells none."""
    words = file.name.split("_")
    number = int(words[1]) if len(words) == 3 and words[1].isdigit() else -1
    if number not in cities().index:
        known = ", ".join(f"{n} {c}" for n, c in cities()["city"].items())
        message = f"the name tells no city; call it <seed>_<city>_<ratio>.txt.gz with a city of {known}"
        raise InputError([Issue(file.name, None, None, message)])
    row = cities().loc[number]
    return City(str(row["city"]), float(row["lat"]), float(row["lon"]))


def network_tables(instance: LockerInstance, layout: Layout, travel: TravelSettings, *, seed: int) -> Tables:
    """Return every table: lockers, matrix, vans and pickups from the instance, the rest from facts and seed."""
    rng = np.random.default_rng(seed)
    night = pd.Timestamp(NIGHT)
    sizes, points = size_table(), _points(instance, layout)
    hubs = pd.DataFrame({"hub_id": [HUB], "name": ["Depot"], "lat": layout.lat[:1], "lon": layout.lon[:1]})
    returns = _returns(rng, instance, sizes, night)
    sites = site_tables(
        SITES, centre=(float(np.median(layout.lat)), float(np.median(layout.lon))), returns=len(returns)
    )
    full = _compartments()
    waiting = _waiting(instance, full)
    daily = waiting.sum(axis=1) / 2.0
    open_days = np.ones((len(points), 7), dtype=bool)
    return {
        "points": points, "sizes": sizes, "hubs": hubs, **sites,
        "compartments": _compartment_table(points, full),
        "lanes": linehaul_lanes(hubs, sites["sites"], travel),
        "vehicles": _vehicles(instance), "travel": _travel(instance), "returns": returns, **goods_tables(returns),
        "arrivals": draw_arrivals(rng, point_ids=points["point_id"], daily=daily, open_days=open_days, night=night),
        "fill": fill_table(
            rng, point_ids=points["point_id"], sizes=sizes["size"], parcels=waiting,
            waited_days=rng.integers(1, MOST_WAITED_DAYS + 1, size=len(points)), night=night,
        ),
    }  # fmt: skip


def _name(site: int) -> str:
    return f"L{site:03d}"


def _points(instance: LockerInstance, layout: Layout) -> pd.DataFrame:
    return pd.DataFrame({
        "point_id": instance.free["site"].map(_name), "kind": PointKind.LOCKER,
        "lat": layout.lat[1:], "lon": layout.lon[1:], "emptied_by": EmptiedBy.VAN, "hub_id": HUB,
        "max_weight_kg": rate("locker_max_weight_kg"), "stop_s": instance.stop_s, "parcel_s": instance.parcel_s,
    })  # fmt: skip


def _compartments() -> np.ndarray:
    return np.array([int(rate(f"locker_compartments_{s.lower()}")) for s in SIZES])


def _compartment_table(points: pd.DataFrame, full: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({
        "point_id": np.repeat(points["point_id"].to_numpy(object), len(SIZES)),
        "size": np.tile(SIZES, len(points)),
        "count": np.tile(full, len(points)),
    })  # fmt: skip


def _waiting(instance: LockerInstance, full: np.ndarray) -> np.ndarray:
    """Return parcels lying at each locker by size besides tonight's pickups, which are returns of their own."""
    pickups = instance.orders[instance.orders["delivery"] == 0]
    listed = np.zeros((len(instance.free), len(SIZES)), dtype=np.int64)
    np.add.at(listed, (pickups["site"].to_numpy() - 1, pickups["size"].to_numpy()), 1)
    occupied = np.maximum(full - instance.free[list(SIZES)].to_numpy(np.int64), 0)
    return np.maximum(occupied - listed, 0)


def _returns(
    rng: np.random.Generator, instance: LockerInstance, sizes: pd.DataFrame, night: pd.Timestamp
) -> pd.DataFrame:
    """Return the pickups as returns: site, size, weight from the source; goods drawn, small ones for small sizes."""
    pickups = instance.orders[instance.orders["delivery"] == 0].sort_values(["size", "weight_kg"], kind="stable")
    drawn = draw_goods(rng, n=4 * len(pickups) + 100, night=night)
    fits = ~drawn["damaged_battery"] & (drawn["volume_l"] <= sizes["volume_l"].max())
    goods = drawn[fits].head(len(pickups)).sort_values("volume_l", kind="stable").reset_index(drop=True)
    low = np.concatenate([[0.0], sizes["volume_l"].to_numpy(float)[:-1]])[pickups["size"]]
    high = sizes["volume_l"].to_numpy(float)[pickups["size"]]
    inside = np.clip(goods["volume_l"], *(low + share * (high - low) for share in ROOM_SHARE))
    table = goods.assign(
        point_id=pickups["site"].map(_name).to_numpy(object), weight_kg=pickups["weight_kg"].to_numpy(float),
        volume_l=inside.round(1), country=COUNTRY, logistics_state=LogisticsState.DROPPED_OFF, ready_at=pd.NaT,
        line=pickups.index,
    ).sort_values("line", kind="stable")  # fmt: skip
    ids = [f"R{i:04d}" for i in range(1, len(table) + 1)]
    return table.drop(columns="line").assign(return_id=ids).reset_index(drop=True)


def _vehicles(instance: LockerInstance) -> pd.DataFrame:
    start = round(instance.start_hour * 60)
    return pd.DataFrame({
        "vehicle_type_id": ["van"], "hub_id": [HUB], "count": [instance.vans], "capacity_kg": [instance.van_kg],
        "shift_start": [f"{start // 60:02d}:{start % 60:02d}"],
        "shift_end": [f"{start // 60 + SHIFT_H:02d}:{start % 60:02d}"],
        "fixed_eur": [rate("van_fixed_eur_per_day")],
    })  # fmt: skip


def _travel(instance: LockerInstance) -> pd.DataFrame:
    names = np.array([HUB, *instance.free["site"].map(_name)], dtype=object)
    here, there = np.nonzero(~np.eye(len(names), dtype=bool))
    return pd.DataFrame({"from_id": names[here], "to_id": names[there], "distance_m": instance.road_m[here, there]})


def _origin(file: Path, city: City, instance: LockerInstance, seed: int) -> Origin:
    observed = [
        "travel: road metres between depot and lockers",
        "returns: the pickups' site, size and weight",
        "compartments and how many are free; vans, payload, start, service times",
    ]
    generated = [
        f"coordinates: reconstructed from the road matrix around the centre of {city.name}, orientation arbitrary",
        f"returns: class, reason, condition, value and dates drawn with seed {seed}",
        "fill: occupied compartments taken as returns waiting, their age and value drawn",
        "arrivals: drawn with the same seed",
        f"{int(instance.orders['delivery'].sum())} deliveries left out: tonight is about returns",
        f"driving times: {SPEED_KMH:g} km/h, middle of the source's hourly speeds; shift of {SHIFT_H} h",
        "sites, processes, lanes: templates and rates",
    ]
    return Origin(file, None, seed, observed, generated, ATTRIBUTION, LICENCE)
