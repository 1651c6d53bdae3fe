"""One validated night: network, returns, travel and policy; frozen, hashed, shared by every solver."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as dataclass_replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from retour.facts import emission_lines
from retour.facts import rates as built_in_rates
from retour.indexed import Indexed
from retour.policy import NetworkSettings, Policy, policy_json
from retour.tables import INPUT_TABLES
from retour.travel import Places, Travel

# Came later: while they say nothing a network keeps the hash it had, and runs stored before still find it unchanged.
LATER_TABLES = ("breaks", "garages")
LATER_COLUMNS = {"vehicles": ("max_overtime_h", "overtime_per_hour_eur", "starts_at", "ends_at")}


@dataclass(frozen=True, eq=False)
class Instance:
    """One night behind the gate; build it with `retour.load_network`, vary it with `replace`.

    `tables` holds every input table with every declared column: clocks as seconds after midnight, dates as
    datetime64, tags as tuples, missing numbers as NaN and missing text as NaN. Table properties return cheap
    copies, so nothing a caller does reaches the instance.
    """

    settings: NetworkSettings
    policy: Policy
    night: date
    tables: Mapping[str, pd.DataFrame] = field(repr=False)

    def table(self, name: str) -> pd.DataFrame:
        """Return one input table in file order; KeyError when it is not declared."""
        return self.tables[name].copy(deep=False)

    @property
    def returns(self) -> pd.DataFrame:
        """The `returns` table."""
        return self.table("returns")

    @property
    def points(self) -> pd.DataFrame:
        """The `points` table."""
        return self.table("points")

    @property
    def hubs(self) -> pd.DataFrame:
        """The `hubs` table."""
        return self.table("hubs")

    @property
    def sites(self) -> pd.DataFrame:
        """The `sites` table."""
        return self.table("sites")

    @property
    def vehicles(self) -> pd.DataFrame:
        """The `vehicles` table."""
        return self.table("vehicles")

    @cached_property
    def rates(self) -> dict[str, float]:
        """Every rate by id: the built-in ones, replaced by the network's own."""
        own = self.tables["rates"]
        return {**built_in_rates()["value"].to_dict(), **dict(zip(own["rate_id"], own["value"], strict=True))}

    @cached_property
    def travel(self) -> Travel:
        """Movement between places."""
        return Travel.from_table(self.tables["travel"])

    @cached_property
    def indexed(self) -> Indexed:
        """Integer positions and arrays of this instance, for solvers and pricing."""
        return Indexed.build(self.tables, self.policy, self.night, self.rates)

    def places(self, name: str) -> Places:
        """Return the rows of `points`, `hubs`, `sites` or `garages` as places, in table order."""
        frame = self.tables[name]
        key = INPUT_TABLES[name].key[0]
        return self.locate(frame[key], frame["lat"], frame["lon"], frame["region_id"])

    def locate(self, ids: pd.Series, lat: pd.Series, lon: pd.Series, region_id: pd.Series | None = None) -> Places:
        """Return any coordinates as places; without a region the network's road character applies."""
        own = self.settings.travel
        regions = self.tables["regions"].set_index("region_id")
        circuity = np.full(len(ids), own.circuity)
        speed = np.full(len(ids), own.speed_kmh)
        if region_id is not None and len(regions):
            circuity = region_id.map(regions["circuity"]).fillna(own.circuity).to_numpy(float)
            speed = region_id.map(regions["speed_kmh"]).fillna(own.speed_kmh).to_numpy(float)
        return Places(tuple(ids.astype(object)), lat.to_numpy(float), lon.to_numpy(float), circuity, speed)

    @cached_property
    def point_circuity(self) -> np.ndarray:
        """Road distance over great-circle distance around each point, shape (points,)."""
        return self.places("points").circuity

    @cached_property
    def lane_distance_m(self) -> np.ndarray:
        """Per lane its stated length, else the road distance between its ends, in metres, shape (lanes,)."""
        lanes = self.tables["lanes"]
        spots = self.places("points").plus(self.places("hubs")).plus(self.places("sites"))
        position = {place: i for i, place in enumerate(spots.ids)}
        a, b = (lanes[end].map(position).to_numpy(np.int64) for end in ("from_id", "to_id"))
        stated = lanes["distance_m"].to_numpy(float)
        return np.where(np.isnan(stated), self.travel.pairs(spots.take(a), spots.take(b)).distance_m, stated)

    @cached_property
    def lane_co2e_kg_per_kg(self) -> np.ndarray:
        """Per lane the CO2e of one kilogram moved its whole length: tonne-km factor x distance (ISO 14083 style)."""
        factor = self.tables["lanes"]["emission_line"].map(emission_lines()["kg_per_tonne_km_mean"])
        return factor.to_numpy(float) * self.lane_distance_m / 1e6

    @cached_property
    def hash(self) -> str:
        """SHA-256 of settings, policy, night and every table: equal inputs, equal hash."""
        return hash_of(self, row_hashes(self.tables["returns"]))

    def replace(self, *, policy: Policy | None = None, night: date | None = None, **tables: pd.DataFrame) -> Instance:
        """Return a variant with other tables, policy or night; the tables must be as the gate leaves them.

        Raises KeyError for an undeclared table and ValueError for missing columns.
        """
        for name, frame in tables.items():
            missing = set(INPUT_TABLES[name].column_names) - set(frame.columns)
            if missing:
                raise ValueError(f"{name} lacks columns {sorted(missing)}")
        fresh = {n: f.reset_index(drop=True) for n, f in tables.items()}
        return dataclass_replace(
            self, policy=policy or self.policy, night=night or self.night, tables={**self.tables, **fresh}
        )

    def with_returns(self, returns: pd.DataFrame) -> Instance:
        """Return the same night for some of its returns, or others of the same profiles, sharing what is derived.

        Positions of places and profiles stay what they are here; KeyError for a return of another profile.
        """
        part = self.replace(returns=returns)
        for name in ("rates", "travel", "point_circuity", "lane_distance_m", "lane_co2e_kg_per_kg"):
            part.__dict__[name] = getattr(self, name)
        part.__dict__["indexed"] = self.indexed.for_returns(part.tables, self.policy, self.night)
        return part


def hash_of(instance: Instance, returns: np.ndarray) -> str:
    """Return the hash of an instance whose returns have these `row_hashes`, in table order; its own are not read."""
    digest = hashlib.sha256()
    head = [instance.settings.model_dump(mode="json"), policy_json(instance.policy), instance.night.isoformat()]
    digest.update(json.dumps(head, sort_keys=True).encode())
    for name in sorted(instance.tables):
        frame = _said(name, instance.tables[name])
        if frame.empty and name in LATER_TABLES:
            continue
        rows = returns if name == "returns" else row_hashes(frame)
        digest.update(f"{name}:{list(frame.columns)}:{len(rows)}".encode())
        digest.update(rows.tobytes())
    return digest.hexdigest()


def _said(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame without later columns that say nothing."""
    silent = [c for c in LATER_COLUMNS.get(name, ()) if c in frame and frame[c].isna().all()]
    return frame.drop(columns=silent)


def row_hashes(frame: pd.DataFrame) -> np.ndarray:
    """Return a number per row that tells rows apart, shape (n,); it depends on the row alone."""
    plain = frame.copy(deep=False)
    for name, kind in frame.dtypes.items():
        if pd.api.types.is_object_dtype(kind):
            plain[name] = plain[name].astype(str)
    return pd.util.hash_pandas_object(plain, index=False).to_numpy()
