"""Solve a design network's whole program by HiGHS and print what came of it as one JSON object.

python -m benchmarks.networks_whole NETWORK BUDGET_S SEED
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from network_design.highs import solve_whole
from network_design.model.build import build_model
from retour.gate.design import load_design
from retour.plan import relative_gap


def main(network: Path, budget_s: float, seed: int) -> None:
    """Build and solve within the budget, building included."""
    begun = time.perf_counter()
    model = build_model(load_design(network))
    found = solve_whole(model.program, seed=seed, budget_s=budget_s - (time.perf_counter() - begun))
    cost = model.program.cost_of(found.values) if found.status.name in ("OPTIMAL", "FEASIBLE") else None
    gap = None if cost is None else relative_gap(cost, found.bound)
    told = {
        "cost": cost,
        "bound": found.bound,
        "gap": gap,
        "note": f"{found.status}, {model.program.columns:,} columns",
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
