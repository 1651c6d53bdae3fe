"""Which visits must be made tonight, whatever they cost, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from retour.instance import Instance

BRING = "parcels to bring"


def with_duties(instance: Instance, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the visits with `required` and `why` filled; a visit with an obstacle is never required.

    Required: overflow at or above `service.must_empty_risk`, a parcel that has waited `service.max_wait_days`, a
    damaged battery, a refund that is on time tonight only, a home pickup, more than one van load (part of it
    left behind would leave the point full), and parcels to bring.
    """
    duties = [list(filter(None, row)) for row in zip(*_duties(instance, visits), strict=True)]
    free = (visits["obstacle"] == "").to_numpy(bool)
    return visits.assign(
        required=[bool(duty) and able for duty, able in zip(duties, free, strict=True)],
        why=[
            _sentence(duty, obstacle, refused, waiting_eur, prize_eur)
            for duty, obstacle, refused, waiting_eur, prize_eur in zip(
                duties,
                visits["obstacle"],
                visits["expected_refused"],
                visits["waiting_eur"],
                visits["prize_eur"],
                strict=True,
            )
        ],
    )


def _duties(instance: Instance, visits: pd.DataFrame) -> list[list[str]]:
    """Return one list per rule: its words for every visit it binds, "" for the others."""
    service = instance.policy.service
    waited_since = pd.Timestamp(instance.night) - pd.Timedelta(days=service.max_wait_days)
    return [
        _where(visits["home"], "the customer was promised a pickup"),
        _each(visits["overflow_risk"], service.must_empty_risk, "{:.0%} chance of overflow before the next van"),
        [f"a parcel waits since {day:%Y-%m-%d}" if day <= waited_since else "" for day in visits["oldest_on"]],
        _where(visits["hazard_kg"] > 0, "a damaged battery lies there"),
        _where(visits["refund_turns_late"], "a refund would become late"),
        _each(visits["loads"], 2, "{} van loads"),
        _each(visits["out_parcels"], 1, BRING + ": {:.0f}"),
    ]


def _where(bound: Iterable[bool], words: str) -> list[str]:
    return [words if b else "" for b in bound]


def _each(values: Iterable[float], least: float, words: str) -> list[str]:
    return [words.format(v) if v >= least else "" for v in values]


def _sentence(duty: list[str], obstacle: str, refused: float, waiting_eur: float, prize_eur: float) -> str:
    if obstacle:
        return f"{obstacle}, although {', '.join(duty)}" if duty else obstacle
    if duty:
        verb = "visited" if len(duty) == 1 and duty[0].startswith(BRING) else "emptied"
        return f"must be {verb}: {', '.join(duty)}"
    return what_leaving_costs(refused=refused, waiting_eur=waiting_eur, prize_eur=prize_eur)


def what_leaving_costs(*, refused: float, waiting_eur: float, prize_eur: float) -> str:
    """Return the sentence on what an optional visit is worth."""
    return f"leaving it costs {prize_eur:.2f} EUR: {refused:.2f} refused drop-offs, {waiting_eur:.2f} EUR of waiting"
