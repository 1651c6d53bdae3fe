"""Read `network.toml` and `policy.toml` (or the workbook sheets of the same names) and say what is wrong in words."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from retour.errors import InputError, Issue
from retour.gate.text import TextTable, did_you_mean, nth
from retour.gate.toml_text import key_value_line

Model = TypeVar("Model", bound=BaseModel)
Schema = dict[str, Any]
LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class RawSettings:
    """Values as read, and what the user calls their file."""

    file: str
    values: Mapping[str, Any]


def read_toml(path: Path) -> RawSettings:
    """Return the values of a TOML file; InputError with the line when it is none."""
    try:
        return RawSettings(path.name, _plain(tomllib.loads(path.read_bytes().decode("utf-8-sig"))))
    except UnicodeDecodeError as error:
        message = f"byte 0x{error.object[error.start]:02X} at offset {error.start} is not UTF-8; save as UTF-8"
        raise InputError([Issue(path.name, None, None, message)]) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError([_toml_issue(path.name, str(error))]) from None


def read_key_values(sheet: TextTable) -> RawSettings:
    """Return the values of a workbook sheet with the columns key (dotted) and value (as in TOML, words bare)."""
    missing = [name for name in ("key", "value") if name not in sheet.cells.columns]
    if missing:
        message = "is missing; a settings sheet has the columns key and value"
        raise InputError(Issue(sheet.file, 1, name, message) for name in missing)
    cells = sheet.cells.dropna(subset=["key", "value"])
    lines = [key_value_line(key, value) for key, value in zip(cells["key"], cells["value"], strict=True)]
    try:
        return RawSettings(sheet.file, _listed(_plain(tomllib.loads("\n".join(lines)))))
    except tomllib.TOMLDecodeError as error:
        raise InputError([_toml_issue(sheet.file, str(error))]) from None


def validated(model: type[Model], raw: RawSettings) -> Model:
    """Return the settings object; InputError with an issue for every wrong value."""
    try:
        return model.model_validate(raw.values)
    except ValidationError as error:
        schema = model.model_json_schema()
        raise InputError(_issue(raw.file, defect, schema) for defect in error.errors()) from None


def _toml_issue(file: str, reason: str) -> Issue:
    line = LINE.search(reason)
    message = f"is no valid TOML: {LINE.sub('', reason)}; write key = value, text in quotation marks"
    return Issue(file, int(line[1]) if line else None, None, message)


def _plain(value: Any) -> Any:
    """Return TOML values with days and times of day as text, which is how the settings hold them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _listed(value: Any) -> Any:
    """Return tables whose keys are 0, 1, ... as lists: `windows.0.days` is the first window's."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(entry) for key, entry in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def _fields_beside(schema: Schema, path: Sequence[str | int]) -> list[str]:
    """Return the settings that there are where a path ends."""
    found = [schema]
    for part in path[:-1]:
        found = [inner for node in found for inner in _below(node, part, schema.get("$defs", {}))]
    return sorted({name for node in found for name in node.get("properties", {})})


def _below(node: Schema, part: str | int, defined: Schema) -> Iterator[Schema]:
    """Yield what a schema says of one part of its values, references and alternatives resolved."""
    inner = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
    inner = inner or node.get("additionalProperties")
    for each in inner.get("anyOf", [inner]) if isinstance(inner, dict) else ():
        yield defined[each["$ref"].rsplit("/", 1)[-1]] if "$ref" in each else each


def place_in_words(path: Sequence[str | int]) -> str | None:
    """Return where a value stands: names with dots between, entries of lists counted from 1; None for the whole.

    >>> place_in_words(("designs", 1, "levers", "carbon"))
    'designs, 2nd entry, levers.carbon'
    """
    said = ""
    for part in path:
        if isinstance(part, int):
            said += f", {nth(part + 1)} entry"
        else:
            said += f"{', ' if said.endswith(' entry') else '.' if said else ''}{part}"
    return said or None


def _issue(file: str, defect: Any, schema: Schema) -> Issue:
    """Return one of pydantic's errors as a sentence with the value found, the limit and the next step."""
    path = defect["loc"]
    where = place_in_words(path)
    if defect["type"] == "extra_forbidden":
        known = _fields_beside(schema, path)
        guess = did_you_mean(str(path[-1]), known) or (f"; known here: {', '.join(known)}" if known else "")
        return Issue(file, None, where, f"no such setting; remove it or correct its name{guess}")
    if defect["type"] == "missing":
        return Issue(file, None, where, "is missing; add it")
    if defect["type"] == "value_error":
        return Issue(file, None, where, str(defect["ctx"]["error"]))
    tell = SENTENCES.get(defect["type"])
    wanted = tell(defect.get("ctx", {})) if tell else defect["msg"][:1].lower() + defect["msg"][1:]
    return Issue(file, None, where, f"found {_shown(defect['input'])}; {wanted}")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _short(limit: Any) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


def _limit(words: str, key: str) -> Callable[[dict[str, Any]], str]:
    return lambda limits: f"must be {words.format(_short(limits[key]))}"


def _fixed(words: str) -> Callable[[dict[str, Any]], str]:
    return lambda limits: f"must be {words}"


PATTERNS = {
    r"^\d{4}-\d{2}-\d{2}$": "a date written YYYY-MM-DD",
    r"^[A-Z]{2}$": "a country of two capital letters, for example FR",
    r"^EUR$": "EUR: convert every amount to euros",
    r"^([01]\d|2[0-3]):[0-5]\d$": "a time of day written HH:MM",
}

SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "greater_than_equal": _limit("{} or more", "ge"),
    "greater_than": _limit("more than {}", "gt"),
    "less_than_equal": _limit("{} or less", "le"),
    "less_than": _limit("less than {}", "lt"),
    "enum": _limit("{}", "expected"),
    "literal_error": _limit("{}", "expected"),
    "too_short": _limit("a list with {} or more entries", "min_length"),
    "too_long": _limit("a list with {} or fewer entries", "max_length"),
    "finite_number": _fixed("a finite number"),
    "string_pattern_mismatch": lambda limits: f"must be {PATTERNS.get(limits['pattern'], limits['pattern'])}",
    "string_too_short": _fixed("text that is not empty"),
    "string_type": _fixed("text in quotation marks"),
    "int_type": _fixed("a whole number"),
    "int_parsing": _fixed("a whole number"),
    "int_from_float": _fixed("a whole number"),
    "float_type": _fixed("a number"),
    "float_parsing": _fixed("a number"),
    "bool_type": _fixed("true or false"),
    "bool_parsing": _fixed("true or false"),
    "tuple_type": _fixed("a list in square brackets"),
    "dict_type": _fixed("a section of key = value lines"),
    "model_type": _fixed("a section of key = value lines"),
    "model_attributes_type": _fixed("a section of key = value lines"),
}
