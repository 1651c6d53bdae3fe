"""Quotes at the door: a desk from a stored run or from a network, and one return from its id or a file."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from retour import Instance, load_network
from retour.errors import BackendError, InfeasibleError, InputError, Issue
from retour.gate.one_return import read_return
from retour.gate.text import did_you_mean
from retour.pickup_estimate import stored_pickup
from retour.progress import Listener, silent
from service.run import Run
from service.store import LATEST, open_run
from service.stored_instance import stored_instance
from service.stored_kind import NIGHT, find_stored

if TYPE_CHECKING:
    from routing.quote import Desk, Quote

FILE_TYPES = (".json", ".csv")
LYING = "SELECT return_id FROM input_returns WHERE point_id IS NOT NULL"


@dataclass(frozen=True)
class Answered:
    """One quote, whose prices it was made at, in a sentence, and how long the desk took for it alone."""

    quote: Quote
    prices_from: str
    milliseconds: float


@dataclass(frozen=True)
class _Counter:
    """A desk, the network behind the gate that it quotes for, and where its prices come from."""

    desk: Desk
    instance: Instance
    prices_from: str


def quote_one(
    where: str, asked: str, *, root: Path, night: date | None, budget_s: float, seed: int, listener: Listener = silent
) -> Answered:
    """Quote return `asked` (an id, or a file with one) at a stored run (id, folder or latest) or at a network.

    A run answers from what it stored; for a network the night is decided first, within `budget_s` seconds, for the
    prices of its limits. Raises InputError when there is no such run, network or return, or its file has defects.
    """
    run = find_run(where, root)
    if run is not None:
        counter = _from_run(run, asked)
    else:
        counter = _from_network(Path(where), night, budget_s=budget_s, seed=seed, listener=listener)
    from routing.quote import asked_returns

    goods = asked_returns(_the_return(asked, counter.instance))[0]
    begun = time.perf_counter()
    quote = counter.desk.quote(goods)
    return Answered(quote, counter.prices_from, (time.perf_counter() - begun) * 1e3)


def quote_record(answered: Answered) -> dict[str, Any]:
    """Return an answered quote as the plain values of `--json`; `cost` is that of the cheapest alternative."""
    quote = answered.quote
    offers = [{**asdict(a), "refund_on": a.refund_on.isoformat()} for a in quote.alternatives]
    return {
        "status": quote.state, "exit_code": 0, "return_id": quote.return_id, "why": quote.why, "note": quote.note,
        "cost": quote.cheapest.cost_eur if offers else None, "prices_from": answered.prices_from,
        "milliseconds": round(answered.milliseconds, 3),
        "alternatives": [{k: v for k, v in offer.items() if k != "need"} for offer in offers],
        "refusals": [asdict(r) for r in quote.refusals],
    }  # fmt: skip


def find_run(where: str, root: Path) -> Run | None:
    """Return the stored run meant by an id, a folder or `latest`; None where it is nothing that is stored.

    Raises InputError where it is stored and no night.
    """
    return open_run(root, where) if where == LATEST or find_stored(root, where, NIGHT) is not None else None


def open_desk(run: Run, return_ids: tuple[str, ...] = ()) -> tuple[Desk, Instance]:
    """Return a desk at a run's own prices, and its instance with what lies at points and `return_ids`."""
    from routing.quote import Desk

    lying = run.query(LYING)["return_id"].tolist()
    instance = stored_instance(run, list(dict.fromkeys([*lying, *return_ids])))
    if "pickup" not in run.manifest.tables:
        sentence = f"run {run.id} keeps no pickup prices (an older version stored it); plan the night again to quote."
        raise InputError([Issue("pickup", None, None, sentence)])
    pickup = stored_pickup(instance, run.table("pickup"))
    planned = int(run.manifest.kpis["returns_planned"] or 0)
    return Desk(instance, prices=run.table("prices"), pickup=pickup, planned=planned), instance


def _from_run(run: Run, asked: str) -> _Counter:
    desk, instance = open_desk(run, () if is_file(asked) else (asked,))
    return _Counter(desk, instance, f"prices of run {run.id}, night {run.manifest.night}")


def _from_network(path: Path, night: date | None, *, budget_s: float, seed: int, listener: Listener) -> _Counter:
    instance = load_network(path, night=night)
    from routing.decide import decide
    from routing.quote import Desk

    try:
        decided = decide(instance, seed=seed, budget_s=budget_s, listener=listener)
    except (BackendError, InfeasibleError) as error:
        reason = "no plan was found in time" if isinstance(error, BackendError) else "no plan fits tonight's limits"
        return _Counter(Desk(instance), instance, f"{reason}: room and time cost nothing here, whatever is short")
    desk = Desk(instance, prices=decided.prices, pickup=decided.pickup)
    sentence = f"prices of tonight's decisions, made for this quote ({decided.answer.status}); a stored run keeps them"
    return _Counter(desk, instance, sentence)


def is_file(asked: str) -> bool:
    """Return whether a return is given as a file, and not by its id."""
    return Path(asked).suffix.lower() in FILE_TYPES


def _the_return(asked: str, instance: Instance) -> pd.DataFrame:
    if is_file(asked):
        return read_return(Path(asked), instance)
    returns = instance.returns
    found = returns[returns["return_id"] == asked]
    if found.empty:
        hint = did_you_mean(asked, returns["return_id"])
        sentence = f"there is no return {asked!r}; give an id of the returns table, or a .json or .csv file{hint}"
        raise InputError([Issue("returns", None, "return_id", sentence)])
    return found
