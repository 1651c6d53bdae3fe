"""A stored design in tabs: map, flows, costs, places, distances, limits, files."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from service.design_layers import GEOPACKAGE
from service.design_report_map import KIND_COLOURS, KIND_WORDS
from service.design_report_sankey import KIND_PLURALS
from service.design_report_tables import ALWAYS, NEVER
from service.design_workbook import WORKBOOK
from service.reading.words import sentence
from service.run import MANIFEST, REPORT
from service.text import number
from service.views import design_loaded as loaded
from service.views.design_charts import lines_chart, sankey_chart
from service.views.marks import figure, legend, percentage, plain, text

HEIGHT = 540
ALL = "All together"
PLAIN_BAR = {"displayModeBar": False}
FILES = {
    REPORT: ("Report", "text/html"), WORKBOOK: ("Workbook, Excel", None), GEOPACKAGE: ("Map layers, GeoPackage", None),
    "places.geojson": ("Places, GeoJSON", "application/geo+json"),
    "flows.geojson": ("Flows, GeoJSON", "application/geo+json"), MANIFEST: ("Figures, JSON", "application/json"),
}  # fmt: skip


@st.fragment
def tabs(folder: Path) -> None:
    """Draw the open tab; the others cost nothing until they are opened."""
    draw = {
        "Map": _map, "Flows": _flows, "Costs": _costs, "What is open": _open, "How near": _near, "Limits": _limits,
        "Promises": _promises, "Downloads": _downloads,
    }  # fmt: skip
    for tab, show in zip(st.tabs(list(draw), key="design.tab", on_change="rerun"), draw.values(), strict=True):
        if tab.open:
            with tab:
                show(folder)


def _period(folder: Path, key: str) -> int | None:
    names = loaded.names(folder)
    chosen = st.segmented_control(
        "Period", [0, *range(1, len(names) + 1)], default=0, key=f"design.{key}.{folder.name}", required=True,
        format_func=lambda t: ALL if t == 0 else names[t - 1], label_visibility="collapsed",
    )  # fmt: skip
    return chosen or None


def _map(folder: Path) -> None:
    period = _period(folder, "map-period")
    deck = loaded.deck(folder, period)
    if deck is None:
        st.info("The places of this network have no coordinates, so there is no map. Flows and tables show the rest.")
        return
    with st.container(border=True, key="design.map-frame"):
        st.pydeck_chart(
            deck, height=HEIGHT, key=f"design.map.{folder.name}.{period}", alt="Map of places and of what moves"
        )
    kinds = set(loaded.places(folder)["kind"])
    signs = [("dot", KIND_COLOURS[k], KIND_WORDS[k]) for k in KIND_COLOURS if k in kinds]
    when = "at the end" if period is None else "in this period"
    legend([*signs, ("ring", KIND_COLOURS["HUB"], f"not open {when}"), ("bar", KIND_COLOURS["POINT"], "what moves")])


def _flows(folder: Path) -> None:
    found = loaded.flows(folder, _period(folder, "flow-period"))
    if found.links.empty:
        st.info("Nothing moves.")
        return
    st.plotly_chart(sankey_chart(found), key=f"design.sankey.{folder.name}", config=PLAIN_BAR, theme=None)
    st.caption("In tonnes; the largest places by name, the others of their kind together.")


def _costs(folder: Path) -> None:
    m, lines, names = loaded.manifest(folder), loaded.lines(folder), loaded.names(folder)
    left, right = st.columns([1, 1.2], gap="medium")
    with left:
        st.plotly_chart(
            lines_chart({m.network.name: lines}, currency=m.network.currency), key="design.lines", config=PLAIN_BAR
        )
    with right:
        looks = {f"cost_{t}": figure(name) for t, name in enumerate(names, start=1)}
        st.dataframe(
            lines.round(0), key=f"design.costs.{folder.name}", hide_index=True, height="content",
            column_config={
                "activity": text("Line"), **looks, "cost": figure("All periods"),
                "present_cost": figure("Discounted"),
            },
        )  # fmt: skip
        st.caption(
            f"From the ledger, in {m.network.currency}; a gain is negative. In all {number(m.kpis['total_cost'])}, "
            f"discounted {number(m.ledger_total)}."
        )


def _open(folder: Path) -> None:
    board, names = loaded.places(folder), loaded.names(folder)
    counts = loaded.open_by_kind(folder).rename(columns={"kind": "Kind", "of": "Of"})
    counts["Kind"] = counts["Kind"].map(KIND_PLURALS).map(sentence)
    periods = {f"open_{t}": name for t, name in enumerate(names, start=1)}
    st.dataframe(counts.rename(columns=periods), key="design.open-counts", hide_index=True, height="content")
    decided = board[board["fate"] != ALWAYS]
    which = st.segmented_control(
        "Show", ["Open at some time", "Never open", "All decided"], default="Open at some time",
        key="design.open-choice", label_visibility="collapsed", required=True,
    )  # fmt: skip
    if which != "All decided":
        decided = decided[(decided["fate"] == NEVER) == (which == "Never open")]
    sizes = {f"size_t_{t}": figure(f"{name}, t", "%.1f") for t, name in enumerate(names, start=1)}
    st.dataframe(
        decided, key=f"design.places.{folder.name}", hide_index=True, placeholder="–", height=HEIGHT,
        column_order=["name", "place_id", "kind", "operator", "fate", *sizes],
        column_config={
            "name": text("Place"), "place_id": text("Id"), "kind": text("Kind"), "operator": text("Run by"),
            "fate": text("What becomes of it"), **sizes,
        },
    )  # fmt: skip


def _near(folder: Path) -> None:
    names = list(enumerate(loaded.names(folder), start=1))
    shares = {f"share_{t}": percentage(f"{name}, share") for t, name in names}
    ways = {f"mean_km_{t}": figure(f"{name}, mean km", "%.1f") for t, name in names}
    st.dataframe(
        loaded.near(folder), key=f"design.near.{folder.name}", hide_index=True, placeholder="–", height="content",
        column_order=["where", "product", "within", *shares, *ways],
        column_config={
            "where": text("Arises"), "product": text("Product"), "within": text("Within"), **shares, **ways,
        },
    )  # fmt: skip
    st.caption(
        "Of what arises, the share that goes no farther than that on its first way, and the mean length of the first "
        "ways of all that is sent."
    )


def _limits(folder: Path) -> None:
    worth, names = loaded.worth(folder), loaded.names(folder)
    if worth.empty:
        st.info("No prices were found in the time given. A longer time budget finds them.")
        return
    st.caption("With everything open as it is, discounted to the start. What is not listed has room left, or no limit.")
    shown = worth.assign(when=worth["period"].map(lambda t: names[t - 1]))
    st.dataframe(
        shown, key=f"design.limits.{folder.name}", hide_index=True, placeholder="–", height=HEIGHT,
        column_order=["place_id", "product_id", "words", "price", "when", "periods"],
        column_config={
            "place_id": text("Where"), "product_id": text("Product or gas"), "words": text("What", width="medium"),
            "price": figure(f"{loaded.manifest(folder).network.currency}, at most"), "when": text("In period"),
            "periods": figure("Periods in which it binds"),
        },
    )  # fmt: skip


def _promises(folder: Path) -> None:
    broken = loaded.violations(folder)
    if broken.empty:
        st.success(
            "An independent check priced the design anew and found every promise kept.", icon=":material/verified:"
        )
        return
    st.dataframe(broken, key="design.violations", hide_index=True, column_order=["rule", "message", "found", "limit"])


def _downloads(folder: Path) -> None:
    there = {name: looks for name, looks in FILES.items() if (folder / name).is_file()}
    with st.container(horizontal=True):
        for name, (label, mime) in there.items():
            st.download_button(
                label, (folder / name).read_bytes(), file_name=f"{folder.name}-{name}", mime=mime,
                key=f"design.download.{name}", on_click="ignore", icon=":material/download:",
            )  # fmt: skip
    st.caption(f"These files and every table as CSV and Parquet are in {plain(folder)}")
