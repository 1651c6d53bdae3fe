"""Overrides as a planner writes them: stops by their id, vans by the name of their route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from routing.pickup.overrides import (
    DropStop,
    ForbidStop,
    LockStop,
    LockVan,
    LoseVan,
    MoveStop,
    Override,
    ServeStop,
    Van,
)

LOCK, LOCK_VAN, MOVE, FORBID, ADD, DROP, LOSE = "lock", "lock-van", "move", "forbid", "add", "drop", "lose"
STABILITY_EUR = 1.0  # of a stop that changes vans, unless something else is asked for
SPARE = "#"  # TYPE#NUMBER names a van that has no route


class OverrideWord(NamedTuple):
    """One override: its kind, and the stop and the van it is about, "" where it is about none."""

    kind: str
    stop: str = ""
    van: str = ""


@dataclass(frozen=True)
class AskedReplan:
    """What was asked: the run, the overrides, limits (either may be None), engine and the price of changing vans.

    With `anew` the overrides that the run was made under are forgotten.
    """

    run: str
    words: tuple[OverrideWord, ...]
    seed: int
    budget_s: float | None = None
    iterations: int | None = None
    engine: str = "auto"
    stability_per_stop_eur: float = 0.0
    anew: bool = False


def pair(kind: str, text: str) -> OverrideWord:
    """Read `STOP=VAN`; `ValueError` where it is not that."""
    stop, equals, van = text.rpartition("=")
    if not (equals and stop and van):
        raise ValueError(f"{text!r} is not of the form STOP=VAN, such as P7=R002.")
    return OverrideWord(kind, stop, van)


def as_options(words: Iterable[OverrideWord]) -> list[str]:
    """Overrides as the options of `retour replan`."""
    return [f"--{word.kind}={'='.join(filter(None, (word.stop, word.van)))}" for word in words]


def together(earlier: Iterable[OverrideWord], new: Sequence[OverrideWord]) -> tuple[OverrideWord, ...]:
    """Earlier overrides and new ones; what is said anew of a stop, or of a whole van, replaces what was said of it."""
    stops = {word.stop for word in new if word.stop}
    vans = {word.van for word in new if not word.stop}
    kept = [w for w in earlier if (w.stop not in stops if w.stop else w.van not in vans)]
    return tuple(dict.fromkeys([*kept, *new]))


def to_overrides(
    words: Sequence[OverrideWord], vans: Mapping[Van, str]
) -> tuple[tuple[Override, ...], dict[Van, str]]:
    """The overrides, and the vans with their names, those added that have no route; unknown vans get number 0."""
    by_name = {name: van for van, name in vans.items()}
    for word in words:
        if word.van and word.van not in by_name:
            by_name[word.van] = _spare(word.van)
    named = {van: name for name, van in by_name.items()}
    return tuple(_override(word, by_name) for word in words), {**named, **vans}


def _spare(name: str) -> Van:
    type_id, marked, number = name.rpartition(SPARE)
    return Van(type_id, int(number)) if marked and number.isdecimal() else Van(name, 0)


def _override(word: OverrideWord, by_name: Mapping[str, Van]) -> Override:
    van = by_name.get(word.van, Van("", 0))
    made: dict[str, Override] = {
        LOCK: LockStop(word.stop),
        LOCK_VAN: LockVan(van),
        MOVE: MoveStop(word.stop, van),
        FORBID: ForbidStop(word.stop, van),
        ADD: ServeStop(word.stop),
        DROP: DropStop(word.stop),
        LOSE: LoseVan(van),
    }
    return made[word.kind]
