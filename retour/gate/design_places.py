"""Checks on the places of a design network: sizes, what may be decided, coordinates, groups and contracts."""

from __future__ import annotations

import pandas as pd

from retour.errors import Issue
from retour.gate.draft import Draft, Rule
from retour.gate.text import did_you_mean
from retour.vocabulary import PlaceKind, PlaceStatus, Shrinking, Sizing, VariableOn


def check_numbers_of_sizes(draft: Draft) -> list[Issue]:
    """What may open has a size, a RANGE at most two, and a place that is ALWAYS there at most one."""
    places = draft.tables["places"]
    sizes = draft.tables["capacities"].drop_duplicates(["place_id", "size_t"]).groupby("place_id")["size_t"].count()
    counted = places.assign(sizes=places["place_id"].map(sizes).fillna(0))
    always = counted["status"] == PlaceStatus.ALWAYS
    most = always.map({True: 1, False: 1_000_000}).mask(~always & (counted["sizing"] == Sizing.RANGE), 2)
    least = (~always).astype(int)
    bad = counted.assign(least=least, most=most)[(counted["sizes"] < least) | (counted["sizes"] > most)]
    return draft.issues(
        "places", "place_id", bad,
        lambda row: f"{row.place_id!r} ({row.status}, {row.sizing}) has {row.sizes:g} sizes in capacities; "
        "it must have " + (f"{row.least} or more" if row.sizes < row.least else f"at most {row.most}"),
    )  # fmt: skip


def check_initial_sizes(draft: Draft) -> list[Issue]:
    """Only an EXISTING place has an initial size, and one that it may have."""
    places, sizes = draft.tables["places"], draft.tables["capacities"]
    largest = sizes.groupby("place_id")["size_t"].max()
    steps = set(zip(sizes["place_id"], sizes["size_t"], strict=True))
    given = places[places["initial_size_t"].notna()]
    given = given.assign(largest=given["place_id"].map(largest).astype(float))  # of no row at all it would be text
    pairs = zip(given["place_id"], given["initial_size_t"], strict=True)
    ours = pd.Series([pair in steps for pair in pairs], index=given.index, dtype=bool)
    existing, ranged = given["status"] == PlaceStatus.EXISTING, given["sizing"] == Sizing.RANGE
    bad = given[~existing | (ranged & (given["initial_size_t"] > given["largest"])) | (~ranged & ~ours)]
    return draft.issues(
        "places", "initial_size_t", bad,
        lambda row: f"found {row.initial_size_t:g} t for {row.place_id!r} ({row.status}, {row.sizing}); "
        "only an EXISTING place has one: a size of capacities for STEPS, at most the larger one for a RANGE",
    )  # fmt: skip


def check_decisions(draft: Draft) -> list[Issue]:
    """A place is not to be open and closed at once, and what is ALWAYS there has nothing to decide."""
    places = draft.tables["places"]
    torn = places["open_from"].notna() & places["closed_from"].notna() & (places["open_from"] >= places["closed_from"])
    stuck = (places["status"] == PlaceStatus.EXISTING) & ~places["may_close"] & places["closed_from"].notna()
    found = draft.issues(
        "places", "closed_from", places[torn | stuck],
        lambda row: f"{row.place_id!r} must be closed from period {row.closed_from:g}, which "
        + ("it may not (may_close is false)" if not row.may_close else f"open_from {row.open_from:g} forbids")
        + "; correct one of the two",
    )  # fmt: skip
    fixed = (places["status"] == PlaceStatus.ALWAYS) & (places["open_from"].notna() | places["closed_from"].notna())
    found += draft.issues(
        "places", "status", places[fixed],
        lambda row: f"{row.place_id!r} is ALWAYS there, so open_from and closed_from say nothing; make it EXISTING",
    )  # fmt: skip
    return found


