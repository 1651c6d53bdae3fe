"""Check a design: every promise, and its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import pandas as pd

from network_design.check import balances, limits, places, service
from network_design.check.amounts import Amounts, amounts_of
from network_design.check.figures import Figures
from network_design.check.finding import Finding, Findings, differs
from network_design.check.money import cost_parts, present_cost
from retour.design import DesignInstance
from retour.design.plan import Design, shaped

RULES: tuple[Callable[[Figures, Amounts], Findings], ...] = (
    balances.check_amounts, balances.check_ways, balances.check_receipt, balances.check_dispatch,
    places.check_sizes, places.check_capacity, places.check_openings, places.check_counts,
    limits.check_sales, limits.check_disposal, limits.check_storage, limits.check_lanes,
    service.check_lost, service.check_bands,
)  # fmt: skip
INVESTED = ("opening", "expansion", "closing")


@dataclass(frozen=True)
class CheckedDesign:
    """The cost priced anew, discounted; its parts by activity and period, undiscounted; what is broken."""

    cost: float
    parts: dict[str, dict[int, float]]
    violations: pd.DataFrame = field(repr=False)

    @property
    def feasible(self) -> bool:
        """Whether no promise is broken."""
        return self.violations.empty


def check_design(instance: DesignInstance, design: Design) -> CheckedDesign:
    """Return what a design costs and which promises it breaks, found without any code of the model or the ledger."""
    figures = Figures(instance)
    unknown = list(_unknown(figures, design))
    if unknown:
        return CheckedDesign(float("nan"), {}, _table(unknown))
    amounts = amounts_of(figures, design)
    emitted = limits.emitted_by(figures, amounts)
    parts = cost_parts(figures, amounts, emitted)
    cost = present_cost(figures, parts)
    found = [finding for rule in RULES for finding in rule(figures, amounts)]
    found += limits.check_emissions(figures, emitted)
    invested = {t: sum(parts.get(i, {}).get(t, 0.0) for i in INVESTED) for t in range(1, figures.periods + 1)}
    found += limits.check_investments(figures, invested)
    found += _claims(design, cost, parts)
    return CheckedDesign(cost, parts, _table(found))


def _claims(design: Design, cost: float, parts: dict[str, dict[int, float]]) -> Findings:
    """The cost claimed, and the ledger, are what it really costs; the bound is not above it."""
    scale = sum(abs(c) for periods in parts.values() for c in periods.values())
    for name, claimed in (("cost", design.cost), ("ledger", design.ledger_total)):
        if differs(claimed, cost, scale=scale):
            yield Finding(
                name, "design", claimed, cost, "money", f"The {name} says {claimed:,.6f}, but it is {cost:,.6f}."
            )
    if design.bound is not None and design.bound > cost and differs(design.bound, cost, scale=scale):
        sentence = f"The bound {design.bound:,.6f} is above the cost {cost:,.6f}."
        yield Finding("bound", "design", design.bound, cost, "money", sentence)


def _unknown(figures: Figures, design: Design) -> Findings:
    """Every id of the design is one of the instance's."""
    products = set(figures.instance.tables["products"]["product_id"])
    known = {"place_id": set(figures.places), "from_id": set(figures.places), "to_id": set(figures.places),
             "product_id": products, "period": set(range(1, figures.periods + 1))}  # fmt: skip
    for name in ("opened", "flows", "processed", "handled"):
        frame = getattr(design, name)
        for column in set(frame.columns) & set(known):
            for word in set(frame[column]) - known[column]:
                yield Finding(
                    "known names",
                    f"{name} {word}",
                    1,
                    0,
                    "name",
                    f"{name} names {column} {word!r}, which does not exist.",
                )
    runs = set(zip(design.processed["process_id"], design.processed["place_id"], strict=True))
    for process, place in runs - figures.keys("processes"):
        yield Finding("known names", f"{process} {place}", 1, 0, "name", f"{place} does not carry out {process}.")


def _table(found: list[Finding]) -> pd.DataFrame:
    return shaped("violations", pd.DataFrame([asdict(f) for f in found]))
