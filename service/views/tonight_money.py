"""The night's money: the ledger by activity and row by row, and what its scarce limits are worth."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from service.kpis import activities
from service.run import Run
from service.text import euros, number
from service.views import loaded
from service.views.marks import eur, figure, plain, text

HEIGHT = 420
MOST_ROWS = 5000


def ledger_tab(run: Run) -> None:
    """Show the ledger by activity, and the rows of the activity that is selected."""
    ledger = loaded.table(run.path, "ledger")
    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        chosen = _activities(run, activities(ledger))
        total_eur, total_kg = float(ledger["cost_eur"].sum()), float(ledger["co2e_kg"].sum())
        st.caption(f"In all {euros(total_eur)} and {number(total_kg)} kg CO2e. A negative cost is a gain.")
    with right:
        rows = ledger[(ledger["activity"] == chosen["activity"]) & (ledger["unit"] == chosen["unit"])]
        _rows(run, chosen["activity"], rows.sort_values("cost_eur", key=abs, ascending=False))


def _activities(run: Run, grouped: pd.DataFrame) -> pd.Series:
    event = st.dataframe(
        grouped.round({"quantity": 1}),
        key=f"tonight.ledger.{run.id}",
        hide_index=True,
        placeholder="–",
        height=HEIGHT,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_config={
            "activity": text("Activity"),
            "quantity": figure("Quantity"),
            "unit": text("Unit"),
            "cost_eur": eur("Cost"),
            "co2e_kg": figure("CO2e kg", "%.1f"),
        },
    )
    return grouped.iloc[event.selection.rows[0] if event.selection.rows else 0]


def _rows(run: Run, activity: str, rows: pd.DataFrame) -> None:
    st.dataframe(
        rows.head(MOST_ROWS),
        key=f"tonight.ledger-rows.{run.id}.{activity}",
        hide_index=True,
        placeholder="–",
        height=HEIGHT,
        column_order=["subject_id", "quantity", "unit", "rate_eur", "cost_eur", "co2e_kg"],
        column_config={
            "subject_id": text("For"),
            "quantity": figure("Quantity", "%.2f"),
            "unit": text("Unit"),
            "rate_eur": eur("Rate"),
            "cost_eur": eur("Cost"),
            "co2e_kg": figure("CO2e kg", "%.2f"),
        },
    )
    st.caption(
        f"{plain(activity)}: {len(rows):,} rows, the largest first"
        + (f"; the first {MOST_ROWS:,} are shown" if len(rows) > MOST_ROWS else "")
    )


def limits_tab(run: Run) -> None:
    """Show what one more unit of each scarce limit would save."""
    scarce = loaded.limits(run.path)
    st.caption("What one more unit of each shared limit would save tonight. Limits that bind nothing are left out.")
    if scarce.empty:
        st.success("No shared limit holds tonight's plan back.", icon=":material/check_circle:")
        return
    st.dataframe(
        scarce,
        column_order=["limit", "place", "detail", "unit", "capacity", "used", "price_eur"],
        key="tonight.limits",
        hide_index=True,
        placeholder="–",
        column_config={
            "limit": text("Limit"),
            "place": text("Where"),
            "detail": text("Which"),
            "unit": text("Unit"),
            "capacity": figure("There is", "%.1f"),
            "used": figure("Used", "%.1f"),
            "price_eur": eur("One more saves"),
        },
    )
