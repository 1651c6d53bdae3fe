"""Every table, declared once."""

from __future__ import annotations

from retour.tables import goods, places, results
from retour.tables.column import Column, Table

INPUT_TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        goods.RETURNS, goods.ITEM_CLASSES, goods.RECOVERY_VALUES, goods.GRADE_ODDS,
        places.POINTS, places.SIZES, places.COMPARTMENTS, places.HOURS, goods.FILL, goods.ARRIVALS, places.DELIVERIES,
        places.HUBS, places.SITES, places.PROCESSES, places.LANES, places.VEHICLES,
        places.BREAKS, places.GARAGES, places.REGIONS, places.TRAVEL, goods.RATES,
    )
}  # fmt: skip

RESULT_TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        results.DECISIONS, results.VISITS, results.STOPS, results.ROUTES, results.RESTS, results.LEDGER, results.PRICES,
        results.PICKUP, results.VIOLATIONS, results.COMPARATORS,
    )
}  # fmt: skip

__all__ = ["INPUT_TABLES", "RESULT_TABLES", "Column", "Table"]
