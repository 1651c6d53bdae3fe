"""Read STUDY.toml for a network: every defect at once, every name checked."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from network_design.study.names import study_issues
from network_design.study.settings import Baseline, Scenario, Study
from retour.design import DesignInstance
from retour.errors import InputError, Issue
from retour.gate.design import load_design, write_design
from retour.gate.settings import read_toml, validated
from retour.tables.design import DESIGN_TABLES


def load_study(path: Path, instance: DesignInstance) -> Study:
    """Return the study of a TOML file for an instance; InputError with every defect of its names and figures."""
    if not path.is_file():
        raise InputError([Issue(path.name, None, None, "there is no such file; check the path of the study")])
    study = with_scenarios(validated(Study, read_toml(path)), instance)
    issues = [*study_issues(study, instance, path.name), *_missing_files(study, path)]
    if issues:
        raise InputError(issues)
    return study


def study_of_books(instance: DesignInstance, *, actuals: Path, observed: Path | None) -> Study:
    """Return the study that holds a network as it is against books, and asks nothing else; InputError without files."""
    for path in (actuals, observed):
        if path is not None and not path.is_file():
            raise InputError([Issue(path.name, None, None, "there is no such file; check its path")])
    files = {"actuals": str(actuals.resolve()), "observed": "" if observed is None else str(observed.resolve())}
    return Study(
        name=f"{instance.settings.name} as it is", network_scenarios=False, baseline=Baseline(**files, only=True)
    )  # fmt: skip


def with_scenarios(study: Study, instance: DesignInstance) -> Study:
    """Return the study with the network's scenarios where it has none of its own, and a probability for each."""
    own = study.scenarios or (tuple(_of_network(instance)) if study.network_scenarios else ())
    if own and all(s.probability is None for s in own):
        own = tuple(s.model_copy(update={"probability": 1 / len(own)}) for s in own)
    return study.model_copy(update={"scenarios": own})


def replaced(instance: DesignInstance, scenario: Scenario, folder: Path) -> DesignInstance:
    """Return the instance with the tables that a scenario brings along, through the same gate as the network itself.

    Raises InputError that names the scenario's file where the gate finds a defect in it.
    """
    if not scenario.tables:
        return instance
    with tempfile.TemporaryDirectory() as temporary:
        kept = {name: frame for name, frame in instance.tables.items() if name not in scenario.tables}
        needed = {name: instance.tables[name] for name in scenario.tables if DESIGN_TABLES[name].required}
        network = write_design({**kept, **needed}, instance.settings, Path(temporary) / "network", format="parquet")
        for name, file in scenario.tables.items():
            (network / f"{name}.parquet").unlink(missing_ok=True)
            shutil.copyfile(folder / file, network / f"{name}.csv")
        try:
            return load_design(network)
        except InputError as error:
            named = {f"{name}.csv": file for name, file in scenario.tables.items()}
            raise InputError(
                Issue(named.get(i.table, i.table), i.row, i.column, f"{i.message} (scenario {scenario.id!r})")
                for i in error.issues
            ) from None


def _of_network(instance: DesignInstance) -> list[Scenario]:
    """Return the scenarios of the table `scenarios`, their factors as changes."""
    columns = {
        "supply_factor": ("supply", "amount_t"), "transport_factor": ("transport", "cost_per_km_t"),
        "sales_factor": ("sales", "price_per_t"), "emission_price_factor": ("gases", "price_per_t"),
    }  # fmt: skip
    supply = instance.tables["scenario_supply"]
    found = []
    for row in instance.tables["scenarios"].to_dict("records"):
        changes = [
            {"table": table, "column": column, "factor": row[factor]}
            for factor, (table, column) in columns.items()
            if row[factor] != 1 and len(instance.tables[table])
        ]
        for one in supply[supply["scenario_id"] == row["scenario_id"]].to_dict("records"):
            period = {"period": one["period"]} if one["period"] else {}
            changes.append(
                {"table": "supply", "column": "amount_t", "factor": one["factor"], "product": one["product_id"]}
                | period
            )
        name = row["name"] if isinstance(row["name"], str) else ""
        found.append(
            Scenario.model_validate(
                {"id": row["scenario_id"], "name": name, "probability": row["probability"] or None, "changes": changes}
            )
        )
    return found


def _missing_files(study: Study, path: Path) -> list[Issue]:
    named = [(f"scenarios.{s.id}.tables.{name}", file) for s in study.scenarios for name, file in s.tables.items()]
    if study.baseline is not None:
        named += [("baseline.actuals", study.baseline.actuals), ("baseline.observed", study.baseline.observed)]
    return [
        Issue(path.name, None, where, f"there is no file {file!r} beside the study; add it")
        for where, file in named if file and not (path.parent / file).is_file()
    ]  # fmt: skip
