"""Tonight from minute to minute: what every van does when, all vans or those of one hub."""

from __future__ import annotations

import streamlit as st

from service import colours
from service.drivers.timeline import CLOSED, DRIVING, LOADING, RESTING, UNLOADING, WAITING, of_hub
from service.reading.words import counted
from service.run import Run
from service.time_charts import gantt_chart
from service.views import loaded
from service.views.marks import legend

UNSCROLLED_VANS, SCROLLED_PX = 20, 560
ALL_HUBS = "All hubs"
LEGEND = [
    ("square", colours.LOADING, LOADING),
    ("bar", colours.DRIVING, DRIVING),
    ("square", colours.WAITING, WAITING),
    ("square", colours.UNLOADING, UNLOADING),
]
SOMETIMES = {RESTING: colours.RESTING, CLOSED: colours.CLOSED}


def timeline_tab(run: Run) -> None:
    """Show a line per van; the hub is asked for where there are several."""
    every = loaded.timeline(run.path)
    if every.empty:
        st.info("No van drives tonight.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        hub_id = _hub(run)
        late = int((every["activity"] == CLOSED).sum())
        some = [name for name in SOMETIMES if (every["activity"] == name).any()]
        legend([*LEGEND, *(("square", SOMETIMES[name], name) for name in some)])
    pieces = of_hub(every, hub_id)
    vans = pieces["route_id"].nunique()
    with st.container(height=SCROLLED_PX if vans > UNSCROLLED_VANS else "content", border=vans > UNSCROLLED_VANS):
        st.plotly_chart(
            gantt_chart(pieces, loaded.manifest(run.path).night),
            key=f"tonight.gantt.{run.id}.{hub_id}",
            config={"displayModeBar": False},
        )
    if late:
        st.error(f"{counted(late, 'stop')} served outside every opening hour, in red.")


def _hub(run: Run) -> str | None:
    names = loaded.table(run.path, "routes").groupby("hub_id").size()
    if len(names) < 2:
        return None
    hubs = Run(run.path).input("hubs").set_index("hub_id")["name"]
    chosen = st.selectbox(
        "Hub",
        [ALL_HUBS, *names.index],
        index=int(names.sum() > UNSCROLLED_VANS),  # too many to see at once: the first hub's
        key="tonight.gantt-hub",
        format_func=lambda h: h if h == ALL_HUBS else f"{hubs.get(h) or h}: {counted(int(names[h]), 'van')}",
        label_visibility="collapsed",
        width=280,
    )
    return None if chosen == ALL_HUBS else chosen
