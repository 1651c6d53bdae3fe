"""Read location-routing files: the text format of Prodhon's and Barreto's sets, and the JSON of Schneider's.

Text holds, in this order: customers, depots; a line `x y` per depot, a line `x y` per customer; vehicle capacity;
depot capacities; demands; opening costs; cost of a route; 0 for whole arc costs (100 times the distance, rounded
up) or 1 for real ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from network_design.locate.location_routing.problem import LocationRouting
from network_design.locate.reading.opening import instance_name, read_text
from retour.errors import InputError, Issue

ARC_COSTS = {"0": True, "1": False}  # the last number of a text file: whether arc costs are whole
JSON_TYPES = {"schneider": True, "prins": True, "barreto": False, "tuzun": False}  # the same by the type of a JSON file
MOST_BLAMED = 20  # numbers that one message is written for each; a file of another kind would blame thousands


def read(path: Path | str, *, kind: str, p: int | None = None, capacity: float | None = None) -> LocationRouting:
    """Return the problem in a file, plain or gzipped; `p` and `capacity` mean nothing here.

    Raises `InputError` with every defect of the file.
    """
    source, text = Path(path), read_text(path)
    parsed = _Parsed(source.name)
    if text.lstrip().startswith("{"):
        problem = _from_json(parsed, text)
    else:
        problem = _from_text(parsed, text, instance_name(source))
    if parsed.issues or problem is None:
        raise InputError(parsed.issues)
    return problem


@dataclass
class _Parsed:
    """What has been read of the file called `name`, and everything that is wrong with it."""

    name: str
    issues: list[Issue] = field(default_factory=list)

    def blame(self, message: str, *, line: int | None = None, column: str | None = None) -> None:
        """Remember one defect."""
        if len(self.issues) < MOST_BLAMED:
            self.issues.append(Issue(self.name, line, column, message))

    def number(self, word: object, *, what: str, line: int | None, above: float | None = None) -> float:
        """The number a word says, at least 0 or more than `above`; 0 where it is none, which is remembered."""
        value = _as_number(word)
        if value is None:
            self.blame(f"{word!r} is no number; write one.", line=line, column=what)
            return 0.0
        if above is not None and value <= above:
            self.blame(f"{what} is {value:g}; it must be more than {above:g}.", line=line)
        elif above is None and value < 0:
            self.blame(f"{what} is {value:g}; it must be 0 or more.", line=line)
        return value


def _as_number(word: object) -> float | None:
    try:
        value = float(word)  # type: ignore[arg-type]  # whatever a file holds
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) and not isinstance(word, bool) else None


Line = tuple[int, Sequence[str]]


def _from_text(parsed: _Parsed, text: str, name: str) -> LocationRouting | None:
    lines = [(number, words) for number, line in enumerate(text.splitlines(), start=1) if (words := line.split())]
    first = iter([(number, word) for number, line in lines for word in line])
    customers, depots = (_count(parsed, first, what) for what in ("number of customers", "number of depots"))
    if not customers or not depots:
        return None
    points = [line for line in lines if line[0] > _line_of_second_number(lines)]
    if len(points) <= depots + customers:
        parsed.blame(f"ends before the coordinates of {depots} depots and {customers} customers, a line each.")
        return None
    depot_xy = _points(parsed, points[:depots], "depot")
    customer_xy = _points(parsed, points[depots : depots + customers], "customer")
    rest = [(number, word) for number, line in points[depots + customers :] for word in line]
    figures = _figures(parsed, rest, depots=depots, customers=customers)
    return None if figures is None else LocationRouting(name, depot_xy, customer_xy, **figures)


def _count(parsed: _Parsed, words: Iterator[tuple[int, str]], what: str) -> int:
    line, word = next(words, (None, "nothing"))
    if not word.isdecimal() or int(word) < 1:
        parsed.blame(f"{word!r} stands for the {what}; it must be a whole number from 1.", line=line)
        return 0
    return int(word)


def _line_of_second_number(lines: Sequence[Line]) -> int:
    return lines[0][0] if len(lines[0][1]) > 1 else lines[1][0]


def _points(parsed: _Parsed, lines: Sequence[Line], what: str) -> np.ndarray:
    """Coordinates, shape (lines, 2); some files of Barreto's add costs per unit to depots, which are all 0."""
    xy = np.zeros((len(lines), 2))
    for at, (line, words) in enumerate(lines):
        if len(words) < 2:
            parsed.blame(f"{what} {at + 1} has {len(words)} coordinate; it must have x and y on a line.", line=line)
            continue
        for axis, name in enumerate("xy"):
            xy[at, axis] = parsed.number(words[axis], what=f"{name} of {what} {at + 1}", line=line, above=-math.inf)
        if any(_as_number(word) != 0 for word in words[2:]):
            extra = " ".join(words[2:])
            parsed.blame(f"{what} {at + 1} has {extra!r} after x and y; only zeros may stand there.", line=line)
    return xy


