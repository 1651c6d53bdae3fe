"""What flows through a design from where returns arise to where they end, as bands: the Sankey of the whole network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from service.design_report_map import KIND_COLOURS
from service.design_report_tables import DISPOSED, SOLD, place_board
from service.designing_store import DesignRun
from service.text import number

MOST_OF_A_KIND = 8
ENDS = {SOLD: "#2c8a62", DISPOSED: "#c0563b"}
KIND_PLURALS = {
    "ZONE": "zones", "POINT": "collection points", "HUB": "hubs", "SITE": "recovery sites", "MARKET": "markets",
}  # fmt: skip
WIDTH, LEAST_HEIGHT, NODE_PX, GAP, SIDE = 1000.0, 360.0, 14.0, 12.0, 4.0
LABEL_PX, LABEL_GAP = 150.0, 5.0
CHAR_PX, AMOUNT_CHAR_PX, LINE_PX = 6.9, 6.8, 13.0
"""Width of a letter of a label and of an amount in the report's widest font, and from one line to the next."""
THIN = 0.4


@dataclass(frozen=True)
class Bands:
    """Nodes and links of a Sankey.

    `nodes`: node, label, kind, column, amount_t. `links`: source, target, amount_t; both name nodes.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame


def bands(run: DesignRun, period: int | None = None) -> Bands:
    """Return the Sankey of one period, or of all together: the largest places by name, the others of a kind as one.

    The last column is what is sold and what is disposed of. What goes round within a node is left out.
    """
    board = place_board(run).set_index("place_id")
    moved = _of_period(run.table("flows"), period).groupby(["from_id", "to_id"], as_index=False)["amount_t"].sum()
    ends = _ends(_of_period(run.table("handled"), period))
    nodes_of = _node_names(board, moved, ends)
    moved = moved.assign(source=moved["from_id"].map(nodes_of), target=moved["to_id"].map(nodes_of))
    ends = ends.assign(source=ends["place_id"].map(nodes_of), target=ends["end"])
    links = pd.concat([moved, ends])[["source", "target", "amount_t"]]
    links = links[links["source"] != links["target"]].groupby(["source", "target"], as_index=False)["amount_t"].sum()
    return Bands(_nodes(board, nodes_of, links), links)


def _of_period(table: pd.DataFrame, period: int | None) -> pd.DataFrame:
    return table if period is None else table[table["period"] == period]


def _ends(handled: pd.DataFrame) -> pd.DataFrame:
    """Return place_id, `end` and amount_t of what leaves the network."""
    sums = handled.groupby("place_id", as_index=False)[["sold_t", "disposed_t"]].sum()
    long = sums.rename(columns={"sold_t": SOLD, "disposed_t": DISPOSED}).melt(
        "place_id", var_name="end", value_name="amount_t"
    )
    return long[long["amount_t"] > 0]


def _node_names(board: pd.DataFrame, moved: pd.DataFrame, ends: pd.DataFrame) -> pd.Series:
    """Return the node of each place that moves anything: itself, or the rest of its kind."""
    weights = [
        moved.groupby("from_id")["amount_t"].sum(),
        moved.groupby("to_id")["amount_t"].sum(),
        ends.groupby("place_id")["amount_t"].sum(),
    ]
    weight = pd.concat(weights, axis=1).max(axis=1).rename_axis("place_id")
    kind = board["kind"].reindex(weight.index)
    rank = weight.groupby(kind).rank(ascending=False, method="first")
    many = kind.map(kind.value_counts()) > MOST_OF_A_KIND
    alone = ~many | (rank < MOST_OF_A_KIND)
    return weight.index.to_series().where(alone, "rest of " + kind)


def _nodes(board: pd.DataFrame, nodes_of: pd.Series, links: pd.DataFrame) -> pd.DataFrame:
    known = [n for n in [*nodes_of.unique(), *ENDS] if n in set(links["source"]) | set(links["target"])]
    kind = nodes_of.index.to_series().map(board["kind"]).groupby(nodes_of).first()
    count = nodes_of.value_counts()
    labels = {
        n: f"{count[n]} other {KIND_PLURALS[kind[n]]}" if n.startswith("rest of ") else str(board["name"].get(n, n))
        for n in known
    }
    inflow = links.groupby("target")["amount_t"].sum().reindex(known, fill_value=0.0)
    outflow = links.groupby("source")["amount_t"].sum().reindex(known, fill_value=0.0)
    frame = pd.DataFrame({"node": known, "label": [labels[n] for n in known], "kind": [kind.get(n, n) for n in known]})
    frame["column"] = frame["node"].map(_columns(frame, links))
    frame["amount_t"] = pd.concat([inflow, outflow], axis=1).max(axis=1).to_numpy(float)
    order = ["column", "kind", "amount_t"]
    return frame.sort_values(order, ascending=[True, True, False], kind="stable", ignore_index=True)


def _columns(nodes: pd.DataFrame, links: pd.DataFrame) -> dict[str, int]:
    """Return how far from where returns arise each node stands; by kind where flows go in a circle."""
    import networkx

    graph = networkx.DiGraph(list(zip(links["source"], links["target"], strict=True)))
    if not networkx.is_directed_acyclic_graph(graph):
        ranks = {k: i for i, k in enumerate([*KIND_COLOURS, *ENDS])}
        return {n: min(ranks[k], len(KIND_COLOURS)) for n, k in zip(nodes["node"], nodes["kind"], strict=True)}
    columns: dict[str, int] = {}
    for node in networkx.topological_sort(graph):
        columns[node] = max((columns[before] + 1 for before in graph.predecessors(node)), default=0)
    last = max(columns.values(), default=0)
    return columns | {end: last for end in ENDS if end in columns}


def band_colour(kind: str) -> str:
    """Return the colour of a node."""
    return ENDS.get(kind) or KIND_COLOURS[kind]


def draw_bands(found: Bands) -> dict[str, Any] | None:
    """Return what the report's template draws: `width`, `height`, `nodes`, `links`; None where nothing moves."""
    if found.links.empty:
        return None
    columns = {c: i for i, c in enumerate(sorted(found.nodes["column"].unique()))}
    crowd = int(found.nodes["column"].value_counts().max())
    height = max(LEAST_HEIGHT, 34.0 * crowd)
    tallest = float(found.nodes.groupby("column")["amount_t"].sum().max())
    scale = (height - GAP * (crowd + 1)) / tallest
    pitch = (WIDTH - 2 * SIDE - NODE_PX - LABEL_PX) / max(len(columns) - 1, 1)
    nodes = _placed(found.nodes, columns, height=height, scale=scale, pitch=pitch)
    return {"width": WIDTH, "height": height, "nodes": nodes, "links": _curves(found.links, nodes, scale=scale)}


