"""Comment a settings file from the declarations of its model, so that a user sees what can be set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

SECTION = re.compile(r"\[+([\w.]+)\]+")
KEY = re.compile(r"(\w+) = ")


def commented(text: str, model: type[BaseModel]) -> str:
    """Return TOML with each section's sentence above it and each value's meaning beside it.

    Values that are not set follow as comments. Reading the result gives the same settings as reading `text`.
    """
    return "\n".join([f"# {_sentence(model)}", *_lines(text, model)]) + "\n"


def _lines(text: str, model: type[BaseModel]) -> Iterator[str]:
    here, told = model, set()
    for line in text.splitlines():
        if section := SECTION.fullmatch(line):
            here = _model_of(model, section[1])
            if section[1] not in told:
                yield f"# {_sentence(here)}"
            told.add(section[1])
            yield line
            yield from _unset_lines(here, _unset(here) - {k[1] for k in KEY.finditer(_body(text, line))})
        elif key := KEY.match(line):
            meaning = here.model_fields[key[1]].description if key[1] in here.model_fields else None
            yield f"{line}  # {meaning}" if meaning else line
        else:
            yield line


def _body(text: str, header: str) -> str:
    """Return the lines between the first such header and the next section."""
    after = text.split(header + "\n", 1)
    return after[1].split("\n[")[0] if len(after) > 1 else ""


def _unset(model: type[BaseModel]) -> set[str]:
    return {name for name, field in model.model_fields.items() if field.default is None and field.description}


def _unset_lines(model: type[BaseModel], names: set[str]) -> Iterator[str]:
    yield from (f"# {name} =  # {model.model_fields[name].description}" for name in sorted(names))


def _model_of(model: type[BaseModel], path: str) -> type[BaseModel]:
    for name in path.split("."):
        field = model.model_fields.get(name)
        model = next(_models(field.annotation), model) if field else model
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part


def _sentence(model: type[BaseModel]) -> str:
    return (model.__doc__ or model.__name__).strip().splitlines()[0]
