"""Which networks a planner may choose from."""

from __future__ import annotations

from pathlib import Path

from service.jobs import list_jobs

PREFERRED = "city"
RECENT = 20


def known_networks(samples: Path, root: Path) -> list[str]:
    """Return the network folders under `samples` and those planned lately in the store at `root`; data/city first."""
    here = {str(f.parent) for f in samples.glob("*/network.toml")}
    lately = {job.record.network for job in list_jobs(root)[:RECENT]}
    known = here | {network for network in lately if Path(network).exists()}
    return sorted(known, key=lambda n: (Path(n).name != PREFERRED, n))
