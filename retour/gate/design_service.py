"""Checks on a design network's service and time: names that stand for many places, bands, queues, loss of value."""

from __future__ import annotations

import pandas as pd

from retour.design.scope import PAIR, about
from retour.design.series import by_period
from retour.errors import Issue
from retour.gate.draft import Draft, Rule
from retour.gate.text import did_you_mean
from retour.tables.design import DESIGN_TABLES
from retour.tables.design_service import ALL
from retour.vocabulary import PlaceKind

WIDE = ("service_bands", "response", "handling_emissions")
"""Tables whose rows name a place, a group or a kind, and a product or ALL."""
OF_SUPPLY = ("service_bands", "response")


def check_named_places(draft: Draft) -> list[Issue]:
    """Every group_id is a place, a group of places, or a kind."""
    places, found = draft.tables["places"], []
    known = [*places["place_id"].dropna(), *places["group_id"].dropna().unique(), *map(str, PlaceKind)]
    for name in WIDE:
        rows = draft.tables[name]
        found += draft.issues(
            name, "group_id", rows[rows["group_id"].notna() & ~rows["group_id"].isin(known)],
            lambda row: f"no place is called {row.group_id!r}, nor a group or kind of places; correct it"
            + did_you_mean(row.group_id, known),
        )  # fmt: skip
    return found


def check_named_products(draft: Draft) -> list[Issue]:
    """Every product is one of the network's, or ALL."""
    known, found = [*draft.tables["products"]["product_id"].dropna(), ALL], []
    for name in WIDE:
        rows = draft.tables[name]
        found += draft.issues(
            name, "product_id", rows[~rows["product_id"].isin(known)],
            lambda row: f"unknown product {row.product_id!r}; add it to products, write ALL or correct it"
            + did_you_mean(row.product_id, known),
        )  # fmt: skip
    return found


def check_nothing_arises(draft: Draft) -> list[Issue]:
    """Bands and responses are about something that arises."""
    pairs = draft.tables["supply"][PAIR].dropna().drop_duplicates()
    products, found = draft.tables["products"]["product_id"], []
    for name in OF_SUPPLY:
        rows = draft.tables[name]
        met = about(rows.reset_index(names="row"), pairs, draft.tables["places"])["row"]
        named = rows["group_id"].notna() & (rows["product_id"].isin(products) | (rows["product_id"] == ALL))
        found += draft.issues(
            name, "group_id", rows[named & ~rows.index.isin(met)],
            lambda row: f"nothing arises there ({row.group_id}, {row.product_id}); supply has no such row",
        )  # fmt: skip
    return found


def check_falling_shares(draft: Draft) -> list[Issue]:
    """The farther the nearest open place, the less comes."""
    rows = _every_period(draft, "response").sort_values("within_km", kind="stable")
    before = rows.groupby(["group_id", "product_id", "period"])["share"].shift()
    bad = _once(rows.assign(before=before)[rows["share"] > before])
    return draft.issues(
        "response", "share", bad,
        lambda row: f"found {row.share:g} within {row.within_km:g} km, but only {row.before:g} come where a place is "
        "nearer; correct one of the two",
    )  # fmt: skip


def check_nothing_lost(draft: Draft) -> list[Issue]:
    """What is lost costs only where something may be lost."""
    rows = draft.tables["supply"]
    priced = rows[rows["lost_cost_per_t"] != 0] if draft.tables["response"].empty else rows.head(0)
    return draft.issues(
        "supply", "lost_cost_per_t", priced,
        lambda row: f"found {row.lost_cost_per_t:g}, but nothing is ever lost: response has no row; add some or leave "
        "it out",
    )  # fmt: skip


def check_modes(draft: Draft) -> list[Issue]:
    """Every means of transport that takes time is one that something goes by."""
    modes = draft.tables["modes"]
    known = pd.concat([draft.tables[name]["mode"] for name in ("lanes", "links", "transport")]).dropna().unique()
    return draft.issues(
        "modes", "mode", modes[modes["mode"].notna() & ~modes["mode"].isin(known)],
        lambda row: f"nothing goes by {row.mode!r}; add a lane, a link or a row of transport, or correct it"
        + did_you_mean(row.mode, known),
    )  # fmt: skip


def check_queues(draft: Draft) -> list[Issue]:
    """A place with a queue has a size and a process; its first step begins at 0, and waiting grows with use."""
    rows = _every_period(draft, "queues").sort_values("from_share", kind="stable")
    steps = rows.groupby(["place_id", "period"])
    found = _idle(draft, "capacities", "size") + _idle(draft, "processes", "process")
    first = steps.head(1)
    found += draft.issues(
        "queues", "from_share", _once(first[first["from_share"] > 0]),
        lambda row: f"the first step of {row.place_id!r} begins at {row.from_share:g}; add one that begins at 0",
    )  # fmt: skip
    before = steps["days"].shift()
    return found + draft.issues(
        "queues", "days", _once(rows.assign(before=before)[rows["days"] < before]),
        lambda row: f"found {row.days:g} days from {row.from_share:g} of the size on, but {row.before:g} before; "
        "waiting never gets shorter as more is used",
    )  # fmt: skip


def check_decay(draft: Draft) -> list[Issue]:
    """What loses a share of its value has a value."""
    products = draft.tables["products"]
    return draft.issues(
        "products", "value_per_t", products[(products["decay_per_day"] > 0) & products["value_per_t"].isna()],
        lambda row: f"{row.product_id!r} loses {row.decay_per_day:g} of its value a day, but has none; give it a value",
    )  # fmt: skip


def _idle(draft: Draft, table: str, needed: str) -> list[Issue]:
    """Return an issue for every place with a queue that has no row in a table it needs."""
    queues = draft.tables["queues"].drop_duplicates("place_id")
    bare = queues[queues["place_id"].notna() & ~queues["place_id"].isin(draft.tables[table]["place_id"])]
    return draft.issues(
        "queues", "place_id", bare,
        lambda row: f"{row.place_id!r} has no {needed}; add it to {table}, or leave its queue out",
    )  # fmt: skip


def _every_period(draft: Draft, table: str) -> pd.DataFrame:
    """Return a table with a row per key and period, as what reads it does; the index is still the row of the file."""
    keys = [k for k in DESIGN_TABLES[table].key if k != "period"]
    rows = draft.tables[table].dropna(subset=keys).reset_index(names="row")
    return by_period(rows, keys, len(draft.tables["periods"])).set_index("row")


def _once(bad: pd.DataFrame) -> pd.DataFrame:
    """Return bad rows in the order of the file, each once."""
    return bad[~bad.index.duplicated()].sort_index()


RULES = (
    Rule(check_named_places, ("places", *WIDE)),
    Rule(check_named_products, ("products", *WIDE)),
    Rule(check_nothing_arises, ("places", "products", "supply", *OF_SUPPLY)),
    Rule(check_falling_shares, ("periods", "response")),
    Rule(check_nothing_lost, ("supply", "response")),
    Rule(check_modes, ("modes", "lanes", "links", "transport")),
    Rule(check_queues, ("periods", "queues", "capacities", "processes")),
    Rule(check_decay, ("products",)),
)
