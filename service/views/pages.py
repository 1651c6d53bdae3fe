"""The pages by name and address, for the navigation and for links from one to another.

Pages link to each other in circles, so each is imported only when its address is asked for.
"""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage


def tonight() -> StreamlitPage:
    """Return the Tonight page, where the app opens."""
    from service.views.tonight import page

    return st.Page(page, title="Tonight", icon=":material/nightlight:", url_path="tonight", default=True)


def returns() -> StreamlitPage:
    """Return the Returns page."""
    from service.views.returns import page

    return st.Page(page, title="Returns", icon=":material/package_2:", url_path="returns")


def runs() -> StreamlitPage:
    """Return the Runs page."""
    from service.views.runs import page

    return st.Page(page, title="Runs", icon=":material/stacks:", url_path="runs")


def design() -> StreamlitPage:
    """Return the Design page."""
    from service.views.design import page

    return st.Page(page, title="Design", icon=":material/hub:", url_path="design")


def compare() -> StreamlitPage:
    """Return the Compare page."""
    from service.views.compare import page

    return st.Page(page, title="Compare", icon=":material/compare_arrows:", url_path="compare")


def ask_for_a_plan(says: str) -> None:
    """Tell a newcomer that nothing is planned yet, and lead to where it can be."""
    with st.container(border=True, width=560):
        st.markdown(says)
        st.page_link(tonight(), label="Plan the first night", icon=":material/nightlight:")
