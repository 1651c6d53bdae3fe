"""Recovery sites and their processes, from templates sized to tonight's demand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from retour.errors import InputError, Issue
from retour.gate.text import did_you_mean, nth
from service.importing.mapping import SitePart

DEFAULT_MINUTES = 5.0


@cache
def _templates() -> pd.DataFrame:
    with (files("service.importing") / "site_templates.csv").open(encoding="utf-8") as lines:
        return pd.read_csv(lines, keep_default_na=False, na_values=[""])


def site_templates() -> pd.DataFrame:
    """Return every process of every template.

    Columns: template, operator, certificates, process, outcome, classes (empty: all), share_of_returns (items a
    working day over tonight's returns; empty: unlimited), minutes_per_item, cost_eur, yield_share, lead_time_days,
    source. Costs are planning assumptions built from the rates.
    """
    return _templates().copy()


def site_tables(sites: Sequence[SitePart], *, centre: tuple[float, float], returns: int) -> dict[str, pd.DataFrame]:
    """Return `sites` and `processes`; a site without coordinates stands at `centre` (lat, lon)."""
    _check_templates(sites)
    known = site_templates().set_index("template", drop=False)
    head = known[~known.index.duplicated()]
    table = pd.DataFrame({
        "site_id": [s.id for s in sites],
        "name": [s.name or s.id for s in sites],
        "lat": [centre[0] if s.lat is None else s.lat for s in sites],
        "lon": [centre[1] if s.lon is None else s.lon for s in sites],
        "operator": [head.at[s.template, "operator"] for s in sites],
        "certificates": [head.at[s.template, "certificates"] for s in sites],
    })  # fmt: skip
    processes = [_processes(s, known.loc[[s.template]], returns) for s in sites]
    return {"sites": table, "processes": pd.concat(processes, ignore_index=True)}


def _check_templates(sites: Sequence[SitePart]) -> None:
    known = site_templates()["template"].unique()
    bad = [(i, s.template) for i, s in enumerate(sites, start=1) if s.template not in known]
    if bad:
        raise InputError(
            Issue("mapping", None, f"sites, {nth(i)} entry, template",
                  f"unknown template {name!r}; use one of {', '.join(known)}" + did_you_mean(name, known))
            for i, name in bad
        )  # fmt: skip


def _processes(site: SitePart, rows: pd.DataFrame, returns: int) -> pd.DataFrame:
    items = np.ceil(rows["share_of_returns"] * returns * site.scale)
    timed = rows["minutes_per_item"].notna()
    return pd.DataFrame({
        "process_id": site.id + "-" + rows["process"],
        "site_id": site.id,
        "outcome": rows["outcome"],
        "classes": rows["classes"],
        "capacity_h": (items * rows["minutes_per_item"] / 60).where(timed).round(1),
        "capacity_items": items.where(~timed),
        "minutes_per_item": rows["minutes_per_item"],
        "cost_eur": rows["cost_eur"],
        "yield_share": rows["yield_share"],
        "lead_time_days": rows["lead_time_days"],
    })  # fmt: skip
