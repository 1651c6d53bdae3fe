"""What `mapping.toml` may say: how a foreign point list and a few facts become a network folder.

Documented for users in docs/walkthroughs/mapping.md. Unknown keys and wrong values are input errors that name the
key and the nearest known one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from retour.errors import InputError, Issue
from retour.gate.settings import read_toml, validated
from retour.policy import Policy, Rules, TravelSettings
from retour.vocabulary import PointKind, Tag

CLOCK = r"^([0-3]?\d|4[0-8]):[0-5]\d$"
WEEKDAYS = 7


class NetworkPart(Rules):
    """Names the network and the night."""

    name: str = Field(min_length=1, description="Name of the network.")
    night: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Night to plan, YYYY-MM-DD.")
    country: str = Field("FR", pattern=r"^[A-Z]{2}$", description="Country whose law applies to the returns.")
    travel: TravelSettings = Field(TravelSettings(), description="Circuity and speed where no road matrix tells.")
    description: str = Field("", description="What the network shows.")
    attribution: str = Field("", description="Who made the source; shown wherever the data is shown.")
    licence: str = Field("", description="What may be done with the source.")


class Condition(Rules):
    """One condition on a column of a source table; give exactly one of equals, is_in, starts_with."""

    column: str = Field(description="Column of the table.")
    equals: str | None = Field(None, description="The cell is this text.")
    is_in: tuple[str, ...] = Field((), description="The cell is one of these texts.")
    starts_with: tuple[str, ...] = Field((), description="The cell starts with one of these texts.")

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        if sum((self.equals is not None, bool(self.is_in), bool(self.starts_with))) != 1:
            raise ValueError(f"the condition on {self.column!r} needs exactly one of equals, is_in, starts_with")
        return self


class Box(Rules):
    """A bounding box in degrees, WGS84."""

    south: float = Field(ge=-90, le=90, description="Lowest latitude.")
    north: float = Field(ge=-90, le=90, description="Highest latitude.")
    west: float = Field(ge=-180, le=180, description="Lowest longitude.")
    east: float = Field(ge=-180, le=180, description="Highest longitude.")

    @model_validator(mode="after")
    def _not_inside_out(self) -> Box:
        if self.south >= self.north or self.west >= self.east:
            raise ValueError("south must be below north and west below east; swap the two")
        return self


class TableFormat(Rules):
    """How a source table is written."""

    format: Literal["csv", "parquet", "geo"] | None = Field(None, description="Kind of file; empty: from its name.")
    delimiter: str = Field(",", min_length=1, max_length=1, description="Between the cells of a CSV file.")
    encoding: str = Field("utf-8", description="Of a CSV file.")
    decimal: Literal[".", ","] = Field(".", description="Decimal sign of numbers.")
    keep: tuple[Condition, ...] = Field((), description="Rows kept: those that meet every condition.")
    box: Box | None = Field(None, description="Rows kept: those inside the box.")


class SourcePart(TableFormat):
    """The point list."""

    on_bad_row: Literal["fail", "skip"] = Field(
        "fail", description="fail: any bad row ends the import; skip: bad rows are listed in rejected.csv."
    )


class KindFrom(Rules):
    """Kind of point read from a column."""

    column: str = Field(description="Column that says what sort of point it is.")
    values: dict[str, PointKind] = Field(min_length=1, description="What each value of the column means.")


class CarrierPart(Rules):
    """Points a carrier empties over a parcel label, because no van goes there."""

    beyond_km: float | None = Field(None, gt=0, description="Points further than this from their hub by road.")
    where: tuple[Condition, ...] = Field((), description="Points that meet any of these conditions.")
    lead_time_h: float = Field(48, ge=0, description="From the point to its hub.")


class PointsPart(Rules):
    """Which source column is which of ours, and what the source does not say."""

    id: str = Field(description="Column with the point's name.")
    name: str | None = Field(None, description="Column with what people call it.")
    lat: str | None = Field(None, description="Column with the latitude; leave out for a geo file.")
    lon: str | None = Field(None, description="Column with the longitude; leave out for a geo file.")
    kind: PointKind | None = Field(None, description="One kind for all points.")
    kind_from: KindFrom | None = Field(None, description="Or the kind by a column's value.")
    hours: tuple[str, ...] = Field((), description="Seven columns, Monday first, with HH:MM-HH:MM; blank: closed.")
    capacity: dict[PointKind, int] = Field(default_factory=dict, description="Parcels held, by kind.")
    compartments: dict[str, int] = Field(default_factory=dict, description="Compartments of every locker, by size.")
    compartment_columns: dict[str, str] = Field(default_factory=dict, description="Or columns with their number.")
    refuses: dict[PointKind, tuple[Tag, ...]] = Field(default_factory=dict, description="Tags refused, by kind.")
    carrier: CarrierPart = Field(CarrierPart(), description="Points no van goes to.")

    @model_validator(mode="after")
    def _whole(self) -> PointsPart:
        if (self.kind is None) == (self.kind_from is None):
            raise ValueError("give either kind, the same for all points, or kind_from, a column with its values")
        if self.hours and len(self.hours) != WEEKDAYS:
            raise ValueError(f"hours names {len(self.hours)} columns; it must name 7, Monday first")
        if (self.lat is None) != (self.lon is None):
            raise ValueError("name both lat and lon, or neither for a geo file")
        if self.compartments and self.compartment_columns:
            raise ValueError("give either compartments, the same for all lockers, or compartment_columns")
        return self


class HubPlace(Rules):
    """One hub typed in."""

    id: str = Field(min_length=1, description="Name of the hub.")
    name: str = Field("", description="What people call it.")
    lat: float = Field(ge=-90, le=90, description="Latitude.")
    lon: float = Field(ge=-180, le=180, description="Longitude.")
    sorting_parcels: int | None = Field(None, ge=0, description="Parcels it can sort a day; empty: unlimited.")


class HubsPart(Rules):
    """Hubs: typed in, or placed among the points."""

    listed: tuple[HubPlace, ...] = Field((), description="Hubs with their coordinates.")
    place: int | None = Field(None, ge=1, le=200, description="Or: so many, placed by k-means weighted by demand.")

    @model_validator(mode="after")
    def _one_way(self) -> HubsPart:
        if bool(self.listed) == (self.place is not None):
            raise ValueError("give either hubs.listed, hubs with coordinates, or hubs.place, how many to place")
        return self


class SitePart(Rules):
    """One recovery site made from a template; without coordinates it stands at the demand's centre of gravity."""

    template: str = Field(description="warehouse, workshop, outlet, trader, charity, recycler or manufacturer.")
    id: str = Field(min_length=1, description="Name of the site.")
    name: str = Field("", description="What people call it.")
    lat: float | None = Field(None, ge=-90, le=90, description="Latitude.")
    lon: float | None = Field(None, ge=-180, le=180, description="Longitude.")
    scale: float = Field(1.0, gt=0, le=100, description="Size against the template's, which fits the demand.")


class VansPart(Rules):
    """The fleet, the same at every hub but for the numbers."""

    per_hub: int | None = Field(None, ge=1, description="Vans at each hub; empty: sized from the demand.")
    at_hub: dict[str, int] = Field(default_factory=dict, description="Vans at a hub by its id; goes before per_hub.")
    headroom: float = Field(1.3, gt=0, description="When sized: vans for this many times the parcels expected.")
    capacity_parcels: int = Field(150, ge=1, description="Parcels a van holds.")
    capacity_l: float = Field(10000, gt=0, description="Its load volume.")
    capacity_kg: float = Field(700, gt=0, description="Its payload.")
    shift_start: str = Field("18:00", pattern=CLOCK, description="Earliest departure.")
    shift_end: str = Field("26:00", pattern=CLOCK, description="Latest return; hours past 24 are after midnight.")
    max_trips: int = Field(2, ge=1, le=9, description="Tours a night.")
    fixed_eur: float = Field(45.0, ge=0, description="Cost of using one van tonight.")
    per_km_eur: float | None = Field(None, ge=0, description="Cost per kilometre; empty: the rate.")
    per_hour_eur: float | None = Field(None, ge=0, description="Driver's cost per hour; empty: the rate.")
    emission_line: str = Field("van_diesel", description="Line of the emission facts.")


