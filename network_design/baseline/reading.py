"""Read what the books say and what was seen to flow: every defect at once, through the gate of the network's tables.

A place, lane or means of transport that the network does not have is no defect of the books: it is something to tell.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from network_design.baseline.tables import ACTIVITIES, ACTUALS, MOVEMENT, OBSERVED, SCOPES, WITH_TONNES
from retour.design import DesignInstance
from retour.errors import InputError, Issue
from retour.gate import declared
from retour.gate.convert import settled
from retour.gate.csv_file import read_csv
from retour.gate.draft import Draft, Rule, typed_tables
from retour.gate.text import TextTable, did_you_mean
from retour.tables.column import Table
from retour.tables.design import DESIGN_TABLES

MEASURES = ("cost", "quantity_t", "distance_t_km")
MOST_NAMED = 8
SELECTORS = ("place_id", "to_id", "mode", "product_id", "period")


def read_actuals(path: Path, instance: DesignInstance) -> pd.DataFrame:
    """Return the table ACTUALS of a CSV file with `line`, the row of the file; InputError with every defect."""
    checks = (check_measures, check_scopes, check_goods, check_twice, partial(check_periods, instance))
    return _through_the_gate(path, ACTUALS, instance, tuple(Rule(check) for check in checks))


def read_observed(path: Path, instance: DesignInstance) -> pd.DataFrame:
    """Return the table OBSERVED of a CSV file with `line`, the row of the file; InputError with every defect."""
    return _through_the_gate(path, OBSERVED, instance, (Rule(partial(check_periods, instance)),))


def _through_the_gate(path: Path, table: Table, instance: DesignInstance, rules: tuple[Rule, ...]) -> pd.DataFrame:
    if not path.is_file():
        raise InputError([Issue(path.name, None, None, "there is no such file; check the path")])
    text, products = read_csv(path), TextTable("products.csv", instance.tables["products"])
    typed, unreadable = typed_tables({table.name: text}, {table.name: table})
    draft = Draft(
        {"products": products, table.name: text}, {**instance.tables, table.name: typed[table.name]}, unreadable,
        None, None, None, declared={**DESIGN_TABLES, table.name: table},
    )  # fmt: skip
    found = [issue for rule in (*declared.RULES, *rules) for issue in rule.issues(draft)]
    issues = [*text.issues, *(issue for issue in found if issue.table == text.file)]
    if issues:
        raise InputError(issues)
    return settled(typed[table.name], table).assign(line=typed[table.name].index.to_numpy())


def check_measures(draft: Draft) -> list[Issue]:
    """Every total says something, and tonnes and kilometres only where there are any."""
    books = draft.tables[ACTUALS.name]
    unread = {row for measure in MEASURES for row in draft.unreadable.get((ACTUALS.name, measure), pd.Series()).index}
    nothing = books[books[list(MEASURES)].isna().all(axis=1) & ~books.index.isin(unread)]
    found = draft.issues(
        ACTUALS.name, "cost", nothing, lambda row: "no figure is given; give cost, quantity_t or distance_t_km"
    )
    for measure, able in (("quantity_t", tuple(WITH_TONNES)), ("distance_t_km", MOVEMENT)):
        bad = books[books[measure].notna() & ~_all_of(books["activity"], able)]
        known = f"cannot be held against {measure}, which is known of {', '.join(able)}; leave it empty"
        found += draft.issues(ACTUALS.name, measure, bad, partial(_of_activities, known))
    return found


def check_scopes(draft: Draft) -> list[Issue]:
    """A total is broken down only as far as the ledger is."""
    books = draft.tables[ACTUALS.name]
    found = []
    for column in ("place_id", "to_id", "mode", "product_id"):
        able = [activity for activity, columns in SCOPES.items() if column in columns]
        bad = books[books[column].notna() & ~_all_of(books["activity"], able)]
        found += draft.issues(ACTUALS.name, column, bad, partial(_of_activities, f"has no {column}; leave it empty"))
    return found


def check_goods(draft: Draft) -> list[Issue]:
    """Products and gases are those of the network."""
    books, tables = draft.tables[ACTUALS.name], draft.tables
    gases = {*tables["transport_emissions"]["gas"], *tables["process_emissions"]["gas"]}
    is_gas = books["activity"].map(lambda words: "emissions" in words).astype(bool)
    found = []
    for rows, known, what in ((~is_gas, set(tables["products"]["product_id"]), "product"), (is_gas, gases, "gas")):
        bad = books[rows & books["product_id"].notna() & ~books["product_id"].isin(known)]
        found += draft.issues(ACTUALS.name, "product_id", bad, partial(_unknown, what, sorted(known)))
    return found


def _all_of(activities: pd.Series, able: Collection[str]) -> pd.Series:
    """Say for which totals every known activity is one of those that are able; unknown ones are told elsewhere."""
    other = set(ACTIVITIES) - set(able)
    return activities.map(lambda words: not other & set(words)).astype(bool)


def _of_activities(sentence: str, row: Any) -> str:
    return f"{' and '.join(row.activity)} {sentence}"


def _unknown(what: str, known: list[str], row: Any) -> str:
    guess = did_you_mean(row.product_id, known) or f"; known: {', '.join(known[:MOST_NAMED])}"
    return f"unknown {what} {row.product_id!r}{guess}"


def check_twice(draft: Draft) -> list[Issue]:
    """No total stands twice."""
    books = draft.tables[ACTUALS.name]
    keys = books[["activity", *SELECTORS]].fillna("")
    return draft.issues(
        ACTUALS.name,
        "activity",
        books[keys.duplicated()],
        lambda row: "the same total stands in an earlier row; keep one",
    )


def check_periods(instance: DesignInstance, draft: Draft) -> list[Issue]:
    """Every period is one of the network's."""
    name = ACTUALS.name if ACTUALS.name in draft.texts else OBSERVED.name
    frame = draft.tables[name]

    def sentence(row: Any) -> str:
        return f"found {row.period:g}, but the network ends with period {instance.periods}; correct it"

    return draft.issues(name, "period", frame[frame["period"] > instance.periods], sentence)
