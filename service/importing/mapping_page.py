"""The page docs/walkthroughs/mapping.md, generated from the declarations of the mapping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from retour.policy import TravelSettings
from service.importing import mapping as declared
from service.importing.sites import site_templates

HEAD = """# mapping.toml: what `retour import points` wants to know

Generated from the declarations in `service/importing/mapping.py`; a test keeps it current. Unknown keys are errors
that name the nearest known key. Examples: [poznan.toml](poznan.toml), [netherlands.toml](netherlands.toml). Files
named in a mapping are looked for beside the mapping, then beside the point list. `[policy]` takes everything
`policy.toml` takes. Coordinates are WGS84 degrees. Opening hours read `HH:MM-HH:MM`, several ranges with a comma,
`22:00-02:00` past midnight, blank or `closed` for closed.
"""

COMMUNES = """
## Example: French communes as residents

A commune stands in the list once per postcode, delegated communes lie inside others, four rows lack coordinates:

```toml
[[demand.residents]]
table = "communes.csv.gz"
name = "commune"
lat = "lat"
lon = "lng"
residents = "population_2021"
unique = ["insee_com", "commune_type"]
keep = [{ column = "commune_type", is_in = ["COM", "ARM"] }]
box = { south = 44.0, north = 46.5, west = 3.6, east = 7.2 }
on_bad_row = "skip"
```
"""

SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("[network]", declared.NetworkPart),
    ("[network.travel]", TravelSettings),
    ("[source]", declared.SourcePart),
    ("[[source.keep]], and wherever a condition is asked for", declared.Condition),
    ("[source.box], and wherever a box is asked for", declared.Box),
    ("[points]", declared.PointsPart),
    ("[points.kind_from]", declared.KindFrom),
    ("[points.carrier]", declared.CarrierPart),
    ("[hubs]", declared.HubsPart),
    ("[[hubs.listed]]", declared.HubPlace),
    ("[[sites]]", declared.SitePart),
    ("[vans]", declared.VansPart),
    ("[home_pickup]", declared.HomePart),
    ("[demand]", declared.DemandPart),
    ("[[demand.residents]]", declared.ResidentsPart),
    ("[fill]", declared.FillPart),
)


def mapping_page() -> str:
    """Return the whole page as Markdown."""
    sections = [line for title, model in SECTIONS for line in _section(title, model)]
    return "\n".join([HEAD, *sections, *_templates(), COMMUNES]).rstrip() + "\n"


def _section(title: str, model: type[BaseModel]) -> list[str]:
    said = (model.__doc__ or "").strip().splitlines()[0]
    rows = [f"| `{name}` | {field.description or ''} | {_default(field)} |" for name, field in _own(model)]
    return [
        f"## `{title.partition(',')[0]}`{_rest(title)}",
        "",
        said,
        "",
        "| key | meaning | default |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _own(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    yield from model.model_fields.items()


def _rest(title: str) -> str:
    _, comma, rest = title.partition(",")
    return comma + rest


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True)
    if value is None or value == "" or isinstance(value, (dict, tuple)) and not value or isinstance(value, BaseModel):
        return ""
    return f"`{list(value) if isinstance(value, tuple) else value}`"


def _templates() -> list[str]:
    rows = [
        f"| {t.template} | {t.operator} | {t.outcome} | {_percent(t.share_of_returns)} | {t.cost_eur:g} "
        f"| {t.lead_time_days:g} |"
        for t in site_templates().itertuples()
    ]
    head = ["template", "operator", "outcome", "items a day over tonight's returns", "EUR/item", "days"]
    said = "Costs are planning assumptions built from the rates; `scale` multiplies capacities."
    return ["## Site templates", "", said, "", f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows]


def _percent(share: float) -> str:
    return "unlimited" if share != share else f"{share:.0%}"
