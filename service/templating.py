"""HTML templates and how they write figures; everything a template shows is escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from service.reading.words import counted
from service.text import clock, euros, number, percent, signed_euros


def template(name: str) -> Template:
    """Return a template of `service/templates`."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "eur": euros, "signed": signed_euros, "num": number, "pct": percent, "clock": clock, "counted": counted,
    }  # fmt: skip
    return environment
