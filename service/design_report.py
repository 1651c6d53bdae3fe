"""The report of a design: one HTML file that opens anywhere and fetches nothing; charts are CSS and inline SVG."""

from __future__ import annotations

from typing import Any

import pandas as pd

from service.design_layers import write_layers
from service.design_report_map import draw_design_map
from service.design_report_sankey import bands, draw_bands
from service.design_report_tables import (
    ALWAYS,
    ARISING,
    NEVER,
    bound_words,
    cost_by_line,
    money,
    nearness,
    open_by_kind,
    period_names,
    periods_of,
    place_board,
    records,
    told_t,
    worth_of_limits,
)
from service.design_workbook import write_workbook
from service.designing_store import DesignRun
from service.reading.words import STATUSES
from service.run import REPORT
from service.templating import template

MOST_PLACES = 60
MOST_LIMITS = 40
MOST_VIOLATIONS = 100
KIND_ORDER = ("SITE", "HUB", "POINT", "MARKET", "ZONE")


def write_outputs(run: DesignRun) -> None:
    """Write everything people take along into the run's folder: report, workbook, map layers."""
    write_design_report(run)
    write_workbook(run)
    write_layers(run)


def write_design_report(run: DesignRun) -> None:
    """Write `report.html` into the run's folder."""
    (run.path / REPORT).write_text(render(run), encoding="utf-8")


def render(run: DesignRun) -> str:
    """Return the report of a design as HTML; everything in it comes from the run's folder."""
    m = run.manifest
    decided, steady = _decided(place_board(run))
    limits = worth_of_limits(run)
    worth, supply = limits[limits["limit"] != "SUPPLY"], limits[limits["words"] == ARISING]
    return template("design.html.j2").render(
        m=m, cur=m.network.currency, money=money, bound_says=bound_words(run), status=STATUSES[m.status],
        periods=periods_of(run), names=period_names(run), lines=with_bars(cost_by_line(run), "present_cost"),
        places=records(decided.head(MOST_PLACES)), places_left_out=max(0, len(decided) - MOST_PLACES), steady=steady,
        kinds=records(open_by_kind(run)), near=records(nearness(run)),
        gases=sorted({gas for p in m.by_period for gas in p.emitted_t}), map=draw_design_map(run),
        sankey=draw_bands(bands(run)), worth=with_bars(worth.head(MOST_LIMITS), "price"),
        worth_left_out=max(0, len(worth) - MOST_LIMITS), supply=records(supply.head(MOST_LIMITS // 4)),
        lost_t=told_t(run, "lost_t"), disposed_at_origin_t=told_t(run, "disposed_where_it_arose_t"),
        priced=not limits.empty, violations=records(run.table("violations").head(MOST_VIOLATIONS)),
    )  # fmt: skip


def _decided(board: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the places that are open at some time, the dearest kinds first, and how many of the rest there are."""
    rest = {name: int((board["fate"] == name).sum()) for name in (ALWAYS, NEVER)}
    some = board[~board["fate"].isin([ALWAYS, NEVER])]
    rank = some["kind"].map(KIND_ORDER.index)
    return some.assign(rank=rank).sort_values(["rank", "place_id"], ignore_index=True), rest


def with_bars(frame: pd.DataFrame, column: str) -> list[dict[str, Any]]:
    """Return records with `bar`: the size of `column` as a share (0 to 100) of the largest."""
    largest = frame[column].abs().max()
    bar = frame[column].abs() / largest * 100 if largest and largest > 0 else 0.0
    return records(frame.assign(bar=bar))
