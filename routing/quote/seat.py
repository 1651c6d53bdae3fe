"""An instance with other returns in its arrays: what prices and rules look at, without building it anew."""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retour.indexed import Profiles, ReturnArrays
from retour.instance import Instance


def seated(instance: Instance, returns: ReturnArrays, profiles: Profiles | None = None) -> Instance:
    """Return the instance with these returns in `indexed`; tables, rates, lanes and points are shared, not copied.

    `returns.profile` counts in `profiles`, the instance's own unless given. Its `returns` table is still the old one:
    for pricing and rules on arrays only.
    """
    ix = instance.indexed
    guest = copy.copy(instance)
    guest.__dict__["indexed"] = replace(ix, returns=returns, profiles=profiles or ix.profiles)
    return guest


def plain_returns(count: int, **arrays: NDArray[Any]) -> ReturnArrays:
    """Return `count` returns of nothing at no place, apart from the arrays given."""
    zeros, whole, no = np.zeros(count), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    blank = ReturnArrays(
        ids=np.full(count, "", dtype=object), lat=zeros, lon=zeros, class_idx=whole, profile=whole,
        point_idx=whole - 1, size_idx=whole, volume_l=zeros, weight_kg=zeros, value_eur=zeros,
        damaged_battery=no, withdrawal=no, refund_slack_days=zeros + np.inf, tonight=~no,
    )  # fmt: skip
    return replace(blank, **arrays)


def rows_of(returns: ReturnArrays, rows: NDArray[Any]) -> ReturnArrays:
    """Return some of the returns."""
    return ReturnArrays(**{f.name: getattr(returns, f.name)[rows] for f in fields(returns)})


def one_after_the_other(first: ReturnArrays, second: ReturnArrays) -> ReturnArrays:
    """Return both, the second after the first."""
    return ReturnArrays(
        **{f.name: np.concatenate([getattr(first, f.name), getattr(second, f.name)]) for f in fields(first)}
    )
