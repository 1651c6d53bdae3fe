"""Stored runs side by side: designs, the designs of studies, or nights; the function behind `retour compare`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import pandas as pd

from network_design.compare import decision_diff, different_places, moved_t
from network_design.compare_service import service_level
from retour.design import DesignInstance, DesignSettings
from retour.errors import InputError, Issue
from retour.gate.design import as_declared
from retour.tables.design import DESIGN_TABLES
from service.designing_store import DESIGNS, DesignRun
from service.run import INPUTS, MANIFEST, Run
from service.store import open_run
from service.studies.membership import Membership, memberships
from service.studies.run import STUDIES, StudyRun
from service.tablefiles import read_parquet

Figure = float | str | bool | None


@dataclass(frozen=True)
class Side:
    """One run in a comparison: figures by name, cost by line of its ledger and their total (undiscounted for designs).

    `member` says what a design is called in the study it was made for, if it was made for one.
    """

    run_id: str
    name: str
    network: str
    kind: str
    figures: dict[str, Figure]
    lines: dict[str, float]
    total: float
    run: DesignRun | Run = field(repr=False)
    member: Membership | None = None


@dataclass(frozen=True)
class Difference:
    """What a run decides otherwise than the first: counts, and every decision as `decision_diff` says it.

    Places of these decisions that one network knows only: `only_first` in the first run's, `only_here` in this run's.
    """

    run_id: str
    different_places: int
    moved_t: float
    decisions: pd.DataFrame = field(repr=False)
    only_first: frozenset[str] = frozenset()
    only_here: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Comparison:
    """Runs side by side, and what each but the first decides otherwise (designs only)."""

    sides: tuple[Side, ...]
    differences: tuple[Difference, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What speaks against comparing, a sentence each."""
        units = [str(side.figures["currency"]) for side in self.sides]
        if len(set(units)) < 2:
            return ()
        named = ", ".join(f"{letter(i)} {unit}" for i, unit in enumerate(units))
        return (f"Currencies differ ({named}): money cannot be compared.",)


def letter(position: int) -> str:
    """Return what the run at a position from 0 is called in a comparison: A to Z, then A2, B2 and so on."""
    more, at = divmod(position, len(ascii_uppercase))
    return ascii_uppercase[at] + (str(more + 1) if more else "")


def compare_runs(which: Sequence[str], *, root: Path, band_km: float) -> Comparison:
    """Compare stored runs, named by id or path; a study stands for its designs.

    Raises InputError when a run is not there, when fewer than two are named, or when nights meet designs.
    """
    runs = [run for name in which for run in _opened(name, root)]
    stores = {r.path.parent.parent for r in runs if isinstance(r, DesignRun)}
    members = {run_id: member for store in stores for run_id, member in memberships(store).items()}
    sides = tuple(
        _night(r) if isinstance(r, Run) else _design(r, band_km=band_km, member=members.get(r.id)) for r in runs
    )
    _require_alike(sides)
    designs = [side.run for side in sides if isinstance(side.run, DesignRun)]
    return Comparison(sides, tuple(_difference(designs[0], other) for other in designs[1:]))


def stored_instance(run: DesignRun) -> DesignInstance:
    """Return the network that a stored design is of, as it went in."""
    folder = run.path / INPUTS
    settings = DesignSettings.model_validate_json((folder / "settings.json").read_bytes())
    stored = {name: folder / f"{name}.parquet" for name in DESIGN_TABLES}
    tables = {name: read_parquet(path) for name, path in stored.items() if path.is_file()}
    return DesignInstance(settings, as_declared(tables))


def _opened(name: str, root: Path) -> list[DesignRun | Run]:
    for folder in (root / DESIGNS / name, root / STUDIES / name, Path(name)):
        if (folder / MANIFEST).is_file() and folder.parent.name == DESIGNS:
            return [DesignRun(folder)]
        if (folder / MANIFEST).is_file() and folder.parent.name == STUDIES:
            ids = StudyRun(folder).table("members")["run_id"]
            return [DesignRun(folder.parent.parent / DESIGNS / str(i)) for i in ids]
    return [open_run(root, name)]


