"""Why a return goes where it goes, on its card: what binds it, what comes second, what would change it."""

from __future__ import annotations

import streamlit as st

from retour.eligibility import PLANNED
from routing.decide.explanation import Explanation
from service.explanation_html import changes_html, limits_html, removed_html
from service.reading.words import sentence
from service.text import signed_euros
from service.views.marks import plain


def explanation_card(explanation: Explanation) -> None:
    """Draw the explanation of one return."""
    if explanation.state == PLANNED:
        _second(explanation)
        _limits(explanation)
        _changes(explanation)
    if explanation.removed:
        st.markdown("##### What was not open to it")
        if any(r.costs_eur > 0 for r in explanation.removed):
            st.caption("With a figure: without this rule the return would be better off by so much.")
        st.html(removed_html(explanation.removed))


def _second(explanation: Explanation) -> None:
    second = explanation.runner_up
    if second is None:
        return
    extra, alone = signed_euros(second.extra_eur), signed_euros(second.extra_alone_eur)
    bare = "" if extra == alone else f" ({alone} were room and time free)"
    st.markdown(f":gray[Second best:] {plain(sentence(second.says))}, **{extra}**{bare}")


def _limits(explanation: Explanation) -> None:
    if not explanation.limits:
        st.caption("It uses nothing that is scarce tonight.")
        return
    st.markdown("##### Scarce limits on its way")
    st.html(limits_html(explanation.limits))


def _changes(explanation: Explanation) -> None:
    st.markdown("##### What would change it")
    if explanation.changes:
        st.html(changes_html(explanation.changes))
    else:
        st.caption("No single figure nearby would: it has no other way, or whole items do not divide.")
