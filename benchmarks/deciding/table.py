"""Records as Markdown tables, one per size of night."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.deciding.methods import METHODS
from benchmarks.deciding.records import at_size
from benchmarks.measuring.outcomes import DONE
from benchmarks.measuring.records import Record

COLUMNS = (
    "method", "cost EUR", "bound EUR", "gap", "above best bound", "seconds", "of it building", "peak MB", "remarks",
)  # fmt: skip
NONE = "-"
DEFAULT_SEED = 1


def tables(records: Sequence[Record]) -> str:
    """Return a heading and a table per size, methods in their order."""
    return "\n\n".join(_table(at_size(records, size)) for size in sorted({r["returns"] for r in records}))


def gap(record: Record) -> float | None:
    """Return (cost - bound) / |cost|, below 0 where a fractional answer breaks limits; None without both."""
    return above(record, record.get("bound_eur"))


def above(record: Record, bound_eur: float | None) -> float | None:
    """Return how far the cost lies above a bound, as a share of the cost."""
    cost_eur = record.get("cost_eur")
    return None if cost_eur is None or bound_eur is None else (cost_eur - bound_eur) / max(1.0, abs(cost_eur))


def best_bound(records: Sequence[Record], *, seed: int) -> float | None:
    """Return the best bound that any method proved on the night of this seed."""
    bounds = (r.get("bound_eur") for r in records if r["seed"] == seed)
    return max((bound for bound in bounds if bound is not None), default=None)


def _table(records: Sequence[Record]) -> str:
    order = list(METHODS)
    rows = sorted(records, key=lambda r: (r["seed"], order.index(r["method"])))
    body = [_row(r, best_bound(records, seed=r["seed"])) for r in rows]
    lines = [COLUMNS, ["---", *["---:"] * 7, "---"], *body]
    return "\n".join([_heading(rows), "", *("| " + " | ".join(line) + " |" for line in lines)])


def _heading(records: Sequence[Record]) -> str:
    sized = next((r for r in records if "columns" in r), {})
    night = next((r for r in records if "points" in r), {})
    text = f"### {records[0]['returns']:,} returns"
    if night:
        text += f", {night['points']:,} points"
    if sized:
        text += (
            f"\n\nLinear program: {sized['columns']:,} columns, {sized['rows']:,} rows, {sized['nonzeros']:,} nonzeros."
        )
    return text


def _row(record: Record, bound_eur: float | None) -> list[str]:
    seconds = record.get("seconds")
    return [
        METHODS[record["method"]].label,
        _eur(record.get("cost_eur")),
        _eur(record.get("bound_eur")),
        percent(gap(record)),
        percent(above(record, bound_eur)),
        NONE if seconds is None else f"{seconds:,.1f}",
        f"{record['build_s']:,.1f}" if "build_s" in record else NONE,
        f"{record['peak_mb']:,.0f}" if "peak_mb" in record else NONE,
        _remarks(record),
    ]


def _remarks(record: Record) -> str:
    said = [f"seed {record['seed']}"] if record["seed"] != DEFAULT_SEED else []
    if record["outcome"] != DONE:
        said.append(f"**{record['outcome']}**: {record.get('note', '')}")
    if "worst_violation" in record:
        said.append(f"fractional, worst violation {record['worst_violation']:.1g}")
    if record.get("unplaced"):
        said.append(f"{record['unplaced']:,} returns found no room")
    if "violations" in record:
        said.append(f"{record['violations']} violations found by the checker")
    return "; ".join(said)


def percent(share: float | None) -> str:
    """Return a share in percent, to four decimals; a dash where there is none."""
    return NONE if share is None else f"{round(100 * share, 4) + 0.0:.4f} %"  # + 0.0: no minus before a zero


def _eur(amount: float | None) -> str:
    return NONE if amount is None else f"{amount:,.2f}"
