"""What every option costs and emits: `retour.pricing` on the flat options, carbon priced in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.instance import Instance
from retour.ledger import PICKUP_ESTIMATE
from retour.pricing import (
    SPEND_ACTIVITIES,
    Part,
    PickupEstimate,
    carbon_eur_per_kg,
    collection_parts,
    keep_parts,
    recovery_parts,
    total,
)  # fmt: skip
from routing.decide.options import Options

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Price:
    """Of each option: cost with carbon priced in, emissions, and what counts against the spending budget."""

    cost_eur: FloatArray
    co2e_kg: FloatArray
    spend_eur: FloatArray


@dataclass(frozen=True)
class Priced:
    """Prices of collection options (m,), recovery options (k,) and KEEP (n,); `pickup_eur` (m,) is the part of
    `x.cost_eur` that is the pickup estimate with its carbon."""

    x: Price
    z: Price
    keep: Price
    pickup_eur: FloatArray


def priced(instance: Instance, options: Options, pickup: PickupEstimate) -> Priced:
    """Price every option; an option of a return costs the sum of its pair."""
    x_return = options.return_idx[options.link_return[options.x_link]]
    x_parts = collection_parts(instance, x_return, options.x_point, options.x_road_m, pickup)
    estimate = [p for p in x_parts if p.activity == PICKUP_ESTIMATE]
    return Priced(
        x=_price(instance, x_parts),
        z=_price(instance, recovery_of(instance, options)),
        keep=_price(instance, keep_parts(instance, options.return_idx)),
        pickup_eur=_price(instance, estimate).cost_eur,
    )


def recovery_of(instance: Instance, options: Options) -> list[Part]:
    """Return the priced parts of every recovery option."""
    ways, entries, way = options.ways, options.entries, options.z_way
    at = ways.entry[way]
    r = options.return_idx[options.link_return[options.z_link]]
    return recovery_parts(
        instance, r, entries.lead_days[at], entries.hub_idx[at], ways.hub_idx[way], ways.process_idx[way], ways.day[way]
    )


def _price(instance: Instance, parts: list[Part]) -> Price:
    cost_eur, co2e_kg = total(parts, carbon_eur_per_kg=carbon_eur_per_kg(instance))
    spent = [p.cost_eur for p in parts if p.activity in SPEND_ACTIVITIES]
    return Price(cost_eur, co2e_kg, np.sum(spent, axis=0) if spent else np.zeros(len(cost_eur)))
