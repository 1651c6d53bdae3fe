"""The whole of `design.toml`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Wording = Literal["retour", "relog-circular", "relog-classic"]


class DesignSettings(BaseModel):
    """What holds for a design network as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="Currency of every cost in the tables.")
    discount_rate: float = Field(
        0.0, ge=0, le=1, description="Yearly; a cost after y years counts 1 / (1 + rate)^y of itself."
    )
    circuity: float = Field(1.3, ge=1, le=5, description="Road distance over great-circle distance.")
    wording: Wording = Field("retour", description="Whose names of cost parts are used in answers.")
    description: str = ""
    attribution: str = Field("", description="Shown wherever the data is shown.")
