"""Every table of a design network and of a stored design."""

from __future__ import annotations

from retour.tables import design_goods as goods
from retour.tables import design_places as places
from retour.tables import design_results as results
from retour.tables import design_service as service
from retour.tables.column import Table

DESIGN_TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        places.PERIODS, goods.PRODUCTS, places.PLACES, places.CAPACITIES, places.PLACE_COSTS, places.GROUP_LIMITS,
        places.CONTRACTS, places.CONTRACT_TIERS, goods.SUPPLY, goods.RETURN_CURVES, goods.PROCESSES, goods.RECIPES,
        goods.PROCESS_EMISSIONS, goods.SALES, goods.DISPOSAL, goods.STORAGE, places.LANES, places.LINKS,
        places.TRANSPORT, places.TRANSPORT_EMISSIONS, service.HANDLING_EMISSIONS, goods.PRODUCT_LIMITS, goods.GASES,
        service.SERVICE_BANDS, service.RESPONSE, service.MODES, service.QUEUES, goods.SCENARIOS, goods.SCENARIO_SUPPLY,
    )
}  # fmt: skip

DESIGN_RESULT_TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        results.OPENED, results.FLOWS, results.PROCESSED, results.HANDLED, results.SERVED, results.DESIGN_LEDGER,
        results.EMISSIONS, results.DESIGN_PRICES, results.DESIGN_VIOLATIONS,
    )
}  # fmt: skip
