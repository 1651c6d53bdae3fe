"""The story of one return: its way, what each step costs, what else was possible, what limits it met."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from retour.eligibility import PLANNED
from retour.policy import Policy
from retour.refund_clock import refund_days
from service.reading.limits import NEGLIGIBLE_EUR, limits_met, scarce_limits
from service.reading.words import KINDS, OUTCOMES, STATES
from service.run import Run
from service.stored_instance import stored_returns
from service.text import euros, number

PICKUP = "share of the van (planning estimate)"
CARBON = "carbon at its price"
LATE, RECOVERED = "late refund", "recovered value"
CUSTOMER, POINT, HUB, SITE, STAYS, REFUSED = "customer", "point", "hub", "site", "stays", "refused"


@dataclass(frozen=True)
class Step:
    """One place on the way: its kind (a constant above), its name, and what happens there."""

    kind: str
    name: str
    says: str


@dataclass(frozen=True)
class Story:
    """One return told: `parts` (activity, quantity, unit, rate_eur, cost_eur) add up to `row.cost_eur`.

    `limits` are the scarce shared limits on its way, as in the prices table. `late_days` counts what the plan costs
    the customer in days beyond `due_on`; without a clock that runs `due_on` and `days_left` are None.
    """

    row: pd.Series = field(repr=False)
    steps: tuple[Step, ...]
    parts: pd.DataFrame = field(repr=False)
    limits: pd.DataFrame = field(repr=False)
    due_on: date | None
    days_left: int | None
    late_days: float


def tell(run: Run, board: pd.DataFrame, return_id: str) -> Story:
    """Return the story of one return of `board` (see `service.reading.returns`); KeyError when it is not there."""
    found = board[board["return_id"] == return_id]
    if found.empty:
        raise KeyError(return_id)
    row = found.iloc[0]
    policy = run.settings()["policy"]
    rows = run.query("SELECT * FROM ledger WHERE subject = 'return' AND subject_id = ?", [return_id])
    due_on = _due_on(run, row)
    return Story(
        row=row,
        steps=_steps(row, rows, _kind(run, row)),
        parts=priced_parts(row, rows, carbon_eur_per_t=policy["carbon"]["price_eur_per_t"]),
        limits=limits_met(scarce_limits(run), row),
        due_on=due_on,
        days_left=None if due_on is None else (due_on - run.manifest.night).days,
        late_days=float(rows.loc[rows["activity"] == LATE, "quantity"].sum()),
    )


def _due_on(run: Run, row: pd.Series) -> date | None:
    """Return when money or another piece is due; None where nobody waits."""
    policy = Policy.model_validate(run.settings()["policy"])
    days = float(refund_days(stored_returns(run, [row["return_id"]]), policy)[0])
    return None if math.isinf(days) else (row["requested_on"] + pd.Timedelta(days=days)).date()


def priced_parts(row: pd.Series, rows: pd.DataFrame, *, carbon_eur_per_t: float) -> pd.DataFrame:
    """Return a return's ledger rows closed by carbon and its share of the van, so that they add up to its cost.

    The night's ledger counts vans by route and carbon as a whole; the decision was taken with a planning price for
    both. Carbon is the decision's kilograms at the policy's price, the van what the decision's cost leaves.
    """
    columns = ["activity", "quantity", "unit", "rate_eur", "cost_eur"]
    if pd.isna(row["cost_eur"]):
        return pd.DataFrame(columns=columns)
    carbon = (CARBON, row["co2e_kg"], "kg", carbon_eur_per_t / 1000, row["co2e_kg"] * carbon_eur_per_t / 1000)
    van_eur = row["cost_eur"] - rows["cost_eur"].sum() - carbon[-1]
    value_first = rows.sort_values("activity", key=lambda a: a != RECOVERED, kind="stable")
    own = [tuple(r) for r in value_first[columns].itertuples(index=False)]
    every = (*own, (PICKUP, 1.0, "parcel", van_eur, van_eur), carbon)
    return pd.DataFrame([p for p in every if _counts(p[-1])], columns=columns)


def _counts(cost_eur: float) -> bool:
    return abs(cost_eur) >= NEGLIGIBLE_EUR


def _kind(run: Run, row: pd.Series) -> str:
    points = run.input("points").set_index("point_id")["kind"]
    return KINDS.get(points.get(row["point_id"], ""), "Point")


def _steps(row: pd.Series, rows: pd.DataFrame, kind: str) -> tuple[Step, ...]:
    start = Step(CUSTOMER, "Customer", _trip(rows))
    if row["state"] != PLANNED:
        asked = Step(CUSTOMER, "Customer", f"asked on {row['requested_on']:%-d %b %Y}")
        return (asked, Step(REFUSED, STATES[row["state"]], "nothing moves tonight"))
    if row["outcome"] == "KEEP":
        return (Step(CUSTOMER, "Customer", "is refunded"), Step(STAYS, "Keeps it", "nothing moves"))
    transfer = () if row["entry_hub_id"] == row["hub_id"] else (Step(HUB, row["entry_hub"], "passes it on"),)
    when = "as soon as it arrives" if row["day"] == 0 else f"working day {row['day'] + 1:.0f} after arrival"
    outcome = OUTCOMES[row["outcome"]]
    size = f", size {row['size']}" if pd.notna(row["size"]) else ""
    return (
        start,
        Step(POINT, row["point"], f"{kind} {row['point_id']}{size}"),
        *transfer,
        Step(HUB, row["hub"], "sorts it"),
        Step(SITE, row["site"], f"{outcome}, {when}"),
    )


def _trip(rows: pd.DataFrame) -> str:
    trip = rows[rows["activity"] == "customer trip"]
    if trip.empty:
        return "no trip of its own"
    return f"{number(float(trip['quantity'].sum()), 1)} km there and back"


def verdict(story: Story) -> str:
    """Say in a sentence what the decision costs or gains, with carbon priced in."""
    cost_eur = story.row["cost_eur"]
    if pd.isna(cost_eur):
        return "Nothing is planned for it tonight."
    return f"Gains {euros(-cost_eur)} all in" if cost_eur < 0 else f"Costs {euros(cost_eur)} all in"
