"""The extensive form: the model of every future in one program, with one set of columns for what stands.

Birge and Louveaux (2011), doi:10.1007/978-1-4614-0237-4, section 2.4; the tail after Rockafellar and Uryasev (2002),
doi:10.1016/S0378-4266(02)00271-6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from network_design.futures.risk import Risk
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray, IntArray, Program


@dataclass(frozen=True)
class Extensive:
    """A program for all futures. Column j of model i is `scale[i][j]` x column `columns[i][j]` of the program.

    `tail` is the column of the value at risk and `excess` one per future; both empty without risk.
    """

    program: Program
    columns: tuple[IntArray, ...]
    scale: tuple[FloatArray, ...]
    tail: IntArray
    excess: IntArray


def extensive_form(models: Sequence[DesignModel], probability: FloatArray, risk: Risk) -> Extensive:
    """Return the extensive form of models that have the same places and steps."""
    program = Program()
    shared = share_columns(program, models)
    columns, scale = [], []
    for model in models:
        own, factor = _own_columns(program, model, shared)
        add_future(program, model, own, factor)
        columns.append(own)
        scale.append(factor)
    tail, excess = count_risk(program, models, columns, scale, probability, risk)
    return Extensive(program, tuple(columns), tuple(scale), tail, excess)


def first_stage(model: DesignModel) -> tuple[IntArray, FloatArray]:
    """Return the columns that hold in every future, and the unit of each: a range's width for sizes."""
    v, width = model.variables, model.sets.extra_width[:, None]
    blocks = ((v.level, 1.0), (v.grows, 1.0), (v.extra, width), (v.widened, width))
    numbers = np.concatenate([columns.ravel() for columns, _ in blocks])
    return numbers, np.concatenate([np.broadcast_to(unit, columns.shape).ravel() for columns, unit in blocks])


def share_columns(program: Program, models: Sequence[DesignModel]) -> IntArray:
    """Add the columns of what stands, within the bounds of every future, and return their numbers."""
    bounds = [(m.program.lower[n] / unit, m.program.upper[n] / unit) for m in models for n, unit in [first_stage(m)]]
    lower, upper = np.max([b[0] for b in bounds], axis=0), np.min([b[1] for b in bounds], axis=0)
    whole = models[0].program.whole[first_stage(models[0])[0]]
    return _add_mixed(program, lower, upper, whole)


def add_future(program: Program, model: DesignModel, own: IntArray, factor: FloatArray) -> None:
    """Every row of a future's own program."""
    entries = model.program.matrix().tocoo()
    keys = pd.DataFrame({"row": np.arange(model.program.rows)})
    terms = [(entries.row.astype(np.int64), own[entries.col], entries.data * factor[entries.col])]
    lower, upper = model.program.row_lower, model.program.row_upper
    program.add_rows("FUTURE", keys, terms, lower=lower, upper=upper)


def count_risk(
    program: Program, models: Sequence[DesignModel], columns: Sequence[IntArray], scale: Sequence[FloatArray],
    probability: FloatArray, risk: Risk,
) -> tuple[IntArray, IntArray]:  # fmt: skip
    """Add expected cost and, with a weight, value at risk and what each future costs beyond it."""
    for model, own, factor, chance in zip(models, columns, scale, probability, strict=True):
        program.add_cost(own, (1 - risk.weight) * chance * model.program.cost * factor)
        program.offset += (1 - risk.weight) * chance * model.program.offset
    if not risk.weight:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    tail = program.add_columns((1,), lower=-np.inf)
    excess = program.add_columns((len(models),))
    program.add_cost(tail, risk.weight)
    program.add_cost(excess, risk.weight * probability / (1 - risk.alpha))
    for i, (model, own, factor) in enumerate(zip(models, columns, scale, strict=True)):
        numbers = np.concatenate([own, tail, excess[i : i + 1]])
        factors = np.concatenate([-model.program.cost * factor, [1.0, 1.0]])
        term = (np.zeros(len(numbers), dtype=np.int64), numbers, factors)
        program.add_rows("TAIL", pd.DataFrame({"future": [i]}), [term], lower=model.program.offset)
    return tail, excess


def together(extensive: Extensive, values: Sequence[FloatArray], cost: FloatArray, risk: Risk) -> FloatArray:
    """Return values of the whole program from those of each future, whose costs are `cost`."""
    whole = np.zeros(extensive.program.columns)
    for own, factor, mine in zip(extensive.columns, extensive.scale, values, strict=True):
        whole[own] = mine / factor
    if len(extensive.tail):
        worst = np.sort(cost)[::-1]
        whole[extensive.tail] = worst[0]
        whole[extensive.excess] = np.maximum(0.0, cost - worst[0])
    return whole


def _own_columns(program: Program, model: DesignModel, shared: IntArray) -> tuple[IntArray, FloatArray]:
    numbers, unit = first_stage(model)
    own, factor = np.full(model.program.columns, -1, dtype=np.int64), np.ones(model.program.columns)
    own[numbers], factor[numbers] = shared, unit
    rest = np.flatnonzero(own < 0)
    p = model.program
    own[rest] = _add_mixed(program, p.lower[rest], p.upper[rest], p.whole[rest])
    return own, factor


def _add_mixed(program: Program, lower: FloatArray, upper: FloatArray, whole: np.ndarray) -> IntArray:
    """Add columns of which some are whole, and return their numbers in the order given."""
    numbers = np.zeros(len(lower), dtype=np.int64)
    for kind in (True, False):
        mine = whole == kind
        numbers[mine] = program.add_columns((int(mine.sum()),), lower=lower[mine], upper=upper[mine], whole=kind)
    return numbers
