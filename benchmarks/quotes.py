"""What it costs to answer customers one by one: a night replayed through quotes, against its joint optimum.

    python -m benchmarks.quotes --returns 2000 --out docs/benchmarks/quotes.md

Every customer of a country night takes the offer that is cheapest for us; room that is promised is offered no more.
Prices of limits come from the same night's optimum, from a forecast night (other customers, same network), or from
the forecast solved again while the night fills.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour import Instance, load_network
from retour.eligibility import PLANNED
from retour.pricing import carbon_eur_per_kg, total, waiting_parts
from retour.samples import write_sample
from routing.decide import Decided, decide
from routing.quote import AskedReturn, Book, Desk, asked_returns
from routing.quote.renew import Forecast

FloatArray = NDArray[np.float64]
CENT_EUR = 0.005
DECIDE_S = 300.0
HEADINGS = (
    "prices of limits from", "regret", "mean per return, EUR", "p50", "p90", "p99", "as in the joint plan",
    "refused", "ms p50", "ms p99", "CPU ms p99",
)  # fmt: skip


@dataclass(frozen=True)
class Night:
    """One night, its joint optimum, and what every planned return costs there (n,)."""

    instance: Instance
    decided: Decided
    asked: list[AskedReturn]
    joint_eur: FloatArray
    waiting_eur: FloatArray


@dataclass
class Replay:
    """One night answered one by one: cost per return (n,), contract shortfalls, refusals, seconds per answer."""

    cost_eur: FloatArray
    shortfall_eur: float = 0.0
    refused: int = 0
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)


def replay(night: Night, desk: Desk, prices: FloatArray, order: Sequence[int], renewal: Renewal | None) -> Replay:
    """Let every planned return, in this order, take its cheapest offer that finds room."""
    book, told = desk.open_book(), Replay(np.zeros(len(night.asked)))
    desk.set_prices(prices)
    for come, i in enumerate(order):
        if renewal is not None and come in renewal.moments(len(order)):
            desk.set_prices(renewal.prices(book, 1 - come / len(order)))
        wall, cpu = time.perf_counter(), time.thread_time()
        quote = desk.quote(night.asked[i], book)
        told.wall_s.append(time.perf_counter() - wall)
        told.cpu_s.append(time.thread_time() - cpu)
        if quote.alternatives:
            book.enter(quote.cheapest.need)
        else:
            told.refused += 1
        told.cost_eur[i] = quote.cheapest.planned_eur if quote.alternatives else night.waiting_eur[i]
    told.shortfall_eur = _shortfall_eur(desk, book)
    return told


@dataclass(frozen=True)
class Renewal:
    """Prices of a forecast, solved again at `times` moments spread evenly over the night."""

    forecast: Forecast
    times: int
    budget_s: float = 60.0

    def moments(self, customers: int) -> set[int]:
        """Return after how many customers prices are renewed."""
        return {round(customers * k / self.times) for k in range(1, self.times)}

    def prices(self, book: Book, share_to_come: float) -> FloatArray:
        """Return the prices for what is left."""
        return self.forecast.prices(book, share_to_come, seed=0, budget_s=self.budget_s)


def decided_night(instance: Instance) -> Night:
    """Decide a night jointly."""
    decided = decide(instance, budget_s=DECIDE_S)
    planned = np.flatnonzero(decided.decisions["state"] == PLANNED)
    every = asked_returns(instance.returns)
    waiting_eur, _ = total(waiting_parts(instance, planned), carbon_eur_per_kg=carbon_eur_per_kg(instance))
    joint_eur = decided.decisions["cost_eur"].to_numpy(float)[planned]
    return Night(instance, decided, [every[i] for i in planned], joint_eur, waiting_eur)


def with_customers_of(night: Instance, other: Instance) -> Instance:
    """Return the night with another night's customers: what lies at its points stays."""
    here, there = night.returns, other.returns
    come = there[there["point_id"].isna()].assign(return_id="F" + there["return_id"])
    pair = ["class_id", "reason"]
    odds, more = night.tables["grade_odds"], other.tables["grade_odds"]
    new = ~pd.MultiIndex.from_frame(more[pair]).isin(pd.MultiIndex.from_frame(odds[pair]))
    return night.replace(
        returns=pd.concat([here[here["point_id"].notna()], come], ignore_index=True),
        grade_odds=pd.concat([odds, more[new]], ignore_index=True),
    )


