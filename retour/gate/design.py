"""The gate of design networks: read everything, gather every defect, let only a sound network through."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from retour.design import DesignInstance, DesignSettings
from retour.errors import InputError, Issue
from retour.gate import declared, design_places, design_series, design_service
from retour.gate.convert import absent, filled, settled
from retour.gate.draft import Draft, typed_tables
from retour.gate.settings import validated
from retour.gate.sources import Sources, Wanted, read_sources
from retour.gate.write import Format, write_tables
from retour.tables.design import DESIGN_TABLES

DESIGN = Wanted(DESIGN_TABLES, ("design",), "places.csv")
RULES = (*declared.RULES, *design_series.RULES, *design_places.RULES, *design_service.RULES)


def load_design(path: Path | str) -> DesignInstance:
    """Return the validated design network of a folder or workbook; InputError with every defect found."""
    instance, issues = _examined(Path(path))
    if instance is None or issues:
        raise InputError(issues)
    return instance


def check_design(path: Path | str) -> list[Issue]:
    """Return every defect of a design network, an empty list when it can be solved."""
    try:
        return _examined(Path(path))[1]
    except InputError as error:
        return list(error.issues)


def write_design(
    tables: Mapping[str, pd.DataFrame], settings: DesignSettings, folder: Path | str, *, format: Format = "csv"
) -> Path:
    """Write tables and design.toml to the new or empty `folder`, all at once; return what `load_design` takes."""
    plain = {"design": settings.model_dump(mode="json")}
    return write_tables(tables, DESIGN_TABLES, plain, Path(folder), format=format)


def as_declared(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return sound tables, stored when fewer tables or columns were declared, with all that are declared now."""
    found = {}
    for name, table in DESIGN_TABLES.items():
        frame = tables.get(name, pd.DataFrame())
        columns = {
            c.name: frame[c.name] if c.name in frame else filled(absent(frame.index, c), c) for c in table.columns
        }
        found[name] = settled(pd.DataFrame(columns, index=frame.index), table)
    return found


def _examined(path: Path) -> tuple[DesignInstance | None, list[Issue]]:
    sources = read_sources(path, wanted=DESIGN)
    issues = [*sources.issues, *(i for text in sources.texts.values() for i in text.issues)]
    settings = _settings(sources, issues)
    tables, unreadable = typed_tables(sources.texts, DESIGN_TABLES)
    draft = Draft(
        sources.texts, tables, unreadable, None, None, None, frozenset(sources.broken), declared=DESIGN_TABLES
    )
    issues += _missing_tables(sources)
    issues += [issue for rule in RULES for issue in rule.issues(draft)]
    if issues or settings is None:
        return None, issues
    instance = DesignInstance(settings, {n: settled(tables[n], t) for n, t in DESIGN_TABLES.items()})
    return instance, design_series.unpriced_transport(instance, draft)


def _settings(sources: Sources, issues: list[Issue]) -> DesignSettings | None:
    if "design" in sources.broken:
        return None
    if "design" not in sources.settings:
        issues.append(Issue("design.toml", None, None, 'is missing; write one with at least: name = "my network"'))
        return None
    try:
        return validated(DesignSettings, sources.settings["design"])
    except InputError as error:
        issues.extend(error.issues)
        return None


def _missing_tables(sources: Sources) -> list[Issue]:
    return [
        Issue(f"{name}.csv", None, None, f"the table is missing; add it ({table.doc.rstrip('.')})")
        for name, table in DESIGN_TABLES.items()
        if table.required and name not in sources.texts and name not in sources.broken
    ]
