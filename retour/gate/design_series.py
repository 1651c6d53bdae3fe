"""Checks on a design network's figures over time: periods, recipes, prices of transport, scenarios."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.design import DesignInstance
from retour.design.series import by_period
from retour.errors import Issue
from retour.gate.draft import Draft, Rule
from retour.tables.design import DESIGN_TABLES
from retour.vocabulary import Role

SHARE_TOLERANCE = 1e-6
COMPLETE = ("capacities", "processes", "transport", "response", "queues")
"""Tables whose rows, once there for one period, are needed for all."""
TIMED = tuple(t.name for t in DESIGN_TABLES.values() if t.name != "periods" and "period" in t.column_names)


def check_period_numbers(draft: Draft) -> list[Issue]:
    """Periods are numbered 1, 2, ... without a gap."""
    periods = draft.tables["periods"].dropna(subset=["period"])
    bad = periods[periods["period"] > len(periods)]
    return draft.issues(
        "periods", "period", bad,
        lambda row: f"found {row.period:g}, but there are {len(periods)} periods; number them 1 to {len(periods)}",
    )  # fmt: skip


def check_unknown_periods(draft: Draft) -> list[Issue]:
    """Every period named in another table is one of the study."""
    last = len(draft.tables["periods"])
    columns = [(name, "period") for name in TIMED] + [("places", "open_from"), ("places", "closed_from")]
    found = []
    for name, column in columns:
        frame = draft.tables[name]
        bad = frame[frame[column] > last].rename(columns={column: "found"})
        found += draft.issues(
            name, column, bad, lambda row: f"found {row.found:g}, but the study ends with period {last}; correct it"
        )
    return found


def check_missing_periods(draft: Draft) -> list[Issue]:
    """What has figures for one period has them for all: a row with period 0, or one for each."""
    last = len(draft.tables["periods"])
    found = []
    for name in COMPLETE:
        keys = [k for k in DESIGN_TABLES[name].key if k != "period"]
        frame = draft.tables[name].dropna(subset=keys)
        held = by_period(frame, keys, last).groupby(keys)["period"].count().rename("held")
        joined = frame.join(held, on=keys)
        bad = joined[joined["held"].fillna(0) < last].drop_duplicates(keys)
        found += draft.issues(
            name, "period", bad,
            lambda row: f"holds {np.nan_to_num(row.held):g} of {last} periods for this row's key; add a row with "
            "period 0 or one for each period",
        )  # fmt: skip
    return found


def check_unknown_processes(draft: Draft) -> list[Issue]:
    """Every process has a recipe, and every recipe a place that carries it out."""
    recipes, processes = draft.tables["recipes"], draft.tables["processes"]
    fed = recipes.loc[recipes["role"] == Role.INPUT, "process_id"]
    without = processes[processes["process_id"].notna() & ~processes["process_id"].isin(fed)]
    found = draft.issues(
        "processes", "process_id", without.drop_duplicates("process_id"),
        lambda row: f"process {row.process_id!r} has no INPUT in recipes; say what goes in",
    )  # fmt: skip
    for name in ("recipes", "process_emissions"):
        frame = draft.tables[name]
        unknown = frame[frame["process_id"].notna() & ~frame["process_id"].isin(processes["process_id"])]
        found += draft.issues(
            name, "process_id", unknown.drop_duplicates("process_id"),
            lambda row: f"no place carries out {row.process_id!r}; add it to processes or correct the name",
        )  # fmt: skip
    return found


def check_mixes(draft: Draft) -> list[Issue]:
    """The shares of what goes into a process add up to one, in every period."""
    recipes = draft.tables["recipes"]
    inputs = recipes[recipes["role"] == Role.INPUT].dropna(subset=["process_id", "product_id"])
    keys = ["process_id", "role", "product_id"]
    totals = by_period(inputs, keys, len(draft.tables["periods"])).groupby(["process_id", "period"])["t_per_t"].sum()
    wrong = totals[(totals - 1).abs() > SHARE_TOLERANCE].rename("total").reset_index()
    first = wrong.drop_duplicates("process_id").set_index("process_id")
    bad = inputs.drop_duplicates("process_id").drop(columns="period").join(first, on="process_id", how="inner")
    return draft.issues(
        "recipes", "t_per_t", bad,
        lambda row: f"the inputs of {row.process_id!r} add up to {row.total:.9g} in period {row.period:g}; "
        "they must add up to 1",
    )  # fmt: skip


def check_curves(draft: Draft) -> list[Issue]:
    """What comes back was sold at the same place."""
    curves, sales = draft.tables["return_curves"], draft.tables["sales"]
    sold = set(zip(sales["place_id"], sales["product_id"], strict=True))
    named = zip(curves["place_id"], curves["sold_product_id"], strict=True)
    unsold = pd.Series([pair not in sold for pair in named], index=curves.index, dtype=bool)
    return draft.issues(
        "return_curves", "sold_product_id", curves[unsold],
        lambda row: f"{row.place_id!r} does not sell {row.sold_product_id!r}; add it to sales or correct the names",
    )  # fmt: skip


def check_sales(draft: Draft) -> list[Issue]:
    """The least a place must get is no more than the most it takes."""
    sales = draft.tables["sales"]
    return draft.issues(
        "sales", "least_t", sales[sales["least_t"] > sales["most_t"]],
        lambda row: f"found {row.least_t:g} t, but most_t is {row.most_t:g} t; correct one of the two",
    )  # fmt: skip


def check_probabilities(draft: Draft) -> list[Issue]:
    """The probabilities of scenarios add up to one."""
    scenarios = draft.tables["scenarios"]
    total = scenarios["probability"].sum()
    bad = scenarios.head(1) if len(scenarios) and abs(total - 1) > SHARE_TOLERANCE else scenarios.head(0)
    return draft.issues(
        "scenarios", "probability", bad, lambda row: f"the probabilities add up to {total:.9g}; they must add up to 1"
    )


def unpriced_transport(instance: DesignInstance, draft: Draft) -> list[Issue]:
    """Return an issue for every product that may take a means of transport without a price."""
    used = instance.arcs[["product_id", "mode"]].drop_duplicates()
    transport = instance.tables["transport"]
    priced = set(zip(transport["product_id"], transport["mode"], strict=True))
    return [
        Issue(
            draft.file("transport"), None, None,
            f"product {product!r} may go by {mode!r} but has no row; add one (0 where it costs nothing)",
        )
        for product, mode in used.itertuples(index=False, name=None)
        if (product, mode) not in priced
    ]  # fmt: skip


RULES = (
    Rule(check_period_numbers, ("periods",)),
    Rule(check_unknown_periods, ("periods",)),
    Rule(check_missing_periods, ("periods", *COMPLETE)),
    Rule(check_unknown_processes, ("processes", "recipes", "process_emissions")),
    Rule(check_mixes, ("periods", "recipes")),
    Rule(check_curves, ("return_curves", "sales")),
    Rule(check_sales, ("sales",)),
    Rule(check_probabilities, ("scenarios",)),
)
