"""A stored design as people read it: what becomes of each place, what moves between places, what it costs by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import pandas as pd

from retour.design.place_ledger import initial_sizes
from retour.design.scope import PAIR
from retour.tables.design_service import ALL
from service.designing_store import DesignRun
from service.run import INPUTS
from service.tablefiles import read_parquet
from service.text import number, percent

WAY = ["from_id", "to_id", "mode", "product_id"]
OF_PLACE = ["place_id", "name", "kind", "status", "operator", "lat", "lon"]
ALWAYS, NEVER = "always there", "never open"
SOLD, DISPOSED = "sold", "disposed of"
SAYS_NOTHING = 1.0  # a gap as large as the cost itself
SAME_T = 1e-6  # sizes closer than this are one size
TOLD_T = 0.05  # less is written as 0.0
PRICE_WORDS = {
    "SUPPLY": "one more tonne arising costs", "CAPACITY": "one more tonne of size saves",
    "PRODUCT_DISPOSAL": "one more tonne allowed to be disposed of saves",
    "LANE": "one more tonne on the way saves", "EMISSIONS": "one more tonne allowed to be emitted saves",
    "BUDGET": "one more unit of money to invest saves", "COUNT": "one more open place allowed saves",
    "SERVICE": "one tonne less that must go near saves",
}  # fmt: skip
ARISING, THERE = PRICE_WORDS["SUPPLY"], "one more tonne there costs"


class PlaceThen(NamedTuple):
    """A place in one period, by the name of the period; `size_t` is 0 when closed."""

    period: str
    is_open: bool
    size_t: float
    opens: bool
    closes: bool


def stored_input(run: DesignRun, name: str) -> pd.DataFrame:
    """Return the stored copy of an input table."""
    return read_parquet(run.path / INPUTS / f"{name}.parquet")


def periods_of(run: DesignRun) -> list[int]:
    """Return the periods, 1 to the last."""
    return list(range(1, run.manifest.network.periods + 1))


def period_names(run: DesignRun) -> list[str]:
    """Return what people call each period; its number where it has no name."""
    table = stored_input(run, "periods").sort_values("period")
    return [n if isinstance(n, str) and n else str(p) for p, n in zip(table["period"], table["name"], strict=True)]


def nearness(run: DesignRun) -> pd.DataFrame:
    """Return how far what arises goes first, the widest groups first: `where`, `product`, `within` in words, and per
    period t `share_<t>` (empty where nothing arises) and `mean_km_<t>`.
    """
    served = run.table("served")
    keys = ["group_id", "product_id", "within_km"]
    served["line"] = served.groupby(keys, sort=False, dropna=False).ngroup()
    first = served.drop_duplicates("line").set_index("line")
    named = pd.DataFrame({
        "where": first["group_id"].replace(ALL, "everywhere"),
        "product": first["product_id"].replace(ALL, "all"),
        "within": [f"{km:g} km" if km == km else "any distance" for km in first["within_km"]],
    })  # fmt: skip
    wide = served.pivot(index="line", columns="period", values=["share", "mean_km"])
    wide.columns = [f"{name}_{period}" for name, period in wide.columns]
    return named.join(wide).reset_index(drop=True)


def place_board(run: DesignRun) -> pd.DataFrame:
    """Return a row per place in the input's order, what was asked beside what was found.

    place_id, name, kind, status, operator, lat, lon -> these, `fate` (what becomes of it, in words), `is_open` (at the
    end, or always), and per period t `size_t_<t>`, `used_t_<t>` (empty where nothing is decided).
    """
    places = stored_input(run, "places")[[*OF_PLACE, "initial_size_t"]]
    opened = run.table("opened")
    named = places["name"].where(places["name"].astype(object).map(bool)).fillna(places["place_id"])
    board = places[OF_PLACE].assign(name=named).set_index("place_id")
    for column in ("size_t", "used_t"):
        wide = opened.pivot(index="place_id", columns="period", values=column)
        board = board.join(wide.add_prefix(f"{column}_"))
    starts = initial_sizes(places, stored_input(run, "capacities"))
    fates = _fates(opened, period_names(run), starts[starts > 0].to_dict())
    last = opened[opened["period"] == run.manifest.network.periods].set_index("place_id")["is_open"]
    board.insert(6, "fate", pd.Series(board.index, board.index).map(fates).fillna(ALWAYS))
    board.insert(7, "is_open", board.index.to_series().map(last).astype("boolean").fillna(True).astype(bool))
    return board.reset_index()


def _fates(opened: pd.DataFrame, names: list[str], starts: Mapping[str, float]) -> dict[str, str]:
    """Return the fate of each place of `opened`, whose size at the start is in `starts` where it is open then.

    Plain tuples, for there may be tens of thousands of rows.
    """
    columns = opened.sort_values(["place_id", "period"])[["place_id", *PlaceThen._fields]]
    rows = zip(*(columns[c].tolist() for c in columns), strict=True)
    return {
        str(i): fate([PlaceThen(names[r[1] - 1], *r[2:]) for r in own], before_t=starts.get(str(i)))
        for i, own in groupby(rows, key=lambda r: r[0])
    }


def fate(history: Sequence[PlaceThen], *, before_t: float | None = None) -> str:
    """Return what becomes of one place, period after period, in words: `opens in 2027, grows in 2029`.

    `before_t` is its size before the first period, None where it is closed.
    """
    if not any(then.is_open for then in history):
        return "closes at once" if any(then.closes for then in history) else NEVER
    words: list[str] = []
    size = before_t
    for then in history:
        if then.opens:
            words.append(f"opens in {then.period}")
        elif then.closes:
            words.append(f"closes in {then.period}")
        elif then.is_open and size is not None and abs(then.size_t - size) > SAME_T:
            words.append(f"{'grows' if then.size_t > size else 'shrinks'} in {then.period}")
        size = then.size_t if then.is_open else None
    return ", ".join(words) or "stays open"


def open_by_kind(run: DesignRun) -> pd.DataFrame:
    """Return how many of the decided places of each kind are open: `kind`, `open_<t>` per period, `of` all decided."""
    opened = run.table("opened")
    kind = opened["place_id"].map(stored_input(run, "places").set_index("place_id")["kind"])
    counts = opened.assign(kind=kind).pivot_table(index="kind", columns="period", values="is_open", aggfunc="sum")
    board = counts.astype(int).add_prefix("open_").rename_axis(columns=None)
    board["of"] = opened.assign(kind=kind).groupby("kind")["place_id"].nunique()
    return board.reset_index()


def size_words(sizes: Sequence[float]) -> str:
    """Return sizes by period in words: one figure where they are all the same, else from period to period."""
    told = [number(size, 0 if size >= 100 else 1) for size in sizes]
    return (told[0] if len(set(told)) == 1 else " → ".join(told)) + " t"


def flow_board(run: DesignRun) -> pd.DataFrame:
    """Return a row per way and product, the heaviest first: WAY, `amount_t` of all periods, `amount_t_<t>` of each."""
    wide = run.table("flows").pivot_table(index=WAY, columns="period", values="amount_t", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=periods_of(run), fill_value=0.0)
    board = wide.add_prefix("amount_t_").rename_axis(columns=None)
    board.insert(0, "amount_t", wide.sum(axis=1))
    return board.reset_index().sort_values(["amount_t", *WAY], ascending=[False, *[True] * 4], ignore_index=True)


def located_ways(run: DesignRun, period: int | None = None) -> pd.DataFrame:
    """Return from_id, to_id, amount_t of all products (in one period, or all together) with the lat, lon of both ends.

    Ways with an end nobody knows the place of are left out; the heaviest come first.
    """
    flows = run.table("flows")
    flows = flows if period is None else flows[flows["period"] == period]
    ways = flows.groupby(["from_id", "to_id"], as_index=False)["amount_t"].sum()
    at = stored_input(run, "places").set_index("place_id")[["lat", "lon", "kind"]]
    ways = ways.join(at.add_prefix("from_"), on="from_id").join(at.add_prefix("to_"), on="to_id")
    ways = ways.dropna(subset=["from_lat", "from_lon", "to_lat", "to_lon"])
    return ways.sort_values(["amount_t", "from_id", "to_id"], ascending=[False, True, True], ignore_index=True)


def cost_by_line(run: DesignRun) -> pd.DataFrame:
    """Return cost by ledger line, the dearest first: `activity`, `cost_<t>` per period, `cost`, `present_cost`."""
    ledger = run.table("ledger")
    wide = ledger.pivot_table(index="activity", columns="period", values="cost", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=periods_of(run), fill_value=0.0)
    board = wide.add_prefix("cost_").rename_axis(columns=None).assign(cost=wide.sum(axis=1))
    board["present_cost"] = ledger.groupby("activity")["present_cost"].sum()
    return board.reset_index().sort_values(["present_cost", "activity"], ascending=[False, True], ignore_index=True)


def worth_of_limits(run: DesignRun, *, negligible: float = 0.005) -> pd.DataFrame:
    """Return the prices that are not nothing, limits before supply, the highest first, with `words` for each.

    Periods of one limit stand in one row: its highest `price`, in which `period`, and in how many `periods` it binds.
    Supply is ARISING where the product arises, and after that THERE where it is made or comes back.
    """
    prices = run.table("prices")
    prices = prices[prices["price"].abs() > negligible].sort_values("price", ascending=False, kind="stable")
    key = ["limit", "place_id", "product_id"]
    rows = prices.groupby(key, sort=False, dropna=False, as_index=False).agg(
        period=("period", "first"), price=("price", "first"), periods=("period", "nunique")
    )
    words = rows["limit"].map(PRICE_WORDS).fillna("one more unit of " + rows["limit"].str.lower() + " saves")
    is_supply = rows["limit"] == "SUPPLY"
    made = is_supply & ~pd.MultiIndex.from_frame(rows[PAIR]).isin(_origins(run))
    ranked = rows.assign(words=words.where(~made, THERE), supply=is_supply.astype(int) + made)
    return ranked.sort_values(["supply", "price"], ascending=[True, False], kind="stable", ignore_index=True).drop(
        columns="supply"
    )


def _origins(run: DesignRun) -> pd.MultiIndex:
    """Return place_id and product_id of what arises."""
    return pd.MultiIndex.from_frame(stored_input(run, "supply")[PAIR].drop_duplicates())


def told_t(run: DesignRun, name: str) -> float | None:
    """Return a figure in tonnes where there is so much of it that it is told; None also where an older run lacks it."""
    value = run.manifest.kpis.get(name)
    return float(value) if value is not None and value >= TOLD_T else None


def bound_words(run: DesignRun) -> str:
    """Return what is proven about the cost, in plain words."""
    m = run.manifest
    if m.bound is None or m.gap is None:
        return "Nothing is proven about how much cheaper a design could be; more time may prove a bound."
    least, over = (money(x, m.network.currency) for x in (m.bound, m.cost - m.bound))
    if m.gap >= SAYS_NOTHING:
        return "The bound proven so far is too far away to say how good this design is; more time brings it closer."
    if m.gap <= 0.0 or str(m.status) == "OPTIMAL":
        return f"Proven best: no design of this network costs less than {least}, discounted."
    return (
        f"No design of this network can cost less than {least}. This one costs {over} "
        f"more than that: what is left to find is at most {percent(m.gap, 2).removeprefix('<')} of its cost."
    )


def money(value: float | None, currency: str) -> str:
    """Write an amount with its currency: cents below a thousand, whole units above."""
    return number(value, 2 if value is not None and abs(value) < 1000 else 0) + (
        "" if value is None else f" {currency}"
    )


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values, None where a cell is empty."""
    return [
        {k: None if pd.isna(v) else v for k, v in zip(frame.columns, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]
