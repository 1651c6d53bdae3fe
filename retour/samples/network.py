"""Make a sample network and write it to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from retour.gate import write_network
from retour.policy import NetworkSettings, Policy
from retour.samples.city import SETTINGS as CITY_SETTINGS
from retour.samples.city import city_tables
from retour.samples.comments import commented
from retour.samples.country import MAX_RETURNS, country_tables, long_country
from retour.samples.country import SETTINGS as COUNTRY_SETTINGS
from retour.samples.policies import retail_policy
from retour.samples.tiny import POLICY as TINY_POLICY
from retour.samples.tiny import SETTINGS as TINY_SETTINGS
from retour.samples.tiny import tiny_tables
from retour.samples.typed_in import declared

Kind = Literal["tiny", "city", "country"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PARQUET_FROM_RETURNS = 100_000

Network = tuple[dict[str, pd.DataFrame], NetworkSettings, Policy]


def sample_network(kind: Kind, *, returns: int | None = None, seed: int) -> Network:
    """Return the tables, settings and policy of a sample; the same arguments give the same network.

    Tables hold clocks as HH:MM and tags as text, as `retour.gate.write_network` takes them. `returns` (default: 900
    in the city, 20,000 in the country) cannot be chosen for tiny, which is typed in; its seed changes nothing.
    Raises ValueError for an unknown kind or a number of returns that cannot be.
    """
    rng = np.random.default_rng(seed)
    if kind == "tiny" and returns is None:
        tables, settings, policy = tiny_tables(), TINY_SETTINGS, TINY_POLICY
    elif kind == "city":
        tables, settings, policy = city_tables(rng, **_asked(returns)), CITY_SETTINGS, retail_policy("city")
    elif kind == "country":
        tables, settings, policy = (
            country_tables(rng, **_asked(returns)),
            COUNTRY_SETTINGS,
            retail_policy("country"),
        )
    elif kind == "tiny":
        raise ValueError(f"returns is {returns}, but tiny has its 12 returns typed in; leave returns out")
    else:
        raise ValueError(f"unknown kind {kind!r}; must be one of {', '.join(KINDS)}")
    return {name: declared(name, frame) for name, frame in tables.items()}, settings, policy


def write_sample(kind: Kind, out: Path | str, *, returns: int | None = None, seed: int) -> Path:
    """Write a sample to the new or empty folder `out` and return it: CSV, or Parquet from 100,000 returns.

    Beyond a million, returns of the country are drawn and written piece by piece, up to a hundred million.

    The settings files say in comments what every value means. Raises ValueError as `sample_network` does and
    InputError when the folder holds anything.
    """
    if kind == "country" and (returns or 0) > MAX_RETURNS:
        folder = _write_piecewise(out, returns=returns or 0, seed=seed)
    else:
        tables, settings, policy = sample_network(kind, returns=returns, seed=seed)
        large = len(tables["returns"]) >= PARQUET_FROM_RETURNS
        folder = write_network(tables, settings, policy, out, format="parquet" if large else "csv")
    for name, model in (("network", NetworkSettings), ("policy", Policy)):
        file = folder / f"{name}.toml"
        file.write_text(commented(file.read_text(encoding="utf-8"), model), encoding="utf-8")
    return folder


def _write_piecewise(out: Path | str, *, returns: int, seed: int) -> Path:
    tables, pieces = long_country(np.random.default_rng(seed), returns=returns)
    plain = {name: declared(name, frame) for name, frame in tables.items()}
    rows = (declared("returns", piece) for piece in pieces)
    return write_network(
        plain, COUNTRY_SETTINGS, retail_policy("country"), out, format="parquet", pieces={"returns": rows}
    )


def _asked(returns: int | None) -> dict[str, int]:
    return {} if returns is None else {"returns": returns}
