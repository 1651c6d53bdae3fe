"""Whether places are told what they send, what the network's rates charge for it, and what their stops are charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from network_design.check.figures import Figures
from network_design.check.finding import Finding, Findings, differs
from network_design.replay.check.claimed import Claimed
from network_design.replay.check.driving import Driven

PLACE = ["round", "period", "place_id", "hub_id"]
Sums = dict[tuple[Any, ...], float]


def check_stop_charges(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """The charges of a route's stops add up to what it costs."""
    for route in routes:
        charged = sum(stop.cost for stop in route.stops)
        if abs(charged - route.cost) > route.slack:
            sentence = f"{route.name}: its stops are charged {charged:,.2f}, but it costs {route.cost:,.2f}."
            yield Finding("charges", route.name, charged, route.cost, "money", sentence)


def check_amounts(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """Every place is told with what it sends, and no other is."""
    yield from _compared(claimed, "amount_t", _sent(claimed, priced=False), "t/period")


def check_surrogate(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """The surrogate is what the network's rates charge, flow by flow."""
    yield from _compared(claimed, "surrogate", _sent(claimed, priced=True), "money/period")


def check_places(claimed: Claimed, routes: Sequence[Driven]) -> Findings:
    """A place's routed cost is the mean of its stops' charges times the number of nights."""
    charged: Sums = defaultdict(float)
    for stop in claimed.tables["stops"].itertuples():
        charged[stop.round, stop.period, stop.place_id, stop.hub_id] += stop.cost
    every = claimed.vans.nights_per_period / claimed.nights
    yield from _compared(claimed, "routed", {key: cost * every for key, cost in charged.items()}, "money/period")


def _compared(claimed: Claimed, column: str, found: Sums, unit: str) -> Findings:
    told = {tuple(row[k] for k in PLACE): float(row[column]) for row in claimed.tables["places"].to_dict("records")}
    for key in sorted(set(told) | set(found), key=str):
        said, really = told.get(key, 0.0), found.get(key, 0.0)
        if differs(said, really):
            sentence = f"{key}: {column} says {said:,.6g}, but it is {really:,.6g} {unit}."
            yield Finding("place", str(key), said, really, unit, sentence)


def _sent(claimed: Claimed, *, priced: bool) -> Sums:
    """Return tonnes, or what the rates charge for them, by round, period, place and hub."""
    figures = Figures(claimed.instance)
    found: Sums = defaultdict(float)
    for number, flows in claimed.flows.items():
        for flow in flows.itertuples(index=False):
            if _is_tour(claimed, figures, flow) and flow.amount_t > 0:
                rate = _per_t(figures, flow) if priced else 1.0
                found[number, flow.period, flow.from_id, flow.to_id] += flow.amount_t * rate
    return found


def _is_tour(claimed: Claimed, figures: Figures, flow: Any) -> bool:
    ends = [str(figures.places[place]["kind"]) for place in (flow.from_id, flow.to_id)]
    gathered = ends[0] in ("POINT", "ZONE") and flow.mode in claimed.modes
    return gathered and (ends[1] == "HUB" or not claimed.to_hubs)


def _per_t(figures: Figures, flow: Any) -> float:
    km = figures.distance_km(flow.from_id, flow.to_id, flow.mode)
    per_km, loading = (
        figures.value("transport", column, flow.product_id, flow.mode, flow.period)
        for column in ("cost_per_km_t", "cost_per_t")
    )
    return km * per_km + loading + figures.value("lanes", "cost_per_t", flow.from_id, flow.to_id, flow.mode)
