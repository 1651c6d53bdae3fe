"""What handing over at each point costs, as rates: fixed, per kilogram and per metre; found by pricing probes.

`retour.pricing` is linear in weight and distance, so three prices per point tell the rates, and no formula is
written twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.instance import Instance
from retour.pricing import SPEND_ACTIVITIES, Part, PickupEstimate, carbon_eur_per_kg, collection_parts, total
from routing.quote.seat import plain_returns, seated

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
COST, CO2E, SPEND = 0, 1, 2
TRIP = "customer trip"
PROBE_M = 1000.0


@dataclass(frozen=True)
class Handover:
    """Rates by point, shape (p, 3) each: cost in EUR (carbon priced in), CO2e in kg, spending in EUR.

    `lying` is the fixed part where the parcel lies at the point already. `trip_km_per_m` (p,) is the customer's way
    there and back per metre of road, `trip_eur_per_km` what a kilometre of it weighs.
    """

    fixed: FloatArray
    lying: FloatArray
    per_kg: FloatArray
    per_m: FloatArray
    trip_km_per_m: FloatArray
    trip_eur_per_km: float

    def amounts(self, c: IntArray, road_m: FloatArray, *, weight_kg: float, lies: bool) -> FloatArray:
        """Return cost, CO2e and spending of handing over at points c[i], road_m[i] away, shape (len(c), 3)."""
        fixed = self.lying if lies else self.fixed
        return fixed[c] + self.per_kg[c] * weight_kg + self.per_m[c] * road_m[:, None]


def handover(instance: Instance, pickup: PickupEstimate) -> Handover:
    """Return the rates of every point at these planning prices of pickup."""
    c = np.arange(len(instance.indexed.points.ids))
    nothing, ones = np.zeros(len(c)), np.ones(len(c))
    away = seated(instance, plain_returns(len(c)))
    heavy = seated(instance, plain_returns(len(c), weight_kg=ones))
    there = seated(instance, plain_returns(len(c), point_idx=c))
    near, far = (collection_parts(away, c, c, nothing + m, pickup) for m in (0.0, PROBE_M))
    fixed = amounts(instance, near)
    trip = next(part for part in far if part.activity == TRIP)
    return Handover(
        fixed=fixed,
        lying=amounts(instance, collection_parts(there, c, c, nothing, pickup)),
        per_kg=amounts(instance, collection_parts(heavy, c, c, nothing, pickup)) - fixed,
        per_m=(amounts(instance, far) - fixed) / PROBE_M,
        trip_km_per_m=trip.quantity / PROBE_M,
        trip_eur_per_km=float(trip.rate_eur.max(initial=0.0)),
    )


def amounts(instance: Instance, parts: list[Part]) -> FloatArray:
    """Return cost with carbon priced in, CO2e in kg and spending of priced parts, shape (n, 3)."""
    cost_eur, co2e_kg = total(parts, carbon_eur_per_kg=carbon_eur_per_kg(instance))
    spend_eur = np.sum([p.cost_eur for p in parts if p.activity in SPEND_ACTIVITIES], axis=0)
    return np.column_stack([cost_eur, co2e_kg, np.broadcast_to(spend_eur, cost_eur.shape)])
