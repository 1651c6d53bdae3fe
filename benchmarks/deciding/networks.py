"""The nights that are decided: country samples, made once per size and seed and kept as Parquet."""

from __future__ import annotations

from pathlib import Path

from retour.gate import write_network
from retour.samples import sample_network


def country(returns: int, *, seed: int, folder: Path) -> Path:
    """Return the network folder of a country night in `folder`, made on first use."""
    network = folder / f"country-{returns}-seed{seed}"
    if not network.exists():
        tables, settings, policy = sample_network("country", returns=returns, seed=seed)
        write_network(tables, settings, policy, network, format="parquet")
    return network
