"""The whole of STUDY.toml."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Aim = Literal["cost", "emissions", "service", "distance"]


class Part(BaseModel):
    """A section of the study: nothing in it may be misspelt, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(Part):
    """A change of a column's figures, of all rows or of those that are selected; one of factor, add and set is given.

    `distances` as table stands for the lengths of lanes and links.
    """

    table: str = Field(description="Table, or `distances`.")
    column: str = Field("", description="Column; not for distances.")
    factor: float | None = Field(None, ge=0, description="Every figure times this.")
    add: float | None = Field(None, description="Every figure plus this, in the column's unit.")
    set: float | None = Field(None, description="Every figure becomes this, in the column's unit.")
    product: str | None = Field(None, description="Only rows of this product.")
    place: str | None = Field(None, description="Only rows of this place, or ways that begin there.")
    kind: str | None = Field(None, description="Only rows of places of this kind.")
    mode: str | None = Field(None, description="Only rows of this means of transport.")
    gas: str | None = Field(None, description="Only rows of this gas.")
    process: str | None = Field(None, description="Only rows of this process.")
    period: int | None = Field(None, ge=1, description="Only this period.")


class Count(Part):
    """How many places of a group or kind are open, in every period."""

    group: str
    least: int = Field(0, ge=0)
    most: int | None = Field(None, ge=0)


class Carbon(Part):
    """Price and cap of a gas, in every period, instead of those of the network."""

    gas: str = "CO2e"
    price_per_t: float | None = Field(None, ge=0)
    limit_t: float | None = Field(None, ge=0)


class Levers(Part):
    """What is decided by hand: everything else is optimised."""

    must_open: tuple[str, ...] = Field((), description="Places that are open from `from_period` on.")
    must_close: tuple[str, ...] = Field((), description="Places that are closed from `from_period` on.")
    forbidden: tuple[str, ...] = Field((), description="Places that are never open.")
    from_period: int = Field(1, ge=1, description="First period of must_open and must_close.")
    counts: tuple[Count, ...] = ()
    carbon: Carbon | None = None
    farthest_km: float | None = Field(None, gt=0, description="No return goes farther than this from its zone.")


class Option(Part):
    """A design to be compared with the others: what it decides by hand; every design is priced in the same futures."""

    id: str = Field(min_length=1)
    name: str = ""
    levers: Levers = Levers()


class Scenario(Part):
    """A future: changed figures, or whole tables read from files beside the study."""

    id: str = Field(min_length=1)
    name: str = ""
    probability: float | None = Field(None, gt=0, le=1, description="Empty for all: every future is as likely.")
    changes: tuple[Change, ...] = ()
    tables: dict[str, str] = Field({}, description="Table and the CSV file that replaces it.")


class Uncertainty(Part):
    """One design for all futures: (1 - weight) x expected cost + weight x mean cost of the worst 1 - alpha."""

    alpha: float = Field(0.9, ge=0, lt=1)
    weight: float = Field(0.0, ge=0, le=1)


class Front(Part):
    """Designs none of which is better in every aim, and others that cost nearly as little."""

    aims: tuple[Aim, ...] = Field(("cost", "emissions"), min_length=2, max_length=3)
    points: int = Field(5, ge=2, le=50, description="Values tried of each aim but the first.")
    gas: str = "CO2e"
    band_km: float = Field(10.0, gt=0, description="A return is well served that goes no farther from its zone.")
    alternatives: int = Field(0, ge=0, le=20, description="Designs that differ most from each other.")
    within: float = Field(0.01, gt=0, le=1, description="How much dearer than the cheapest those may be.")


class Baseline(Part):
    """The network as it is, held against the books; the files lie beside the study."""

    actuals: str = Field(min_length=1, description="CSV file of totals of the books.")
    observed: str = Field("", description="CSV file of flows that were seen.")
    hold: bool = Field(True, description="Flows stay as near to those seen as balances allow; else they are free.")
    only: bool = Field(False, description="Nothing else is asked: no design is looked for.")


class Size(Part):
    """A size of new places."""

    size_t: float = Field(gt=0)
    opening_cost: float = 0.0
    fixed_cost: float = 0.0


class Greenfield(Part):
    """Candidates where demand alone wants them: so many, any number of a range, or the fewest within a distance."""

    kind: Literal["POINT", "HUB", "SITE"] = "HUB"
    like: str = Field(min_length=1, description="Place whose sizes, costs, processes and ways they have.")
    count: int | None = Field(None, ge=1, le=1000, description="How many.")
    up_to: int | None = Field(None, ge=1, le=1000, description="Every number from count to this; all are candidates.")
    farthest_km: float | None = Field(None, gt=0, description="Instead of count: no zone is farther from one.")
    instead: bool = Field(False, description="The network's own places of this kind are left out.")
    sizes: tuple[Size, ...] = Field((), description="Instead of the template's.")
    operating_cost: float | None = Field(None, description="Per period, instead of the template's.")
    variable_cost_per_t: float | None = Field(None, description="Instead of the template's.")


class Sensitivity(Part):
    """Each lever moved down and up by `step`, one at a time."""

    step: float = Field(0.2, gt=0, lt=1)
    levers: tuple[Literal["supply", "transport", "opening", "carbon", "sales"], ...] = (
        "supply", "transport", "opening", "carbon", "sales",
    )  # fmt: skip
    again: bool = Field(True, description="Designed again; else what is open is kept and the flows adapt.")


class Study(Part):
    """What a study asks."""

    name: str = Field(min_length=1)
    levers: Levers = Field(Levers(), description="Pulled in every design.")
    changes: tuple[Change, ...] = Field((), description="Made in every design and future: the baseline.")
    designs: tuple[Option, ...] = ()
    scenarios: tuple[Scenario, ...] = Field((), description="Futures; empty: those of the network's table `scenarios`.")
    network_scenarios: bool = Field(True, description="False: without futures of its own a study has none.")
    uncertainty: Uncertainty | None = None
    front: Front | None = None
    sensitivity: Sensitivity | None = None
    baseline: Baseline | None = None
    greenfield: Greenfield | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the only option is the only future's own design."""
        return not self.designs and not self.scenarios
