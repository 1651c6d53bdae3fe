"""The instance's figures, looked up one by one."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cached_property
from typing import Any

from retour.design import DesignInstance
from retour.tables.design import DESIGN_TABLES
from retour.tables.design_service import ALL
from retour.travel import great_circle_m

EVERY_PERIOD = 0
Key = tuple[Any, ...]


class Figures:
    """Rows of the instance's tables by key; a row of the period goes before one that holds in every period."""

    def __init__(self, instance: DesignInstance) -> None:
        self.instance = instance
        self.periods = len(instance.tables["periods"])
        self._tables: dict[str, dict[Key, dict[str, Any]]] = {}
        self._begun: dict[str, dict[Key, list[Key]]] = {}

    def row(self, table: str, *key: Any) -> dict[str, Any] | None:
        """Return the row of a key, whose period comes last where the table has one; None without a row."""
        rows = self._rows(table)
        found = rows.get(key)
        if found is None and DESIGN_TABLES[table].key[-1] == "period":
            found = rows.get((*key[:-1], EVERY_PERIOD))
        return found

    def value(self, table: str, column: str, *key: Any, missing: float = 0.0) -> float:
        """Return one figure; `missing` where there is no row, or an empty cell."""
        row = self.row(table, *key)
        if row is None or row[column] is None or (isinstance(row[column], float) and math.isnan(row[column])):
            return missing
        return float(row[column])

    def keys(self, table: str) -> set[Key]:
        """Return the keys of a table without their period."""
        timed = DESIGN_TABLES[table].key[-1] == "period"
        return {key[:-1] if timed else key for key in self._rows(table)}

    @cached_property
    def places(self) -> dict[str, dict[str, Any]]:
        """Every place by its id."""
        return {row["place_id"]: row for row in self.instance.tables["places"].to_dict("records")}

    @cached_property
    def sizes(self) -> dict[str, list[float]]:
        """The sizes of each place, from small to large; no entry for a place without."""
        found: dict[str, set[float]] = defaultdict(set)
        for place, size in self.keys("capacities"):
            found[place].add(size)
        return {place: sorted(sizes) for place, sizes in found.items()}

    @cached_property
    def recipes(self) -> dict[tuple[str, str], set[str]]:
        """Products by process and role."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for process, role, product in self.keys("recipes"):
            found[process, role].add(product)
        return found

    @cached_property
    def processes_at(self) -> dict[str, set[str]]:
        """Processes by place."""
        found: dict[str, set[str]] = defaultdict(set)
        for process, place in self.keys("processes"):
            found[place].add(process)
        return found

    def about(self, table: str, place: str, product: str) -> list[Key]:
        """Return what the rows of a table that name this place and product begin with, the narrowest first.

        A place goes before its group, which goes before its kind; a product before ALL.
        """
        row, begins = self.places[place], self._beginnings(table)
        names = dict.fromkeys([place, row["group_id"], row["kind"]])
        return [(name, p) for name in names for p in (product, ALL) if (name, p) in begins]

    def beginning(self, table: str, begin: Key) -> list[Key]:
        """Return the keys, without period, of the rows that begin so, sorted."""
        return self._beginnings(table)[begin]

    def _beginnings(self, table: str) -> dict[Key, list[Key]]:
        if table not in self._begun:
            found: dict[Key, list[Key]] = defaultdict(list)
            for key in sorted(self.keys(table)):
                found[key[:2]].append(key)
            self._begun[table] = dict(found)
        return self._begun[table]

    def gives(self, place: str) -> set[str]:
        """Return what arises, comes back or is produced at a place."""
        made = {p for process in self.processes_at.get(place, ()) for p in self.recipes.get((process, "OUTPUT"), ())}
        return made | self._arising.get(place, set())

    def takes(self, place: str) -> set[str]:
        """Return what is processed or sold at a place."""
        used = {p for process in self.processes_at.get(place, ()) for p in self.recipes.get((process, "INPUT"), ())}
        return used | self._sold.get(place, set())

    def distance_km(self, origin: str, target: str, mode: str) -> float:
        """Return the length of a way: its lane's, else great circle x circuity."""
        lane = self.row("lanes", origin, target, mode)
        if lane is not None and not math.isnan(lane["distance_km"]):
            return float(lane["distance_km"])
        a, b = self.places[origin], self.places[target]
        metres = great_circle_m(a["lat"], a["lon"], b["lat"], b["lon"])
        return float(metres) / 1000 * self.instance.settings.circuity

    def discount(self, period: int) -> float:
        """Return what one unit of money of a period is worth at the start."""
        years = self.value("periods", "years_from_start", period, missing=period - 1)
        return float((1 + self.instance.settings.discount_rate) ** -years)

    def extra_cost_per_t(self, place: str, column: str, period: int) -> float:
        """Return what a tonne beyond the smaller size of a range adds to a cost."""
        small, large = self.sizes[place][0], self.sizes[place][-1]
        if small == large:
            return 0.0
        rise = self.value("capacities", column, place, large, period) - self.value(
            "capacities", column, place, small, period
        )
        return rise / (large - small)

    @cached_property
    def _arising(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for place, product in self.keys("supply"):
            found[place].add(product)
        for place, _sold, product, _age in self.keys("return_curves"):
            found[place].add(product)
        return found

    @cached_property
    def _sold(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for place, product in self.keys("sales"):
            found[place].add(product)
        return found

    def _rows(self, table: str) -> dict[Key, dict[str, Any]]:
        if table not in self._tables:
            key = DESIGN_TABLES[table].key
            records = self.instance.tables[table].to_dict("records")
            self._tables[table] = {tuple(row[k] for k in key): row for row in records}
        return self._tables[table]
