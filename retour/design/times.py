"""How long things take on their way, in a process and in its queue, and what is lost of their value meanwhile.

The loss is linear: value x share lost in a day x days. Marginal value of time after Blackburn, Guide, Souza and Van
Wassenhove (2004), "Reverse Supply Chains for Commercial Returns", doi:10.2307/41166207.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.design.figures import FloatArray, figure
from retour.design.instance import DesignInstance
from retour.vocabulary import Role

RUN = ["process_id", "place_id"]


def decay_per_t_day(instance: DesignInstance) -> pd.Series:
    """Return what a tonne loses in a day, by product: value_per_t x decay_per_day."""
    products = instance.tables["products"].set_index("product_id")
    return (products["value_per_t"].fillna(0.0) * products["decay_per_day"]).astype(float)


def transit_days(instance: DesignInstance, ways: pd.DataFrame) -> FloatArray:
    """Return how long each of `ways` (mode, distance_km, days) takes: its own days, else what its mode says."""
    modes = instance.tables["modes"].set_index("mode").reindex(ways["mode"])
    speed = modes["km_per_day"].fillna(np.inf).to_numpy(float)
    usual = modes["days"].fillna(0.0).to_numpy(float) + ways["distance_km"].to_numpy(float) / speed
    own = ways["days"].to_numpy(float)
    return np.where(np.isnan(own), usual, own)


def inputs_of(instance: DesignInstance, runs: pd.DataFrame) -> pd.DataFrame:
    """Return `runs` (process_id, period) once per input: product_id, `share` of the mix, `decay` per tonne and day."""
    recipes = instance.series("recipes")
    mixes = recipes.loc[recipes["role"] == Role.INPUT, ["process_id", "product_id", "period", "t_per_t"]]
    both = runs.merge(mixes.rename(columns={"t_per_t": "share"}), on=["process_id", "period"])
    return both.assign(decay=both["product_id"].map(decay_per_t_day(instance)).astype(float))


def handling_days(instance: DesignInstance, processed: pd.DataFrame, opened: pd.DataFrame) -> pd.DataFrame:
    """Return `processed` with `t_days`: how long it took, and how long it waited in its place's queue."""
    days = figure(instance, "processes", "days", processed, RUN)
    waited = processed.merge(_queued(instance, processed, opened), on=[*RUN, "period"], how="left")["waited"]
    return processed.assign(t_days=processed["amount_t"].to_numpy(float) * days + waited.fillna(0.0).to_numpy(float))


def _queued(instance: DesignInstance, processed: pd.DataFrame, opened: pd.DataFrame) -> pd.DataFrame:
    """Return process_id, place_id, period and `waited` (tonne-days) of what is processed at places with queues."""
    queues = instance.series("queues")
    runs = processed[processed["place_id"].isin(queues["place_id"])].reset_index(drop=True)
    runs = runs.assign(use=figure(instance, "processes", "capacity_per_t", runs, RUN, missing=1.0))
    runs = runs.merge(_decay_of_mix(instance, runs), on=[*RUN, "period"], how="left")
    size = opened.set_index(["place_id", "period"])["size_t"].to_dict()
    steps = dict(list(queues.sort_values("from_share").groupby(["place_id", "period"])))
    lines = [
        _in_line(part, steps[key], size_t=float(size.get(key, 0.0)))
        for key, part in runs.groupby(["place_id", "period"])
        if key in steps
    ]
    columns = [*RUN, "period", "waited"]
    return (
        pd.concat(lines, ignore_index=True)[columns]
        if lines
        else pd.DataFrame(columns=columns).astype({"period": "int64", "waited": float})
    )


def _decay_of_mix(instance: DesignInstance, runs: pd.DataFrame) -> pd.DataFrame:
    """Return process_id, place_id, period and `decay`: what a tonne of the mix loses in a day."""
    inputs = inputs_of(instance, runs)
    rate = inputs.assign(decay=inputs["decay"] * inputs["share"])
    return rate.groupby([*RUN, "period"], as_index=False)["decay"].sum()


def _in_line(runs: pd.DataFrame, steps: pd.DataFrame, *, size_t: float) -> pd.DataFrame:
    """Return the runs of one place and period with `waited`: what loses most per use of its size goes first."""
    starts, days = steps["from_share"].to_numpy(float) * size_t, steps["days"].to_numpy(float)
    widths = np.append(np.diff(starts), np.inf)
    uses = runs["use"] > 0
    urgency = (runs["decay"] / runs["use"].where(uses)).fillna(np.inf)
    line = runs.loc[urgency.sort_values(ascending=False, kind="stable").index]
    room = (line["use"] * line["amount_t"]).to_numpy(float)
    after = np.cumsum(room)
    total = [(days * np.clip(until[:, None] - starts, 0.0, widths)).sum(axis=1) for until in (after - room, after)]
    per_t = line["use"].where(line["use"] > 0, 1.0).to_numpy(float)
    in_room = (total[1] - total[0]) / per_t
    # What takes up no room never waits for others.
    return line.assign(waited=np.where(line["use"] > 0, in_room, days[0] * line["amount_t"]))
