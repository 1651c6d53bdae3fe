"""Whether nights add up to their routes, hubs to their nights, and rounds to their hubs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from network_design.check.figures import Figures
from network_design.check.finding import Finding, Findings, differs
from network_design.replay.check.claimed import Claimed
from network_design.replay.check.driving import CENT, Driven

NIGHT = ["round", "period", "night", "hub_id"]
ALL = "all"


def check_nights(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """A night's cost, vans, stops, parcels, kilometres and hours are those of its routes; its bound is not above it."""
    of_night: dict[tuple[Any, ...], list[Driven]] = defaultdict(list)
    for route in routes:
        of_night[route.key[:-1]].append(route)
    for row in claimed.tables["nights"].to_dict("records"):
        own = of_night[tuple(row[k] for k in NIGHT)]
        slack, legs = sum(r.slack for r in own) + CENT, sum(len(r.stops) + 1 for r in own)
        stops = [stop for r in own for stop in r.stops]
        for name, found, allowed in (
            ("cost", sum(r.cost for r in own), slack), ("vans", len(own), 0), ("stops", len(stops), 0),
            ("parcels", sum(s.parcels for s in stops), 0), ("far_stops", sum(bool(s.far) for s in stops), 0),
            ("distance_km", sum(r.metres for r in own) / 1000, 0.002 * legs),
            ("hours", sum(r.seconds for r in own) / 3600, legs / 1800),
        ):  # fmt: skip
            if abs(row[name] - found) > allowed:
                yield _other("night", _of(row), name, row[name], found)
        if row["bound"] > row["cost"] + CENT:
            yield _other("night", _of(row), "bound", row["bound"], row["cost"])


def check_hubs(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """Each period's cost, bound and CO2e are the mean of its nights times their number, of each hub and of all."""
    nights, every = claimed.tables["nights"], claimed.vans.nights_per_period
    for row in claimed.tables["hubs"].to_dict("records"):
        own = nights[(nights["round"] == row["round"]) & (nights["period"] == row["period"])]
        own = own if row["hub_id"] == ALL else own[own["hub_id"] == row["hub_id"]]
        for name, column, each in (
            ("routed", "cost", 1.0), ("bound", "bound", 1.0),
            ("co2e_t", "distance_km", claimed.vans.co2e_kg_per_km / 1000),
        ):  # fmt: skip
            found = float(own[column].sum()) / claimed.nights * every * each
            if differs(row[name], found):
                ids = f"round {row['round']}, period {row['period']}, {row['hub_id']}"
                yield _other("hub", ids, name, row[name], found)


def check_rounds(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """A round's routed cost is its periods', discounted; its cost is the design's with that in place of the rates."""
    figures, hubs = Figures(claimed.instance), claimed.tables["hubs"]
    rounds = claimed.tables["rounds"].to_dict("records")
    best = min((row["cost"], row["round"]) for row in rounds)[1]
    for row in rounds:
        own = hubs[(hubs["round"] == row["round"]) & (hubs["hub_id"] == ALL)]
        routed = sum(r.routed * figures.discount(int(r.period)) for r in own.itertuples())
        name, cost = f"round {row['round']}", row["cost_believed"] - row["believed"] + routed
        for column, found in (("routed", routed), ("cost", cost), ("kept", float(row["round"] == best))):
            if differs(float(row[column]), found, scale=abs(row["cost_believed"])):
                yield _other("round", name, column, float(row[column]), found)


def _of(row: dict[str, Any]) -> str:
    return f"round {row['round']}, period {row['period']}, night {row['night']}, {row['hub_id']}"


def _other(rule: str, ids: str, name: str, said: float, found: float) -> Finding:
    return Finding(rule, ids, said, found, "as told", f"{ids}: {name} says {said:,.6g}, but it is {found:,.6g}.")
