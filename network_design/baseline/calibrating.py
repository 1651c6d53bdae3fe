"""Hold the network as it is against the client's books: the whole story on one screen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pandas as pd

from network_design.baseline.as_it_is import as_it_is, design_as_it_is
from network_design.baseline.comparing import Compared, compare, rows_in_words
from network_design.baseline.explaining import Explained, explain
from network_design.baseline.settling import Settling, cause_table
from network_design.baseline.split import effects_of
from network_design.baseline.tables import CALIBRATION
from network_design.baseline.totals import calibration_rows
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.progress import Listener, Progress, silent

FIRST_SHARE = 0.5
"""Share of the time for the network as it is; the rest is for what changes would make of it."""


@dataclass(frozen=True)
class Calibration:
    """The network as it is, its design, and the tables CALIBRATION and CAUSES by name."""

    instance: DesignInstance = field(repr=False)
    design: Design = field(repr=False)
    tables: dict[str, pd.DataFrame]


def calibrate(
    instance: DesignInstance, books: pd.DataFrame, *, seen: pd.DataFrame | None = None, hold: bool = True, seed: int,
    budget_s: float, listener: Listener = silent,
) -> Calibration:  # fmt: skip
    """Return how a network as it is compares with the table ACTUALS, why, and what particular changes would settle.

    With the table OBSERVED as `seen` flows are held as near to those as balances allow, or left free where `hold` is
    false. Nothing is changed. Raises InfeasibleError with the limits that conflict, or BackendError.
    """
    begun, now = time.perf_counter(), as_it_is(instance)
    listener(Progress("baseline", 0.0, "the network as it is"))
    design = design_as_it_is(now, seen=seen if hold else None, seed=seed, budget_s=budget_s * FIRST_SHARE)
    once_s = time.perf_counter() - begun
    listener(Progress("baseline", 0.5, "why it deviates from the books"))
    compared = compare(now, design, books=books, seen=seen, held=hold and seen is not None)
    settling = Settling(books, seen, hold, seed, once_s, begun + budget_s)
    told = explain(compared, settling)
    causes = cause_table(compared, told.causes, told.together, settling)
    return Calibration(now, design, {"calibration": calibration_table(compared, told), "causes": causes})


def calibration_table(compared: Compared, told: Explained) -> pd.DataFrame:
    """Return the table CALIBRATION: every figure of the books, what makes it deviate, and why."""
    rows, totals = calibration_rows(compared.totals), {t.line: t for t in compared.totals}
    for row in rows:
        total = totals[row["line"]]
        if row["measure"] == "cost":
            effects = effects_of(total)
            row |= {f"of_{name}": getattr(effects, name) for name in ("volume", "distance", "rate")}
        parts = f"parts: rows {rows_in_words(total.parts)}" if total.parts else ""
        row["why"] = "" if row["fits"] else told.why(total) or parts
    frame = pd.DataFrame(rows, columns=CALIBRATION.column_names)
    return frame.astype(dict.fromkeys(("deviation_share", "of_volume", "of_distance", "of_rate"), float))