def check_resold(draft: Draft) -> list[Issue]:
    """Only the extra size of a RANGE is resold; a RANGE that gets cheaper as it grows never shrinks for free."""
    places, sizes = draft.tables["places"], draft.tables["capacities"]
    stepped = (places["shrinking"] == Shrinking.RESOLD) & (places["sizing"] != Sizing.RANGE)
    found = draft.issues(
        "places", "shrinking", places[stepped], lambda row: f"{row.place_id!r} has STEPS, whose sizes are not RESOLD"
    )
    ends = sizes.sort_values("size_t").groupby(["place_id", "period"])["opening_cost"].agg(["first", "last"])
    cheaper = ends[ends["last"] < ends["first"]].reset_index()["place_id"]
    loose = (places["shrinking"] == Shrinking.FREE) | (places["may_close"] & (places["shrinking"] == Shrinking.NEVER))
    bad = places[places["place_id"].isin(cheaper) & loose & (places["sizing"] == Sizing.RANGE)]
    return found + draft.issues(
        "places", "shrinking", bad,
        lambda row: f"opening {row.place_id!r} costs less at its larger size; write shrinking RESOLD, or NEVER with "
        "may_close false",
    )  # fmt: skip


def check_received(draft: Draft) -> list[Issue]:
    """A place that pays for what it receives carries out one process."""
    places, processes = draft.tables["places"], draft.tables["processes"]
    number = processes.drop_duplicates(["process_id", "place_id"]).groupby("place_id")["process_id"].count()
    counted = places.assign(number=places["place_id"].map(number).fillna(0))
    bad = counted[(counted["variable_on"] == VariableOn.RECEIVED) & (counted["number"] > 1)]
    return draft.issues(
        "places", "variable_on", bad,
        lambda row: f"{row.place_id!r} carries out {row.number:g} processes; write PROCESSED, or split the place",
    )  # fmt: skip


def check_unplaced(draft: Draft) -> list[Issue]:
    """Where a distance is not given, both ends have coordinates."""
    places, lanes, links = draft.tables["places"], draft.tables["lanes"], draft.tables["links"]
    bare = lanes[lanes["distance_km"].isna()]
    kinds = pd.concat([links["from_kind"], links["to_kind"]])
    needed = places["place_id"].isin(pd.concat([bare["from_id"], bare["to_id"]])) | places["kind"].isin(kinds)
    bad = places[needed & (places["lat"].isna() | places["lon"].isna())]
    return draft.issues(
        "places", "lat", bad,
        lambda row: f"{row.place_id!r} has no coordinates, but a lane without distance_km or a link needs them",
    )  # fmt: skip


def check_groups(draft: Draft) -> list[Issue]:
    """Every group whose places are counted exists, and its least is no more than its most."""
    limits, places = draft.tables["group_limits"], draft.tables["places"]
    known = [*places["group_id"].dropna().unique(), *map(str, PlaceKind)]
    found = draft.issues(
        "group_limits", "group_id", limits[limits["group_id"].notna() & ~limits["group_id"].isin(known)],
        lambda row: f"no place is of group or kind {row.group_id!r}; correct it" + did_you_mean(row.group_id, known),
    )  # fmt: skip
    found += draft.issues(
        "group_limits", "least", limits[limits["least"] > limits["most"]],
        lambda row: f"found {row.least:g}, but most is {row.most:g}; correct one of the two",
    )  # fmt: skip
    return found


def check_tiers(draft: Draft) -> list[Issue]:
    """The first tier of a contract begins at 0."""
    tiers = draft.tables["contract_tiers"]
    first = tiers.sort_values("from_t").drop_duplicates(["place_id", "period"])
    return draft.issues(
        "contract_tiers", "from_t", first[first["from_t"] > 0],
        lambda row: f"the first tier of {row.place_id!r} begins at {row.from_t:g} t; add one that begins at 0",
    )  # fmt: skip


RULES = (
    Rule(check_numbers_of_sizes, ("places", "capacities")),
    Rule(check_initial_sizes, ("places", "capacities")),
    Rule(check_decisions, ("places",)),
    Rule(check_resold, ("places", "capacities")),
    Rule(check_received, ("places", "processes")),
    Rule(check_unplaced, ("places", "lanes", "links")),
    Rule(check_groups, ("places", "group_limits")),
    Rule(check_tiers, ("contract_tiers",)),
)
