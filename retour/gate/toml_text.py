"""Settings as TOML text, or as dotted keys with values in the cells of a workbook sheet."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(values: Mapping[str, Any]) -> str:
    """Return plain settings (None left out) as a TOML document; reading it gives the same settings."""
    return "\n".join(_section((), values)).strip() + "\n"


def key_values(values: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield a dotted key and a cell for every setting that holds something; sections in lists are numbered."""
    parts = values.items() if isinstance(values, Mapping) else enumerate(values)
    for key, value in parts:
        here = (*path, _key(str(key)))
        if isinstance(value, Mapping) or _is_sections(value):
            yield from key_values(value, here)
        elif value is not None:
            yield ".".join(here), _cell(value)


def key_value_line(key: str, cell: str) -> str:
    """Return the line of TOML that a row of a settings sheet stands for; bare words need no quotation marks."""
    return f"{key} = {cell if _is_toml(cell) else _literal(cell)}"


def _section(path: tuple[str, ...], values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one section: its own values first, then the sections inside."""
    for key, value in values.items():
        if value is not None and not isinstance(value, Mapping) and not _is_sections(value):
            yield f"{_key(key)} = {_literal(value)}"
    for key, value in values.items():
        inner = (*path, _key(key))
        if isinstance(value, Mapping) and value:
            yield from ("", f"[{'.'.join(inner)}]", *_section(inner, value))
        elif _is_sections(value):
            for part in value:
                yield from ("", f"[[{'.'.join(inner)}]]", *_section(inner, part))


def _is_sections(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, Mapping) for part in value)


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _literal(value: Any) -> str:
    """Return a scalar or a list of scalars as TOML, which for these is also JSON."""
    return json.dumps(value, ensure_ascii=False)


def _cell(value: Any) -> Any:
    """Return what a cell shows of a setting: words bare where nothing else could be meant."""
    if isinstance(value, str):
        return value if value == value.strip() != "" and not _is_toml(value) else _literal(value)
    return _literal(value) if isinstance(value, list) else value


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return False
    return "\n" not in text