def _require_alike(sides: Sequence[Side]) -> None:
    kinds = sorted({side.kind for side in sides})
    if len(sides) < 2:
        raise InputError([Issue("runs", None, None, "one run alone has nothing to be compared with; name two or more")])
    if len(kinds) > 1:
        message = f"found {' and '.join(kinds)}; compare designs with designs and nights with nights"
        raise InputError([Issue("runs", None, None, message)])


def _design(run: DesignRun, *, band_km: float, member: Membership | None) -> Side:
    m, kpis = run.manifest, run.manifest.kpis
    level = service_level(stored_instance(run), run.table("flows"), band_km=band_km)
    emitted = run.table("emissions").groupby("gas")["amount_t"].sum()
    figures: dict[str, Figure] = {
        "network": m.network.name, "currency": m.network.currency, "status": str(m.status), "feasible": m.feasible,
        "present_cost": m.ledger_total, "bound": m.bound, "gap": m.gap, "cost_per_t": kpis["cost_per_t"],
        "open_places_at_the_end": kpis["open_places_at_the_end"], "moved_t_km": kpis["moved_t_km"],
        "mean_distance_km": level.mean_distance_km, f"beyond_{band_km:g}_km_share": level.beyond_band_share,
        **{f"{gas}_t": float(amount) for gas, amount in emitted.items()},
    }  # fmt: skip
    return Side(
        run_id=run.id, name=m.network.name, network=m.network.name, kind="designs", figures=figures,
        lines=dict(m.parts), total=sum(p.cost for p in m.by_period), run=run, member=member,
    )  # fmt: skip


def _night(run: Run) -> Side:
    m, ledger = run.manifest, run.table("ledger")
    figures: dict[str, Figure] = {
        "network": m.network.name, "currency": "EUR", "status": str(m.status), "feasible": m.feasible,
        "net_cost": m.ledger_total_eur, "bound": m.bound_eur, "gap": m.gap,
        "co2e_kg": float(ledger["co2e_kg"].sum()), **m.kpis,
    }  # fmt: skip
    lines = {str(a): float(cost) for a, cost in ledger.groupby("activity")["cost_eur"].sum().items()}
    return Side(
        run_id=run.id, name=f"{m.network.name} {m.night}", network=m.network.name, kind="nights", figures=figures,
        lines=lines, total=sum(lines.values()), run=run,
    )  # fmt: skip


def _difference(first: DesignRun, other: DesignRun) -> Difference:
    opened, flows = ([run.table(name) for run in (first, other)] for name in ("opened", "flows"))
    decisions = decision_diff(
        opened_before=opened[0], opened_after=opened[1], flows_before=flows[0], flows_after=flows[1]
    )
    there, here = (_places_of(run) for run in (first, other))
    named = set(decisions["place_id"]) | set(decisions["to_id"])
    return Difference(
        other.id, different_places(*opened), moved_t(*flows), decisions,
        only_first=frozenset(named & (there - here)), only_here=frozenset(named & (here - there)),
    )  # fmt: skip


def _places_of(run: DesignRun) -> set[str]:
    return set(read_parquet(run.path / INPUTS / "places.parquet")["place_id"])


def comparison_record(found: Comparison, *, seconds: float, exit_code: int) -> dict[str, Any]:
    """Return a comparison as the plain values of `--json`."""
    return {
        "status": "COMPARED", "feasible": all(bool(s.figures["feasible"]) for s in found.sides),
        "seconds": round(seconds, 3), "exit_code": exit_code,
        "warnings": list(found.warnings),
        "runs": [_side_record(letter(i), side) for i, side in enumerate(found.sides)],
        "differences": [
            {"run_id": d.run_id, "different_places": d.different_places, "moved_t": d.moved_t,
             "not_in_its_network": sorted(d.only_first), "not_in_first_network": sorted(d.only_here),
             "decisions": d.decisions.to_dict("records")}
            for d in found.differences
        ],
    }  # fmt: skip


def _side_record(called: str, side: Side) -> dict[str, Any]:
    """Return one run as plain values; study, design and future are null where it was made for no study."""
    member = side.member
    return {
        "letter": called, "run_id": side.run_id, "name": side.name, "kind": side.kind, "network": side.network,
        "study": member and member.study, "study_id": member and member.study_id,
        "design": member and member.design, "future": member and member.future,
        "figures": side.figures, "cost_by_line": side.lines, "cost": side.total,
    }  # fmt: skip
