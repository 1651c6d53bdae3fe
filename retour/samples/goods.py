"""Draw what comes back: class, reason, condition, size, value and dates, from the sourced facts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour import facts
from retour.vocabulary import Flow, Grade, Tag, Wish

KNOWN_GRADE_SHARE = 0.30  # graded by photograph or at the counter; the rest waits for inspection
DAMAGED_BATTERY_SHARE = 0.15  # of battery goods that are defective or damaged
AFTER_CUTOFF_SHARE = 0.03
READY_LATER_TODAY_SHARE = 0.06
SIZE_WEIGHT_CORRELATION = 0.6
UNSOLD_SHARE, RECALL_SHARE, END_OF_LIFE_SHARE, END_OF_CONTRACT_SHARE = 0.02, 0.01, 0.06, 0.04
HAZARDOUS_REASONS = ("defective", "damaged_in_transit", "recall")
ASKED_DAYS_AGO = (0.38, 0.27, 0.14, 0.08, 0.05, 0.03, 0.02, 0.01, 0.01, 0.005, 0.005)
MAX_WEIGHT_KG, MAX_VOLUME_L = 120.0, 1500.0

FloatArray = NDArray[np.float64]
ObjectArray = NDArray[np.object_]


def draw_goods(rng: np.random.Generator, *, n: int, night: pd.Timestamp) -> pd.DataFrame:
    """Return n returns without their places: every column of `returns` from class to `ready_at`.

    Grades are empty but for the share known before inspection; goods with a damaged battery are grade E.
    Sizes and values are log-normal by class, weight correlated with volume.
    """
    classes = facts.classes()
    class_idx = rng.choice(len(classes), size=n, p=_normalised(classes["share"]))
    drawn = classes.iloc[class_idx].reset_index()
    reason = _reasons(rng, drawn)
    hazard = _damaged_batteries(rng, drawn, reason)
    columns = {
        "class_id": drawn["class_id"],
        "flow": facts.reasons()["flow"].reindex(reason).to_numpy(),
        "reason": reason,
        "wants": _wishes(rng.spawn(1)[0], reason),
        **_sizes(rng, drawn),
        "grade": _grades(rng, drawn["class_id"], reason, hazard),
        "damaged_battery": hazard,
        **_dates(rng, reason, night),
    }
    return pd.DataFrame(columns)


def item_classes() -> pd.DataFrame:
    """Return the `item_classes` table of the facts."""
    classes = facts.classes().reset_index()
    return classes[["class_id", "label", "tags", "decay_per_day", "handling_min"]]


def recovery_values() -> pd.DataFrame:
    """Return the `recovery_values` table of the facts; disposal is left to goods beyond repair."""
    values = facts.recovery()
    return values[(values["outcome"] != "DISPOSE") | (values["grade"] == Grade.E)].reset_index(drop=True)


def grade_odds(returns: pd.DataFrame) -> pd.DataFrame:
    """Return the odds of every class and reason that occurs among `returns`, in the order of the facts."""
    odds = facts.grade_odds()
    pairs = pd.MultiIndex.from_frame(returns[["class_id", "reason"]].drop_duplicates())
    return odds[pd.MultiIndex.from_frame(odds[["class_id", "reason"]]).isin(pairs)].reset_index(drop=True)


def _normalised(weights: pd.Series) -> FloatArray:
    return (weights / weights.sum()).to_numpy(float)


def _reasons(rng: np.random.Generator, drawn: pd.DataFrame) -> ObjectArray:
    known = facts.reasons()
    names = known.index.to_numpy(object)
    fashion = (drawn["family"] == "fashion").to_numpy()
    draws = [
        rng.choice(names, size=len(drawn), p=_normalised(known[c])) for c in ("share_fashion", "share_other")
    ]
    reason = np.where(fashion, *draws)
    tags, u = drawn["tags"], rng.random(len(drawn))
    electric = tags.str.contains(Tag.WEEE).to_numpy()
    rented = drawn["class_id"].isin(["smartphones", "laptops"]).to_numpy()
    battery = tags.str.contains(Tag.BATTERY).to_numpy()
    season = rng.choice(["end_of_season", "excess_stock"], size=len(drawn))
    reason = np.where(fashion & (u < UNSOLD_SHARE), season, reason)
    reason = np.where(electric & (u < END_OF_LIFE_SHARE), "end_of_life", reason)
    reason = np.where(rented & (u > 1 - END_OF_CONTRACT_SHARE), "end_of_contract", reason)
    return np.where(battery & (np.abs(u - 0.5) < RECALL_SHARE / 2), "recall", reason).astype(object)


def _damaged_batteries(
    rng: np.random.Generator, drawn: pd.DataFrame, reason: ObjectArray
) -> NDArray[np.bool_]:
    exposed = drawn["tags"].str.contains(Tag.BATTERY).to_numpy() & np.isin(reason, HAZARDOUS_REASONS)
    return exposed & (rng.random(len(drawn)) < DAMAGED_BATTERY_SHARE)


def _wishes(rng: np.random.Generator, reason: ObjectArray) -> ObjectArray:
    share = facts.reasons()["exchange_share"].reindex(reason).to_numpy(float)
    return np.where(rng.random(len(reason)) < share, str(Wish.EXCHANGE), str(Wish.REFUND)).astype(object)


def _sizes(rng: np.random.Generator, drawn: pd.DataFrame) -> dict[str, FloatArray]:
    z_volume, z_weight, z_value = rng.standard_normal((3, len(drawn)))
    z_weight = SIZE_WEIGHT_CORRELATION * z_volume + np.sqrt(1 - SIZE_WEIGHT_CORRELATION**2) * z_weight
    return {
        "volume_l": np.clip(_lognormal(drawn, "volume", "volume_l", z_volume), 0.2, MAX_VOLUME_L).round(1),
        "weight_kg": np.clip(_lognormal(drawn, "weight", "weight_kg", z_weight), 0.05, MAX_WEIGHT_KG).round(
            2
        ),
        "value_eur": np.maximum(_lognormal(drawn, "value", "value_eur", z_value), 1.0).round(2),
    }


def _lognormal(drawn: pd.DataFrame, spread: str, median: str, z: FloatArray) -> FloatArray:
    return drawn[f"{median}_median"].to_numpy(float) * np.exp(drawn[f"{spread}_log_sd"].to_numpy(float) * z)


def _grades(
    rng: np.random.Generator, class_id: pd.Series, reason: ObjectArray, hazard: NDArray[np.bool_]
) -> ObjectArray:
    wide = facts.grade_odds().pivot(index=["class_id", "reason"], columns="grade", values="probability")
    row = wide.index.get_indexer(pd.MultiIndex.from_arrays([class_id, reason]))
    chance = wide.reindex(columns=list(Grade)).to_numpy(float).cumsum(axis=1)[row]
    true_idx = (rng.random(len(reason))[:, None] > chance[:, :-1]).sum(axis=1)
    grade = np.array(list(map(str, Grade)), dtype=object)[true_idx]
    known = rng.random(len(reason)) < KNOWN_GRADE_SHARE
    return np.where(hazard, str(Grade.E), np.where(known, grade, None))


def _dates(rng: np.random.Generator, reason: ObjectArray, night: pd.Timestamp) -> dict[str, pd.Series]:
    n, known = len(reason), facts.reasons()
    asked = night - _days(rng.choice(len(ASKED_DAYS_AGO), size=n, p=np.array(ASKED_DAYS_AGO)))
    withdrawal = (known["tree"].reindex(reason) == "withdrawal").to_numpy()
    soon = np.minimum(1 + rng.gamma(2.0, 2.5, size=n), 13)
    soon = np.where(rng.random(n) < 0.03, rng.integers(15, 45, size=n), soon)
    late = np.minimum(2 + rng.exponential(60, size=n), 700)
    late = np.where(rng.random(n) < 0.01, rng.integers(735, 900, size=n), late)
    delivered = asked - _days(np.where(withdrawal, soon, late))
    purchased = delivered - _days(rng.integers(1, 6, size=n))
    sold = ~np.isin(known["flow"].reindex(reason), [Flow.UNSOLD, Flow.END_OF_LIFE, Flow.END_OF_CONTRACT])
    return {
        "purchased_on": pd.Series(purchased).where(sold),
        "delivered_on": pd.Series(delivered).where(sold),
        "requested_on": pd.Series(asked),
        "ready_at": _ready(rng, n, night),
    }


def _days(count: NDArray[np.int64] | FloatArray) -> pd.TimedeltaIndex:
    return pd.to_timedelta(np.floor(count).astype(np.int64), unit="D")


def _ready(rng: np.random.Generator, n: int, night: pd.Timestamp) -> pd.Series:
    u = rng.random(n)
    before = rng.integers(10 * 60, 17 * 60 + 45, size=n)
    after = rng.integers(18 * 60 + 15, 21 * 60, size=n)
    minute = np.where(u < AFTER_CUTOFF_SHARE, after, before) // 5 * 5
    moment = pd.Series(night + pd.to_timedelta(minute, unit="min"))
    return moment.where(u < AFTER_CUTOFF_SHARE + READY_LATER_TODAY_SHARE)
