"""The gate: read everything, gather every defect, let only a sound network through."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from retour.errors import InputError, Issue
from retour.gate import declared, goods, movement, places
from retour.gate.convert import settled
from retour.gate.draft import Draft, typed_tables
from retour.gate.settings import RawSettings, validated
from retour.gate.sources import Sources, read_sources
from retour.instance import Instance
from retour.policy import NetworkSettings, Policy
from retour.tables import INPUT_TABLES

Model = TypeVar("Model", bound=BaseModel)
RULES = (*declared.RULES, *places.RULES, *movement.RULES, *goods.RULES)


def load_network(path: Path | str, *, night: date | None = None) -> Instance:
    """Return the validated night of a network folder or workbook.

    `night` goes before `tonight` of network.toml. Raises InputError with every defect found; nothing is written.
    """
    found, trusted = _examined(Path(path), night)
    if found or trusted.settings is None or trusted.policy is None or trusted.night is None:
        raise InputError(found)
    tables = {name: settled(trusted.tables[name], table) for name, table in INPUT_TABLES.items()}
    return Instance(trusted.settings, trusted.policy, trusted.night, tables)


def check_network(path: Path | str, *, night: date | None = None) -> list[Issue]:
    """Return every defect of a network folder or workbook, an empty list when it can be planned."""
    try:
        return _examined(Path(path), night)[0]
    except InputError as error:
        return list(error.issues)


def _examined(path: Path, night: date | None) -> tuple[list[Issue], Draft]:
    """Return every issue and what was read; InputError when nothing can be read at all."""
    return examined(read_sources(path), night)


def examined(sources: Sources, night: date | None) -> tuple[list[Issue], Draft]:
    """Return every issue of what was read, and the tables as far as they can be used."""
    issues = [*sources.issues, *(i for text in sources.texts.values() for i in text.issues)]
    settings = _settings(sources, "network", NetworkSettings, issues)
    policy = _settings(sources, "policy", Policy, issues)
    tonight = _night(sources, settings, night, issues)
    tables, unreadable = typed_tables(sources.texts)
    policy_file = sources.settings["policy"].file if "policy" in sources.settings else "policy.toml"
    read = Draft(
        sources.texts, tables, unreadable, settings, policy, tonight, frozenset(sources.broken), policy_file
    )  # fmt: skip
    issues += _missing_tables(sources)
    issues += [issue for rule in RULES for issue in rule.issues(read)]
    return issues, read


def _settings(sources: Sources, name: str, model: type[Model], issues: list[Issue]) -> Model | None:
    if name in sources.broken:
        return None
    if name not in sources.settings and name == "network":
        issues.append(Issue("network.toml", None, None, 'is missing; write one with at least: name = "my network"'))
        return None
    try:
        return validated(model, sources.settings.get(name, RawSettings(f"{name}.toml", {})))
    except InputError as error:
        issues.extend(error.issues)
        return None


def _night(sources: Sources, settings: NetworkSettings | None, asked: date | None, issues: list[Issue]) -> date | None:
    """Return the night asked for, or the network's own."""
    if asked is not None or settings is None:
        return asked
    file = sources.settings["network"].file
    if settings.tonight is None:
        issues.append(Issue(file, None, "tonight", 'no night to plan; add tonight = "2026-11-23" or give a date'))
        return None
    try:
        return date.fromisoformat(settings.tonight)
    except ValueError:
        issues.append(Issue(file, None, "tonight", f"found {settings.tonight!r}; there is no such day"))
        return None


def _missing_tables(sources: Sources) -> list[Issue]:
    return [
        Issue(f"{name}.csv", None, None, f"the table is missing; add it ({table.doc.rstrip('.')})")
        for name, table in INPUT_TABLES.items()
        if table.required and name not in sources.texts and name not in sources.broken
    ]