def _figures(
    parsed: _Parsed, words: Sequence[tuple[int, str]], *, depots: int, customers: int
) -> dict[str, Any] | None:
    """The figures after the coordinates, by the names of the problem's fields."""
    expected = 3 + 2 * depots + customers
    if len(words) != expected:
        line = words[-1][0] if words else None
        found = f"{len(words)} numbers follow the coordinates"
        parsed.blame(f"{found}; {depots} depots and {customers} customers need {expected}.", line=line)
        return None
    ahead = iter(words)

    def take(what: str, many: int, *, above: float | None = None) -> np.ndarray:
        rows = [next(ahead) for _ in range(many)]
        return np.array(
            [
                parsed.number(word, what=what if many == 1 else f"{what} {at}", line=line, above=above)
                for at, (line, word) in enumerate(rows, start=1)
            ]
        )

    figures: dict[str, Any] = {
        "vehicle_capacity": float(take("vehicle capacity", 1, above=0)[0]),
        "depot_capacity": take("capacity of depot", depots),
        "demand": take("demand of customer", customers),
        "opening_cost": take("opening cost of depot", depots),
        "route_cost": float(take("cost of a route", 1)[0]),
    }
    line, flag = next(ahead)
    if flag not in ARC_COSTS:
        parsed.blame(f"ends with {flag!r}; it must be 0 (whole arc costs) or 1 (real ones).", line=line)
    return {**figures, "whole_costs": ARC_COSTS.get(flag, False)}


def _from_json(parsed: _Parsed, text: str) -> LocationRouting | None:
    try:
        told = json.loads(text)
    except json.JSONDecodeError as error:
        parsed.blame(f"is no JSON: {error.msg}.", line=error.lineno)
        return None
    wanted = ("customers", "depots", "vehicle_capacity", "vehicle_costs", "type")
    for name in (name for name in wanted if name not in told):
        parsed.blame(f"has no {name!r}; write it.")
    if told.get("type", "schneider") not in JSON_TYPES:
        parsed.blame(f"has the type {told['type']!r}; it must be one of {', '.join(JSON_TYPES)}.", column="type")
    for name in ("customers", "depots"):
        _check_rows(parsed, told, name)
    if parsed.issues:
        return None
    return _stated(parsed, told)


def _check_rows(parsed: _Parsed, told: Mapping[str, Any], name: str) -> None:
    rows = told.get(name, [{}])
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        parsed.blame("must be a list of at least one object.", column=name)


def _stated(parsed: _Parsed, told: Mapping[str, Any]) -> LocationRouting:
    def column(table: str, key: str, *, above: float | None = None) -> np.ndarray:
        rows = enumerate(told[table], start=1)
        said = (f"{key} of {table[:-1]} {at}" for at in range(1, 1 + len(told[table])))
        return np.array(
            [
                parsed.number(row.get(key), what=what, line=None, above=above)
                for (_, row), what in zip(rows, said, strict=True)
            ]
        )

    def points(table: str) -> np.ndarray:
        return np.stack([column(table, axis, above=-math.inf) for axis in "xy"], axis=1)

    return LocationRouting(
        name=str(told.get("name", parsed.name)),
        depot_xy=points("depots"),
        customer_xy=points("customers"),
        vehicle_capacity=parsed.number(told["vehicle_capacity"], what="vehicle_capacity", line=None, above=0),
        depot_capacity=column("depots", "capacity"),
        demand=column("customers", "demand"),
        opening_cost=column("depots", "costs"),
        route_cost=parsed.number(told["vehicle_costs"], what="vehicle_costs", line=None),
        whole_costs=JSON_TYPES[told["type"]],
    )
