"""Comment a settings file from the declarations of its model, so that a user sees what can be set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

SECTION = re.compile(r"\[+([\w.]+)\]+")
KEY = re.compile(r"^(\w+) = ", re.MULTILINE)


def commented(text: str, model: type[BaseModel]) -> str:
    """Return TOML with each section's sentence above it and each value's meaning beside it.

    Values that are not set follow as comments. Reading the result gives the same settings as reading `text`.
    """
    return "\n".join([f"# {_sentence(model)}", *_lines(text, model)]) + "\n"


def _lines(text: str, model: type[BaseModel]) -> Iterator[str]:
    here, told = model, ""
    for line in text.splitlines():
        if section := SECTION.fullmatch(line):
            here = _model_of(model, section[1])
            yield from [f"# {_sentence(here)}"] * (section[1] != told) + [line]
            yield from _unset(here, text.split(f"{line}\n")[1].split("\n[")[0])
            told = section[1]
        elif (key := KEY.match(line)) and (meaning := here.model_fields[key[1]].description):
            yield f"{line}  # {meaning}"
        else:
            yield line


def _unset(model: type[BaseModel], body: str) -> Iterator[str]:
    """Yield as comments the values that are described but have no default and are not set in `body`."""
    given = set(KEY.findall(body))
    for name, field in model.model_fields.items():
        if field.default is None and field.description and name not in given:
            yield f"# {name} =  # {field.description}"


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