def _placed(
    nodes: pd.DataFrame, columns: dict[int, int], *, height: float, scale: float, pitch: float
) -> list[dict[str, Any]]:
    placed, last = [], max(columns.values())
    for column, rows in nodes.groupby("column"):
        total = float(rows["amount_t"].sum()) * scale + GAP * (len(rows) - 1)
        y = (height - total) / 2
        room = LABEL_PX if columns[column] == last else pitch - NODE_PX
        for n in rows.itertuples():
            tall = max(float(n.amount_t) * scale, 1.0)
            placed.append({
                "node": n.node, "label": n.label, "x": round(SIDE + columns[column] * pitch, 1), "y": round(y, 1),
                "height": round(tall, 1), "colour": band_colour(n.kind), "width": NODE_PX,
                "says": f"{n.label}: {number(n.amount_t, 1)} t", "amount": f"{number(n.amount_t)} t",
                **_written(n.label, f"{number(n.amount_t)} t", middle=y + tall / 2, room=room, tall=tall),
            })  # fmt: skip
            y += tall + GAP
    return placed


def _written(label: str, amount: str, *, middle: float, room: float, tall: float) -> dict[str, Any]:
    """Return how a label is written beside its node within `room`: `shown`, `text_y`, and `below`, the step to the
    amount's line; 0 where both stand on one, for want of height or because they fit.
    """
    room -= 2 * LABEL_GAP
    beside = room - AMOUNT_CHAR_PX * (len(amount) + 1)
    if CHAR_PX * len(label) > beside and tall + GAP >= 2 * LINE_PX:
        return {"shown": _cut(label, room), "text_y": round(middle - 2, 1), "below": LINE_PX}
    return {"shown": _cut(label, beside), "text_y": round(middle + 4, 1), "below": 0.0}


def _cut(label: str, room: float) -> str:
    """Return as much of a label as fits, an ellipsis where that is not all."""
    most = max(2, int(room / CHAR_PX))
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def _curves(links: pd.DataFrame, nodes: list[dict[str, Any]], *, scale: float) -> list[dict[str, Any]]:
    """Return a band per link, stacked at both ends in the order of the nodes they lead to."""
    at = {n["node"]: n for n in nodes}
    order = {n["node"]: i for i, n in enumerate(nodes)}
    out, into = {n: at[n]["y"] for n in at}, {n: at[n]["y"] for n in at}
    ranked = links.assign(s=links["source"].map(order), t=links["target"].map(order)).sort_values(["s", "t"])
    curves = []
    for link in ranked.itertuples():
        wide = float(link.amount_t) * scale
        start, end = at[link.source], at[link.target]
        x0, y0 = start["x"] + NODE_PX, out[link.source] + wide / 2
        x1, y1 = end["x"], into[link.target] + wide / 2
        out[link.source] += wide
        into[link.target] += wide
        bend = (x1 - x0) / 2
        path = f"M{x0:.1f},{y0:.1f} C{x0 + bend:.1f},{y0:.1f} {x1 - bend:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
        says = f"{start['label']} to {end['label']}: {number(link.amount_t, 1)} t"
        curves.append({"path": path, "width": round(max(wide, THIN), 1), "colour": start["colour"], "says": says})
    return curves
