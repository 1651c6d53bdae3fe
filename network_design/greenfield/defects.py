"""What may be wrong with a greenfield start: its template, its numbers, and what the network does not say."""

from __future__ import annotations

from collections.abc import Iterator

from network_design.greenfield.demand import Demand, demand_of
from network_design.study.settings import Greenfield
from retour.design import DesignInstance
from retour.errors import Issue
from retour.gate.text import did_you_mean
from retour.vocabulary import PlaceStatus


def counts(asked: Greenfield) -> tuple[int, ...]:
    """Return the numbers of places that are tried."""
    first = asked.count or 1
    return tuple(range(first, (asked.up_to or first) + 1))


def greenfield_issues(asked: Greenfield, instance: DesignInstance, file: str) -> Iterator[Issue]:
    """Yield every defect: the template, how many places, and what they need to know of the network."""
    yield from _template_issues(asked, instance, file)
    yield from _number_issues(asked, demand_of(instance), file)
    places = instance.tables["places"]
    bare = places[places["place_id"].isin(_other_ends(instance, asked)) & (places["lat"].isna() | places["lon"].isna())]
    for place in bare["place_id"].head(8):
        yield Issue(file, None, "greenfield", f"{place!r} has no coordinates to measure ways by; give lat and lon")
    old = places[(places["kind"] == asked.kind) & (places["status"] == PlaceStatus.ALWAYS)]
    if asked.instead and len(old):
        message = f"{old['place_id'].iloc[0]!r} is always there; give it the status EXISTING and a size to leave it out"
        yield Issue(file, None, "greenfield.instead", message)


def _template_issues(asked: Greenfield, instance: DesignInstance, file: str) -> Iterator[Issue]:
    places = instance.tables["places"].set_index("place_id")["kind"]
    if asked.like not in places.index:
        guess = did_you_mean(asked.like, map(str, places.index))
        yield Issue(file, None, "greenfield.like", f"unknown place {asked.like!r}{guess}")
        return
    if places[asked.like] != asked.kind:
        yield Issue(file, None, "greenfield.like", f"{asked.like!r} is a {places[asked.like]}, not a {asked.kind}")
    if not asked.sizes and asked.like not in set(instance.tables["capacities"]["place_id"]):
        yield Issue(file, None, "greenfield.sizes", f"{asked.like!r} has no sizes in capacities; give some here")
    if asked.like not in set(instance.tables["processes"]["place_id"]):
        yield Issue(file, None, "greenfield.like", f"{asked.like!r} carries out no process; choose a place that does")


def _number_issues(asked: Greenfield, demand: Demand, file: str) -> Iterator[Issue]:
    if (asked.count is None) == (asked.farthest_km is None):
        yield Issue(file, None, "greenfield", "give either count (and up_to), or farthest_km")
    if asked.up_to is not None and (asked.count is None or asked.up_to < asked.count):
        yield Issue(file, None, "greenfield.up_to", f"found {asked.up_to}; give a count that is no more than that")
    if not len(demand):
        yield Issue(file, None, "greenfield", "nothing arises at a place with coordinates; give zones lat and lon")
    elif (most := max(asked.count or 1, asked.up_to or 1)) > len(demand):
        message = f"found {most}, but something arises in {len(demand)} places only; ask for fewer"
        yield Issue(file, None, "greenfield.count", message)


def _other_ends(instance: DesignInstance, asked: Greenfield) -> set[str]:
    """Return the places to or from which a lane leads from or to the kind."""
    lanes, kinds = instance.tables["lanes"], instance.tables["places"].set_index("place_id")["kind"]
    to, of = (lanes[(lanes[end].map(kinds) == asked.kind).to_numpy(bool)] for end in ("to_id", "from_id"))
    zones = instance.tables["supply"]["place_id"]
    return {*to["from_id"], *of["to_id"], *zones}
