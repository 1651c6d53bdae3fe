"""The whole of vans.toml: what collects, at what cost, and how often a place is emptied."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict, Field, model_validator

from retour.facts import emission_lines, rate


class Vans(BaseModel):
    """How returns are collected. Money is in the currency of design.toml; rates left out are those of the facts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nights_per_period: float = Field(300.0, gt=0, description="Nights on which vans drive in a period.")
    parcel_kg: float = Field(1.2, gt=0, description="Weight of a mean parcel: makes parcels of tonnes.")
    fills_in_nights: float = Field(3.0, gt=0, description="A place used to its full size is full after so many nights.")
    longest_wait_nights: float = Field(
        rate("locker_keep_days"), ge=1, description="A place that is not full is emptied after so many nights."
    )
    zone_spread_km: float = Field(5.0, ge=0, description="Standard deviation of doors around a zone, north and east.")
    capacity_parcels: int = Field(int(rate("van_capacity_parcels")), ge=1, description="Parcels a van holds.")
    capacity_kg: float = Field(rate("van_capacity_kg"), gt=0, description="Kilograms a van holds.")
    shift_h: float = Field(rate("van_shift_h"), gt=0, le=24, description="Paid hours from leaving to being unloaded.")
    trips: int = Field(1, ge=1, le=5, description="Tours a van may make in a shift.")
    circuity: float | None = Field(None, ge=1, le=5, description="Road over great circle; empty: that of design.toml.")
    speed_kmh: float = Field(rate("van_speed_periurban_kmh"), gt=0, description="Speed on the road.")
    stop_s: float = Field(rate("stop_park_s"), ge=0, description="Seconds at a stop, whatever is loaded.")
    parcel_s: float = Field(rate("stop_parcel_s"), ge=0, description="Seconds per parcel loaded.")
    unload_s: float = Field(rate("hub_unload_s"), ge=0, description="Seconds to empty a van at its hub.")
    fixed_cost: float = Field(rate("van_fixed_eur_per_day"), ge=0, description="Of a van on a night it drives.")
    cost_per_km: float = Field(rate("van_eur_per_km"), ge=0, description="Of a kilometre.")
    cost_per_h: float = Field(rate("driver_eur_per_hour"), ge=0, description="Of a paid hour.")
    co2e_kg_per_km: float = Field(
        float(emission_lines().loc["fr_van_parcels", "kg_per_km_mean"]), ge=0, description="Emitted on a kilometre."
    )
    bands_km: tuple[float, ...] = Field(
        (10.0, 30.0, 100.0, 300.0), description="Ends of the bands of distance that have a factor each."
    )

    @model_validator(mode="after")
    def _holds_together(self) -> Vans:
        """A van holds a parcel, and bands grow."""
        if self.capacity_kg < self.parcel_kg:
            raise ValueError(
                f"capacity_kg is {self.capacity_kg:g}, but one parcel of parcel_kg weighs {self.parcel_kg:g}; "
                "a van must hold a parcel"
            )
        if any(b <= a for a, b in zip((0.0, *self.bands_km), self.bands_km, strict=False)):
            raise ValueError(f"bands_km are {list(self.bands_km)}; they must be above 0 and grow")
        return self

    @property
    def room(self) -> int:
        """Parcels that fit into a van, by number and by weight."""
        return max(1, min(self.capacity_parcels, math.floor(self.capacity_kg / self.parcel_kg + 1e-9)))
