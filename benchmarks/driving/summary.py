"""One table of all sets: each method's mean gap, ours against PyVRP's, and whether what was asked holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.driving.gaps import gap, mean
from benchmarks.driving.methods import METHODS, OURS, PYVRP
from benchmarks.driving.sets import SETS, Target
from benchmarks.driving.table import NONE, headings, number, percent, rows, under
from benchmarks.measuring.records import Record

Row = tuple[str, Target, list[Record]]


def summary(records: Sequence[Record]) -> str:
    """Return the table in Markdown, a row per set and budget; per instance where targets differ."""
    methods = [name for name in METHODS if any(r["method"] == name for r in records)]
    labels = [METHODS[name].label for name in methods]
    head = ["set", "target", *labels, "ours / PyVRP", "ours feasible", "holds"]
    lines = [head, ["---", "---", *["---:"] * (len(methods) + 1), "---:", "---"]]
    lines += [_line(row, methods, records) for row in _rows(records)]
    return "\n".join(["\n".join("| " + " | ".join(line) + " |" for line in lines), *_savings(records)])


def _savings(records: Sequence[Record]) -> Iterator[str]:
    """Say how much less our plans cost than PyVRP's where nobody knows the best; on seeds where both have a plan."""
    unknown = [r for r in records if r["best_known"] is None and r.get("cost") is not None]
    for heading in headings(unknown):
        for instance in sorted({r["instance"] for r in under(heading, unknown)}):
            cost = {(r["method"], r["seed"]): r["cost"] for r in under(heading, unknown) if r["instance"] == instance}
            shared = [seed for method, seed in cost if method == OURS and (PYVRP, seed) in cost]
            if shared:
                ours, theirs = (sum(cost[name, seed] for seed in shared) for name in (OURS, PYVRP))
                less, title = 100 * (1 - ours / theirs), f"{instance}, {heading[1]:g} s"
                yield f"\n{title}: our plans cost {less:.2f} % less than PyVRP's, mean of {len(shared)}."


def mean_gap(records: Sequence[Record], every: Sequence[Record]) -> float | None:
    """Return the mean over instances of the mean over seeds; instances where a seed has no plan are left out."""
    means = [mean(gap(r, every) for r in row) for row in rows(records)]
    return mean(value for value in means if value is not None)


def ratio(records: Sequence[Record], every: Sequence[Record]) -> float | None:
    """Return our mean gap over PyVRP's, on the instances where both have one for every seed they share."""
    solved = {name: _solved(records, every, method=name) for name in (OURS, PYVRP)}
    both = solved[OURS] & solved[PYVRP]
    ours, theirs = (
        mean_gap([r for r in records if r["method"] == name and (r["instance"], r["seed"]) in both], every)
        for name in (OURS, PYVRP)
    )
    return None if ours is None or not theirs else ours / theirs


def _solved(records: Sequence[Record], every: Sequence[Record], *, method: str) -> set[tuple[str, int]]:
    return {(r["instance"], r["seed"]) for r in records if r["method"] == method and gap(r, every) is not None}


def _rows(records: Sequence[Record]) -> Iterator[Row]:
    for heading in headings(records):
        name, budget_s = heading
        of_set, asked = under(heading, records), SETS[heading[0]]
        title = f"{name}, {budget_s:g} s"
        if not asked.by_instance:
            yield title, asked.target, of_set
            continue
        for instance in dict.fromkeys(row[0]["instance"] for row in rows(of_set)):
            same = [r for r in of_set if r["instance"] == instance]
            yield f"{title}: {instance}, {same[0]['clients']:,}", asked.target_of(instance), same


def _line(row: Row, methods: Sequence[str], every: Sequence[Record]) -> list[str]:
    title, target, records = row
    ours = [r for r in records if r["method"] == OURS]
    feasible, plans = (sum(r.get(field, 0) for r in ours) for field in ("feasible", "plans"))
    return [
        title,
        _words(target),
        *(_mean(records, every, method=name) for name in methods),
        number(ratio(records, every), ".2f"),
        f"{feasible} of {plans}" if ours else NONE,
        _holds(target, records, every) if ours else NONE,
    ]


def _mean(records: Sequence[Record], every: Sequence[Record], *, method: str) -> str:
    """Return a method's mean gap, and on how many instances where it is not all."""
    own = [r for r in records if r["method"] == method]
    here = {r["instance"] for r in records}
    solved = sum(mean(gap(r, every) for r in row) is not None for row in rows(own))
    told = percent(mean_gap(own, every))
    return told if solved in (0, len(here)) else f"{told} ({solved} of {len(here)})"


def _words(target: Target) -> str:
    said = [f"{target.gap_percent:g} %"] if target.gap_percent is not None else []
    said += [f"{target.of_pyvrp:g} x PyVRP"] if target.of_pyvrp is not None else []
    said += [f"{target.peak_mb:,.0f} MB"] if target.peak_mb is not None else []
    return ", ".join([*said, "in time"] if target.in_time else said) or NONE


def _holds(target: Target, records: Sequence[Record], every: Sequence[Record]) -> str:
    """Return `yes`, or what of the target does not hold; that every plan is feasible is asked always."""
    ours = [r for r in records if r["method"] == OURS]
    own, against = mean_gap(ours, every), ratio(records, every)
    missed = ["feasible"] if any(r.get("feasible", 0) < max(1, r.get("plans", 0)) for r in ours) else []
    missed += ["gap"] if target.gap_percent is not None and (own is None or own > target.gap_percent) else []
    missed += ["PyVRP"] if target.of_pyvrp is not None and against is not None and against > target.of_pyvrp else []
    missed += ["memory"] if target.peak_mb is not None and _most(ours, "peak_mb") > target.peak_mb else []
    late = any(r.get("seconds") is None or r["seconds"] > r["budget_s"] for r in ours)
    missed += ["time"] if target.in_time and late else []
    return f"no: {', '.join(missed)}" if missed else "yes"


def _most(records: Sequence[Record], field: str) -> float:
    return max((r.get(field, 0.0) for r in records), default=0.0)