class HomePart(Rules):
    """Home pickup for what no point may take (damaged batteries, bulky goods): one zone per hub."""

    per_hub: int = Field(40, ge=0, description="Pickups a night per hub; 0: no home pickup.")
    reach_km: float = Field(80, gt=0, description="Radius of a zone by road.")


class ResidentsPart(TableFormat):
    """A table of places with residents; each place's returns go to the points nearest to it."""

    table: str = Field(description="File, beside the mapping or beside the point list.")
    residents: str = Field(description="Column with the number of residents.")
    name: str | None = Field(None, description="Column with the place's name.")
    lat: str | None = Field(None, description="Column with the latitude.")
    lon: str | None = Field(None, description="Column with the longitude.")
    coordinates: str | None = Field(None, description="Or: a CSV with the columns name, lat, lon for the same names.")
    unique: tuple[str, ...] = Field((), description="Columns that together may occur once; later rows are dropped.")
    on_bad_row: Literal["fail", "skip"] = Field(
        "fail", description="fail: a place without coordinates or residents ends the import; skip: it does not count."
    )

    @model_validator(mode="after")
    def _placed(self) -> ResidentsPart:
        if self.coordinates is None and (self.lat is None or self.lon is None):
            raise ValueError("name the lat and lon columns, or give coordinates, a file with name, lat, lon")
        if self.coordinates is not None and self.name is None:
            raise ValueError("coordinates are joined by name; give name, the column with the place's name")
        return self


class DemandPart(Rules):
    """Tonight's returns and their past: drawn with a seed, never observed."""

    returns: int = Field(ge=1, le=2_000_000, description="Returns asked for tonight.")
    residents: tuple[ResidentsPart, ...] = Field((), description="Where people live; none: points weigh the same.")
    elsewhere: float = Field(0, ge=0, description="Residents not in the tables, spread evenly over all points.")
    live_within_m: float = Field(600, gt=0, description="How far customers live from a point, typically.")
    leave_out: tuple[str, ...] = Field((), description="Product classes that are not sold here.")


class FillPart(Rules):
    """How full points are before tonight."""

    nights_since_emptied: tuple[float, ...] = Field(
        (0.45, 0.35, 0.2),
        description="Shares of points emptied last night, one night earlier, ...; what arrived since lies there.",
    )

    @model_validator(mode="after")
    def _shares(self) -> FillPart:
        if min(self.nights_since_emptied, default=-1.0) < 0 or sum(self.nights_since_emptied) <= 0:
            raise ValueError("nights_since_emptied needs shares of 0 or more, one of them above 0")
        return self


class Mapping(Rules):
    """The whole of `mapping.toml`."""

    network: NetworkPart
    source: SourcePart = SourcePart()
    points: PointsPart
    hubs: HubsPart
    sites: tuple[SitePart, ...] = Field(min_length=1)
    vans: VansPart = VansPart()
    home_pickup: HomePart = HomePart()
    demand: DemandPart
    fill: FillPart = FillPart()
    policy: Policy = Policy()


def read_mapping(path: Path) -> Mapping:
    """Return the validated mapping; InputError naming every wrong key or value at once, or an unreadable file."""
    try:
        return validated(Mapping, read_toml(path))
    except OSError as error:
        message = f"cannot be read ({error.strerror}): {path}; give --map the path of a mapping file"
        raise InputError([Issue(path.name, None, None, message)]) from None
