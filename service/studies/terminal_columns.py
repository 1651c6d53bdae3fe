"""The columns of a study's tables as a terminal shows them: in few words, each figure by the unit that it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from network_design.pareto.aims import UNITS
from network_design.study.tables import STUDY_TABLES
from retour.tables.column import INTEGER, NUMBER
from retour.vocabulary import Status
from service.studies.run import StudyRun
from service.terminal_tables import Shown, written

HEADINGS = {
    "design_id": "design", "scenario_id": "future", "place_id": "place", "zone_id": "zone", "lat": "latitude",
    "lon": "longitude", "mean_km": "mean km", "bound_km": "bound km", "demand_t": "demand t",
    "emissions_t": "t emitted", "mean_distance_km": "mean km", "dearer": "dearer by",
    "different_places": "places that differ", "most_different_places": "at most",
}  # fmt: skip
GAPS = ("gap", "dearer")
WITHOUT = {str(Status.INFEASIBLE): "no design", str(Status.FAILED): "not in time"}


def shown_columns(run: StudyRun, name: str, frame: pd.DataFrame) -> list[Shown]:
    """Return the columns of table `name` of STUDY_TABLES for rows of it."""
    own = OWN.get(name)
    return list(own(run, frame)) if own else [_column(name, column, frame) for column in frame]


def _column(table: str, name: str, frame: pd.DataFrame) -> Shown:
    """Return a column as it is declared: figures by their unit, flags and words as words."""
    declared, heading = STUDY_TABLES[table].column(name), HEADINGS.get(name, name.replace("_", " "))
    if declared.kind in (INTEGER, NUMBER):
        unit = "count" if declared.kind == INTEGER else "gap" if name in GAPS else declared.unit
        return Shown(heading, written(frame[name], unit))
    return Shown(heading, [_word(cell) for cell in frame[name]], figures=False)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if pd.isna(value) else str(value)


def _summary(_run: StudyRun, frame: pd.DataFrame) -> Iterator[Shown]:
    counts = zip(frame["futures_it_fits"], frame["futures_counted"], strict=True)
    yield _column("summary", "design_id", frame)
    yield Shown("fits futures", [f"{fits} of {counted}" for fits, counted in counts])
    for name in ("expected_cost", "worst_cost", "value", "largest_regret"):
        yield _column("summary", name, frame)


def _front(run: StudyRun, frame: pd.DataFrame) -> Iterator[Shown]:
    asked = run.front_asked
    for name in ("design_id", "cost", "emissions_t"):
        yield _column("front", name, frame)
    yield Shown(f"beyond {asked.band_km:g} km", written(frame["beyond_band_share"], "share"))
    yield _column("front", "mean_distance_km", frame)
    yield Shown(f"bound of {asked.aims[0]}", written(frame["bound"], UNITS[asked.aims[0]]))
    yield _column("front", "gap", frame)


def _front_bounds(_run: StudyRun, frame: pd.DataFrame) -> Iterator[Shown]:
    """A row has the unit of its aim; figure and bound of one row are written alike."""
    pairs = [
        written([figure, bound], unit)
        for figure, bound, unit in zip(frame["figure"], frame["bound"], frame["unit"], strict=True)
    ]
    for name in ("design_id", "aim"):
        yield _column("front_bounds", name, frame)
    units = ["" if unit == "share" else str(unit) for unit in frame["unit"]]  # a percent says so itself
    yield Shown("unit", units, figures=False)
    yield Shown("figure", [figure for figure, _bound in pairs])
    yield Shown("bound", [bound for _figure, bound in pairs])
    yield _column("front_bounds", "gap", frame)


def _sensitivity(_run: StudyRun, frame: pd.DataFrame) -> Iterator[Shown]:
    """All levers move by one step: the factors stand in the headings."""
    low, high = (f"× {frame[f'{end}_factor'].iloc[0]:g}" for end in ("low", "high"))
    costs = written(frame[["low_cost", "base_cost", "high_cost"]].stack(future_stack=True), "money")
    yield _column("sensitivity", "lever", frame)
    yield Shown(f"cost {low}", _or_why(costs[::3], frame, "low_status"))
    yield Shown("cost as it is", costs[1::3])
    yield Shown(f"cost {high}", _or_why(costs[2::3], frame, "high_status"))
    for end, factor in (("low", low), ("high", high)):
        yield Shown(f"places that change {factor}", written(frame[f"{end}_changes"], "count"))


def _or_why(costs: Sequence[str], frame: pd.DataFrame, status: str) -> list[str]:
    """Return costs, and where there is none, why; studies of before do not say."""
    told = frame[status] if status in frame else [""] * len(frame)
    return [cost or WITHOUT.get(str(why), "none found") for cost, why in zip(costs, told, strict=True)]


OWN: dict[str, Callable[[StudyRun, pd.DataFrame], Iterator[Shown]]] = {
    "summary": _summary, "front": _front, "front_bounds": _front_bounds, "sensitivity": _sensitivity,
}  # fmt: skip
