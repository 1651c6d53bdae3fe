"""Read an instance file of the parcel-locker pickup-and-delivery problem (Rudy 2025).

Line 1: orders n, locker sites m, vans v. Line 2: seconds per parcel, seconds to park, van kg, start hour. Then n
orders: size 0, 1 or 2, kg, site, 1 delivery or 0 pickup. Then (m+1) x (m+1) road metres, node 0 the depot. Then m
lines: site, free small, medium and large compartments.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.errors import InputError, Issue
from service.importing.source import refused

ORDER = ("size", "weight_kg", "site", "delivery")
FREE = ("site", "S", "M", "L")
LARGEST_SIZE = 2


@dataclass(frozen=True)
class LockerInstance:
    """One instance: `orders` (size, weight_kg, site, delivery), `road_m` (m+1, m+1), `free` (site, S, M, L)."""

    vans: int
    parcel_s: float
    stop_s: float
    van_kg: float
    start_hour: float
    orders: pd.DataFrame
    road_m: NDArray[np.float64]
    free: pd.DataFrame


def read_locker_instance(path: Path) -> LockerInstance:
    """Return the instance; InputError with every line that is not as the format says."""
    rows = _rows(path)
    orders, sites, vans = (int(x) for x in _fixed(path, rows, 1, 3))
    parcel_s, stop_s, van_kg, start_hour = _fixed(path, rows, 2, 4)
    wanted = 2 + orders + (sites + 1) + sites
    if len(rows) != wanted:
        raise refused(
            path, f"holds {len(rows)} lines, but {orders} orders and {sites} sites make {wanted}; take the whole file"
        )
    first_road, first_free = 2 + orders, 3 + orders + sites
    issues: list[Issue] = []
    order_table = _block(path, rows[2:first_road], 3, list(ORDER), issues)
    road = _block(path, rows[first_road:first_free], first_road + 1, list(range(sites + 1)), issues)
    free = _block(path, rows[first_free:], first_free + 1, list(FREE), issues)
    issues += _bad_orders(path, order_table, sites) + _bad_sites(path, free, sites) + _bad_roads(path, road)
    if issues:
        raise InputError(issues)
    return LockerInstance(
        vans=vans, parcel_s=parcel_s, stop_s=stop_s, van_kg=van_kg, start_hour=start_hour,
        orders=order_table.astype({"size": int, "site": int, "delivery": int}),
        road_m=road.to_numpy(float), free=free.astype(int).reset_index(drop=True),
    )  # fmt: skip


def _rows(path: Path) -> list[list[float]]:
    if not path.is_file():
        raise refused(path, "there is no such file; check the path")
    try:
        content = path.read_bytes()
        text = gzip.decompress(content).decode() if path.suffix == ".gz" else content.decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise refused(path, f"is no readable text ({error}); take the file again from its source") from None
    rows, issues = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.append([float(word) for word in line.split()])
        except ValueError:
            issues.append(Issue(path.name, number, None, f"found {line.strip()[:60]!r}; the format has numbers only"))
    if issues:
        raise InputError(issues)
    return rows


def _fixed(path: Path, rows: list[list[float]], number: int, width: int) -> list[float]:
    found = rows[number - 1] if len(rows) >= number else []
    if len(found) != width or min(found, default=-1) < 0:
        raise InputError(
            [Issue(path.name, number, None, f"found {len(found)} numbers; {width} of 0 or more are expected")]
        )
    return found


def _block(path: Path, rows: list[list[float]], first: int, columns: list, issues: list[Issue]) -> pd.DataFrame:
    """Return the rows of the right width; the index is the line of the file."""
    good = {n: row for n, row in enumerate(rows, start=first) if len(row) == len(columns)}
    issues += [
        Issue(path.name, n, None, f"found {len(row)} numbers; {len(columns)} are expected")
        for n, row in enumerate(rows, start=first)
        if len(row) != len(columns)
    ]
    return pd.DataFrame.from_dict(good, orient="index", columns=columns, dtype=float)


def _bad_orders(path: Path, orders: pd.DataFrame, sites: int) -> list[Issue]:
    rules = {
        "size": (~orders["size"].isin([0, 1, LARGEST_SIZE]), "must be 0, 1 or 2"),
        "weight_kg": (~(orders["weight_kg"] > 0), "must be more than 0 kg"),
        "site": (~orders["site"].between(1, sites), f"must be from 1 to {sites}"),
        "delivery": (~orders["delivery"].isin([0, 1]), "must be 1 (delivery) or 0 (pickup)"),
    }
    return [
        Issue(path.name, int(line), column, f"found {orders.at[line, column]:g}; {rule}; correct the order")
        for column, (bad, rule) in rules.items()
        for line in orders.index[bad]
    ]


def _bad_sites(path: Path, free: pd.DataFrame, sites: int) -> list[Issue]:
    wrong = free[(free["site"] != np.arange(1, len(free) + 1)) | (free[["S", "M", "L"]] < 0).any(axis=1)]
    return [
        Issue(
            path.name,
            int(line),
            "site",
            f"sites run from 1 to {sites} with 0 or more free compartments; correct the line",
        )
        for line in wrong.index
    ]


def _bad_roads(path: Path, road: pd.DataFrame) -> list[Issue]:
    bad = road.index[(road < 0).any(axis=1)]
    return [Issue(path.name, int(line), None, "holds a negative distance; road metres are 0 or more") for line in bad]
