"""The card of one return: its way, its price, its runner-up, its clock and the limits it met."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from retour.eligibility import DENIED, PLANNED
from routing.decide.explanation import Explanation
from service import colours
from service.charts import parts_chart
from service.reading.story import Story, verdict
from service.reading.words import STATES, reason_words, sentence
from service.receipt import receipt_html, way_html
from service.text import euros, number, signed_euros
from service.views.explanation_card import explanation_card
from service.views.marks import eur, figure, plain, text


def card(story: Story, explanation: Explanation | str) -> None:
    """Draw the card; a sentence in place of the explanation says why there is none."""
    row = story.row
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(plain(row["return_id"]), anchor=False, width="content")
        st.badge(STATES[row["state"]], color=colours.STATES[row["state"]])  # type: ignore[arg-type]
        if row["state"] == PLANNED:
            _clock(story)
    st.caption(_about(row))
    st.html(way_html(story))
    if row["state"] != PLANNED:
        _not_planned(row)
    else:
        _why(story, explanation)
        _parts(story)
    if isinstance(explanation, str):
        st.caption(plain(explanation))
        _limits(story)
    else:
        explanation_card(explanation)


def _about(row: pd.Series) -> str:
    reason = reason_words(pd.Series([row["reason"]]))[row["reason"]]
    grade = f", condition {row['grade']}" if pd.notna(row["grade"]) else ", not inspected yet"
    order = f"order {plain(row['order_id'])} · " if pd.notna(row["order_id"]) else ""
    item = f"{plain(row['class'])} worth {euros(row['value_eur'])}, {number(row['weight_kg'], 1)} kg"
    return f"{order}{item}{grade} · {plain(reason)}"


def _clock(story: Story) -> None:
    if story.due_on is None or story.days_left is None:
        return
    due = f"{story.due_on:%-d %b}"
    if story.late_days > 0:
        st.badge(f"Refund {number(story.late_days, 1)} days late (due {due})", icon=":material/alarm:", color="red")
    elif story.days_left < 0:
        st.badge(f"Refund was due {due}", icon=":material/alarm:", color="red")
    else:
        st.badge(
            f"Refund due {due}, {story.days_left} days left",
            icon=":material/alarm:",
            color="orange" if story.days_left <= 1 else "gray",
        )


def _not_planned(row: pd.Series) -> None:
    say = st.error if row["state"] == DENIED else st.warning
    say(f"**{STATES[row['state']]}:** {plain(row['why'])}")


def _why(story: Story, explanation: Explanation | str) -> None:
    row = story.row
    stored = sentence(row["why"]) if pd.notna(row["why"]) else ""
    why = stored if isinstance(explanation, str) else explanation.why
    st.markdown(f"**{verdict(story)}, {number(row['co2e_kg'], 2)} kg CO2e.** {plain(why)}")
    if isinstance(explanation, str) and pd.notna(row["runner_up"]):
        extra = "" if pd.isna(row["runner_up_extra_eur"]) else f", **{signed_euros(row['runner_up_extra_eur'])}**"
        st.markdown(f":gray[Second best:] {plain(row['runner_up'])}{extra}")
    if pd.notna(row["customer_fee_eur"]) and row["customer_fee_eur"] > 0:
        st.caption(
            f"The customer pays a fee of {euros(row['customer_fee_eur'])}; it is a transfer and not part of the cost."
        )


def _parts(story: Story) -> None:
    total_eur = float(story.row["cost_eur"])
    receipt, chart = st.tabs(["Priced parts", "As a waterfall"])
    with receipt:
        st.html(receipt_html(story.parts, total_eur=total_eur))
    with chart:
        st.plotly_chart(
            parts_chart(story.parts, total_eur=total_eur),
            key=f"returns.parts.{story.row['return_id']}",
            config={"displayModeBar": False},
        )


def _limits(story: Story) -> None:
    if story.limits.empty:
        st.caption("It meets no scarce limit on its way.")
        return
    st.markdown("##### Scarce limits on its way")
    st.dataframe(
        story.limits,
        key=f"returns.limits.{story.row['return_id']}",
        hide_index=True,
        placeholder="–",
        column_order=["limit", "place", "detail", "used", "capacity", "price_eur"],
        column_config={
            "limit": text("Limit"),
            "place": text("Where"),
            "detail": text("Which"),
            "used": figure("Used", "%.1f"),
            "capacity": figure("There is", "%.1f"),
            "price_eur": eur("One more saves"),
        },
    )
