"""Value lost over time: on ways, in processes, and in queues that grow as a place's size is used up.

A queue is a row of steps of its place's size, each with the days that a further tonne adds to all waiting. As they
rise, the program fills the first steps first, and gives them to what loses most: no binaries, whatever size is chosen.
"""

from __future__ import annotations

import numpy as np

from network_design.model.flow_constraints import by_period, term
from network_design.model.program import Program
from network_design.model.sets import RUN, FloatArray, Sets, positions
from network_design.model.variables import Variables
from retour.design.times import decay_per_t_day, transit_days
from retour.vocabulary import Role


def decay_on_ways(sets: Sets) -> FloatArray:
    """Days on the way x what its product loses in a day, per tonne of each arc, (arcs, 1)."""
    rate = sets.arcs["product_id"].map(decay_per_t_day(sets.instance)).to_numpy(float)
    return (rate * transit_days(sets.instance, sets.arcs))[:, None]


def decay_in_processes(sets: Sets) -> FloatArray:
    """Days in the process x what its mix loses in a day, per tonne of each run."""
    return sets.over_time("processes", sets.runs, "days") * decay_of_mixes(sets)


def decay_in_queues(sets: Sets) -> FloatArray:
    """Days that each step adds x what the mix loses in a day, per tonne waiting there, (waits, periods)."""
    days = sets.over_time("queues", sets.waits[["place_id", "from_share"]], "days")
    return days * decay_of_mixes(sets)[positions(sets.waits[RUN], sets.runs)]


def decay_of_mixes(sets: Sets) -> FloatArray:
    """Return what a tonne of each run's mix loses in a day, (runs, periods)."""
    both = sets.runs.reset_index(names="run").merge(sets.mixes.reset_index(names="line"), on="process_id")
    rate = both["product_id"].map(decay_per_t_day(sets.instance)).to_numpy(float)[:, None]
    loss = np.zeros((len(sets.runs), sets.periods))
    shares = sets.shares(Role.INPUT)[both["line"].to_numpy(np.int64)]
    np.add.at(loss, both["run"].to_numpy(np.int64), shares * rate)
    return loss


def wait_in_line(program: Program, sets: Sets, v: Variables) -> None:
    """All that is processed stands in some step of the queue; a step, but the last, holds its share of the size."""
    waits, periods = sets.waits, sets.periods
    queued = waits[RUN].drop_duplicates(ignore_index=True)
    run = positions(queued, sets.runs)
    every = [term(positions(waits[RUN], queued), v.waiting), term(np.arange(len(queued)), v.processed[run], -1.0)]
    program.add_rows("WAITING", by_period(queued, periods), every, lower=0.0, upper=0.0)
    steps = waits.loc[np.isfinite(waits["width"]), ["place_id", "from_share", "width"]]
    steps = steps.drop_duplicates(["place_id", "from_share"]).reset_index(drop=True)
    use = sets.over_time("processes", waits[RUN], "capacity_per_t", missing=1.0)
    terms = [term(positions(waits[["place_id", "from_share"]], steps), v.waiting, use)]
    for own, columns, step_t in (
        (sets.levels, v.level, sets.levels["step_t"].to_numpy(float)), (sets.extras, v.extra, np.ones(len(sets.extras)))
    ):  # fmt: skip
        held = steps.reset_index(names="step").merge(own.reset_index(names="line")[["place_id", "line"]], on="place_id")
        line = held["line"].to_numpy(np.int64)
        width = held["width"].to_numpy(float) * step_t[line]
        terms.append(term(held["step"].to_numpy(np.int64), columns[line], -width[:, None]))
    program.add_rows("QUEUE", by_period(steps[["place_id"]], periods), terms, upper=0.0)
