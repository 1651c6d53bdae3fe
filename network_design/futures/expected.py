"""The expected future: every figure at its mean, for the design that a plan with one future would lead to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from network_design.model.sets import FloatArray
from network_design.study.cases import Future
from network_design.study.changes import DISTANCES, changed
from network_design.study.settings import Change
from retour.design import DesignInstance
from retour.tables.column import NUMBER, TEXT
from retour.tables.design import DESIGN_TABLES


def expected_instance(futures: Sequence[Future]) -> DesignInstance | None:
    """Return the instance whose figures are the means of all futures'; None where futures have rows of their own."""
    return mean_instance([f.instance for f in futures], np.array([f.probability for f in futures]))


def mean_instance(instances: Sequence[DesignInstance], weights: FloatArray) -> DesignInstance | None:
    """Return the instance of mean figures, by weights of any sum; None where instances have rows of their own."""
    if not all(_same([i.tables[name] for i in instances]) for name in ("lanes", "links")):
        instances = [changed(i, [Change(table=DISTANCES, factor=1.0)]) for i in instances]
    tables = {}
    for name in DESIGN_TABLES:
        frames = [i.tables[name] for i in instances]
        if _same(frames):
            continue
        mean = _mean(name, instances, weights / weights.sum())
        if mean is None:
            return None
        tables[name] = mean
    return instances[0].replace(**tables)


def _same(frames: Sequence[pd.DataFrame]) -> bool:
    return all(frames[0].equals(other) for other in frames[1:])


def _mean(name: str, instances: Sequence[DesignInstance], weights: FloatArray) -> pd.DataFrame | None:
    declared = DESIGN_TABLES[name]
    timed = "period" in declared.key and name != "periods"
    keys = list(declared.key)
    frames = [
        (i.series(name) if timed else i.tables[name]).sort_values(keys, kind="stable", ignore_index=True)
        for i in instances
    ]
    first, numbers = frames[0], [c.name for c in declared.columns if c.kind == NUMBER]
    words = [c.name for c in declared.columns if c.kind == TEXT or (c.name == "period")]
    if any(len(f) != len(first) or not f[words].equals(first[words]) for f in frames[1:]):
        return None
    means = {c: sum(w * f[c].to_numpy(float) for w, f in zip(weights, frames, strict=True)) for c in numbers}
    return first.assign(**means)