def measure(returns: int, *, seed: int, forecast_seed: int, orders: int) -> str:
    """Return the page: one table, a row per source of prices, the mean over `orders` orders of arrival."""
    night, other = (_country(returns, s) for s in (seed, forecast_seed))
    tonight = decided_night(night)
    forecast = with_customers_of(night, other)
    desk = Desk(night, pickup=tonight.decided.pickup)
    ahead = desk.shelf.prices(decide(forecast, budget_s=DECIDE_S).prices)
    known = Forecast(forecast, tonight.decided.pickup, desk.shelf)
    sources: Mapping[str, tuple[FloatArray, Renewal | None]] = {
        "nothing: limits are free until they are full": (np.zeros_like(ahead), None),
        "a forecast night": (ahead, None),
        "a forecast night, solved again 3 times": (ahead, Renewal(known, 4)),
        "a forecast night, solved again 9 times": (ahead, Renewal(known, 10)),
        "the night itself": (desk.shelf.prices(tonight.decided.prices), None),
    }
    rows = []
    for name, (prices, renewal) in sources.items():
        each = [replay(tonight, desk, prices, _order(tonight, k), renewal) for k in range(orders)]
        rows.append(_row(name, tonight, each))
        sys.stderr.write(f"{name}: {rows[-1][1]}\n")
    return _page(rows, tonight, returns, seed=seed, forecast_seed=forecast_seed, orders=orders)


def _country(returns: int, seed: int) -> Instance:
    with tempfile.TemporaryDirectory() as folder:
        return load_network(write_sample("country", Path(folder) / "night", returns=returns, seed=seed))


def _order(night: Night, seed: int) -> list[int]:
    return list(np.random.default_rng(seed).permutation(len(night.asked)).tolist())


def _shortfall_eur(desk: Desk, book: Book) -> float:
    sold = np.isfinite(desk.shelf.excess_eur)
    beyond = np.maximum(0.0, book.used[:-1] - desk.shelf.capacity)
    return float(beyond[sold] @ desk.shelf.excess_eur[sold])


def _row(name: str, night: Night, each: Sequence[Replay]) -> tuple[str, ...]:
    optimum = night.decided.answer.objective_eur or 0.0
    extra = np.concatenate([r.cost_eur - night.joint_eur for r in each])
    regret_eur = float(np.mean([r.cost_eur.sum() + r.shortfall_eur for r in each])) - optimum
    wall, cpu = (np.concatenate([getattr(r, clock) for r in each]) * 1e3 for clock in ("wall_s", "cpu_s"))
    return (
        name, f"{100 * regret_eur / abs(optimum):.2f} %", f"{regret_eur / len(night.asked):.3f}",
        *(f"{value:.2f}" for value in np.percentile(extra, (50, 90, 99))), f"{np.mean(np.abs(extra) < CENT_EUR):.1%}",
        str(sum(r.refused for r in each)), *(f"{value:.2f}" for value in np.percentile(wall, (50, 99))),
        f"{np.percentile(cpu, 99):.2f}",
    )  # fmt: skip


def _page(
    rows: Sequence[tuple[str, ...]], night: Night, returns: int, *, seed: int, forecast_seed: int, orders: int
) -> str:
    answer, points = night.decided.answer, len(night.instance.points)
    table = ["| " + " | ".join(r) + " |" for r in (HEADINGS, tuple("---" for _ in HEADINGS), *rows)]
    compared = night.decided.comparators.set_index("method")["cost_eur"]
    others = "; ".join(f"{name} {eur:,.0f} EUR" for name, eur in compared.items())
    return "\n".join([
        "# Quotes one by one against the joint optimum",
        "",
        f"    python -m benchmarks.quotes --returns {returns} --seed {seed} --forecast-seed {forecast_seed} "
        f"--orders {orders}",
        "",
        f"Country sample, {len(night.asked):,} planned returns, {points:,} points, in {orders} random orders of "
        f"arrival. Joint optimum: {answer.objective_eur:,.2f} EUR ({answer.status}). All together: {others}.",
        "",
        *table,
        "",
        "Regret is the night's cost beyond the joint optimum, over its size. Percentiles are of what a return costs "
        "more than in the joint plan, EUR; below zero where a quote was cheaper for one return and others paid. A "
        "forecast night has other customers in the same network; solved again means: for the room left by then, "
        "between two quotes.",
        "Times are of one quote alone in this process; the machine had other work, so the CPU time is given too.",
        "",
    ])  # fmt: skip


def main() -> None:
    """Measure and write the page to --out, or to standard output."""
    parser = argparse.ArgumentParser(description="Replay a country night through quotes, against its joint optimum.")
    parser.add_argument("--returns", type=int, default=2000, help="returns of the night")
    parser.add_argument("--seed", type=int, default=1, help="seed of the night")
    parser.add_argument("--forecast-seed", type=int, default=2, help="seed of the forecast night's customers")
    parser.add_argument("--orders", type=int, default=2, help="random orders of arrival")
    parser.add_argument("--out", type=Path, help="page to write")
    asked = parser.parse_args()
    page = measure(asked.returns, seed=asked.seed, forecast_seed=asked.forecast_seed, orders=asked.orders)
    if asked.out is None:
        sys.stdout.write(page)
        return
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
