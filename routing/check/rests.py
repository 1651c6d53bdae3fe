"""Do drivers rest as they must? Breaks placed in the route again, and every stretch between two of them measured."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from retour.instance import Instance
from routing.check.finding import TIME_TOLERANCE_S, Found, each, violation

Period = tuple[float, float]
TRIP = ["route_id", "trip"]


def check_rests(instance: Instance, stops: pd.DataFrame, routes: pd.DataFrame, rests: pd.DataFrame) -> Found:
    """Return every broken promise about breaks: where they lie, what routes state of them, the rules of the van."""
    unknown = rests[~rests["route_id"].isin(routes["route_id"])]
    found = each(
        "break of an unknown route", unknown, "route_id", "{route_id}", "a row in routes", "",
        "A break is told of route {route_id}, which does not exist.",
    )  # fmt: skip
    if routes.empty or stops.empty:  # a column without values has no type to reckon with
        return found
    known = rests.drop(index=unknown.index)
    found += rests_have_room(stops, routes, known) if len(known) else []
    return found + rests_add_up(routes, known) + stretches_hold(instance, stops, routes, known)


def rests_have_room(stops: pd.DataFrame, routes: pd.DataFrame, rests: pd.DataFrame) -> Found:
    """A break at a stop lies between arrival and departure, outside the work; any other lies outside the trip's way."""
    at = rests.merge(stops.drop(columns=["trip"]), on=["route_id", "position"], how="left", suffixes=("", "_stop"))
    before = (at["start_s"] >= at["arrival_s"] - TIME_TOLERANCE_S) & (at["end_s"] <= at["start_s_stop"])
    after = (at["start_s"] >= at["start_s_stop"]) & (at["end_s"] <= at["departure_s"] + TIME_TOLERANCE_S)
    astray = at[at["position"].notna() & ~(before | after)]
    back = _back(stops)
    hub = rests[rests["position"].isna()].merge(back, on=TRIP, how="left")
    ends = routes.set_index("route_id")["end_s"]
    until = hub["next_s"].fillna(hub["route_id"].map(ends))
    away = hub[~((hub["start_s"] >= hub["back_s"] - TIME_TOLERANCE_S) & (hub["end_s"] <= until + TIME_TOLERANCE_S))]
    sentence = "The break of route {route_id} from second {start_s:.0f} to {end_s:.0f} falls into driving or work."
    return [
        *each("break in between", astray, "route_id", "{start_s:.0f}-{end_s:.0f}", "a stay at its stop", "s", sentence),
        *each("break in between", away, "route_id", "{start_s:.0f}-{end_s:.0f}", "a stay at its hub", "s", sentence),
    ]


def rests_add_up(routes: pd.DataFrame, rests: pd.DataFrame) -> Found:
    """What a route states of its breaks is their sum."""
    length = (rests["end_s"] - rests["start_s"]).groupby(rests["route_id"]).sum()
    r = routes.assign(summed=routes["route_id"].map(length).fillna(0.0), stated=_stated(routes, "rest_s"))
    return each(
        "breaks", r[(r["stated"] - r["summed"]).abs() > TIME_TOLERANCE_S], "route_id", "{stated:.0f}", "{summed:.0f}",
        "s", "Route {route_id} states {stated:.0f} s of breaks; they add up to {summed:.0f}.",
    )  # fmt: skip


def stretches_hold(instance: Instance, stops: pd.DataFrame, routes: pd.DataFrame, rests: pd.DataFrame) -> Found:
    """No van is under way longer than it may be without a break."""
    rules, found = instance.tables["breaks"], Found()
    bound = routes[routes["vehicle_type_id"].isin(rules["vehicle_type_id"])]
    opens = instance.hubs.set_index("hub_id")["opens"].fillna(0.0)
    back = _back(stops)
    for route in bound.itertuples():
        idle = _joined([
            *_waits(stops[stops["route_id"] == route.route_id]),
            *_before_opening(back[back["route_id"] == route.route_id], float(opens.get(route.hub_id, 0.0))),
            *_periods(rests[rests["route_id"] == route.route_id]),
        ])  # fmt: skip
        for rule in rules[rules["vehicle_type_id"] == route.vehicle_type_id].itertuples():
            longest_s = _longest_stretch_s(idle, float(route.start_s), float(route.end_s), rule.duration_min * 60)
            if longest_s > rule.within_h * 3600 + TIME_TOLERANCE_S:
                found.append(violation(
                    "break", str(route.route_id), f"{longest_s:.0f}", f"{rule.within_h * 3600:.0f}", "s",
                    f"Route {route.route_id} is under way for {longest_s / 3600:.2f} h without a break of "
                    f"{rule.duration_min:g} min; {rule.within_h:g} h are allowed.",
                ))  # fmt: skip
    return found


def _longest_stretch_s(idle: list[Period], start_s: float, end_s: float, length_s: float) -> float:
    breaks = [(a, b) for a, b in idle if b - a >= length_s - TIME_TOLERANCE_S]
    begins = [start_s, *(b for _, b in breaks)]
    return max(until - since for since, until in zip(begins, [*(a for a, _ in breaks), end_s], strict=True))


def _stated(routes: pd.DataFrame, column: str) -> pd.Series:
    """Return a column that came later, 0 where a plan lacks it."""
    return routes[column].astype(float).fillna(0.0) if column in routes else pd.Series(0.0, index=routes.index)


def _back(stops: pd.DataFrame) -> pd.DataFrame:
    """Return per trip when the van reaches its end, and when it is at the first stop of its next trip."""
    ordered = stops.sort_values(["route_id", "position"])
    last = ordered.drop_duplicates(TRIP, keep="last")
    first = ordered.drop_duplicates(TRIP).set_index(TRIP)["arrival_s"]
    following = first.groupby(level="route_id").shift(-1)
    back_s = last["departure_s"] + last["return_s"].fillna(0)
    return last[TRIP].assign(back_s=back_s, next_s=following.reindex(pd.MultiIndex.from_frame(last[TRIP])).to_numpy())


def _waits(stops: pd.DataFrame) -> Iterator[Period]:
    yield from zip(stops["arrival_s"].astype(float), stops["start_s"].astype(float), strict=True)


def _before_opening(back: pd.DataFrame, opens_s: float) -> Iterator[Period]:
    """Yield the waits at a hub that is still closed."""
    yield from ((float(at), opens_s) for at in back["back_s"] if at < opens_s)


def _periods(rests: pd.DataFrame) -> Iterator[Period]:
    yield from zip(rests["start_s"].astype(float), rests["end_s"].astype(float), strict=True)


def _joined(periods: list[Period]) -> list[Period]:
    """Return the periods in order, those that touch or overlap as one."""
    joined: list[Period] = []
    for begin, end in sorted(p for p in periods if p[1] > p[0]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined
