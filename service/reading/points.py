"""Points and home pickups of a night as one table: where, how full, at what risk, emptied when and by whom."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from service.reading.words import KINDS
from service.run import Run

HOME_PREFIX = "home:"
LEAST_RISK = 1.0
EMPTIED, LEFT, QUIET = "emptied", "left", "nothing waits"
CHOICES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "All with a load": lambda board: board["status"] != QUIET,
    "Emptied": lambda board: board["status"] == EMPTIED,
    "Left": lambda board: board["status"] == LEFT,
    "Must be emptied": lambda board: board["required"].astype(bool),
}
COLUMNS = [
    "visit_id",
    "point_id",
    "name",
    "kind",
    "lat",
    "lon",
    "hub_id",
    "status",
    "required",
    "visited",
    "parcels",
    "capacity_parcels",
    "fill_share",
    "overflow_risk",
    "expected_refused",
    "waiting_eur",
    "prize_eur",
    "weight_kg",
    "route_id",
    "position",
    "arrival_s",
    "why",
]


def point_board(run: Run) -> pd.DataFrame:
    """Return COLUMNS for every visit, the most urgent first, then the quiet points; `status` says what happens tonight.

    A home pickup lies where its customer lives; HOME zones themselves are left out.
    """
    points, visits = run.input("points"), run.table("visits").astype({"required": bool, "visited": bool})
    news = visits.merge(points[["point_id", "name", "kind", "lat", "lon"]], on="point_id", how="left")
    news = _at_home(news, run.input("returns")).merge(_stops(run), on="visit_id", how="left")
    news["status"] = news["visited"].map({True: EMPTIED, False: LEFT})
    news = news.sort_values(
        ["required", "overflow_risk", "prize_eur", "visit_id"], ascending=[False, False, False, True]
    )
    quiet = points[(points["kind"] != "HOME") & ~points["point_id"].isin(visits["point_id"])]
    quiet = quiet.drop(columns=["capacity_parcels"]).assign(
        visit_id=quiet["point_id"], status=QUIET, required=False, visited=False
    )
    known = [c for c in COLUMNS if c in quiet.columns]
    board = pd.concat([news, quiet[known]]).reindex(columns=COLUMNS)
    return board.assign(name=board["name"].fillna(board["visit_id"])).reset_index(drop=True)


def chosen_points(board: pd.DataFrame, *, which: str, sought: str = "") -> pd.DataFrame:
    """Return the rows of a point board that CHOICES[which] keeps and whose name or id holds `sought`, ready to show.

    Kinds are in words; `full` and `risk` are percentages of capacity and of the chance to overflow.
    """
    shown = board[CHOICES[which](board)]
    if sought:
        said = shown["name"].astype(str) + " " + shown["visit_id"].astype(str)
        shown = shown[said.str.contains(sought, case=False, regex=False)]
    return shown.assign(
        kind=shown["kind"].map(KINDS), full=100 * shown["fill_share"], risk=100 * shown["overflow_risk"]
    )


def riskiest_left(board: pd.DataFrame, *, most: int = 5) -> pd.DataFrame:
    """Return the points left tonight with some risk, the riskiest first, ready to show."""
    left = chosen_points(board, which="Left")
    return left[left["risk"] >= LEAST_RISK].nlargest(most, ["risk", "expected_refused"])


def _at_home(visits: pd.DataFrame, returns: pd.DataFrame) -> pd.DataFrame:
    customer = visits["visit_id"].where(visits["visit_id"].str.startswith(HOME_PREFIX)).str.removeprefix(HOME_PREFIX)
    homes = returns.drop_duplicates("return_id").set_index("return_id")
    return visits.assign(
        lat=customer.map(homes["lat"]).fillna(visits["lat"]),
        lon=customer.map(homes["lon"]).fillna(visits["lon"]),
        name=("Home of " + customer).fillna(visits["name"]),
    )


def _stops(run: Run) -> pd.DataFrame:
    return run.table("stops").drop_duplicates("visit_id")[["visit_id", "route_id", "position", "arrival_s"]]


def returns_going_to(board: pd.DataFrame, *, visit_id: str, point_id: str) -> pd.DataFrame:
    """Return the rows of a return board that a visit collects: the one of a home pickup, or all at the point."""
    if visit_id.startswith(HOME_PREFIX):
        return board[board["return_id"] == visit_id.removeprefix(HOME_PREFIX)]
    return board[(board["point_id"] == point_id) & (board["state"] == "PLANNED")]
