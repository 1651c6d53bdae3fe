"""The frame of the screen: its pages and nothing else. Start it with `retour app`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from service.views import pages

PICTURES = Path(__file__).parent / "service" / "views"

st.set_page_config(page_title="Retour", page_icon=PICTURES / "icon.svg", layout="wide")
st.logo(PICTURES / "logo.svg")
st.navigation([pages.tonight(), pages.returns(), pages.runs(), pages.design(), pages.compare()], position="top").run()
